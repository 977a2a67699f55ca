"""The headless user does the whole story on pages alone: link, look, pay, decline, revoke."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from scenarios.observe import Bank
from scenarios.world import World
from user_sim.browser import Visit
from user_sim.driver import CannotFill, HeadlessUser, Places, TurnedAway
from user_sim.http_browser import LoopbackTransport
from user_sim.people import Person
from user_sim.persona import HASTY, Persona

Play = Callable[..., HeadlessUser]


@pytest.fixture
def play(world: World, request: pytest.FixtureRequest) -> Play:
    """``play(person, …)``: a headless user that is closed when the test ends."""

    def play(person: int, **facts: object) -> HeadlessUser:
        places = Places(world.addresses.wallet, world.addresses.pages, world.addresses.phone)
        user = HeadlessUser(world.people[person], places, world.authority, **facts)  # type: ignore[arg-type]
        request.addfinalizer(user.close)
        return user

    return play


def account_of(world: World, person: int) -> tuple[str, Person]:
    """The class I account number of a payee, and the payee."""
    somebody = world.people[person]
    return Bank(world.home).account_numbers(somebody.login_name)["I"], somebody


@pytest.mark.clause("7.2.1-b-2.2")
def test_a_user_links_accounts_and_sees_their_balances(world: World, play: Play) -> None:
    user = play(0)
    user.open_wallet("linker")
    user.link_bank()
    shown = {balance.account_masked[-4:]: balance.ledger for balance in user.see_balances()}
    numbers = Bank(world.home).account_numbers(user.person.login_name)
    assert shown == {
        number[-4:]: f"{Decimal(Bank(world.home).balance_fen(number)) / 100:.2f}" for number in numbers.values()
    }


@pytest.mark.clause("9.3.2-1.2.1")
def test_the_user_chooses_which_accounts_are_seen(world: World, play: Play) -> None:
    user = play(1)
    ending = Bank(world.home).account_numbers(user.person.login_name)["II"][-4:]
    user.open_wallet("chooser")
    user.link_bank(accounts=[ending])
    assert [balance.account_masked[-4:] for balance in user.see_balances()] == [ending]


def test_an_account_that_the_bank_does_not_offer_cannot_be_chosen(play: Play) -> None:
    user = play(1)
    user.open_wallet("chooser of nothing")
    with pytest.raises(CannotFill, match="no account ending in 0000"):
        user.link_bank(accounts=["0000"])


@pytest.mark.clause("10.2.2-2.2")
def test_a_payment_confirmed_with_two_factors_is_in_the_books(world: World, play: Play) -> None:
    visits: list[Visit] = []
    user = play(2, on_visit=visits.append)
    number, payee = account_of(world, 3)
    mine = Bank(world.home).account_numbers(user.person.login_name)["I"]
    user.open_wallet("payer")
    user.link_bank()
    mark = Bank(world.home).mark()
    payment = user.pay(mine[-4:], number, payee.name, "12.34", "lunch")
    posting = Bank(world.home).postings_since(mark)
    assert (payment.state, payment.objection) == ("executed", None)
    assert [(each.debtor_number, each.creditor_number, each.amount_fen) for each in posting] == [(mine, number, 1234)]
    assert {visit.host for visit in visits} == {"wallet.localhost", "bank.localhost", "phone.localhost"}


class AmountRaised(httpx.BaseTransport):
    """Malware in the browser: it orders more than the user typed."""

    def __init__(self, onward: httpx.BaseTransport) -> None:
        self._onward = onward

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        if request.url.path == "/pay" and b"amount=12.34" in body:
            raised = body.replace(b"amount=12.34", b"amount=99.99")
            headers = dict(request.headers) | {"content-length": str(len(raised))}
            request = httpx.Request("POST", request.url, headers=headers, content=raised, extensions=request.extensions)
        return self._onward.handle_request(request)

    def close(self) -> None:
        self._onward.close()


@pytest.mark.parametrize(
    ("person", "persona", "state", "amounts_fen"), [(4, None, "rejected", []), (5, HASTY, "executed", [9999])]
)
def test_only_the_careful_notice_that_another_amount_is_confirmed(
    world: World, play: Play, person: int, persona: Persona | None, state: str, amounts_fen: list[int]
) -> None:
    wire = AmountRaised(LoopbackTransport(world.authority))
    user = play(person, transport=wire, **({"persona": persona} if persona else {}))
    number, payee = account_of(world, 3)
    user.open_wallet("victim")
    user.link_bank()
    mark = Bank(world.home).mark()
    payment = user.pay("", number, payee.name, "12.34")
    assert payment.state == state
    assert payment.objection == (None if persona else "the amount is not 12.34")
    assert [each.amount_fen for each in Bank(world.home).postings_since(mark)] == amounts_fen


@pytest.mark.clause("9.3.2-2")
def test_a_revoked_consent_shows_nothing_any_more(play: Play) -> None:
    user = play(6)
    user.open_wallet("leaver")
    user.link_bank()
    assert user.see_balances()
    user.revoke_consent()
    with pytest.raises(TurnedAway) as refused:
        user.see_balances()
    assert "CONSENT_REVOKED" in refused.value.page.text or "TOKEN_REVOKED" in refused.value.page.text


def test_a_wrong_password_is_said_on_the_page(world: World, play: Play) -> None:
    person = world.people[7]
    user = play(7)
    user.person = replace(person, password="wrong")
    user.open_wallet("forgetful")
    with pytest.raises(TurnedAway) as refused:
        user.link_bank()
    assert refused.value.page.status == 401
    assert "LOGIN_FAILED" in refused.value.page.text


def test_the_pages_speak_english_to_an_english_browser(world: World, play: Play) -> None:
    user = play(0, languages="en-GB,en;q=0.9")
    page = user.open_wallet("reader")
    assert page.document.lang == "en"
    assert user.at_bank(f"{world.addresses.pages}/login").document.lang == "en"
