"""The staff's door: logging in, with attempts that are counted as customers' are.

Its counters are apart from those of customers, so that neither can lock the other out.
"""

from __future__ import annotations

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.identity.attempts import Attempts
from bank_sim.identity.passwords import password_holds
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import colleagues
from bank_sim.staff.colleagues import Colleague
from bank_sim.staff.sessions import StaffSession, StaffSessions
from bank_sim.store import Store


class Desk:
    """Accounts and sessions of the staff."""

    def __init__(self, store: Store, clock: Clock, policy: Policy) -> None:
        self._store = store
        self._policy = policy
        self._attempts = Attempts(clock)
        self.sessions = StaffSessions(store, clock, policy)

    def log_in(self, session: StaffSession, login_name: str, password: str, source: str) -> tuple[Colleague, str]:
        """Returns who it is, and the session's new secret.

        1. The try is counted for the login and for the source: LOGIN_LOCKED when either has none left.
        2. The password is verified, at equal cost for unknown logins: LOGIN_FAILED, one answer for both.
        3. The session is bound under a new secret; the login's counter is forgiven.
        """
        with self._store.write() as db:
            refusal = self._claim(db, login_name, source)
        if refusal is not None:
            raise refusal
        known = colleagues.find(self._store, login_name)
        if not password_holds(known[1] if known else None, password) or known is None:
            raise problems.LOGIN_FAILED.problem()
        with self._store.write() as db:
            self._attempts.forgive(db, f"staff:{login_name}")
            self._attempts.return_one(db, f"staff-source:{source}")
            return known[0], self.sessions.log_in(db, session, login_name)

    def who(self, session: StaffSession) -> Colleague:
        """Who has logged in to the session: SESSION_REQUIRED where nobody has."""
        known = colleagues.find(self._store, session.login_name) if session.login_name else None
        if known is None:
            raise problems.SESSION_REQUIRED.problem()
        return known[0]

    def everybody(self) -> list[Colleague]:
        return colleagues.everybody(self._store)

    def _claim(self, db: Database, login_name: str, source: str) -> Problem | None:
        limits = (
            (f"staff-source:{source}", self._policy.login_source_tries),
            (f"staff:{login_name}", self._policy.login_tries),
        )
        for subject, limit in limits:
            if self._attempts.claim(db, subject, limit, self._policy.login_lock_s) < 0:
                return problems.LOGIN_LOCKED.problem(retry_after_s=self._attempts.rest_s(db, subject))
        return None
