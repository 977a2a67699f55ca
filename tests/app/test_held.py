"""A payment that the bank looks at first: the wallet says so, asks again, believes no hint, and pays only once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from bank_sim.authorization import outcomes
from bank_sim.risk import cases
from tests.app.test_events import Post

if TYPE_CHECKING:
    from app_sim.wallet import Wallet
    from tests.app.conftest import Town, Visitor

LARGE = "20000.00"


@pytest.fixture
def post(town: Town, wallet: Wallet) -> Post:
    return Post(town, wallet)


def pay(town: Town, visitor: Visitor) -> str:
    """The address of a payment of 20,000.00 that its payer confirmed with the key on their phone."""
    back = town.user_agrees(visitor.sign_in().link(town).order(town, amount=LARGE).location)
    with town.bank.store.write() as db:
        db.execute("UPDATE consents SET factors = 'password device_key' WHERE type = 'payment'")
    return str(visitor.get("/callback", **back).location)


def shown(visitor: Visitor, address: str) -> str:
    found = re.search(r'data-state="(\w+)"', visitor.get(address).text)
    assert found is not None
    return found[1]


def decide(town: Town, released: bool) -> str:
    bank, (case,) = town.bank, cases.running(town.bank.store)
    with bank.store.write() as db:
        if released:
            outcomes.release(bank, db, case, "lin", "called back")
        else:
            outcomes.refuse(bank, bank.store, db, case, "chen", "pressed by a stranger")
    return case.transfer_id


@pytest.mark.clause("10.2.3-3.2")
def test_a_held_payment_is_shown_as_such_and_another_may_be_made_meanwhile(town: Town, visitor: Visitor) -> None:
    address = pay(town, visitor)
    page = visitor.get(address).text
    assert "The bank is checking it" in page
    assert "please do not pay again" in page
    assert "/execute" not in page
    assert 'data-state="executed"' in visitor.pay(town).text


@pytest.mark.parametrize(("released", "state"), [(True, "executed"), (False, "rejected")])
def test_what_becomes_of_it_is_asked_for_when_the_page_is_opened(
    town: Town, visitor: Visitor, released: bool, state: str
) -> None:
    address = pay(town, visitor)
    decide(town, released)
    assert shown(visitor, address) == state
    assert ("The bank does not carry this payment out" in visitor.get(address).text) != released


def test_the_banks_event_makes_the_wallet_ask_and_a_false_hint_changes_nothing(
    town: Town, visitor: Visitor, post: Post, wallet: Wallet
) -> None:
    pay(town, visitor)
    transfer_id = cases.running(town.bank.store)[0].transfer_id
    post.send(post.message("transfer.executed", transfer_id))
    assert [each.state for each in wallet.payments.book.pending()] == ["held"]
    decide(town, released=True)
    post.send(post.message("transfer.executed", transfer_id, sequence=2, event_id="evt_2"))
    assert wallet.payments.book.pending() == []
    assert town.executed() == [20_000_00]


def test_while_it_is_held_the_user_cannot_have_everything_deleted(town: Town, visitor: Visitor, wallet: Wallet) -> None:
    pay(town, visitor)
    (payment,) = wallet.payments.book.pending()
    with pytest.raises(Exception, match="TRANSFER_STATE"):
        wallet.deletion.of_user(payment.user_id)


def test_a_start_asks_about_held_ones_and_is_not_kept_waiting_by_them(
    town: Town, visitor: Visitor, wallet: Any
) -> None:
    pay(town, visitor)
    assert wallet.payments.settle_all()
    decide(town, released=True)
    wallet.payments.settle_all()
    assert wallet.payments.book.pending() == []
