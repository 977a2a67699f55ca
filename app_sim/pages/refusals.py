"""What a page says of a refusal: its code, its meaning in the visitor's language, and the trace to name."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from flask import g
from werkzeug.exceptions import HTTPException

from app_sim.bank import Problem, problems
from app_sim.pages.refusal_texts import DETAILS_ZH, MEANINGS


@dataclass(frozen=True, slots=True)
class Refusal:
    """``advice``: what the user can do. ``answer_code``: what the bank answered where the result is unknown;
    ``untrusted``: the bank did not sign it;
    ``next_probe_s``: when the wallet asks again a bank that does not answer;
    ``retry_after_s``: how long whoever asked has to wait, at least."""

    code: str
    title: str
    detail: str | None
    trace_id: str
    advice: str | None = None
    answer_code: str | None = None
    untrusted: bool = False
    next_probe_s: float | None = None
    retry_after_s: int | None = None


def refusal(error: Problem | HTTPException) -> Refusal:
    """The words for a page. A detail that was not written for users stays away from pages in Chinese."""
    if isinstance(error, HTTPException):
        title = g.t.get(f"http_{error.code}", g.t["http_other"])
        return Refusal(f"HTTP_{error.code}", title, None, g.trace_id)
    chinese = g.lang == "zh"
    title, advice = _meaning(error.kind)
    return Refusal(
        code=error.code,
        title=title[chinese],
        detail=_detail(error.detail) if error.detail != error.kind.title else None,
        trace_id=error.members.get("trace_id") or g.trace_id,
        advice=advice[chinese],
        answer_code=error.members.get("answer_code"),
        untrusted=error.members.get("trusted") is False,
        next_probe_s=error.members.get("next_probe_s"),
        retry_after_s=waiting_s(error),
    )


def waiting_s(problem: Problem) -> int | None:
    """How long the refused one is asked to wait, in whole seconds; None where nobody said so."""
    told = problem.members.get("retry_after_s")
    return max(1, ceil(told)) if isinstance(told, int | float) and told > 0 else None


def why(code: str | None) -> str | None:
    """What the code of a payment that was not executed means; None where it is not of the catalogue."""
    kind = problems.CATALOGUE.get(code or "")
    return None if kind is None else _meaning(kind)[0][g.lang == "zh"]


def _meaning(kind: problems.Kind) -> tuple[tuple[str, str], tuple[str | None, str | None]]:
    """Title and advice, each in English and Chinese."""
    return MEANINGS.get(kind.code) or ((kind.title, kind.title_zh), (None, None))


def _detail(detail: str | None) -> str | None:
    if g.lang == "en" or detail is None:
        return detail
    return DETAILS_ZH.get(detail)
