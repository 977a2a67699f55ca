"""Sessions of the console: a random secret in the browser's cookie, its SHA-256 at the bank.

The secret changes at login, ends when idle and at the end of a shift. A page that refreshes itself looks with
``glance``, which keeps nobody awake: an unattended screen must not stay logged in because it shows live figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store
from bank_sim.tokens.model import new_secret, secret_sha256

SCHEMA = """
CREATE TABLE IF NOT EXISTS staff_sessions (
    session_sha256 BLOB PRIMARY KEY,
    login_name TEXT REFERENCES staff,
    opened_s INTEGER NOT NULL,
    seen_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StaffSession:
    """``login_name`` None: the login form was shown, nobody has logged in."""

    session_sha256: bytes
    login_name: str | None


class StaffSessions:
    """On the virtual clock. Changes run inside the caller's write transaction."""

    def __init__(self, store: Store, clock: Clock, policy: Policy) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy

    def open(self, db: Database) -> str:
        """A session that nobody has logged in to; returns its secret. Those long past their end are cleared away."""
        now_s = int(self._clock.now_s())
        db.execute(
            "DELETE FROM staff_sessions WHERE opened_s <= ?", (now_s - 2 * self._policy.staff_session_absolute_s,)
        )
        secret = new_secret()
        db.execute("INSERT INTO staff_sessions VALUES (?, NULL, ?, ?)", (secret_sha256(secret), now_s, now_s))
        return secret

    def enter(self, db: Database, secret: str | None) -> StaffSession:
        """The session behind a cookie, kept awake: SESSION_REQUIRED, SESSION_EXPIRED."""
        session = self.glance(secret)
        now_s = int(self._clock.now_s())
        db.execute("UPDATE staff_sessions SET seen_s = ? WHERE session_sha256 = ?", (now_s, session.session_sha256))
        return session

    def glance(self, secret: str | None) -> StaffSession:
        """The session behind a cookie, which goes on idling: SESSION_REQUIRED, SESSION_EXPIRED."""
        if not secret:
            raise problems.SESSION_REQUIRED.problem()
        now_s = int(self._clock.now_s())
        awake_since_s, opened_since_s = (
            now_s - self._policy.staff_session_idle_s,
            now_s - self._policy.staff_session_absolute_s,
        )
        rows = self._store.read(
            "SELECT session_sha256, login_name FROM staff_sessions"
            " WHERE session_sha256 = ? AND seen_s > ? AND opened_s > ?",
            (secret_sha256(secret), awake_since_s, opened_since_s),
        )
        if not rows:
            raise problems.SESSION_EXPIRED.problem()
        return StaffSession(*rows[0])

    def log_in(self, db: Database, session: StaffSession, login_name: str) -> str:
        """Bind somebody to the session under a new secret, which is returned."""
        secret, now_s = new_secret(), int(self._clock.now_s())
        db.execute(
            "UPDATE staff_sessions SET session_sha256 = ?, login_name = ?, opened_s = ?, seen_s = ?"
            " WHERE session_sha256 = ?",
            (secret_sha256(secret), login_name, now_s, now_s, session.session_sha256),
        )
        return secret

    def end(self, db: Database, session: StaffSession) -> None:
        db.execute("DELETE FROM staff_sessions WHERE session_sha256 = ?", (session.session_sha256,))
