"""A session that turned up in another browser: ended for both who hold it, and an alarm (JR/T 0185 9.3.1, 10.1.2 a 2).

Its owner logs in anew; whoever copied it has nothing left to try again with.
"""

from __future__ import annotations

from bank_sim.bank import Bank
from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import rules_of

RULE = "SESSION_ANOMALY"


def end_stolen_session(bank: Bank, secret: str, source: str) -> None:
    """``source``: the address that it turned up at, which the alarm is about."""
    rule = next(each for each in rules_of(bank.config.policy) if each.name == RULE)
    with bank.store.write() as db:
        bank.identity.sessions.forget(db, secret)
        alarms.strike(db, Finding(rule, source, 1), bank.clock.now_ms())
