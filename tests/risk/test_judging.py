"""What a decision leads to: money set aside, refused or posted; and what a bank does that leaves a row out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from bank_sim.core.auditor import audit
from bank_sim.core.ledger import balance_of
from bank_sim.risk import listing
from bank_sim.sdk.protocol.problems import Problem

if TYPE_CHECKING:
    from bank_sim.core.accounts import Account
    from bank_sim.core.payments import Transfer
    from tests.risk.conftest import Neighbourhood

Refused = Callable[[str], object]


@pytest.fixture
def payer(town: Neighbourhood) -> Account:
    return town.somebody("王小明", 100_000_00)


@pytest.fixture
def payee(town: Neighbourhood) -> Account:
    return town.somebody("李红", 0)


@pytest.fixture
def held(town: Neighbourhood, payer: Account, payee: Account) -> Transfer:
    town.with_key(payer)
    return town.pay(payer, payee, 20_000_00)


def decide(town: Neighbourhood, operation: str, transfer: Transfer) -> str:
    answer = town.ask(operation, params={"transfer_id": transfer.transfer_id})
    with town.writing():
        state = {"transfers.release": "released", "transfers.refuse": "refused"}[operation]
        town.db.execute(
            "UPDATE risk_cases SET state = ?, ended_ms = 1 WHERE transfer_id = ?", (state, transfer.transfer_id)
        )
    return str(answer["state"])


@pytest.mark.clause("10.2.3-3.1", "10.2.3-3.2")
def test_what_is_held_may_not_be_spent_and_has_not_left(
    town: Neighbourhood, payer: Account, payee: Account, held: Transfer
) -> None:
    assert held.state == "held"
    assert balance_of(town.db, payer.account_id) == (100_000_00, 20_000_00)
    assert town.balance_fen(payee) == 0
    town.pay(payer, payee, 4_000_00)
    with pytest.raises(Problem, match="INSUFFICIENT_FUNDS"):
        town.pay(payer, payee, 99_000_00)
    assert town.db.execute("SELECT kind, state FROM risk_cases").fetchall() == [("review", "open")]


def test_what_is_released_is_posted_once(town: Neighbourhood, payer: Account, payee: Account, held: Transfer) -> None:
    town.now_ms += 3_600_000
    assert decide(town, "transfers.release", held) == "executed"
    assert (town.balance_fen(payer), town.balance_fen(payee)) == (80_000_00, 20_000_00)
    assert balance_of(town.db, payer.account_id).held_fen == 0
    with pytest.raises(Problem, match="TRANSFER_STATE"):
        decide(town, "transfers.release", held)
    with pytest.raises(Problem, match="TRANSFER_STATE"):
        decide(town, "transfers.refuse", held)


def test_what_is_refused_is_the_payers_again(town: Neighbourhood, payer: Account, held: Transfer) -> None:
    assert decide(town, "transfers.refuse", held) == "rejected"
    assert balance_of(town.db, payer.account_id) == (100_000_00, 0)
    with pytest.raises(Problem, match="RISK_REJECTED"):
        town.execute(held)


def test_a_held_transfer_is_neither_executed_nor_declined_nor_expires(town: Neighbourhood, held: Transfer) -> None:
    town.now_ms += 86_400_000
    with pytest.raises(Problem, match="TRANSFER_STATE"):
        town.execute(held)
    with pytest.raises(Problem, match="TRANSFER_STATE"):
        town.reject(held)


def test_whatever_refuses_any_payment_refuses_its_release_and_it_stays_held(
    town: Neighbourhood, payee: Account, held: Transfer
) -> None:
    town.db.execute("UPDATE accounts SET state = 'frozen' WHERE account_id = ?", (payee.account_id,))
    with pytest.raises(Problem, match="ACCOUNT_NOT_USABLE"):
        decide(town, "transfers.release", held)
    assert town.db.execute("SELECT state FROM transfers").fetchall() == [("held",)]


@pytest.mark.clause("10.2.3-2")
def test_a_payment_to_a_listed_account_moves_nothing_and_stays_refused(
    town: Neighbourhood, payer: Account, payee: Account
) -> None:
    listing.add(town.db, payee.account_id, 1, "fraud", "chen", town.now_ms)  # type: ignore[arg-type]
    order = town.order(payer, payee, 1_00)
    assert (town.execute(order).state, town.balance_fen(payer)) == ("rejected", 100_000_00)
    with pytest.raises(Problem, match="RISK_REJECTED"):
        town.execute(order)
    assert town.db.execute("SELECT kind FROM risk_cases").fetchall() == [("refused",)]


@pytest.mark.clause("10.2.3-3.2")
def test_a_weak_word_is_not_enough_and_the_order_may_be_confirmed_anew(
    town: Neighbourhood, payer: Account, payee: Account
) -> None:
    order = town.order(payer, payee, 10_000_01)
    with pytest.raises(Problem, match="STEP_UP_REQUIRED"):
        town.execute(order)
    assert town.db.execute("SELECT count(*) FROM risk_decisions").fetchone() == (0,)
    town.with_key(payer)
    assert town.execute(order).state == "executed"


def test_under_an_agreement_nobody_can_be_asked_so_it_is_held(
    town: Neighbourhood, payer: Account, payee: Account
) -> None:
    town.standing = True
    assert town.pay(payer, payee, 10_000_01).state == "held"
    town.with_key(payer)
    assert town.pay(payer, payee, 10_000_01).state == "executed"


@pytest.mark.clause("10.2.3-2", "10.2.3-3.1")
def test_ten_times_sixty_thousand_on_a_day_are_one_report_and_a_case_each_from_the_line_on(
    town: Neighbourhood, payee: Account
) -> None:
    rich = town.somebody("赵富贵", 1_000_000_00)
    town.pay(rich, payee, 1_00)
    town.with_key(rich)
    for _ in range(10):
        town.now_ms += 700_000
        assert town.pay(rich, payee, 60_000_00).state == "executed"
    reports = town.db.execute("SELECT kind, payments, amount_fen FROM risk_reports").fetchall()
    assert reports == [("large_value", 11, 600_001_00)]
    assert town.db.execute("SELECT kind, count(*) FROM risk_cases GROUP BY 1").fetchall() == [("posted", 2)]
    town.now_ms += 86_400_000
    town.pay(rich, payee, 60_000_00)
    assert len(town.db.execute("SELECT * FROM risk_reports").fetchall()) == 1


@pytest.mark.parametrize(
    ("row", "amount_fen", "finding"),
    [
        ("risk_decision", 20_000_00, "transfer_undecided"),
        ("risk_hold", 20_000_00, "decision_ignored"),
        ("step_up", 10_000_01, None),
        ("risk_rejection", 1_00, "decision_ignored"),
    ],
)
def test_without_a_row_the_money_moves_and_the_auditor_tells_what_it_can(
    town: Neighbourhood, payer: Account, payee: Account, row: str, amount_fen: int, finding: str | None
) -> None:
    if row == "risk_rejection":
        listing.add(town.db, payee.account_id, 1, "fraud", "chen", town.now_ms)  # type: ignore[arg-type]
    elif row != "step_up":
        town.with_key(payer)
    town.weakened = frozenset({row})
    assert town.pay(payer, payee, amount_fen).state == "executed"
    assert [each.name for each in audit(town.db).findings] == ([finding] if finding else [])


def test_a_decision_cannot_be_changed_or_taken_away(town: Neighbourhood, held: Transfer) -> None:
    for statement in ("UPDATE risk_decisions SET verdict = 'pass'", "DELETE FROM risk_decisions"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            town.db.execute(statement)


def test_what_was_refused_is_no_payment_to_somebody_known(
    town: Neighbourhood, payer: Account, payee: Account, held: Transfer
) -> None:
    decide(town, "transfers.refuse", held)
    assert town.pay(payer, payee, 20_000_00).state == "held"


def test_what_is_held_counts_towards_the_day_as_if_it_had_left(
    town: Neighbourhood, payer: Account, payee: Account
) -> None:
    town.pay(payer, payee, 1_00)
    town.with_key(payer, age_s=3600)
    assert town.pay(payer, payee, 45_000_00).state == "held"
    town.factors = ("password", "sms_code")
    with pytest.raises(Problem, match="STEP_UP_REQUIRED"):
        town.pay(payer, payee, 7_000_00)
