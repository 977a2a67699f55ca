"""One archive: an SQLite file with the records of a chain for one month, which needs no bank to be read.

    <chain>      the records, with the columns that they had in the bank, and their hashes
    readable     the same with the time as people read it (Beijing)
    manifest     what the file is, of which records, from which hash to which, and how that is verified

``sqlite-utils tables FILE``, ``datasette FILE`` or any SQLite opens it. It is written once, verified by reading it
back, and then read-only; its SM3 stands in the bank's anchor.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from bank_sim.audit.anchors import Anchor
from bank_sim.records.chains import Chain, walk
from bank_sim.sdk.protocol import hashchain
from bank_sim.store import Store

SUFFIX = ".sqlite"
_BATCH = 1_000
_PIECE_BYTES = 1 << 20
_VERIFYING = (
    "hash = SM3(hash before || canonical JSON of the record's other columns, members in alphabetical order);"
    " the first record follows from start_hash, the last has end_hash"
)


class ArchiveBroken(Exception):
    """An archive is missing, altered, or does not follow from the one before. The text says which and why."""


@dataclass(frozen=True, slots=True)
class Part:
    """The records of a chain from ``first`` through ``last``; ``start``: the hash of the one before."""

    chain: Chain
    first: int
    last: int
    start: bytes
    period: str

    @property
    def file(self) -> str:
        return f"{self.chain.name}-{self.period}-{self.first:09}-{self.last:09}{SUFFIX}"


def write(store: Store, part: Part, target: Path, facts: Mapping[str, str]) -> bytes:
    """The part's records into ``target``, verified by reading them back; returns the hash of the last.

    ``facts``: more rows for the manifest. ``ArchiveBroken``: the live records do not hold; no file is left.
    """
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous=FULL")
            db.execute("BEGIN")
            _copy(store, part, db)
            end = db.execute(f"SELECT hash FROM {part.chain.name} WHERE serial = ?", (part.last,)).fetchone()  # noqa: S608
            _describe(db, part, end[0] if end else b"", facts)
            db.execute("COMMIT")
        _require_chain(draft, part, end[0] if end else b"")
        draft.chmod(0o400)
        os.replace(draft, target)  # noqa: PTH105 - as it says: in the place of one that was cut short
    finally:
        draft.unlink(missing_ok=True)
    return bytes(end[0])


def verify(path: Path, chain: Chain, anchor: Anchor, start: bytes) -> int:
    """The number of records of an archive that is what its anchor says; ``ArchiveBroken``.

    1. The file is there, and its SM3 is the anchor's.
    2. Its records count from the anchor's first serial to its last, and each hash follows from the one before, the
       first from ``start``, which the archive before it ends with.
    """
    if not path.is_file():
        raise ArchiveBroken(f"{anchor.file} is missing")
    if not hmac.compare_digest(sm3(path), anchor.file_sm3):
        raise ArchiveBroken(f"{anchor.file} was altered")
    _require_chain(path, Part(chain, anchor.first_serial, anchor.through_serial, start, ""), anchor.hash)
    return anchor.through_serial - anchor.first_serial + 1


def sm3(path: Path) -> bytes:
    """SM3 of a file, in constant memory."""
    running = hashes.Hash(hashes.SM3())
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            running.update(piece)
    return running.finalize()


def reading(path: Path) -> sqlite3.Connection:
    """An archive, opened so that nothing can change it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _copy(store: Store, part: Part, db: sqlite3.Connection) -> None:
    chain = part.chain
    create = store.read("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (chain.name,))[0][0]
    db.execute(create)
    marks = ", ".join("?" * (len(chain.columns) + 1))
    records = walk(store.db, chain, part.first, part.last)
    while batch := list(islice(records, _BATCH)):
        rows = ((*record.values(), record_hash) for _, record, record_hash in batch)
        db.executemany(f"INSERT INTO {chain.name} VALUES ({marks})", rows)  # noqa: S608 - our own table
    for column in chain.sought:
        db.execute(f"CREATE INDEX {chain.name}_by_{column} ON {chain.name} ({column})")
    shown = ", ".join(each for each in chain.columns if each not in ("serial", "at_ms"))
    db.execute(
        "CREATE VIEW readable AS SELECT serial, strftime('%Y-%m-%d %H:%M:%S', at_ms / 1000, 'unixepoch', '+8 hours')"  # noqa: S608
        f" AS beijing_time, {shown} FROM {chain.name}"
    )


def _describe(db: sqlite3.Connection, part: Part, end: bytes, facts: Mapping[str, str]) -> None:
    db.execute("CREATE TABLE manifest (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID")
    told = {
        "chain": part.chain.name,
        "period": part.period,
        "first_serial": str(part.first),
        "last_serial": str(part.last),
        "records": str(part.last - part.first + 1),
        "start_hash": part.start.hex(),
        "end_hash": end.hex(),
        "verification": _VERIFYING,
        **facts,
    }
    db.executemany("INSERT INTO manifest VALUES (?, ?)", sorted(told.items()))


def _require_chain(path: Path, part: Part, end: bytes) -> None:
    try:
        with closing(reading(path)) as db:
            verdict = hashchain.verify_numbered(walk(db, part.chain), part.last, part.first - 1, part.start)
    except sqlite3.DatabaseError as error:
        raise ArchiveBroken(f"{path.name} cannot be read ({error})") from error
    if not verdict.holds or verdict.head != end.hex():
        raise ArchiveBroken(f"the chain of {part.chain.name} breaks at record {verdict.first_bad_serial or part.last}")
