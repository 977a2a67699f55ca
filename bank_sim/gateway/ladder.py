"""What follows when an application comes near a limit of its calls, and when it goes on beyond it.

    near      once a window: an alarm, so that somebody can talk to it before anybody is refused
    refused   the refusal itself is a row of the pipeline; here it is counted: whoever is refused in so many minutes of
              so many rests for a while, with an alarm, and an event that tells it so

A table like the pipeline, so that each step can be left out (JR/T 0185 10.1.2 a 1). It refuses nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bank_sim.bank import Bank
from bank_sim.events.model import Fact
from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import Rule, rules_of
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.throttle import Passage, Suspension

_NEAR, _RESTS = "QUOTA_NEAR", "QUOTA_SUSPENDED"


@dataclass(frozen=True, slots=True)
class Strain:
    """A call that brought its application near a limit, or met one."""

    bank: Bank
    app_id: str
    passage: Passage
    now_ms: int


def sound(strain: Strain) -> None:
    """An alarm for the application, or a stronger one: its value is the greatest share of a limit, in percent."""
    passage, bank = strain.passage, strain.bank
    shares = (passage.taken.uses[each].calls * 100 // passage.rates[each].amount for each in passage.near_numbers)
    with bank.store.write() as db:
        alarms.strike(db, Finding(_rule(bank, _NEAR), strain.app_id, max(shares)), strain.now_ms)


def escalate(strain: Strain) -> None:
    """Let it rest once it was refused in too many minutes."""
    bank, now_ms = strain.bank, strain.now_ms
    suspensions, minute = bank.throttle.suspensions, now_ms // 60_000
    if suspensions.struck(strain.app_id, minute):
        return
    with bank.store.write() as db:
        policy = bank.config.policy
        strikes = suspensions.strike(db, strain.app_id, minute, policy.quota_strikes_within_min)
        if strikes < policy.quota_strikes or not suspensions.begin(db, _suspension(strain)):
            return
        alarms.strike(db, Finding(_rule(bank, _RESTS), strain.app_id, strikes), now_ms)
        until_s = now_ms // 1000 + policy.quota_suspension_s
        told: dict[str, Fact] = {"notice": "quota_suspended", "quota": _suspension(strain).quota, "until": until_s}
        bank.events.publish(db, strain.app_id, "application.notice", strain.app_id, told)
    bank.throttle_generation.announce()


def _suspension(strain: Strain) -> Suspension:
    until_ms = strain.now_ms + strain.bank.config.policy.quota_suspension_s * 1000
    limit = strain.passage.exceeded or strain.passage.crowded
    return Suspension(strain.app_id, strain.now_ms, until_ms, limit.name if limit is not None else "-")


def _rule(bank: Bank, name: str) -> Rule:
    return next(each for each in rules_of(bank.config.policy) if each.name == name)


LADDER: CheckTable[Strain] = CheckTable(
    [
        row("quota_alarm", sound, "near", "10.1.2-1.1.3"),
        row("quota_escalation", escalate, "refused", "10.1.2-1.1.3"),
    ]
)

LADDER_STEPS = frozenset(each.name for each in LADDER.rows)


def climb(bank: Bank, app_id: str, passage: Passage, now_ms: int, weakened: frozenset[str]) -> None:
    """Whatever follows from the place that a call took, or did not find."""
    for step in _steps(passage):
        LADDER.run(Strain(bank, app_id, passage, now_ms), step, weakened)


def _steps(passage: Passage) -> Iterable[str]:
    if passage.near_numbers:
        yield "near"
    if passage.exceeded is not None or passage.crowded is not None:
        yield "refused"
