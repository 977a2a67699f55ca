"""The rules of an interface's life are what the programs do: the same steps, the same guards, the same numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bank_sim.interfaces import DEFENCES
from bank_sim.interfaces.guards import GUARDS
from bank_sim.interfaces.states import TRANSITIONS
from bank_sim.interfaces.watching import REMINDED_DAYS
from bank_sim.policy import Policy

FOLDER = Path(__file__).parents[2] / "docs" / "compliance"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (.*) \|$", re.MULTILINE)
DAY_S = 86_400


@pytest.mark.clause("7.1-6.1", "11-0", "12.1-4.1")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_written_steps_are_the_programmed_ones(language: str) -> None:
    text = (FOLDER / language / "interface-lifecycle.md").read_text(encoding="utf-8")
    steps = {step: (source, target) for step, source, target, _ in ROW.findall(text)}
    assert steps == TRANSITIONS
    for step, _, _, before in ROW.findall(text):
        guarded = {each.name for each in GUARDS.rows if step in each.columns} & DEFENCES
        assert set(re.findall(r"`(\w+)`", before)) == guarded


@pytest.mark.clause("11-0", "11-1.1")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_written_numbers_are_the_policy_s(language: str) -> None:
    text = (FOLDER / language / "interface-lifecycle.md").read_text(encoding="utf-8")
    policy = Policy()
    lead, usage, quiet = (
        each // DAY_S for each in (policy.interface_lead_s, policy.interface_usage_s, policy.interface_quiet_s)
    )
    days = ("days", "day") if language == "en" else ("天", "天")
    assert {f"{lead} {days[0]}", f"{usage} {days[0]}", f"{quiet} {days[1]}"} <= set(
        re.findall(r"\d+ (?:days?|天)", text)
    )
    reminders = ", ".join(map(str, REMINDED_DAYS[:-1])) + f" and {REMINDED_DAYS[-1]} days"
    assert (reminders if language == "en" else "、".join(map(str, REMINDED_DAYS)) + " 天") in text
