"""The rules of ``rules.toml`` as values, read once and strictly: a rule that cannot strike as written is refused."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from bank_sim.sdk.protocol.problems import CATALOGUE

Verdict = Literal["pass", "step_up", "hold", "reject"]
Measure = Literal[
    "amount_fen", "hour", "payee_listed", "payer_listed", "payee_paid_before", "key_age_s", "day_out_fen", "alike",
    "payments_out", "paid_out_fen", "payers_in", "passed_on_percent", "passed_through",
]  # fmt: skip
Window = Literal["day"] | int

VERDICTS: tuple[Verdict, ...] = ("pass", "step_up", "hold", "reject")
"""From the weakest to the strongest."""

_OVER_TIME = frozenset({"alike", "payments_out", "paid_out_fen", "payers_in", "passed_on_percent", "passed_through"})
_RULES = Path(__file__).parent / "rules.toml"


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``at_least <= measure < below``. ``within``: the time that is looked back on; ``band``: amounts that count."""

    measure: Measure
    at_least: int | None = None
    below: int | None = None
    within: Window | None = None
    band: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.at_least is None and self.below is None:
            raise ValueError(f"{self.measure}: a condition has a bound")
        if (self.measure in _OVER_TIME) != (self.within is not None):
            raise ValueError(f"{self.measure}: within stands with what is counted over time, and with nothing else")
        if (self.measure == "alike") != (self.band is not None):
            raise ValueError(f"{self.measure}: band stands with alike, and with nothing else")

    def holds(self, value: int) -> bool:
        return (self.at_least is None or value >= self.at_least) and (self.below is None or value < self.below)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule. ``told_…``: what the payer is told; ``report``: a hit is reported, whatever the verdict.

    ``code``: what the application is told, where a rejection is about its own doing; "" tells it nothing.
    """

    id: str
    verdict: Verdict
    title_en: str
    title_zh: str
    source: str
    source_zh: str
    when: tuple[Condition, ...]
    report: bool = False
    code: str = ""
    told_en: str = ""
    told_zh: str = ""

    def __post_init__(self) -> None:
        if not self.when:
            raise ValueError(f"{self.id}: a rule has conditions")
        if (self.verdict == "step_up") != bool(self.told_en and self.told_zh):
            raise ValueError(f"{self.id}: the payer is told of a step up, and of nothing else")
        if self.code and (self.verdict != "reject" or self.code not in CATALOGUE):
            raise ValueError(f"{self.id}: a code is one of the catalogue's, and goes with a rejection")

    def title(self, language: str) -> str:
        return self.title_zh if language == "zh" else self.title_en

    def told(self, language: str) -> str:
        return self.told_zh if language == "zh" else self.told_en


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: tuple[Rule, ...]


def read_rules(text: str) -> tuple[Rule, ...]:
    """Rules from TOML, in its order. ValueError says what is wrong with them."""
    try:
        rules = msgspec.convert(tomllib.loads(text), _Document).rules
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"the risk rules cannot be read: {error}") from error
    if len({each.id for each in rules}) != len(rules):
        raise ValueError("the risk rules cannot be read: two bear the same id")
    return rules


@cache
def the_rules() -> tuple[Rule, ...]:
    """The rules in force."""
    return read_rules(_RULES.read_text(encoding="utf-8"))


def strongest(verdicts: list[Verdict]) -> Verdict:
    return max(verdicts, key=VERDICTS.index, default="pass")
