"""The wallet's users and their sessions. A user is a nickname and a secret that their browser keeps: no personal data.

There is no password to guess or lose: whoever signs in with a browser that the wallet does not know becomes a new
user, even under a nickname that somebody else bears. Only hashes of the browsers' secrets are stored. What a user may
see of the bank is decided at the bank, by consent.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from app_sim.bank import problems
from app_sim.config import AppConfig
from app_sim.journal import Journal
from app_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    user_id TEXT PRIMARY KEY,
    nickname TEXT NOT NULL,
    device_sha256 TEXT NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    session_sha256 TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users,
    started_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL
) STRICT;
"""

NICKNAME_CHARS_MAX = 24
# Long enough to be a phone, card or identity number, which the wallet does not want to know.
_LIKE_A_NUMBER = re.compile(r"\d[\d -]{6,}\d")
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class User:
    user_id: str
    nickname: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a browser gets: a session, and the secret by which it is known again."""

    user: User
    session: str = field(repr=False)
    device: str = field(repr=False)


class Sessions:
    """Signs users in and out, and tells whose session a request belongs to."""

    def __init__(self, config: AppConfig, store: Store, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._idle_ms = config.session_idle_s * 1000
        self._absolute_ms = config.session_absolute_s * 1000
        self._store = store
        self._journal = journal
        self._now_ms = now_ms

    def sign_in(self, nickname: str, device: str | None) -> SignedIn:
        """A fresh session, of the user whom this browser is known for or of a new one. PARAM_INVALID: the nickname."""
        nickname = _checked(nickname)
        user = self._known(nickname, device) if device else None
        with self._store.write() as db:
            if user is None or device is None:
                user, device = User(f"usr_{secrets.token_hex(8)}", nickname), secrets.token_urlsafe(_TOKEN_BYTES)
                db.execute(
                    "INSERT INTO users (user_id, nickname, device_sha256, created_ms) VALUES (?, ?, ?, ?)",
                    (user.user_id, nickname, _sha256(device), self._now_ms()),
                )
            session = secrets.token_urlsafe(_TOKEN_BYTES)
            db.execute("DELETE FROM sessions WHERE started_ms <= ?", (self._now_ms() - self._absolute_ms,))
            db.execute(
                "INSERT INTO sessions (session_sha256, user_id, started_ms, seen_ms) VALUES (?, ?, ?, ?)",
                (_sha256(session), user.user_id, self._now_ms(), self._now_ms()),
            )
            self._journal.login(db, user.user_id, "signed_in")
        return SignedIn(user, session, device)

    def user(self, session: str) -> User | None:
        """Whose session it is; None when it is unknown or over. Being asked keeps it from idling out."""
        now_ms = self._now_ms()
        # Every page does this; what a power cut could lose is how lately somebody was seen.
        with self._store.write(outlasts_power_cut=False) as db:
            row = db.execute(
                "UPDATE sessions SET seen_ms = ? WHERE session_sha256 = ? AND seen_ms > ? AND started_ms > ?"
                " RETURNING user_id",
                (now_ms, _sha256(session), now_ms - self._idle_ms, now_ms - self._absolute_ms),
            ).fetchone()
            if row is None:
                return None
            user = db.execute("SELECT user_id, nickname FROM users WHERE user_id = ?", (row["user_id"],)).fetchone()
        return User(*user)

    def sign_out(self, session: str) -> None:
        with self._store.write() as db:
            row = db.execute(
                "DELETE FROM sessions WHERE session_sha256 = ? RETURNING user_id", (_sha256(session),)
            ).fetchone()
            if row is not None:
                self._journal.login(db, row["user_id"], "signed_out")

    def forget(self, user_id: str) -> None:
        """Delete a user with all sessions and ways to the bank. Only a number that nobody bears any more stays."""
        with self._store.write() as db:
            for table in ("flows", "sessions", "users"):
                db.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,))  # noqa: S608 - our own tables
            self._journal.login(db, user_id, "forgotten")

    def _known(self, nickname: str, device: str) -> User | None:
        row = self._store.row(
            "SELECT user_id, nickname FROM users WHERE device_sha256 = ? AND nickname = ?", (_sha256(device), nickname)
        )
        return User(*row) if row else None


def session_id(session: str) -> str:
    """A name for a session by which nobody can enter it."""
    return _sha256(session)


def _checked(nickname: str) -> str:
    nickname = nickname.strip()
    if not nickname or len(nickname) > NICKNAME_CHARS_MAX or not nickname.isprintable():
        raise problems.PARAM_INVALID.problem(f"A nickname has 1 to {NICKNAME_CHARS_MAX} characters.")
    if _LIKE_A_NUMBER.search(nickname):
        raise problems.PARAM_INVALID.problem("A nickname must not look like a phone, card or identity number.")
    return nickname


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
