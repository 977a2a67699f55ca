"""Every mistake that can be made on purpose is answered by the very refusal that the portal announces."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from bank_sim.portal.composing import Order, Party
from bank_sim.portal.exchange import Counter, Exchange
from bank_sim.portal.mistakes import MISTAKES, Mistake, fitting, mistake_named
from tests.bank_in_process import PAYEE, PEOPLE, Founded
from tests.gateway.party import Party as Registered
from tests.gateway.town import Town
from tests.portal.office import AUTHORITY, over


class Counterpart:
    """An application of one suite at the counter, with a user's consent, and three calls that are as they should be."""

    def __init__(self, town: Town, suite: str) -> None:
        registered = Registered(town, suite)
        user = town.consent(registered)
        self.town = town
        self.party = Party(registered.app_id, suite, registered.secret, registered.signing, registered.opening)
        self.counter = Counter(lambda raw: over(town.app, raw), AUTHORITY, town.bank.keys.jwks(), 300)
        payee = {"creditor_account": town.account_number(PAYEE), "creditor_name": PEOPLE[PAYEE].name}
        self.orders = {
            "rates.list": Order(name="rates.list", method="GET", path="/api/rates", with_secret=True),
            "accounts.list": Order(name="accounts.list", method="GET", path="/api/accounts", token=user.token),
            "transfers.create": Order(
                name="transfers.create",
                method="POST",
                path="/api/transfers",
                token=user.token,
                idempotency_key="try-1",
                members={
                    "order_no": "try-1",
                    "debtor_account_ref": user.account_refs[0],
                    "amount": "100.00",
                    "currency": "CNY",
                },
                sealed=payee,
            ),
        }

    def exchange(self, order: Order, mistake: Mistake | None = None, **options: bool) -> Exchange:
        nonce = secrets.token_urlsafe(18)
        return self.counter.exchange(1, order, self.party, self.town.clock.now_s(), nonce, mistake, **options)


@pytest.fixture(scope="module", params=["gm", "intl"])
def counterpart(
    request: pytest.FixtureRequest, founding: Founded, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Counterpart]:
    town = Town(founding.copied_to(tmp_path_factory.mktemp("mistakes")))
    yield Counterpart(town, request.param)
    town.close()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_leads_to_the_refusal_that_it_names(counterpart: Counterpart, mistake: Mistake) -> None:
    order = counterpart.orders[mistake.shown_at]
    assert mistake in fitting(order, counterpart.party)
    exchange = counterpart.exchange(order, mistake, twice=mistake.twice)
    assert (exchange.status, exchange.code) == (mistake.kind.status, mistake.kind.code), exchange.document


@pytest.mark.parametrize("name", ["rates.list", "accounts.list", "transfers.create"])
def test_without_a_mistake_the_same_calls_succeed_and_are_verified(counterpart: Counterpart, name: str) -> None:
    exchange = counterpart.exchange(counterpart.orders[name])
    assert exchange.succeeded, exchange.document
    assert exchange.trusted
    assert exchange.code == ""


def test_a_message_that_is_only_composed_never_reaches_the_bank(counterpart: Counterpart) -> None:
    before = len(counterpart.town.records())
    exchange = counterpart.exchange(counterpart.orders["accounts.list"], send=False)
    assert exchange.answer is None
    assert exchange.message.raw.startswith(b"GET /api/accounts HTTP/1.1\r\n")
    assert len(counterpart.town.records()) == before


def test_a_mistake_is_offered_only_where_it_can_be_made(counterpart: Counterpart) -> None:
    offered = {name: {each.name for each in fitting(order, counterpart.party)} for name, order in
               counterpart.orders.items()}  # fmt: skip
    assert "sealed_elsewhere" in offered["transfers.create"]
    assert "sealed_elsewhere" not in offered["accounts.list"]
    assert "mac_altered" in offered["rates.list"]
    assert "mac_altered" not in offered["accounts.list"]


def test_mistakes_are_found_by_name_and_by_refusal() -> None:
    assert len({each.name for each in MISTAKES}) == len(MISTAKES)
    replayed = mistake_named("replayed")
    assert replayed is not None
    assert replayed.kind.code == "NONCE_REPLAYED"
    assert mistake_named("no such mistake") is None
