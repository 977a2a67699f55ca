"""The core's first day: the bank's own accounts, its offers, and customers with accounts, cards and a past.

Everything follows from the seed and the people, so that a run can be repeated. It goes through the same functions as
any later business, hence the books balance from the first entry on. Runs inside the caller's write transaction.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bank_sim.core import cards, ledger, offers, products
from bank_sim.core.accounts import Account, AccountClass, issue_card, open_account
from bank_sim.core.customers import Person, Seal, register_customer
from bank_sim.core.history import DAY_MS, Resident, live_through
from bank_sim.policy import Policy

_HISTORY_DAYS = 90
_CAPITAL_FEN = 10_000_000_000_00


@dataclass(frozen=True, slots=True, repr=False)
class IssuedAccount:
    """What the counter hands out. ``person_index`` is the position in ``people``; only class I comes with a card."""

    person_index: int
    customer_id: str
    account_id: str
    account_class: AccountClass
    account_number: str
    card_number: str | None


def seed(
    db: sqlite3.Connection,
    people: Sequence[Person],
    now_ms: int,
    seal: Seal,
    seed: int,
    policy: Policy | None = None,
) -> list[IssuedAccount]:
    """Found the core; each person gets an account of class I, II and III, answered in this order.

    Each class I account ends with at least 30,000.00 yuan available, class II with 2,000.00, class III with 200.00.
    """
    dice = random.Random(seed)  # noqa: S311 - invents the past of invented people; guards nothing
    opened_at_ms = now_ms - (_HISTORY_DAYS + 30) * DAY_MS
    _open_the_bank(db, opened_at_ms)
    serials = iter(dice.sample(range(10**10), 4 * len(people)))
    residents = []
    issued = []
    for index, person in enumerate(people):
        customer_id = f"cu_{index:05d}"
        register_customer(db, customer_id, person, seal, dice.randbytes(16), opened_at_ms)
        card_number = cards.card_number(next(serials))
        resident = Resident(person.name, *_open_accounts(db, customer_id, serials, opened_at_ms))
        issue_card(db, resident.main.account_id, card_number)
        residents.append(resident)
        issued += [_issued(index, account, card_number) for account in resident.accounts]
    live_through(db, policy or Policy(), dice, residents, now_ms, _HISTORY_DAYS)
    return issued


def seed_payees(db: sqlite3.Connection, payees: Sequence[tuple[str, str]], now_ms: int, seal: Seal) -> None:
    """Customers who can be paid and do nothing else, by (name, account number): each has one account of class I."""
    for number, (name, account_number) in enumerate(payees, 1):
        customer_id = f"cu_payee_{number}"
        person = Person(name, f"99010119900101{number:04d}", f"154{number:08d}")
        register_customer(db, customer_id, person, seal, sha256(account_number.encode()).digest()[:16], now_ms)
        open_account(db, Account(f"ac_payee_{number}", customer_id, account_number, "I", None, "CNY", "active"), now_ms)


def _open_the_bank(db: sqlite3.Connection, at_ms: int) -> None:
    """The bank's own accounts, its capital at the central bank, and what it offers."""
    for account_id in ledger.BANK_ACCOUNTS:
        ledger.open_ledger_account(db, account_id, "bank")
    lines = [ledger.Line(ledger.NOSTRO, -_CAPITAL_FEN), ledger.Line(ledger.EQUITY, _CAPITAL_FEN)]
    ledger.post(db, ledger.Entry("capital", at_ms, "股本 Capital"), lines)
    products.publish(db, offers.PRODUCTS, offers.RATES, at_ms)


def _open_accounts(
    db: sqlite3.Connection, customer_id: str, serials: Iterator[int], at_ms: int
) -> tuple[Account, Account, Account]:
    def opened(account_class: AccountClass, bound_to: Account | None) -> Account:
        account = Account(
            account_id=f"ac_{customer_id[3:]}_{len(account_class)}",
            customer_id=customer_id,
            account_number=cards.account_number(next(serials)),
            account_class=account_class,
            bound_account_id=bound_to.account_id if bound_to else None,
            currency="CNY",
            state="active",
        )
        open_account(db, account, at_ms)
        return account

    main = opened("I", None)
    return main, opened("II", main), opened("III", main)


def _issued(person_index: int, account: Account, card_number: str) -> IssuedAccount:
    return IssuedAccount(
        person_index=person_index,
        customer_id=account.customer_id,
        account_id=account.account_id,
        account_class=account.account_class,
        account_number=account.account_number,
        card_number=card_number if account.account_class == "I" else None,
    )
