"""The platform at which identifiers are registered, looked up and deregistered (JR/T 0185 11-1.2, 12.1-2, Appendix B).

A stand-in for an authority outside the bank, as a table of its own: it numbers what the bank registers, confirms each
act with a receipt, and remembers every identifier for ever, so that none is given out twice. Numbers are given out
inside the caller's write transaction, which the store lets one at a time hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from bank_sim.sdk.protocol import problems, u_api_id
from bank_sim.sdk.protocol.u_api_id import UApiId
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS platform_register (
    u_api_id TEXT PRIMARY KEY,
    api_id TEXT NOT NULL,
    version TEXT NOT NULL,
    level TEXT NOT NULL,
    registered_ms INTEGER NOT NULL,
    receipt TEXT NOT NULL UNIQUE,
    deregistered_ms INTEGER,
    deregistration_receipt TEXT UNIQUE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS platform_register_once ON platform_register (api_id, version);
CREATE TRIGGER IF NOT EXISTS platform_register_forgets_nothing BEFORE DELETE ON platform_register
BEGIN SELECT RAISE(ABORT, 'an identifier is never forgotten'); END;
CREATE TRIGGER IF NOT EXISTS platform_register_revives_nothing BEFORE UPDATE ON platform_register
WHEN OLD.deregistered_ms IS NOT NULL OR NEW.u_api_id IS NOT OLD.u_api_id OR NEW.receipt IS NOT OLD.receipt
BEGIN SELECT RAISE(ABORT, 'an identifier that was deregistered stays so'); END;
"""

_COLUMNS = "u_api_id, api_id, version, level, registered_ms, receipt, deregistered_ms, deregistration_receipt"


@dataclass(frozen=True, slots=True)
class Entry:
    """One identifier at the platform; instants in ms of virtual time. ``deregistered_ms`` None: it is in force."""

    u_api_id: str
    api_id: str
    version: str
    level: str
    registered_ms: int
    receipt: str
    deregistered_ms: int | None
    deregistration_receipt: str | None


def register(db: Database, like: UApiId, api_id: str, version: str, now_ms: int, wished: str = "") -> Entry:
    """Give a version its identifier: the next in order within institution, type and category of ``like`` (B.3.6).

    1. ``wished``, where somebody wishes for one, is an identifier at all: U_API_ID_INVALID;
    2. it was never given out and given back: CODE_RETIRED;
    3. it is the one whose turn it is, with the right level and category: U_API_ID_INVALID. Clients choose nothing.
    """
    taken = {each.u_api_id: each for each in _entries(db)}
    turn = u_api_id.next_identifier(
        [u_api_id.parse(each) for each in taken], like.institution, like.level, like.category, like.subcategory
    )
    if wished:
        asked = str(u_api_id.parse(wished))
        if asked in taken and taken[asked].deregistered_ms is not None:
            raise problems.CODE_RETIRED.problem(f"{asked} was deregistered and is never given out again.")
        if asked != str(turn):
            raise problems.U_API_ID_INVALID.problem(f"B.3.6: numbers are given out in order; the next is {turn}.")
    return _entered(db, turn, api_id, version, now_ms)


def enter_founding(db: Database, code: str, api_id: str, version: str, now_ms: int) -> Entry:
    """Enter an identifier that the bank is founded with; the caller has proven their order."""
    return _entered(db, u_api_id.parse(code), api_id, version, now_ms)


def deregister(db: Database, code: str, now_ms: int) -> str:
    """Give an identifier back for good (11-1.2); returns the receipt. STATE_CHANGED where it is not in force."""
    receipt = _receipt(db, "DR", now_ms)
    ended = db.execute(
        "UPDATE platform_register SET deregistered_ms = ?, deregistration_receipt = ?"
        " WHERE u_api_id = ? AND deregistered_ms IS NULL",
        (now_ms, receipt, code),
    ).rowcount
    if ended != 1:
        raise problems.STATE_CHANGED.problem()
    return receipt


def entries(store: Store) -> list[Entry]:
    """Every identifier that was ever given out, in order."""
    return [Entry(*row) for row in store.read(f"SELECT {_COLUMNS} FROM platform_register ORDER BY u_api_id")]  # noqa: S608


def query(store: Store, code: str) -> Entry | None:
    """What the platform says about an identifier; None for one that it never gave out."""
    return next((each for each in entries(store) if each.u_api_id == code), None)


def _entries(db: Database) -> list[Entry]:
    return [Entry(*row) for row in db.execute(f"SELECT {_COLUMNS} FROM platform_register")]  # noqa: S608


def _entered(db: Database, code: UApiId, api_id: str, version: str, now_ms: int) -> Entry:
    entry = Entry(str(code), api_id, version, code.level, now_ms, _receipt(db, "RG", now_ms), None, None)
    db.execute(
        f"INSERT INTO platform_register ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)",  # noqa: S608
        (entry.u_api_id, entry.api_id, entry.version, entry.level, entry.registered_ms, entry.receipt),
    )
    return entry


def _receipt(db: Database, kind: str, now_ms: int) -> str:
    """The platform's running number of the act: ``RG-1769824800000-0013``."""
    acts = db.execute("SELECT count(*) + count(deregistered_ms) FROM platform_register").fetchone()[0]
    return f"{kind}-{now_ms}-{acts + 1:04}"
