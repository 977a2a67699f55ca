from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import pytest

from bank_sim.core.auditor import audit
from bank_sim.core.customers import Person
from bank_sim.core.ledger import balance_of
from bank_sim.core.payees import payee_of
from bank_sim.core.schema import SCHEMA
from bank_sim.core.seeding import IssuedAccount, seed, seed_payees
from bank_sim.risk import SCHEMA as RISK_SCHEMA
from bank_sim.sandbox.faults.asking import payees
from bank_sim.sdk.protocol.luhn import is_luhn_valid

NOW_MS = 1_769_824_800_000
PEOPLE = [
    Person(name, f"9901011980010{index:05d}", f"154000000{index:02d}")
    for index, name in enumerate(("王小明", "李红", "张伟", "刘洋", "陈静", "欧阳娜"))
]
Found = Callable[..., tuple[sqlite3.Connection, list[IssuedAccount]]]


@pytest.fixture
def found() -> Iterator[Found]:
    connections: list[sqlite3.Connection] = []

    def found(number: int, people: list[Person] = PEOPLE) -> tuple[sqlite3.Connection, list[IssuedAccount]]:
        db = sqlite3.connect(":memory:", isolation_level=None)
        connections.append(db)
        db.execute("PRAGMA foreign_keys=ON")
        db.executescript(SCHEMA + RISK_SCHEMA)
        db.execute("BEGIN IMMEDIATE")
        issued = seed(db, people, NOW_MS, lambda plain: bytes(byte ^ 0x5A for byte in plain), number)
        db.execute("COMMIT")
        return db, issued

    yield found
    for connection in connections:
        connection.close()


@pytest.mark.parametrize("number", range(5))
def test_a_seeded_bank_begins_with_balanced_books_and_money_to_spend(found: Found, number: int) -> None:
    db, issued = found(number)
    assert audit(db).findings == ()
    least_fen = {"I": 30_000_00, "II": 2_000_00, "III": 200_00}
    for account in issued:
        assert balance_of(db, account.account_id).available_fen >= least_fen[account.account_class]


def test_the_same_seed_founds_the_same_bank(found: Found) -> None:
    (first, issued), (second, again) = found(7), found(7)
    assert issued == again
    assert list(first.iterdump()) == list(second.iterdump())


def test_another_seed_founds_another_bank(found: Found) -> None:
    (_, issued), (_, others) = found(7), found(8)
    assert {account.account_number for account in issued}.isdisjoint(account.account_number for account in others)


def test_each_person_is_given_an_account_of_each_class_and_one_card(found: Found) -> None:
    _, issued = found(7)
    assert [account.person_index for account in issued] == [index for index in range(len(PEOPLE)) for _ in range(3)]
    assert [account.account_class for account in issued] == ["I", "II", "III"] * len(PEOPLE)
    assert all((account.card_number is not None) == (account.account_class == "I") for account in issued)
    numbers = [account.account_number for account in issued] + [
        account.card_number for account in issued if account.card_number
    ]
    assert len(set(numbers)) == len(numbers)
    assert all(is_luhn_valid(number) for number in numbers)


def test_the_past_is_in_the_order_of_time_and_over(found: Found) -> None:
    db, _ = found(7)
    moments = [row[0] for row in db.execute("SELECT posted_at_ms FROM ledger_entries ORDER BY entry_id")]
    assert moments == sorted(moments)
    assert moments[-1] <= NOW_MS
    assert NOW_MS - moments[0] > 90 * 86_400_000


def test_nothing_personal_lies_open_in_the_tables(found: Found) -> None:
    db, _ = found(7)
    dump = "\n".join(db.iterdump())
    secrets = [value for person in PEOPLE for value in (person.name, person.id_number, person.phone)]
    assert [secret for secret in secrets if secret in dump or secret.encode().hex().upper() in dump] == []


def test_a_person_does_not_appear_in_a_repr() -> None:
    assert "王小明" not in repr(PEOPLE[0])


def test_a_bank_may_have_a_single_customer_or_none(found: Found) -> None:
    for people in (PEOPLE[:1], []):
        db, issued = found(7, people)
        assert len(issued) == 3 * len(people)
        assert audit(db).balanced


def test_the_payees_who_bring_faults_can_be_paid_under_name_and_number(found: Found) -> None:
    db, _ = found(1)
    seed_payees(db, [(each.name, each.account) for each in payees()], NOW_MS, lambda plain: plain)

    assert [payee_of(db, each.account, each.name).number for each in payees()] == [each.account for each in payees()]
    assert audit(db).findings == ()
