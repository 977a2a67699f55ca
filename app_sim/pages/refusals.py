"""What a page says of a refusal: its code, its meaning in the visitor's language, and the trace to name."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from werkzeug.exceptions import HTTPException

from app_sim.bank import Problem
from app_sim.pages.refusal_texts import DETAILS_ZH


@dataclass(frozen=True, slots=True)
class Refusal:
    """``answer_code``: what the bank answered where the result is unknown; ``untrusted``: the bank did not sign it;
    ``next_probe_s``: when the wallet asks again a bank that does not answer."""

    code: str
    title: str
    detail: str | None
    trace_id: str
    answer_code: str | None = None
    untrusted: bool = False
    next_probe_s: float | None = None


def refusal(error: Problem | HTTPException) -> Refusal:
    """The words for a page. A detail that was not written for users stays away from pages in Chinese."""
    if isinstance(error, HTTPException):
        title = g.t.get(f"http_{error.code}", g.t["http_other"])
        return Refusal(f"HTTP_{error.code}", title, None, g.trace_id)
    kind = error.kind
    return Refusal(
        code=error.code,
        title=kind.title_zh if g.lang == "zh" else kind.title,
        detail=_detail(error.detail) if error.detail != kind.title else None,
        trace_id=error.members.get("trace_id") or g.trace_id,
        answer_code=error.members.get("answer_code"),
        untrusted=error.members.get("trusted") is False,
        next_probe_s=error.members.get("next_probe_s"),
    )


def _detail(detail: str | None) -> str | None:
    if g.lang == "en" or detail is None:
        return detail
    return DETAILS_ZH.get(detail)
