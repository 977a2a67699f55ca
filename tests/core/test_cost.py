"""What a call costs must not grow with the bank: neither with its accounts nor with the lines of its books."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bank_sim.core import offers, products, wealth
from bank_sim.core.history import DAY_MS

if TYPE_CHECKING:
    from tests.core.conftest import Town

# A page of history and everything else that a call may look at is bounded; these tables grow with the bank.
GROWING = (
    "customers|ledger_accounts|accounts|cards|holds|transfers|ledger_entries|ledger_lines"
    "|transfer_usage|holdings|points"
)


def every_call(town: Town) -> Iterator[Callable[[], object]]:
    """One call of each operation that an application or a page makes, on freshly opened accounts."""
    me = town.person("王小明")
    mine, other = town.account(me, 100_00), town.account(town.person("李红"), 100_00)
    wealth.hold_units(town.db, me, "wm-steady-90", 100)
    town.pay(mine, other, 1_00)
    transfer = town.order(mine, other, 1_00)
    account = {"customer_id": me, "account_id": mine.account_id, "params": {"account_ref": "ref"}}
    found = {"customer_id": me, "params": {"transfer_id": transfer.transfer_id}}
    payee = {"creditor_account": other.account_number, "creditor_name": "李红"}
    order = {"order_no": f"cost-{mine.account_id}", "amount_fen": 1_00, "currency": "CNY", **payee}
    yield lambda: town.ask("products.list")
    yield lambda: town.ask("products.get", params={"product_id": "wm-steady-90"})
    yield lambda: town.ask("rates.list")
    yield lambda: town.ask("accounts.list", account_refs={mine.account_id: "ref"})
    yield lambda: town.ask("accounts.balances", account_refs={mine.account_id: "ref", other.account_id: "other"})
    for operation in ("accounts.balance", "accounts.transactions", "accounts.limits"):
        yield lambda operation=operation: town.ask(operation, **account)  # type: ignore[misc]
    for operation in ("wealth.holdings", "points.get", "customers.describe", "accounts.of_customer"):
        yield lambda operation=operation: town.ask(operation, customer_id=me)  # type: ignore[misc]
    yield lambda: town.ask("payees.resolve", body=payee)
    yield lambda: town.ask("transfers.create", customer_id=me, account_id=mine.account_id, body=order)
    yield lambda: town.ask("transfers.describe", **found)
    yield lambda: town.ask("transfers.execute", body={"amount_fen": 1_00}, **found)
    yield lambda: town.ask("transfers.get", **found)


@pytest.fixture
def open_town(town: Town) -> Town:
    products.publish(town.db, offers.PRODUCTS, offers.RATES, town.now_ms)
    return town


def test_no_call_scans_or_sorts_a_table_that_grows(open_town: Town) -> None:
    statements: set[str] = set()
    calls = list(every_call(open_town))
    open_town.db.set_trace_callback(statements.add)
    for call in calls:
        call()
    open_town.db.set_trace_callback(None)
    judged = [statement for statement in statements if re.match(r"\s*(SELECT|UPDATE|INSERT)", statement)]
    assert len(judged) > len(calls)
    assert {
        statement: slow_steps(open_town, statement) for statement in judged if slow_steps(open_town, statement)
    } == {}


def test_a_statement_that_scans_or_sorts_would_be_noticed(open_town: Town) -> None:
    assert slow_steps(open_town, "SELECT 1 FROM transfers WHERE purpose = 'x'") == ["SCAN transfers"]
    assert slow_steps(open_town, "SELECT 1 FROM ledger_lines l WHERE l.entry_id = 5") == ["SCAN l"]
    assert slow_steps(open_town, "SELECT 1 FROM products ORDER BY name") == ["USE TEMP B-TREE FOR ORDER BY"]


def slow_steps(town: Town, statement: str) -> list[str]:
    """The steps of a statement's plan that run through a growing table, or sort."""
    slow = re.compile(rf"SCAN ({GROWING}|[a-z])\b|TEMP B-TREE")
    steps = [row[3] for row in town.db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return [step for step in steps if slow.search(step)]


def test_a_call_takes_as_many_steps_in_a_large_bank_as_in_a_small_one(open_town: Town) -> None:
    small = steps_of_calls(open_town)
    grow(open_town)
    large = steps_of_calls(open_town)
    # Deeper trees cost no steps of SQLite's machine; a scan would cost thousands.
    assert [(before, after) for before, after in zip(small, large, strict=True) if after > before + 50] == []


def steps_of_calls(town: Town) -> list[int]:
    """How many instructions SQLite's virtual machine runs for each call."""
    return [steps_of(town, call) for call in every_call(town)]


def steps_of(town: Town, call: Callable[[], object]) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    town.db.set_progress_handler(count, 1)
    call()
    town.db.set_progress_handler(None, 1)
    return steps


def grow(town: Town) -> None:
    """Some hundred customers who pay one another for weeks."""
    accounts = [town.account(town.person(f"客户{number}"), 1_000_00) for number in range(300)]
    for _ in range(5):
        for payer, payee in pairwise(accounts):
            town.pay(payer, payee, 1)
        town.now_ms += 7 * DAY_MS
