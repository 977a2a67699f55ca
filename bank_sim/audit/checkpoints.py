"""Checkpoints of the access log, and of applications' journals, as the bank keeps them with the other side's word.

A row for each: the keeper's signed text and, once it has come, the witness's (``sdk.protocol.checkpoints``). Whether
either is to be believed was judged before they came here. What was countersigned stays, so that a log rewritten later
is held against it (JR/T 0185 12.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from bank_sim.audit.anchors import end_of_archived
from bank_sim.audit.log import COLUMNS
from bank_sim.sdk.protocol import hashchain
from bank_sim.sdk.protocol.checkpoints import Log
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS log_checkpoints (
    app_id TEXT NOT NULL,
    log TEXT NOT NULL CHECK (log IN ('access_log', 'journal')),
    serial INTEGER NOT NULL,
    hash BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    checkpoint TEXT NOT NULL,
    countersignature TEXT,
    PRIMARY KEY (app_id, log, serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS log_checkpoints_by_serial ON log_checkpoints (log, serial);
CREATE TRIGGER IF NOT EXISTS log_checkpoints_stand BEFORE UPDATE ON log_checkpoints
WHEN OLD.countersignature IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a countersigned checkpoint stands'); END;
CREATE TRIGGER IF NOT EXISTS log_checkpoints_stay BEFORE DELETE ON log_checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are kept'); END;
"""

STRETCH_MAX = 2048
"""Records that one checkpoint covers at most: as many as are walked through while a caller waits. Ours."""

_COLUMNS = "app_id, log, serial, hash, at_ms, checkpoint, countersignature"


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """One checkpoint. ``app_id``: the application that witnesses the bank's log, or whose journal it is of."""

    app_id: str
    log: Log
    serial: int
    hash: bytes
    at_ms: int
    checkpoint: str
    countersignature: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records of the log up to one. ``hashes``: theirs, in order; ``first_bad``: None when each follows the last."""

    through: int
    hashes: tuple[bytes, ...]
    first_bad: int | None


def keep(db: Database, given: KeptCheckpoint) -> None:
    """Keep one; of the same record an earlier one stays as it is."""
    db.execute(
        f"INSERT OR IGNORE INTO log_checkpoints ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (given.app_id, given.log, given.serial, given.hash, given.at_ms, given.checkpoint, given.countersignature),
    )


def countersigned(db: Database, app_id: str, serial: int, countersignature: str) -> bool:
    """The witness's word on a checkpoint of the bank's log; False where it has given one."""
    noted = db.execute(
        "UPDATE log_checkpoints SET countersignature = ? WHERE app_id = ? AND log = 'access_log' AND serial = ?"
        " AND countersignature IS NULL",
        (countersignature, app_id, serial),
    )
    return noted.rowcount == 1


def newest(store: Store, app_id: str, log: Log) -> KeptCheckpoint | None:
    """Of one application's journal, or of the bank's log as this application has it; countersigned ones only."""
    return _first(store, "app_id = ? AND log = ? AND countersignature IS NOT NULL ORDER BY serial DESC", (app_id, log))


def find(store: Store, app_id: str, log: Log, serial: int) -> KeptCheckpoint | None:
    return _first(store, "app_id = ? AND log = ? AND serial = ?", (app_id, log, serial))


def hash_at(store: Store, serial: int) -> bytes | None:
    """The hash of a live record of the access log, or of the last archived one; None where there is none."""
    rows = store.read("SELECT hash FROM access_log WHERE serial = ?", (serial,))
    if rows:
        return bytes(rows[0][0])
    archived, end = end_of_archived(store, "access_log")
    return end if serial == archived else None


def walk(store: Store, after: int, start: bytes, limit: int = STRETCH_MAX) -> Stretch:
    """The ``limit`` records behind ``after``, whose hash is ``start``, each held against the one before.

    ``first_bad`` is the first that does not follow: one that is altered, missing, or not in its place.
    """
    hashes: list[bytes] = []
    through, first_bad, previous = after, None, start
    for serial, record, found in _records(store, after, limit):
        if first_bad is None and (serial != through + 1 or hashchain.link(previous, record) != found):
            first_bad = through + 1
        hashes.append(found)
        through, previous = serial, found
    return Stretch(through, tuple(hashes), first_bad)


def _records(store: Store, after: int, limit: int) -> Iterator[tuple[int, dict[str, Any], bytes]]:
    for row in store.db.execute("SELECT * FROM access_log WHERE serial > ? ORDER BY serial LIMIT ?", (after, limit)):
        yield row[0], dict(zip(COLUMNS, row[:-1], strict=True)), bytes(row[-1])


def _first(store: Store, where: str, parameters: tuple[Any, ...]) -> KeptCheckpoint | None:
    rows = store.read(f"SELECT {_COLUMNS} FROM log_checkpoints WHERE {where} LIMIT 1", parameters)  # noqa: S608
    return KeptCheckpoint(*rows[0]) if rows else None
