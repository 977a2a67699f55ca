"""The core's guards, and a core that leaves one of them out: the rule is gone, and nothing else."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from bank_sim.core import payments
from bank_sim.core.auditor import audit
from bank_sim.core.guards import DEFENCES
from bank_sim.core.ledger import balance_of
from bank_sim.core.payees import payee_with
from bank_sim.core.payments import Order, Transfer
from bank_sim.sdk.protocol.problems import Problem
from tests.core.conftest import APP, Town

if TYPE_CHECKING:
    from collections.abc import Callable

    from bank_sim.core.accounts import Account

DAY_FEN, CLASS_FEN = 10_000_00, 10_000_01


def debited(town: Town, payer: Account, payee: Account, amount_fen: int, *left_out: str, purpose: str = "") -> Transfer:
    """One debit under an agreement, ordered and executed."""
    weakened, number = frozenset(left_out), f"tr_guard_{town.db.total_changes}"
    order = Order(APP, payer.customer_id, number, payer.account_id, amount_fen, purpose or number)
    named = payee_with(town.db, payee.account_id)
    with town.writing():
        created = payments.create(town.db, town.policy, order, named, number, town.now_ms, "standing", weakened)
        return payments.execute(town.db, town.policy, created, amount_fen, town.now_ms, town.weigh, weakened)


@pytest.fixture
def two(found_town: Callable[[], Town]) -> tuple[Town, Account, Account]:
    """A class II account with 25,000.00 and somebody to pay."""
    town = found_town()
    me = town.person("王小明")
    mine = town.account(me, 0, "I")
    return town, town.account(me, 25_000_00, "II", mine), town.account(town.person("李红"), 0)


@pytest.mark.clause("10.2.3-2")
@pytest.mark.parametrize(
    ("row", "code", "amounts"),
    [
        ("account_class", "ACCOUNT_CLASS_LIMIT", [CLASS_FEN]),
        ("daily_limits", "DAILY_LIMIT_EXCEEDED", [6_000_00, 4_000_01]),
        ("repeated_debit", "DUPLICATE_BUSINESS_KEY", [1_00, 1_00]),
    ],
)
def test_a_guard_refuses_unless_it_is_the_one_that_is_left_out(
    two: tuple[Town, Account, Account], row: str, code: str, amounts: list[int]
) -> None:
    town, payer, payee = two
    for amount_fen in amounts[:-1]:
        debited(town, payer, payee, amount_fen, purpose="alike")
    others = DEFENCES - {row}
    with pytest.raises(Problem, match=code):
        debited(town, payer, payee, amounts[-1], *others, purpose="alike")
    assert debited(town, payer, payee, amounts[-1], row, purpose="alike").state == "executed"
    assert audit(town.db).findings == ()


@pytest.mark.clause("10.2.2-2.1")
def test_an_overdraft_takes_a_core_without_its_guard_and_the_auditor_finds_it(
    found_town: Callable[[], Town],
) -> None:
    town = found_town()
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    with pytest.raises(Problem, match="INSUFFICIENT_FUNDS"):
        debited(town, payer, payee, 150_00, *(DEFENCES - {"covered_debit"}))
    assert audit(town.db).findings == ()
    debited(town, payer, payee, 150_00, "covered_debit")
    assert (balance_of(town.db, payer.account_id).ledger_fen, town.balance_fen(payee)) == (-50_00, 150_00)
    assert "customer_overdrawn" in {each.name for each in audit(town.db).findings}
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        town.db.execute("UPDATE ledger_accounts SET balance_fen = -1 WHERE account_id = ?", (payee.account_id,))
