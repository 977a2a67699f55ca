"""What a page says of a refusal: its code, its meaning in the visitor's language, and the trace to name."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from werkzeug.exceptions import HTTPException

from app_sim.bank import Problem


@dataclass(frozen=True, slots=True)
class Refusal:
    """``answer_code``: what the bank answered where the result is unknown; ``untrusted``: the bank did not sign it."""

    code: str
    title: str
    detail: str | None
    trace_id: str
    answer_code: str | None = None
    untrusted: bool = False


def refusal(error: Problem | HTTPException) -> Refusal:
    """The words for a page. A catalogue's detail is in English and says what to mend."""
    if isinstance(error, HTTPException):
        return Refusal(f"HTTP_{error.code}", error.name, None, g.trace_id)
    kind = error.kind
    return Refusal(
        code=error.code,
        title=kind.title_zh if g.lang == "zh" else kind.title,
        detail=error.detail if error.detail != kind.title else None,
        trace_id=error.members.get("trace_id") or g.trace_id,
        answer_code=error.members.get("answer_code"),
        untrusted=error.members.get("trusted") is False,
    )
