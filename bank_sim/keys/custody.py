"""The custody log: what was done to a key, by whom and why (JR/T 0185 7.3.4, 9.3.5-2.2).

One append-only book for the keys of the bank and for those that applications have registered. It holds names of keys
and never a key; whoever does something to a key writes its line in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.store import Store, Transaction, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS key_custody (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    holder TEXT NOT NULL,
    key_name TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    deed TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS key_custody_of ON key_custody (holder, serial);
CREATE INDEX IF NOT EXISTS key_custody_key ON key_custody (key_name, serial);
""" + append_only("key_custody")

THE_BANK = "bank"
"""Whose the bank's own keys are, and who is named for what a duty does because time has passed."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who orders something about a key, why, and when (ms since 1970). ``by``: a login name, an App_ID or ``bank``."""

    by: str
    reason: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the book. ``holder``: ``bank`` or an App_ID; ``deed``: such as ``generated`` or ``revoked``."""

    serial: int
    holder: str
    key_name: str
    at_ms: int
    deed: str
    by: str
    reason: str


def note(db: Transaction, holder: str, key_name: str, deed: str, change: Change) -> None:
    """Write one line, within the caller's write transaction."""
    db.execute(
        "INSERT INTO key_custody (holder, key_name, at_ms, deed, by, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (holder, key_name, change.at_ms, deed, change.by, change.reason),
    )


def newest(store: Store, holder: str, limit: int = 50) -> list[Deed]:
    """The last lines about one holder's keys, the newest first."""
    rows = store.read(
        "SELECT serial, holder, key_name, at_ms, deed, by, reason FROM key_custody WHERE holder = ?"
        " ORDER BY serial DESC LIMIT ?",
        (holder, limit),
    )
    return [Deed(*row) for row in rows]
