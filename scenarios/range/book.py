"""Who plays and how far they are: one SQLite file, so that a class goes on where it stopped.

Codes stand in it as they are, for the trainer hands them out again: they open a game, nobody's money. Sessions and kit
tokens stand there as digests only. All times are seconds since 1970, passed in.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

TRAINER = 0
SESSION_S = 12 * 3600
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS players (
    player_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, code TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    token_sha256 TEXT PRIMARY KEY, player_id INTEGER NOT NULL, kind TEXT NOT NULL, until_s REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS progress (
    player_id INTEGER NOT NULL, challenge TEXT NOT NULL, begun_s REAL NOT NULL, solved_s REAL, points INTEGER NOT NULL
    DEFAULT 0, hints INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, revealed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (player_id, challenge)) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Player:
    """``code`` logs in. The trainer is player 0."""

    player_id: int
    name: str
    code: str

    @property
    def is_trainer(self) -> bool:
        return self.player_id == TRAINER


@dataclass(frozen=True, slots=True)
class Progress:
    """One player at one challenge. ``hints`` taken, ``tries`` that were wrong, ``points`` earned so far."""

    player_id: int
    challenge: str
    begun_s: float
    solved_s: float | None = None
    points: int = 0
    hints: int = 0
    tries: int = 0
    revealed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the player may read what the challenge was about."""
        return self.solved_s is not None or self.revealed


class Book:
    """The file. Safe to use from several threads; close it."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    def enrol(self, names: Sequence[str]) -> None:
        """Give each of these a code, and the trainer; whoever has one keeps it."""
        with self._writing() as db:
            self._add(db, TRAINER, "trainer")
            for name in names:
                self._add(db, None, name)

    def _add(self, db: sqlite3.Connection, player_id: int | None, name: str) -> None:
        if db.execute("SELECT 1 FROM players WHERE name = ?", (name,)).fetchone() is None:
            code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
            db.execute("INSERT INTO players VALUES (?, ?, ?)", (player_id, name, code))

    def players(self) -> list[Player]:
        """Everybody but the trainer, in the order in which they were enrolled."""
        return [Player(*row) for row in self._rows("SELECT * FROM players WHERE player_id > 0 ORDER BY player_id")]

    def player(self, player_id: int) -> Player | None:
        found = self._rows("SELECT * FROM players WHERE player_id = ?", player_id)
        return Player(*found[0]) if found else None

    def by_code(self, code: str) -> Player | None:
        """Whose code that is, however it was typed; None for nobody's."""
        typed = "".join(each for each in code.lower() if each in _LETTERS)
        code = "-".join(typed[at : at + 4] for at in range(0, len(typed), 4))
        found = self._rows("SELECT * FROM players WHERE code = ?", code)
        return Player(*found[0]) if found else None

    def admit(self, player_id: int, kind: str, now_s: float) -> str:
        """A token for a browser (``page``) or a script (``kit``); a kit's new one ends the player's older ones."""
        token = secrets.token_urlsafe(24)
        with self._writing() as db:
            if kind == "kit":
                db.execute("DELETE FROM sessions WHERE player_id = ? AND kind = 'kit'", (player_id,))
            db.execute("DELETE FROM sessions WHERE until_s < ?", (now_s,))
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (_digest(token), player_id, kind, now_s + SESSION_S))
        return token

    def admitted(self, token: str, kind: str, now_s: float) -> Player | None:
        """Whose token that is; None where it is nobody's, or over."""
        sql = "SELECT player_id FROM sessions WHERE token_sha256 = ? AND kind = ? AND until_s > ?"
        found = self._rows(sql, _digest(token), kind, now_s)
        return self.player(found[0][0]) if found else None

    def dismiss(self, token: str) -> None:
        with self._writing() as db:
            db.execute("DELETE FROM sessions WHERE token_sha256 = ?", (_digest(token),))

    def begin(self, player_id: int, challenge: str, now_s: float) -> None:
        with self._writing() as db:
            sql = "INSERT OR IGNORE INTO progress (player_id, challenge, begun_s) VALUES (?, ?, ?)"
            db.execute(sql, (player_id, challenge, now_s))

    def progress(self, player_id: int, challenge: str) -> Progress | None:
        return self.progress_of(player_id).get(challenge)

    def progress_of(self, player_id: int) -> dict[str, Progress]:
        """What a player has begun, by challenge."""
        rows = self._rows("SELECT * FROM progress WHERE player_id = ?", player_id)
        return {row[1]: _progress(row) for row in rows}

    def everybodys(self) -> list[Progress]:
        return [_progress(row) for row in self._rows("SELECT * FROM progress ORDER BY begun_s")]

    def take_hint(self, player_id: int, challenge: str, number: int) -> None:
        """The player has read hint ``number`` (from 1); reading it again costs nothing."""
        self._change("hints = max(hints, ?)", player_id, challenge, number)

    def note_try(self, player_id: int, challenge: str) -> None:
        self._change("tries = tries + 1", player_id, challenge)

    def solve(self, player_id: int, challenge: str, points: int, now_s: float) -> None:
        """Once: whoever has solved it keeps the time and the points of the first time."""
        self._change("solved_s = ?, points = ?", player_id, challenge, now_s, points, only="AND solved_s IS NULL")

    def earn(self, player_id: int, challenge: str, points: int) -> None:
        """Part of the points, where not all was right; the best try counts."""
        self._change("points = max(points, ?)", player_id, challenge, points, only="AND solved_s IS NULL")

    def reveal(self, player_id: int, challenge: str) -> None:
        """The player may read the solution, and earns nothing by it any more."""
        self._change("revealed = 1", player_id, challenge)

    def forget(self, player_id: int) -> None:
        """The player begins anew."""
        with self._writing() as db:
            db.execute("DELETE FROM progress WHERE player_id = ?", (player_id,))

    def _change(self, what: str, player_id: int, challenge: str, *values: object, only: str = "") -> None:
        with self._writing() as db:
            sql = f"UPDATE progress SET {what} WHERE player_id = ? AND challenge = ? {only}"  # noqa: S608
            db.execute(sql, (*values, player_id, challenge))

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _progress(row: tuple[Any, ...]) -> Progress:
    player_id, challenge, begun_s, solved_s, points, hints, tries, revealed = row
    return Progress(player_id, challenge, begun_s, solved_s, points, hints, tries, bool(revealed))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
