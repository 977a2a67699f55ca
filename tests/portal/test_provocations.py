"""What the handbook's chapter on testing says of refusals that come of the state of things is what happens."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bank_sim.portal.composing import Order, Party
from bank_sim.portal.exchange import Counter, Exchange
from bank_sim.portal.handbook import FOLDER
from tests.bank_in_process import PAYEE, PAYER, PEOPLE, Founded
from tests.gateway.party import Party as Registered
from tests.gateway.party import User
from tests.gateway.town import Town
from tests.portal.office import AUTHORITY, over

# These are OAuth's, and shown by the tests of the authorization server.
ELSEWHERE = {"invalid_grant", "access_denied"}


class Play:
    """One application, its user's consent, and the calls that a developer makes of them."""

    def __init__(self, town: Town, **registration: str) -> None:
        self.town = town
        self.registered = Registered(town, "intl", **registration)
        self.user = town.consent(self.registered)
        self.party = self._party(self.registered)
        self.counter = Counter(lambda raw: over(town.app, raw), AUTHORITY, town.bank.keys.jwks(), 300)

    def call(self, order: Order, party: Party | None = None) -> Exchange:
        nonce = secrets.token_urlsafe(18)
        return self.counter.exchange(1, order, party or self.party, self.town.clock.now_s(), nonce)

    def accounts(self, **changes: object) -> Order:
        facts = {"name": "accounts.list", "method": "GET", "path": "/api/accounts", "token": self.user.token}
        return Order(**(facts | changes))  # type: ignore[arg-type]

    def balance(self, account_ref: str, user: User | None = None) -> Order:
        path = f"/api/accounts/{account_ref}/balance"
        return Order(name="accounts.balance", method="GET", path=path, token=(user or self.user).token)

    def order(self, amount: str = "100.00", account: int = 0, payee_name: str = "", **changes: object) -> Order:
        payee = {
            "creditor_account": self.town.account_number(PAYEE),
            "creditor_name": payee_name or PEOPLE[PAYEE].name,
        }
        members = {
            "order_no": secrets.token_hex(8),
            "debtor_account_ref": self.user.account_refs[account],
            "amount": amount,
            "currency": "CNY",
        } | changes
        return Order(
            name="transfers.create",
            method="POST",
            path="/api/transfers",
            token=self.user.token,
            idempotency_key=secrets.token_hex(8),
            members=members,
            sealed=payee,
        )

    def execution(self, transfer_id: str, token: str, amount: str = "100.00") -> Order:
        return Order(
            name="transfers.execute",
            method="POST",
            path=f"/api/transfers/{transfer_id}/execute",
            token=token,
            idempotency_key=secrets.token_hex(8),
            members={"amount": amount},
        )

    def ordered(self, amount: str = "100.00", account: int = 0) -> str:
        exchange = self.call(self.order(amount, account))
        assert exchange.succeeded, exchange.document
        return str(exchange.document["transfer_id"])

    @staticmethod
    def _party(registered: Registered) -> Party:
        return Party(registered.app_id, "intl", registered.secret, registered.signing, registered.opening)


def _token_expired(play: Play) -> Exchange:
    play.town.clock.advance(31 * 60)
    return play.call(play.accounts())


def _key_expired(play: Play) -> Exchange:
    play.town.clock.advance(181 * 86_400)
    return play.call(play.accounts())


def _consent_revoked(play: Play) -> Exchange:
    with play.town.store.write() as db:
        play.town.bank.consents.revoke(db, play.user.consent_id, play.user.customer_id)
    return play.call(play.accounts())


def _grant_consumed(play: Play) -> Exchange:
    once = play.town.consent(play.registered, validity="once")
    assert play.call(play.balance(once.account_refs[0], once)).succeeded
    return play.call(play.balance(once.account_refs[0], once))


def _scope_insufficient(play: Play) -> Exchange:
    narrow = play.town.consent(play.registered, apis=("accounts.list",))
    return play.call(play.balance(narrow.account_refs[0], narrow))


def _api_not_granted(play: Play) -> Exchange:
    return Play(play.town, apis="public").call(play.accounts())


def _not_authorized(play: Play) -> Exchange:
    return play.call(play.balance("a" * 20))


def _app_mismatch(play: Play) -> Exchange:
    return play.call(play.accounts(), Play(play.town).party)


def _not_confirmed(play: Play) -> Exchange:
    first, second = play.ordered(), play.ordered()
    return play.call(play.execution(second, play.town.payment(play.registered, first).token))


def _insufficient(play: Play) -> Exchange:
    amount = "4999999.00"
    transfer_id = play.ordered(amount)
    return play.call(play.execution(transfer_id, play.town.payment(play.registered, transfer_id).token, amount))


def _class_limit(play: Play) -> Exchange:
    amount = "2000.01"
    third = next(at for at, each in enumerate(play.town._founded.accounts_of(PAYER)) if each.account_class == "III")
    exchange = play.call(play.order(amount, third))
    if not exchange.succeeded:
        return exchange
    transfer_id = str(exchange.document["transfer_id"])
    return play.call(play.execution(transfer_id, play.town.payment(play.registered, transfer_id).token, amount))


def _payee_mismatch(play: Play) -> Exchange:
    return play.call(play.order(payee_name="某某某"))


def _same_number(play: Play) -> Exchange:
    assert play.call(play.order(order_no="one-number")).succeeded
    return play.call(play.order(order_no="one-number"))


def _same_key(play: Play) -> Exchange:
    assert play.call(replace(play.order(), idempotency_key="one-key")).succeeded
    return play.call(replace(play.order(amount="200.00"), idempotency_key="one-key"))


def _transfer_expired(play: Play) -> Exchange:
    transfer_id = play.ordered()
    play.town.clock.advance(16 * 60)
    return play.call(play.execution(transfer_id, play.town.payment(play.registered, transfer_id).token))


WAYS: dict[str, Callable[[Play], Exchange]] = {
    "TOKEN_EXPIRED": _token_expired,
    "KEY_EXPIRED": _key_expired,
    "CONSENT_REVOKED": _consent_revoked,
    "GRANT_CONSUMED": _grant_consumed,
    "SCOPE_INSUFFICIENT": _scope_insufficient,
    "API_NOT_GRANTED": _api_not_granted,
    "RESOURCE_NOT_AUTHORIZED": _not_authorized,
    "TOKEN_APP_MISMATCH": _app_mismatch,
    "TRANSACTION_NOT_CONFIRMED": _not_confirmed,
    "INSUFFICIENT_FUNDS": _insufficient,
    "ACCOUNT_CLASS_LIMIT": _class_limit,
    "PAYEE_MISMATCH": _payee_mismatch,
    "DUPLICATE_BUSINESS_KEY": _same_number,
    "IDEMPOTENCY_KEY_REUSED": _same_key,
    "TRANSFER_EXPIRED": _transfer_expired,
}


@pytest.fixture
def play(founded: Founded) -> Iterator[Play]:
    town = Town(founded)
    yield Play(town)
    town.close()


@pytest.mark.parametrize("code", WAYS)
def test_the_way_that_the_handbook_names_leads_to_the_refusal(play: Play, code: str) -> None:
    exchange = WAYS[code](play)
    assert exchange.code == code, exchange.document


@pytest.mark.clause("12.1-5")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_way_of_the_handbook_is_gone_in_a_test(language: str) -> None:
    text = (Path(FOLDER) / language / "testing.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \| ", text, re.MULTILINE)) == WAYS.keys() | ELSEWHERE
