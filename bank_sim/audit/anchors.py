"""Anchors: where the part of a chain that lies in an archive ends, so that the rest goes on from there.

An anchor holds the last archived record's serial and hash and the archive's digest. Only what stands before an anchor
may be deleted, and an anchor is taken only of a record of its chain that has others after it, and of none that is
younger than a year: the database itself refuses to forget too early (JR/T 0185 11-4, 12.3; Cybersecurity Law article 21
asks for six months of logs, the sandbox's own rule for one year).
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.sdk.protocol.hashchain import GENESIS
from bank_sim.store import Store, append_only

ONLINE_MIN_MS = 365 * 86_400_000
"""How long a record stands in the live database at least."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS chain_anchors (
    chain TEXT NOT NULL,
    through_serial INTEGER NOT NULL,
    hash BLOB NOT NULL,
    first_serial INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    archived_ms INTEGER NOT NULL,
    file TEXT NOT NULL UNIQUE,
    file_sm3 BLOB NOT NULL,
    PRIMARY KEY (chain, through_serial)
) STRICT, WITHOUT ROWID;
""" + append_only("chain_anchors")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of an archived part. ``until_ms``: the time of its newest record; ``file``: the archive's name."""

    chain: str
    through_serial: int
    hash: bytes
    first_serial: int
    until_ms: int
    archived_ms: int
    file: str
    file_sm3: bytes


_COLUMNS = "chain, through_serial, hash, first_serial, until_ms, archived_ms, file, file_sm3"


def guards(chain: str, name: str) -> str:
    """The triggers of a chained table (``serial``, ``at_ms``, ``hash``); ``name`` is what refusals call it."""
    return f"""
{SCHEMA}
CREATE TRIGGER IF NOT EXISTS {chain}_is_not_rewritten BEFORE UPDATE ON {chain}
BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END;
CREATE TRIGGER IF NOT EXISTS {chain}_is_not_shortened BEFORE DELETE ON {chain}
WHEN OLD.serial > ifnull((SELECT max(through_serial) FROM chain_anchors WHERE chain = '{chain}'), 0)
BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END;
CREATE TRIGGER IF NOT EXISTS {chain}_is_anchored_as_it_is BEFORE INSERT ON chain_anchors
WHEN NEW.chain = '{chain}' AND NOT EXISTS (
    SELECT 1 FROM {chain} WHERE serial = NEW.through_serial AND hash = NEW.hash
    AND EXISTS (SELECT 1 FROM {chain} WHERE serial > NEW.through_serial))
BEGIN SELECT RAISE(ABORT, 'an anchor is a record of its chain with others after it'); END;
CREATE TRIGGER IF NOT EXISTS {chain}_is_kept_its_time BEFORE INSERT ON chain_anchors
WHEN NEW.chain = '{chain}' AND EXISTS (
    SELECT 1 FROM {chain} WHERE serial <= NEW.through_serial AND at_ms > NEW.archived_ms - {ONLINE_MIN_MS})
BEGIN SELECT RAISE(ABORT, '{name} is kept for its time'); END;
"""  # noqa: S608 - our own tables' names


def of_chain(store: Store, chain: str) -> list[Anchor]:
    """Every anchor of a chain, the oldest first."""
    sql = f"SELECT {_COLUMNS} FROM chain_anchors WHERE chain = ? ORDER BY through_serial"  # noqa: S608
    return [Anchor(*row) for row in store.read(sql, (chain,))]


def end_of_archived(store: Store, chain: str) -> tuple[int, bytes]:
    """Serial and hash of the last archived record: what the live part follows from; (0, GENESIS) where all is live."""
    rows = store.read(
        "SELECT through_serial, hash FROM chain_anchors WHERE chain = ? ORDER BY through_serial DESC LIMIT 1", (chain,)
    )
    return (rows[0][0], rows[0][1]) if rows else (0, GENESIS)
