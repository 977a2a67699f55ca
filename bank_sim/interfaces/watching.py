"""What falls due in the lives of interfaces as time passes: reminders of an end, and an eye on published descriptions.

It ends nothing by itself: terminating a service takes two people.
"""

from __future__ import annotations

from bank_sim.duties import Duty
from bank_sim.events import Events
from bank_sim.interfaces import notices
from bank_sim.interfaces.description import changed_in_place
from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import Rule, rules_of
from bank_sim.policy import Policy
from bank_sim.registry.lives import Life, Lives, all_lives
from bank_sim.store import Store

REMINDED_DAYS = (30, 7, 1)
"""Ours: how many days before the end applications are reminded."""
RULE = "INTERFACE_CHANGED"
_DAY_MS = 86_400_000
# A standing alarm is strengthened once a minute, not at every look.
_AGAIN_MS = 60_000


def duties(events: Events, lives: Lives, policy: Policy) -> list[Duty]:
    """What the bank does about interfaces as time passes."""
    rule = next(each for each in rules_of(policy) if each.name == RULE)
    return [
        Duty("interface reminders", lambda store, now_ms: remind(store, events, now_ms)),
        Duty("interface descriptions", lambda store, now_ms: watch_descriptions(store, lives, rule, now_ms)),
    ]


def remind(store: Store, events: Events, now_ms: int) -> None:
    """Remind applications of the versions that they were told about, once for each of ``REMINDED_DAYS``."""
    for life in all_lives(store):
        days = _due_days(life, now_ms)
        if days is not None and notices.await_reminder(store, life, days):
            with store.write() as db:
                notices.remind(db, events, life, days)


def watch_descriptions(store: Store, lives: Lives, rule: Rule, now_ms: int) -> None:
    """Raise an alarm for every version that is not served as it was published (7.1-6.2)."""
    changed = changed_in_place(store, lives)
    if not changed:
        return
    fresh = {each.subject for each in alarms.standing(store) if each.rule == RULE and now_ms - each.last_ms < _AGAIN_MS}
    with store.write() as db:
        for subject in changed:
            if subject not in fresh:
                alarms.strike(db, Finding(rule, subject, 1), now_ms)


def _due_days(life: Life, now_ms: int) -> int | None:
    """The smallest number of days whose reminder is due, None for none: after a jump in time one reminder is enough."""
    if life.state != "deprecated" or life.sunset_ms is None or now_ms >= life.sunset_ms:
        return None
    return next((days for days in sorted(REMINDED_DAYS) if now_ms >= life.sunset_ms - days * _DAY_MS), None)
