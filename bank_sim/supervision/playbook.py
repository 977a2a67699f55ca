"""What the bank does by itself when an alarm is raised, and when nobody takes one in time (JR/T 0185 10.1.2 a 2, 10.5).

    act       the gravest alarms about an application: suspend it, open an incident, write it into the staff's journal
    escalate  an alarm that waits too long: say so, and open the incident that somebody should have opened

Both are duties: they find nothing to do most of the time, and do each thing once. Which alarms suspend is the policy's
``suspended_at_once``. The bank takes no alarm off people's hands: it stays open until one of them takes it, and only
people resume what was suspended.
"""

from __future__ import annotations

from bank_sim.duties import Duty
from bank_sim.monitor import alarms, incidents
from bank_sim.monitor.alarms import Alarm
from bank_sim.policy import Policy
from bank_sim.registry.standing import THE_BANK, Standings
from bank_sim.staff.journal import JournalEntry, append
from bank_sim.store import Store, Transaction

OPENED_TEXT = "opened by the bank itself, from the alarm"
SUSPENDED_TEXT = "suspended by rule, before anybody had looked: the alarm names what cannot be an accident"
NOT_SERVED_TEXT = "nothing to suspend: it is not served any more"
UNTAKEN_TEXT = "nobody has taken the alarm in time"
SYSTEM_ROLE = "system"
"""The role in the journal of what no person did."""
_STATUS = "SELECT status FROM applications WHERE app_id = ?"


class Playbook:
    """``duties`` are performed by the bank's clock; each alarm has a transaction of its own."""

    def __init__(self, policy: Policy, standings: Standings) -> None:
        self._rules = policy.suspended_at_once
        self._standings = standings

    def duties(self) -> list[Duty]:
        return [Duty("alarms that the bank acts upon", self.act), Duty("alarms that nobody takes", self.escalate)]

    def act(self, store: Store, now_ms: int) -> None:
        """Suspend whom the gravest alarms are about. Whoever is suspended or gone already only gets the incident."""
        for alarm in alarms.unacted(store, self._rules) if self._rules else ():
            with store.write() as db:
                text = SUSPENDED_TEXT if self._suspend(db, alarm, now_ms) else NOT_SERVED_TEXT
                incidents.note(db, _incident(db, alarm, now_ms), text, THE_BANK, now_ms, "acted")
                alarms.mark_acted(db, alarm.alarm_id, now_ms)

    def escalate(self, store: Store, now_ms: int) -> None:
        """Say of each alarm that nobody took in time that it waits; a minor one makes no incident."""
        for alarm in alarms.overdue(store, now_ms):
            with store.write() as db:
                if alarm.severity != "minor":
                    incident_id = _incident(db, alarm, now_ms)
                    incidents.note(db, incident_id, UNTAKEN_TEXT, THE_BANK, now_ms, "escalated")
                alarms.mark_escalated(db, alarm.alarm_id, now_ms)
                _journal(db, "escalate_alarm", alarm, UNTAKEN_TEXT, now_ms)

    def _suspend(self, db: Transaction, alarm: Alarm, now_ms: int) -> bool:
        row = db.execute(_STATUS, (alarm.subject,)).fetchone()
        if row is None or row[0] not in ("active", "testing"):
            return False
        reason = f"{alarm.rule}: {SUSPENDED_TEXT}"
        self._standings.move(db, alarm.subject, "suspended", by=THE_BANK, reason=reason)
        _journal(db, "suspend_application", alarm, reason, now_ms)
        return True


def _incident(db: Transaction, alarm: Alarm, now_ms: int) -> int:
    """The incident that the alarm belongs to; one is opened where there is none, or where it is closed."""
    if alarm.incident_id is not None and incidents.is_open(db, alarm.incident_id):
        return alarm.incident_id
    incident_id = incidents.open_incident(db, alarm.named, alarm.severity, OPENED_TEXT, THE_BANK, now_ms)
    alarms.attach_anew(db, alarm.alarm_id, incident_id)
    return incident_id


def _journal(db: Transaction, action: str, alarm: Alarm, reason: str, now_ms: int) -> None:
    append(
        db,
        JournalEntry(
            at_ms=now_ms,
            login_name=THE_BANK,
            role=SYSTEM_ROLE,
            action=action,
            subject=alarm.subject or alarm.rule,
            reason=reason,
            trace_id="-",
            source="-",
        ),
    )
