"""What falls due about risk as time passes: an alarm for each new case, another for one that nobody decided in time."""

from __future__ import annotations

from collections.abc import Mapping

from bank_sim.duties import Duty
from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import Rule, rules_of
from bank_sim.policy import Policy
from bank_sim.risk import cases
from bank_sim.risk.cases import NOBODY_DECIDED, THE_BANK
from bank_sim.store import Store, Transaction

_ALARM_OF = {"review": "PAYMENT_HELD", "refused": "PAYMENT_REFUSED", "posted": "LARGE_VALUE"}
_NEW = "SELECT case_id, kind, app_id, opened_ms FROM risk_cases WHERE alarmed = 0"
_LATE = "SELECT case_id, app_id FROM risk_cases WHERE ended_ms IS NULL AND due_ms <= ? AND alarmed < 2 ORDER BY due_ms"


def duties(policy: Policy) -> list[Duty]:
    """Everything of risk that time brings about, and that moves no money."""
    watching = Watching({each.name: each for each in rules_of(policy)})
    return [Duty("risk cases", watching.raise_alarms), Duty("overdue risk cases", watching.escalate)]


class Watching:
    """Each method is a duty's: one look at an index when nothing is due, and once however often it is performed."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules

    def raise_alarms(self, store: Store, now_ms: int) -> None:
        """The staff hears of a case as soon as it is opened (10.2.3-3.2)."""
        for case_id, kind, app_id, opened_ms in store.read(_NEW):
            with store.write() as db:
                if _note_alarm(db, case_id, 1):
                    alarms.strike(db, Finding(self._rules[_ALARM_OF[kind]], app_id, 1), opened_ms)

    def escalate(self, store: Store, now_ms: int) -> None:
        """A case that nobody decided in time is everybody's (10.2.3-4)."""
        for case_id, app_id in store.read(_LATE, (now_ms,)):
            with store.write() as db:
                if _note_alarm(db, case_id, 2):
                    cases.note(db, case_id, THE_BANK, "escalate", NOBODY_DECIDED, now_ms)
                    alarms.strike(db, Finding(self._rules["RISK_CASE_OVERDUE"], app_id, 1), now_ms)


def _note_alarm(db: Transaction, case_id: int, stage: int) -> bool:
    """False where it was raised already."""
    noted = db.execute("UPDATE risk_cases SET alarmed = ?2 WHERE case_id = ?1 AND alarmed < ?2", (case_id, stage))
    return noted.rowcount == 1
