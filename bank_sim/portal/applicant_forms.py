"""The applicant's two long forms, read: every field is text, and whatever is no answer is none. It judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from bank_sim.admission.materials import KINDS, Material
from bank_sim.admission.questionnaire import DIMENSIONS, Questionnaire
from bank_sim.sdk.protocol import problems

Shape = TypeVar("Shape", bound=msgspec.Struct)
_ENDS_OF_DAYS = "%Y-%m-%d"


def several(typed: Mapping[str, Any], name: str) -> list[str]:
    """All values of a field that may stand several times."""
    getlist = getattr(typed, "getlist", None)
    found = getlist(name) if getlist else typed.get(name, [])
    return [str(each) for each in found]


def questionnaire_of(typed: Mapping[str, Any]) -> Questionnaire:
    """PARAM_INVALID for what is too long or no number; what is missing is the admission's to say."""
    document = {
        "app_name": _text(typed, "app_name"),
        "app_name_zh": _text(typed, "app_name_zh"),
        "suite": _text(typed, "suite") or "gm",
        "integration_mode": _text(typed, "integration_mode") or "server-sdk",
        "redirect_uri": _text(typed, "redirect_uri"),
        "described": _given({each: _text(typed, f"described.{each}") for each in DIMENSIONS}),
        "grades": {each: _number(typed, f"grade.{each}") for each in DIMENSIONS if _text(typed, f"grade.{each}")},
        "measures": several(typed, "measure"),
        "apis": {each: _text(typed, f"why.{each}") for each in several(typed, "api")},
        "calls_day": _number(typed, "calls_day"),
        "calls_minute": _number(typed, "calls_minute"),
        "calls_second": _number(typed, "calls_second"),
        "calls_concurrent": _number(typed, "calls_concurrent"),
    }
    return _converted(document, Questionnaire)


def papers_of(typed: Mapping[str, Any]) -> tuple[Material, ...]:
    """One paper for each kind of which anything was written. PARAM_INVALID."""
    found: list[Material] = []
    for kind in KINDS:
        given = {name: _text(typed, f"{kind}.{name}") for name in ("holder", "number", "until", "document_sm3")}
        if any(given.values()):
            until_ms = _end_of(kind, given.pop("until"))
            document = {"kind": kind, "until_ms": until_ms, **given, "document_sm3": given["document_sm3"].lower()}
            found.append(_converted(document, Material))
    return tuple(found)


def _text(typed: Mapping[str, Any], name: str) -> str:
    return " ".join(str(typed.get(name, "")).split())


def _given(texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _number(typed: Mapping[str, Any], name: str) -> int:
    """0 for what is no number: it is not answered."""
    text = _text(typed, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0


def _end_of(kind: str, day: str) -> int:
    """The end (ms) of a day written as 2027-12-31, in Beijing."""
    try:
        midnight = datetime.strptime(day, _ENDS_OF_DAYS).replace(tzinfo=UTC)
    except ValueError as error:
        raise problems.MATERIAL_INVALID.problem(f"{kind}: date.", paper=kind, fault="date") from error
    return int(midnight.timestamp() + 16 * 3600) * 1000


def _converted(document: dict[str, Any], shape: type[Shape]) -> Shape:
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError as error:
        raise problems.PARAM_INVALID.problem(str(error)) from error
