"""Fills a bank at rest with invented customers, three accounts each, and money on them: the books balance as before.

Nobody can log in as one of them; they are there to be in the way. Written as plain SQL into the core's own tables, for
the core opens accounts one by one: its schema and triggers judge each row, and the auditor the whole.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bank_sim.sdk.protocol.luhn import check_digit

CLASSES = ("I", "II", "III")
_OPENING_FEN = {"I": 50_000_00, "II": 2_000_00, "III": 200_00}
_PREFIX = "999910"
# The accounts of a sandbox's own people have serial numbers from all of ten digits; these are drawn from the last.
_FIRST_SERIAL = 9_000_000_000
_CHUNK = 20_000
_NOSTRO = "bank:nostro"

_CUSTOMER = "INSERT INTO customers VALUES (?, ?, '王*', ?, ?, ?, '110***********001X', ?, '139****0000', ?)"
_LEDGER_ACCOUNT = "INSERT INTO ledger_accounts (account_id, side, balance_fen) VALUES (?, 'customer', ?)"
_ACCOUNT = (
    "INSERT INTO accounts (account_id, customer_id, account_number, account_class, bound_account_id, opened_at_ms)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_ENTRY = "INSERT INTO ledger_entries (kind, summary, posted_at_ms) VALUES ('opening', '开户 Opening', ?)"
_LINE = "INSERT INTO ledger_lines VALUES (?, ?, ?, ?)"


def count(database: Path) -> int:
    """How many accounts of customers the bank has."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM accounts").fetchone()[0])


def fill(database: Path, accounts: int, at_ms: int, seed: int = 2020) -> int:
    """Bring the bank to so many accounts at least; how many were opened. ``at_ms``: when all of them were."""
    wanted = accounts - count(database)
    customers = max(0, -(-wanted // len(CLASSES)))
    dice = random.Random(seed)  # noqa: S311 - invents people, guards nothing
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")
        (begin,) = db.execute("SELECT count(*) FROM customers WHERE customer_id LIKE 'cu_fill_%'").fetchone()
        for first in range(begin, begin + customers, _CHUNK):
            _open_chunk(db, dice, range(first, min(begin + customers, first + _CHUNK)), at_ms)
    return customers * len(CLASSES)


def _open_chunk(db: sqlite3.Connection, dice: random.Random, numbers: range, at_ms: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        db.executemany(_CUSTOMER, (_customer(dice, number, at_ms) for number in numbers))
        opened = [each for number in numbers for each in _accounts(number, at_ms)]
        db.executemany(_LEDGER_ACCOUNT, ((each[0], _OPENING_FEN[each[3]]) for each in opened))
        db.executemany(_ACCOUNT, opened)
        _pay_in(db, [(each[0], _OPENING_FEN[each[3]]) for each in opened], at_ms)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _pay_in(db: sqlite3.Connection, deposits: list[tuple[str, int]], at_ms: int) -> None:
    """An entry for each account, against the bank's money with the central bank."""
    (nostro_fen,) = db.execute("SELECT balance_fen FROM ledger_accounts WHERE account_id = ?", (_NOSTRO,)).fetchone()
    for account_id, amount_fen in deposits:
        entry_id = db.execute(_ENTRY, (at_ms,)).lastrowid
        nostro_fen -= amount_fen
        db.execute(_LINE, (account_id, entry_id, amount_fen, amount_fen))
        db.execute(_LINE, (_NOSTRO, entry_id, -amount_fen, nostro_fen))
    db.execute("UPDATE ledger_accounts SET balance_fen = ? WHERE account_id = ?", (nostro_fen, _NOSTRO))


def _customer(dice: random.Random, number: int, at_ms: int) -> tuple[object, ...]:
    """Sealed values as long as real ones, which nobody can open: they are of nobody."""
    return (
        f"cu_fill_{number:07d}",
        dice.randbytes(60),
        dice.randbytes(16),
        dice.randbytes(32),
        dice.randbytes(70),
        dice.randbytes(64),
        at_ms,
    )


def _accounts(number: int, at_ms: int) -> Iterator[tuple[str, str, str, str, str | None, int]]:
    main = f"ac_fill_{number:07d}_1"
    for position, account_class in enumerate(CLASSES):
        body = f"{_PREFIX}{_FIRST_SERIAL + number * len(CLASSES) + position:010d}"
        account_id = f"ac_fill_{number:07d}_{position + 1}"
        bound = None if account_class == "I" else main
        yield account_id, f"cu_fill_{number:07d}", body + check_digit(body), account_class, bound, at_ms
