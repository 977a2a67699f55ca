from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest

from bank_sim.core import ledger
from bank_sim.core.holds import lift_hold, place_hold
from bank_sim.core.ledger import NOSTRO, Entry, Line

if TYPE_CHECKING:
    from tests.core.conftest import Town

Refused = Callable[[str], AbstractContextManager[None]]


def test_an_entry_moves_money_and_leaves_the_balance_in_each_line(town: Town) -> None:
    account = town.account(town.person("王小明"), 100_00)
    with town.writing():
        lines = [Line(account.account_id, -30_00), Line(NOSTRO, 30_00)]
        entry_id = ledger.post(town.db, Entry("purchase", town.now_ms, "超市"), lines)
    row = town.db.execute(
        "SELECT amount_fen, balance_after_fen FROM ledger_lines WHERE account_id = ? AND entry_id = ?",
        (account.account_id, entry_id),
    ).fetchone()
    assert tuple(row) == (-30_00, 70_00)
    assert town.balance_fen(account) == 70_00


@pytest.mark.parametrize(
    "amounts", [[], [0, 0], [5, -4], [7]], ids=["no lines", "lines of zero", "sum not zero", "one line"]
)
def test_lines_that_make_no_entry_are_not_posted(town: Town, amounts: list[int]) -> None:
    accounts = [town.account(town.person("王小明"), 10_00) for _ in amounts]
    lines = [Line(account.account_id, amount) for account, amount in zip(accounts, amounts, strict=True)]
    with pytest.raises(ValueError, match="entry"), town.writing():
        ledger.post(town.db, Entry("purchase", town.now_ms), lines)
    assert [town.balance_fen(account) for account in accounts] == [10_00] * len(accounts)


def test_an_entry_touches_an_account_once(town: Town) -> None:
    account = town.account(town.person("王小明"), 10_00)
    with pytest.raises(ValueError, match="each once"), town.writing():
        ledger.post(
            town.db, Entry("purchase", town.now_ms), [Line(account.account_id, 5), Line(account.account_id, -5)]
        )


def test_an_entry_is_not_posted_outside_a_write_transaction(town: Town) -> None:
    account = town.account(town.person("王小明"), 10_00)
    with pytest.raises(RuntimeError, match="write transaction"):
        ledger.post(town.db, Entry("purchase", town.now_ms), [Line(account.account_id, -5), Line(NOSTRO, 5)])


def test_nobody_spends_more_than_is_there(town: Town, refused: Refused) -> None:
    account = town.account(town.person("王小明"), 10_00)
    with refused("INSUFFICIENT_FUNDS"), town.writing():
        ledger.post(town.db, Entry("purchase", town.now_ms), [Line(account.account_id, -10_01), Line(NOSTRO, 10_01)])
    assert town.balance_fen(account) == 10_00


def test_nobody_spends_what_is_held_until_the_hold_is_lifted(town: Town, refused: Refused) -> None:
    account = town.account(town.person("王小明"), 10_00)
    spend = [Line(account.account_id, -10_00), Line(NOSTRO, 10_00)]
    with town.writing():
        place_hold(town.db, "hold-1", account.account_id, 4_00, "hotel", town.now_ms)
    with refused("INSUFFICIENT_FUNDS"), town.writing():
        ledger.post(town.db, Entry("purchase", town.now_ms), spend)
    with refused("INSUFFICIENT_FUNDS"), town.writing():
        place_hold(town.db, "hold-2", account.account_id, 6_01, "hotel", town.now_ms)
    for _ in range(2):
        with town.writing():
            lift_hold(town.db, "hold-1", town.now_ms)
    with town.writing():
        ledger.post(town.db, Entry("purchase", town.now_ms), spend)
    assert ledger.balance_of(town.db, account.account_id) == (0, 0)


def test_money_does_not_go_to_an_account_that_is_not_there(town: Town, refused: Refused) -> None:
    account = town.account(town.person("王小明"), 10_00)
    with refused("RESOURCE_NOT_AUTHORIZED"), town.writing():
        ledger.post(town.db, Entry("purchase", town.now_ms), [Line(account.account_id, -5), Line("nowhere", 5)])
    assert town.balance_fen(account) == 10_00


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_lines SET amount_fen = amount_fen + 1",
        "DELETE FROM ledger_lines",
        "INSERT OR REPLACE INTO ledger_lines SELECT account_id, entry_id, amount_fen + 1, 0 FROM ledger_lines",
        "INSERT INTO ledger_lines SELECT 'bank:equity', min(entry_id), 5, 5 FROM ledger_lines",
        "UPDATE ledger_entries SET posted_at_ms = 0",
        "DELETE FROM ledger_entries",
        "INSERT OR REPLACE INTO ledger_entries SELECT entry_id, kind, 'other', transfer_id, 0 FROM ledger_entries",
    ],
)
def test_what_is_in_the_books_stays_as_it_is(town: Town, statement: str) -> None:
    town.account(town.person("王小明"), 10_00)
    town.account(town.person("李红"), 20_00)
    before = list(town.db.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match="immutable"):
        town.db.execute(statement)
    assert list(town.db.iterdump()) == before


def test_the_database_itself_refuses_an_overdrawn_customer(town: Town) -> None:
    account = town.account(town.person("王小明"), 10_00)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        town.db.execute("UPDATE ledger_accounts SET balance_fen = -1 WHERE account_id = ?", (account.account_id,))
