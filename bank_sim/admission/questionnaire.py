"""What an applicant says of itself and asks for, and how that is scored (JR/T 0185 9.1.1 a and b).

Five dimensions of business, each described in words and graded; two of protection, each a list of measures that are in
place. Scores are evidence for the staff's assessment, which a human being writes. ``user_information`` is the key
indicator: below its minimum no total helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from bank_sim.policy import Policy
from bank_sim.registry.catalogue import Catalogue
from bank_sim.registry.registration import IntegrationMode
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.free_text import require_plain_text

GRADE_MAX = 5
_WORDS_MIN, WORDS_MAX = 4, 400
Text = Annotated[str, msgspec.Meta(max_length=WORDS_MAX)]

DIMENSIONS = ("customers", "scene", "market", "operation", "risk_control")
"""Described and graded 0 to 5 each (9.1.1 a)."""

MEASURES: Mapping[str, tuple[str, ...]] = {
    "user_information": ("own_consent", "least_data", "sealed_at_rest", "access_limited", "deleted_on_request"),
    "security": ("keys_in_custody", "patched", "logs_half_a_year", "abuse_limited", "emergency_plan"),
}
"""Measures in place, one mark each: the key indicator (9.1.1 b 2), and the security self-assessment (9.3.4)."""

KEY_INDICATOR = "user_information"


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One filled-in application.

    ``described``, ``grades``  by dimension: words, and 0 to 5
    ``measures``               names of measures in place
    ``apis``                   API_ID and why it is needed: nothing is granted without a reason (7.3.1)
    ``calls_day``              and ``calls_minute``: the volumes expected
    ``calls_second``           and ``calls_concurrent``, calls at the same time; 0: the bank's default will do
    """

    app_name: Annotated[str, msgspec.Meta(max_length=40)]
    app_name_zh: Annotated[str, msgspec.Meta(max_length=40)] = ""
    suite: Literal["gm", "intl"] = "gm"
    integration_mode: IntegrationMode = "server-sdk"
    redirect_uri: Annotated[str, msgspec.Meta(max_length=500)] = ""
    described: dict[str, Text] = {}
    grades: dict[str, Annotated[int, msgspec.Meta(ge=0, le=GRADE_MAX)]] = {}
    measures: frozenset[str] = frozenset()
    apis: dict[str, Text] = {}
    calls_day: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] = 0
    calls_minute: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    calls_second: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    calls_concurrent: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


@dataclass(frozen=True, slots=True)
class Score:
    """Marks by dimension, each 0 to 5."""

    marks: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.marks.values())

    @property
    def total_max(self) -> int:
        return GRADE_MAX * len(self.marks)

    @property
    def key_indicator(self) -> int:
        return self.marks[KEY_INDICATOR]


def missing(form: Questionnaire, catalogue: Catalogue) -> tuple[str, ...]:
    """What is not answered, by name: dimensions without words or grade, interfaces without a reason, no volumes."""
    found = [each for each in DIMENSIONS if len(form.described.get(each, "")) < _WORDS_MIN or each not in form.grades]
    found += [] if len(form.app_name) > 0 else ["app_name"]
    found += [each for each in ("calls_day", "calls_minute") if getattr(form, each) <= 0]
    found += [] if form.apis else ["apis"]
    known = catalogue.by_id
    found += [each for each, why in form.apis.items() if each not in known or len(why) < _WORDS_MIN]
    asks_users = any(known[each].consent_types for each in form.apis if each in known)
    return (*found, *(["redirect_uri"] if asks_users and not form.redirect_uri else []))


def require_answered(form: Questionnaire, catalogue: Catalogue) -> None:
    """ASSESSMENT_INCOMPLETE names what is missing."""
    if gaps := missing(form, catalogue):
        raise problems.ASSESSMENT_INCOMPLETE.problem(f"Missing: {', '.join(gaps)}.", missing=list(gaps))


def require_readable(form: Questionnaire) -> None:
    """Texts are printable: PARAM_INVALID."""
    for name, text in (("app_name", form.app_name), ("app_name_zh", form.app_name_zh)):
        if text:
            require_plain_text(name, text)
    for text in (*form.described.values(), *form.apis.values()):
        require_plain_text("answer", " ".join(text.split()) or "-")


def scored(form: Questionnaire) -> Score:
    """The marks that the answers earn by themselves."""
    marks = {each: form.grades.get(each, 0) for each in DIMENSIONS}
    marks |= {name: len(form.measures & set(measures)) for name, measures in MEASURES.items()}
    return Score(marks)


def require_key_indicator(form: Questionnaire, policy: Policy) -> None:
    """KEY_INDICATOR_LOW where users' information is not protected well enough, or all in all too little is."""
    score = scored(form)
    if score.key_indicator < policy.admission_key_score_min:
        raise problems.KEY_INDICATOR_LOW.problem(
            f"user_information: {score.key_indicator} of {policy.admission_key_score_min} (total {score.total})."
        )
    if score.total < policy.admission_total_score_min:
        raise problems.KEY_INDICATOR_LOW.problem(f"total: {score.total} of {policy.admission_total_score_min}.")
