"""A small town of customers on a database of its own. When a test ends, the auditor must find the books balanced."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bank_sim.core import ledger, payments
from bank_sim.core.accounts import Account, AccountClass, issue_card, open_account
from bank_sim.core.auditor import audit
from bank_sim.core.cards import account_number, card_number
from bank_sim.core.customers import Person, register_customer
from bank_sim.core.operations import core_operations
from bank_sim.core.payees import payee_of
from bank_sim.core.payments import Order, Transfer
from bank_sim.core.schema import SCHEMA
from bank_sim.corelink import Judgement, OperationRequest, ProposedPayment, Result
from bank_sim.policy import Policy
from bank_sim.risk import SCHEMA as RISK_SCHEMA
from bank_sim.risk import Risk

# 2026-01-31 10:00 in Beijing.
MORNING_MS = 1_769_824_800_000
APP = "app_aaaaaaaaaaaa"


class Town:
    """A bank with customers, at a time that tests move by hand. Money comes from and goes to the nostro account."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.policy = Policy()
        self.now_ms = MORNING_MS
        self._numbers = itertools.count(1)
        self._names: dict[str, str] = {}
        self.risk = Risk(self.policy, frozenset, rules=())
        self.factors: tuple[str, ...] = ()
        self.standing = False
        self._operations = core_operations(
            self.policy, lambda size: next(self._numbers).to_bytes(size, "big"), self._judge
        )
        with self.writing():
            for account_id in ledger.BANK_ACCOUNTS:
                ledger.open_ledger_account(db, account_id, "bank")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """What the gateway does around an operation that writes."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def person(self, name: str) -> str:
        """A new customer; answers the customer_id."""
        customer_id = f"cu_{next(self._numbers):05d}"
        person = Person(name, "990101198001010014", "15400000001")
        register_customer(self.db, customer_id, person, lambda plain: plain[::-1], b"salt" * 4, self.now_ms)
        self._names[customer_id] = name
        return customer_id

    def account(
        self, customer_id: str, balance_fen: int = 0, account_class: AccountClass = "I", bound_to: Account | None = None
    ) -> Account:
        """A new account with this much on it."""
        number = next(self._numbers)
        bound = bound_to.account_id if bound_to else None
        account = Account(
            f"ac_{number:05d}", customer_id, account_number(number), account_class, bound, "CNY", "active"
        )
        with self.writing():
            open_account(self.db, account, self.now_ms)
            if balance_fen:
                lines = [ledger.Line(account.account_id, balance_fen), ledger.Line(ledger.NOSTRO, -balance_fen)]
                ledger.post(self.db, ledger.Entry("opening", self.now_ms, "opening"), lines)
        return account

    def card(self, account: Account) -> str:
        number = card_number(next(self._numbers))
        issue_card(self.db, account.account_id, number)
        return number

    def order(self, payer: Account, payee: Account, amount_fen: int, **changes: object) -> Transfer:
        """Create a transfer; ``changes`` replace members of the order."""
        members = {
            "app_id": APP,
            "customer_id": payer.customer_id,
            "order_no": f"order-{next(self._numbers)}",
            "debtor_account_id": payer.account_id,
            "amount_fen": amount_fen,
        } | changes
        number = members.pop("creditor_number", payee.account_number)
        name = members.pop("creditor_name", self._names[payee.customer_id])
        with self.writing():
            order = Order(**members)  # type: ignore[arg-type]
            named = payee_of(self.db, number, name)  # type: ignore[arg-type]
            return payments.create(self.db, self.policy, order, named, f"tr_{next(self._numbers):08d}", self.now_ms)

    def execute(self, transfer: Transfer, amount_fen: int | None = None) -> Transfer:
        with self.writing():
            current = payments.transfer_of(self.db, transfer.transfer_id, transfer.app_id, None)
            wanted = transfer.amount_fen if amount_fen is None else amount_fen
            return payments.execute(self.db, self.policy, current, wanted, self.now_ms, self.weigh)

    def weigh(self, transfer: Transfer, payee: Account) -> Judgement:
        """The engine's word on a transfer, on record; without rules, unless a test sets some, nothing is risky."""
        payment = ProposedPayment(
            transfer.transfer_id, transfer.app_id, transfer.customer_id, transfer.debtor_account_id,
            payee.account_id, payee.customer_id, transfer.amount_fen, self.now_ms, self.factors, self.standing,
        )  # fmt: skip
        return self._judge(self.db, payment)

    def _judge(self, db: sqlite3.Connection, payment: ProposedPayment) -> Judgement:
        return self.risk.judge(db, payment)

    def reject(self, transfer: Transfer) -> Transfer:
        with self.writing():
            current = payments.transfer_of(self.db, transfer.transfer_id, transfer.app_id, None)
            return payments.reject(self.db, current, self.now_ms)

    def pay(self, payer: Account, payee: Account, amount_fen: int) -> Transfer:
        return self.execute(self.order(payer, payee, amount_fen))

    def balance_fen(self, account: Account) -> int:
        return ledger.balance_of(self.db, account.account_id).ledger_fen

    def ask(self, operation: str, **facts: object) -> Result:
        """One operation as the gateway would run it, in a write transaction if it writes."""
        members = {"app_id": APP, "now_ms": self.now_ms} | facts
        request = OperationRequest(**members)  # type: ignore[arg-type]
        chosen = self._operations[operation]
        if not chosen.writes:
            return chosen.run(self.db, request)
        with self.writing():
            return chosen.run(self.db, request)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.executescript(SCHEMA + RISK_SCHEMA)
    yield connection
    connection.close()


@pytest.fixture
def town(db: sqlite3.Connection) -> Iterator[Town]:
    town = Town(db)
    yield town
    assert audit(db).findings == ()


@pytest.fixture
def found_town() -> Iterator[Callable[[], Town]]:
    """For tests that need many towns, such as property tests, which audit them by themselves."""
    connections: list[sqlite3.Connection] = []

    def found() -> Town:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connections.append(connection)
        connection.executescript(SCHEMA + RISK_SCHEMA)
        return Town(connection)

    yield found
    for connection in connections:
        connection.close()


@pytest.fixture
def refused() -> Callable[[str], object]:
    """``with refused("CODE"):`` the block is refused with this code of the catalogue."""
    from bank_sim.sdk.protocol.problems import Problem

    @contextmanager
    def refused(code: str) -> Iterator[None]:
        with pytest.raises(Problem) as caught:
            yield
        assert caught.value.code == code

    return refused
