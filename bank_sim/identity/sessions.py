"""Sessions of the bank's pages: what one browser has shown so far, kept at the server, step by step.

The browser holds a random secret in a cookie, the bank its SHA-256. What a session must stand up to when it is used,
and what becomes of it at login, ``session_checks`` says (JR/T 0185 9.3.1). A session
belongs to one *column* of the step table: the bank's own pages, or one authorization request; that of an embedded
form is held by the application, not by a browser. It must not judge steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import msgspec
from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.identity.factors import FactorKind
from bank_sim.identity.session_checks import SESSION_CHECKS, SessionCase
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.tokens import PushedRequest
from bank_sim.tokens.model import new_secret, secret_sha256

# The order of columns is the order in which rows are read below.
SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
  session_sha256 BLOB PRIMARY KEY, visit_id TEXT NOT NULL, step_column TEXT NOT NULL, request TEXT,
  customer_id TEXT, notice_version TEXT, factor_sm3 BLOB, factor TEXT,
  opened_s INTEGER NOT NULL, seen_s INTEGER NOT NULL, device_sha256 BLOB NOT NULL DEFAULT x''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_of_visit ON sessions (visit_id);
"""

Column = Literal["ebank", "account_information", "payment", "embedded"]


@dataclass(frozen=True, slots=True)
class Session:
    """One browser's way so far.

    ``visit_id``        names the session in digests and records; no secret, and unchanged by login
    ``request``         the authorization request it serves; None on the bank's own pages
    ``customer_id``     whose password was given; None before
    ``notice_version``  which risk notice was read; None before
    ``factor_sm3``      digest of the purpose that the second factor confirmed; None before
    ``factor``          which second factor that was; None before
    """

    session_sha256: bytes
    visit_id: str
    column: Column
    request: PushedRequest | None
    customer_id: str | None
    notice_version: str | None
    factor_sm3: bytes | None
    factor: FactorKind | None = None


def end_forms_of(db: Database, app_id: str, customer_id: str) -> None:
    """The embedded forms that an application has open for a customer take nothing any more."""
    db.execute(
        "DELETE FROM sessions WHERE step_column = 'embedded' AND customer_id = ?"
        " AND json_extract(request, '$.app_id') = ?",
        (customer_id, app_id),
    )


class Sessions:
    """Every method runs inside the caller's write transaction: even looking at a session keeps it from idling.

    ``weakened`` is read at each use: the names of the rows that a weakened bank leaves out. ``device``: a digest of
    what a browser says of itself; b"" for a session that no browser holds.
    """

    def __init__(self, clock: Clock, policy: Policy, weakened: Callable[[], frozenset[str]] = frozenset) -> None:
        self._clock = clock
        self._policy = policy
        self._weakened = weakened

    def open(self, db: Database, column: Column, request: PushedRequest | None = None, device: bytes = b"") -> str:
        """A fresh session; returns the secret for the cookie. Sessions past their absolute age are cleared away."""
        now_s = int(self._clock.now_s())
        db.execute("DELETE FROM sessions WHERE opened_s <= ?", (now_s - 2 * self._policy.session_absolute_s,))
        secret = new_secret()
        text = msgspec.json.encode(request).decode() if request else None
        db.execute(
            "INSERT INTO sessions (session_sha256, visit_id, step_column, request, opened_s, seen_s, device_sha256)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (secret_sha256(secret), new_secret(), column, text, now_s, now_s, device),
        )
        return secret

    def enter(self, db: Database, secret: str | None, device: bytes = b"") -> Session:
        """The session behind a cookie, kept awake. SESSION_REQUIRED for none, SESSION_EXPIRED past its limits.

        SESSION_EXPIRED in another browser too, with ``ELSEWHERE`` as the reason: the caller should end it.
        """
        if not secret:
            raise problems.SESSION_REQUIRED.problem()
        return self._awake(db, "session_sha256", secret_sha256(secret), device)

    def enter_visit(self, db: Database, visit_id: str) -> Session:
        """The session of this visit, for who was shown an address that only this bank can make: SESSION_EXPIRED."""
        return self._awake(db, "visit_id", visit_id)

    def _awake(
        self, db: Database, key: Literal["session_sha256", "visit_id"], value: bytes | str, shown: bytes = b""
    ) -> Session:
        rows = db.execute(f"SELECT * FROM sessions WHERE {key} = ?", (value,)).fetchall()  # noqa: S608 - one of two
        if not rows:
            raise problems.SESSION_EXPIRED.problem()
        session_sha256, visit_id, column, text, customer_id, notice_version, factor_sm3, factor, *rest = rows[0]
        opened_s, seen_s, device = rest
        now_s, policy = int(self._clock.now_s()), self._policy
        case = SessionCase(
            opened_s, seen_s, now_s, policy.session_idle_s, policy.session_absolute_s, device, shown
        )  # fmt: skip
        SESSION_CHECKS.run(case, column, self._weakened())
        db.execute("UPDATE sessions SET seen_s = ? WHERE session_sha256 = ?", (now_s, session_sha256))
        request = msgspec.json.decode(text, type=PushedRequest) if text else None
        return Session(session_sha256, visit_id, column, request, customer_id, notice_version, factor_sm3, factor)

    def log_in(self, db: Database, session: Session, customer_id: str) -> str | None:
        """The password was right: bind the customer and change the secret. Returns the new one.

        None where the secret stays, at a bank that is weakened so.
        """
        case = SessionCase()
        SESSION_CHECKS.run(case, "login", self._weakened())
        if not case.rotated:
            self.bind(db, session, customer_id)
            return None
        secret = new_secret()
        db.execute(
            "UPDATE sessions SET session_sha256 = ?, customer_id = ?, factor_sm3 = NULL, factor = NULL,"
            " notice_version = NULL"
            " WHERE session_sha256 = ?",
            (secret_sha256(secret), customer_id, session.session_sha256),
        )
        return secret

    def bind(self, db: Database, session: Session, customer_id: str) -> None:
        """The password was right in an embedded form. The secret stays: no browser holds it, so none was planted."""
        db.execute(
            "UPDATE sessions SET customer_id = ?, factor_sm3 = NULL, factor = NULL, notice_version = NULL"
            " WHERE session_sha256 = ?",
            (customer_id, session.session_sha256),
        )

    def note_notice(self, db: Database, session: Session, version: str) -> None:
        """The risk notice of this version was read."""
        db.execute("UPDATE sessions SET notice_version = ? WHERE session_sha256 = ?", (version, session.session_sha256))

    def note_factor(self, db: Database, session: Session, purpose_sm3: bytes, factor: FactorKind = "sms_code") -> None:
        """The second factor confirmed this purpose."""
        db.execute(
            "UPDATE sessions SET factor_sm3 = ?, factor = ? WHERE session_sha256 = ?",
            (purpose_sm3, factor, session.session_sha256),
        )

    def end(self, db: Database, session: Session) -> None:
        """Nothing of the session remains."""
        db.execute("DELETE FROM sessions WHERE session_sha256 = ?", (session.session_sha256,))

    def forget(self, db: Database, secret: str) -> None:
        """The same for whoever knows the session by its secret only."""
        db.execute("DELETE FROM sessions WHERE session_sha256 = ?", (secret_sha256(secret),))
