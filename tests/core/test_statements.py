from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest

from bank_sim.core.statements import page_of

if TYPE_CHECKING:
    from tests.core.conftest import Town

Refused = Callable[[str], AbstractContextManager[None]]


def test_pages_run_from_the_newest_entry_to_the_oldest_without_gap_or_repetition(town: Town) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    for amount_fen in range(1, 8):
        town.pay(payer, payee, amount_fen)
    first = page_of(town.db, payer.account_id, None, 3)
    # What is posted between two pages shifts none of them.
    town.pay(payer, payee, 8)
    second = page_of(town.db, payer.account_id, first.next_cursor, 3)
    third = page_of(town.db, payer.account_id, second.next_cursor, 3)
    amounts = [movement.amount_fen for page in (first, second, third) for movement in page.movements]
    assert amounts == [-7, -6, -5, -4, -3, -2, -1, 100_00]
    assert third.next_cursor is None


def test_a_page_that_ends_with_the_last_entry_has_no_next(town: Town) -> None:
    account = town.account(town.person("王小明"), 100_00)
    assert page_of(town.db, account.account_id, None, 1).next_cursor is None


def test_both_sides_of_a_transfer_name_each_other_masked(town: Town) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    town.pay(payer, payee, 5_00)
    (debit, _), (credit,) = (page_of(town.db, side.account_id, None, 5).movements for side in (payer, payee))
    assert (debit.amount_fen, debit.balance_after_fen, debit.counterparty_name_masked) == (-5_00, 95_00, "*红")
    assert (credit.amount_fen, credit.balance_after_fen, credit.counterparty_name_masked) == (5_00, 5_00, "**明")
    assert (debit.counterparty_number, credit.counterparty_number) == (payee.account_number, payer.account_number)


def test_a_cursor_shows_nothing_of_another_account(town: Town) -> None:
    mine, theirs = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"), 7_00)
    for _ in range(3):
        town.pay(mine, town.account(mine.customer_id), 1_00)
    cursor = page_of(town.db, mine.account_id, None, 1).next_cursor
    assert [movement.amount_fen for movement in page_of(town.db, theirs.account_id, cursor, 9).movements] == [7_00]


@pytest.mark.parametrize(
    "cursor", ["", "A", "no-cursor", "AAAAAAAAAAA=", "__________8", "AAAAAAAAAAA\n", "ÄÄÄÄÄÄÄÄÄÄÄ"]
)
def test_a_cursor_that_no_page_gave_is_refused(town: Town, refused: Refused, cursor: str) -> None:
    account = town.account(town.person("王小明"), 100_00)
    with refused("PARAM_INVALID"):
        page_of(town.db, account.account_id, cursor, 5)
