"""Many threads, each with its own connection to one database file, want the same money."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from bank_sim.core import payments
from bank_sim.core.accounts import Account
from bank_sim.core.auditor import audit
from bank_sim.core.customers import Person
from bank_sim.core.ledger import balance_of
from bank_sim.core.payees import payee_of
from bank_sim.core.payments import Order, Transfer
from bank_sim.core.schema import SCHEMA
from bank_sim.core.seeding import IssuedAccount, seed
from bank_sim.corelink import Judgement, ProposedPayment
from bank_sim.policy import Policy
from bank_sim.risk import SCHEMA as RISK_SCHEMA
from bank_sim.risk import Risk
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Store

NOW_MS = 1_769_824_800_000
THREADS = 50
PEOPLE = [Person("王小明", "990101198001010014", "15400000001"), Person("李红", "990101198001010022", "15400000002")]


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[tuple[Path, list[IssuedAccount]]]:
    path = tmp_path / "bank.db"
    store = Store(path, "OFF")
    store.prepare(SCHEMA, RISK_SCHEMA)
    with store.write() as db:
        issued = seed(db.conn, PEOPLE, NOW_MS, lambda plain: plain[::-1], 7)
    yield path, issued
    assert audit(store.db.conn).findings == ()
    store.close()


def ordered(path: Path, issued: list[IssuedAccount], count: int) -> list[str]:
    """So many transfers, each of all that the first person's main account has available."""
    payer, payee = issued[0], issued[3]
    store = Store(path, "OFF")
    with store.write() as db:
        everything_fen = balance_of(db.conn, payer.account_id).available_fen
        for number in range(count):
            order = Order(
                app_id="app_aaaaaaaaaaaa",
                customer_id=payer.customer_id,
                order_no=f"race-{number}",
                debtor_account_id=payer.account_id,
                amount_fen=everything_fen,
            )
            named = payee_of(db.conn, payee.account_number, "李红")
            payments.create(db.conn, Policy(), order, named, f"tr_race_{number:04d}", NOW_MS)
    store.close()
    return [f"tr_race_{number:04d}" for number in range(count)]


def judged(db: sqlite3.Connection, transfer: Transfer, payee: Account) -> Judgement:
    """The risk engine's word, without rules: the race is about money, and its decisions are on record."""
    payment = ProposedPayment(
        transfer.transfer_id, transfer.app_id, transfer.customer_id, transfer.debtor_account_id, payee.account_id,
        payee.customer_id, transfer.amount_fen, NOW_MS,
    )  # fmt: skip
    return Risk(Policy(), frozenset, rules=()).judge(db, payment)


def raced(path: Path, transfer_ids: list[str]) -> Counter[str]:
    """Execute all of them at the same moment; answers how often each outcome came."""
    start = Barrier(len(transfer_ids))

    def execute(transfer_id: str) -> str:
        store = Store(path, "OFF")
        try:
            start.wait(timeout=30)
            with store.write() as db:
                transfer = payments.transfer_of(db.conn, transfer_id, "app_aaaaaaaaaaaa", None)

                def weigh(transfer: Transfer, payee: Account) -> Judgement:
                    return judged(db.conn, transfer, payee)

                return payments.execute(db.conn, Policy(), transfer, transfer.amount_fen, NOW_MS, weigh).state
        except Problem as problem:
            return problem.code
        finally:
            store.close()

    with ThreadPoolExecutor(len(transfer_ids)) as pool:
        return Counter(pool.map(execute, transfer_ids))


def test_of_fifty_transfers_of_the_whole_balance_exactly_one_succeeds(bank: tuple[Path, list[IssuedAccount]]) -> None:
    path, issued = bank
    assert raced(path, ordered(path, issued, THREADS)) == {"executed": 1, "INSUFFICIENT_FUNDS": THREADS - 1}


def test_one_transfer_executed_by_fifty_threads_moves_money_once(bank: tuple[Path, list[IssuedAccount]]) -> None:
    path, issued = bank
    (transfer_id,) = ordered(path, issued, 1)
    assert raced(path, [transfer_id] * THREADS) == {"executed": 1, "TRANSFER_STATE": THREADS - 1}
