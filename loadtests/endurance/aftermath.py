"""What became of the payments: the wallet's order book, the bank's transfers and entries, what users were told.

Read from the files, read-only. ``findings`` is pure: it says what does not agree, and nothing is mended here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from scenarios import verification
from scenarios.home import Home

UNRESOLVED = frozenset({"executing", "unknown"})


class Ordered(NamedTuple):
    """A payment as the wallet's book has it."""

    order_no: str
    state: str
    serial: str | None
    amount_fen: int


class Transferred(NamedTuple):
    """A transfer as the bank has it; ``entries`` of it in the books, ``moved_fen`` by them to the payee."""

    order_no: str
    state: str
    serial: str | None
    amount_fen: int
    entries: int
    moved_fen: int


@dataclass(frozen=True, slots=True)
class Aftermath:
    """``told``: order numbers of which a user has read that they were executed; ``denied``: that they were not."""

    told: frozenset[str]
    denied: frozenset[str]
    ordered: Sequence[Ordered]
    transferred: Sequence[Transferred]

    def findings(self) -> list[str]:
        """What does not agree, a line each.

        1. What a user was told of is in the books. 2. A transfer is in the books whole and once, or not at all.
        3. Wallet and bank say the same of each, by the same serial number. 4. No result is unknown any more.
        """
        return [*self._untrue(), *self._halves(), *self._differences(), *self._unresolved()]

    @property
    def executed(self) -> int:
        return sum(each.state == "executed" for each in self.transferred)

    def _untrue(self) -> Iterator[str]:
        posted = {each.order_no for each in self.transferred if each.entries}
        yield from (f"{each}: a user was told that it was executed, and it was not" for each in self.told - posted)
        yield from (f"{each}: a user was told that it was not executed, and it was" for each in self.denied & posted)

    def _halves(self) -> Iterator[str]:
        for each in self.transferred:
            wanted = (1, each.amount_fen) if each.state == "executed" else (0, 0)
            if (each.entries, each.moved_fen) != wanted:
                yield f"{each.order_no}: {each.state} with {each.entries} entries that move {each.moved_fen} fen"

    def _differences(self) -> Iterator[str]:
        at_bank = {each.order_no: each for each in self.transferred}
        at_wallet = {each.order_no: each for each in self.ordered}
        yield from (f"{each}: the wallet knows nothing of it" for each in at_bank.keys() - at_wallet.keys())
        for order_no, mine in at_wallet.items():
            theirs = at_bank.get(order_no)
            bank_says = (theirs.state, theirs.serial) if theirs else ("none", None)
            if "executed" in (mine.state, bank_says[0]) and (mine.state, mine.serial) != bank_says:
                yield f"{order_no}: {mine.state} {mine.serial} at the wallet, {bank_says[0]} {bank_says[1]} at the bank"

    def _unresolved(self) -> Iterator[str]:
        yield from (f"{each.order_no}: still {each.state}" for each in self.ordered if each.state in UNRESOLVED)


_ORDERED = "SELECT order_no, state, serial, amount_fen FROM payments ORDER BY rowid"
_TRANSFERRED = """
SELECT t.order_no, t.state, t.serial, t.amount_fen,
    (SELECT count(*) FROM ledger_entries e WHERE e.transfer_id = t.transfer_id),
    (SELECT ifnull(sum(l.amount_fen), 0) FROM ledger_entries e JOIN ledger_lines l ON l.entry_id = e.entry_id
     AND l.account_id = t.creditor_account_id WHERE e.transfer_id = t.transfer_id)
FROM transfers t WHERE t.app_id = ?
"""


def ordered(home: Home) -> list[Ordered]:
    """The wallet's book, oldest first."""
    return [Ordered(*row) for row in _read(home.party("app") / "wallet.db", _ORDERED)]


def transferred(home: Home, app_id: str) -> list[Transferred]:
    """What the bank has of an application."""
    return [Transferred(*row) for row in _read(home.party("bank") / "bank.db", _TRANSFERRED, app_id)]


def broken(home: Home) -> list[str]:
    """What ``audit verify`` finds: books, logs, journals and their chains."""
    return [f"{each.name.en}: {each.sentence.en}" for each in verification.verify_home(home) if not each.holds]


def _read(database: Path, sql: str, *values: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(sql, values).fetchall()
