"""What becomes of consents as time passes: the user is reminded before one ends, and its end goes on record.

A payment that is held and that nobody of the bank decides on is refused in the end: silence moves no money.
Refusing what has run out needs no duty, since every call reads the clock; telling people does (JR/T 0185 9.3.2-1.2.2).
"""

from __future__ import annotations

from bank_sim.authorization import outcomes
from bank_sim.authorization.announcing import ending_text
from bank_sim.bank import Bank
from bank_sim.consent import ending_soon, note_reminder
from bank_sim.duties import Duty
from bank_sim.identity.credentials import Credentials
from bank_sim.registry.directory import application
from bank_sim.risk import cases
from bank_sim.store import Store

_DAY_S = 86_400


def consent_duties(bank: Bank) -> list[Duty]:
    """Reminders first, so that a jump beyond an end does not remind of what is over."""
    return [
        Duty("consents expire", lambda store, now_ms: _expire(bank, store, now_ms)),
        Duty("consents ending soon", lambda store, now_ms: _remind(bank, store, now_ms)),
        Duty("held payments that nobody decided on", lambda store, now_ms: _refuse_overdue(bank, store, now_ms)),
    ]


def _expire(bank: Bank, store: Store, now_ms: int) -> None:
    endings = bank.consents.endings
    if not endings.any_due(store, now_ms):
        return
    with store.write() as db:
        endings.expire_due(db, now_ms)


def _refuse_overdue(bank: Bank, store: Store, now_ms: int) -> None:
    policy = bank.config.policy
    for case in cases.due_before(store, now_ms - (policy.risk_hold_s_max - policy.risk_case_s) * 1000):
        if case.kind == "review":
            with store.write() as db:
                outcomes.refuse(bank, store, db, case, cases.THE_BANK, cases.NOBODY_DECIDED)


def _remind(bank: Bank, store: Store, now_ms: int) -> None:
    lead_s = bank.config.policy.consent_reminder_days * _DAY_S
    due = ending_soon(store, now_ms // 1000, lead_s)
    if not due:
        return
    phones = Credentials(store, bank.vault)
    with store.write() as db:
        for each in due:
            if note_reminder(db, each.consent_id, now_ms):
                app = application(store, each.app_id).called(each.language)
                text = ending_text(each.language, app, each.valid_to_s)
                bank.outbox.enqueue(db, phones.phone(each.customer_id), text)
                bank.events.publish(
                    db, each.app_id, "consent.expiring", each.consent_id, {"valid_to_s": each.valid_to_s}
                )
