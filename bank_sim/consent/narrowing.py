"""A consent made smaller by its user: one account or one interface less, at once (JR/T 0185 9.3.2-1.1.1, 9.3.2-2).

Less needs no application: the user says so at the bank, and the next call finds it so. More is another consent, which
the application has to ask for. What was narrowed stays on record; the last account or interface is not taken away
here, since a consent to nothing is one that ends.
"""

from __future__ import annotations

from typing import Literal

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.consent import states
from bank_sim.consent.model import ACCOUNT_INFORMATION
from bank_sim.consent.states import Happening
from bank_sim.events import Events
from bank_sim.sdk.protocol import problems

What = Literal["account", "api"]


class Narrowing:
    """Every method takes the caller's ``db``. RESOURCE_NOT_AUTHORIZED for what is not this user's, or not there."""

    def __init__(self, clock: Clock, events: Events) -> None:
        self._clock = clock
        self._events = events

    def withdraw_account(self, db: Database, consent_id: str, customer_id: str, account_id: str) -> None:
        """One account less. CONSENT_WOULD_BE_EMPTY for the last one."""
        app_id, _, _ = self._standing(db, consent_id, customer_id)
        query = "SELECT account_id FROM consent_accounts WHERE consent_id = ? AND ended_at_ms IS NULL"
        held = {row[0] for row in db.execute(query, (consent_id,)).fetchall()}
        _require_rest(held, account_id)
        db.execute(
            "UPDATE consent_accounts SET ended_at_ms = ?"
            " WHERE consent_id = ? AND account_id = ? AND ended_at_ms IS NULL",
            (self._clock.now_ms(), consent_id, account_id),
        )
        self._note(db, consent_id, "account")
        self._tell(db, app_id, consent_id, "account", len(held) - 1, "")

    def withdraw_api(self, db: Database, consent_id: str, customer_id: str, api_id: str) -> None:
        """One interface less. Those of a payment belong together: they go with the consent as a whole."""
        app_id, kind, apis = self._standing(db, consent_id, customer_id)
        if kind != ACCOUNT_INFORMATION:
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()
        held = set(apis.split())
        _require_rest(held, api_id)
        left = " ".join(each for each in apis.split() if each != api_id)
        db.execute("UPDATE consents SET apis = ? WHERE consent_id = ? AND state = 'authorised'", (left, consent_id))
        self._note(db, consent_id, api_id)
        self._tell(db, app_id, consent_id, "api", len(held) - 1, api_id)

    def _standing(self, db: Database, consent_id: str, customer_id: str) -> tuple[str, str, str]:
        rows: list[tuple[str, str, str]] = db.execute(
            "SELECT app_id, type, apis FROM consents"
            " WHERE consent_id = ? AND customer_id = ? AND state = 'authorised' AND valid_to_s > ?",
            (consent_id, customer_id, self._clock.now_s()),
        ).fetchall()
        if not rows:
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()
        return rows[0]

    def _note(self, db: Database, consent_id: str, what: str) -> None:
        states.note(db, consent_id, Happening(self._clock.now_ms(), "user", "narrow", "authorised", "authorised", what))

    def _tell(self, db: Database, app_id: str, consent_id: str, what: What, left: int, api_id: str) -> None:
        data = {"by": "user", "withdrawn": what, "left": left} | ({"api_id": api_id} if api_id else {})
        self._events.publish(db, app_id, "consent.amended", consent_id, data)


def _require_rest(held: set[str], taken: str) -> None:
    if taken not in held:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem()
    if len(held) == 1:
        raise problems.CONSENT_WOULD_BE_EMPTY.problem()
