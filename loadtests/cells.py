"""What is measured at a bank: which calls, in which suite, how many of each. Each cell makes its own requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from loadtests.application import LoadApplication, payee_account
from loadtests.measuring import Measured, Measurement, Target, in_turn
from scenarios.world import World
from user_sim.people import Person

YARDSTICK = "Flask JSON (yardstick)"
TOKEN = "Token issue"  # noqa: S105 - a name
A1_QUERY = "A1 query, HMAC"
BALANCE = "A2 balance"
CREATE = "A2 transfer: order"
EXECUTE = "A2 transfer: execute"
TRANSFER = "A2 transfer: both calls"
_AMOUNT = "0.01"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests a cell has, in all of the bench: enough for steady figures, few enough for a minute."""

    yardstick: int
    light: int
    heavy: int
    pages: int


FULL = Counts(yardstick=8000, light=2500, heavy=1500, pages=100)
QUICK = Counts(yardstick=1600, light=500, heavy=300, pages=30)
"""For a look: about a third of the time, less steady figures (``bench --quick``)."""


def light_cells(application: LoadApplication, target: Target, counts: Counts) -> Iterator[Measurement]:
    """Token issue and public query: no user behind them."""
    presigner, suite = application.presigner, application.presigner.suite
    yield _measured(target, TOKEN, suite, counts.light, presigner.token_request)
    products = application.client.call("products.list", "GET", "/api/products", with_secret=True).data["items"]
    product = f"/api/products/{products[0]['product_id']}"
    yield _measured(target, A1_QUERY, suite, counts.light, lambda: presigner.public_query(product))


def user_cells(
    world: World, application: LoadApplication, target: Target, counts: Counts, user: Person, payee: Person
) -> Iterator[Measurement]:
    """Balance and transfer under a user's consents: every transfer is ordered first, then executed; then the whole.

    The standing order is asked for right before its use: tokens that move money live for five minutes.
    """
    presigner, suite = application.presigner, application.presigner.suite
    token = application.ask_for_accounts(user).access_token
    account_ref = application.account_ref(token)
    balance = f"/api/accounts/{account_ref}/balance"
    yield _measured(target, BALANCE, suite, counts.heavy, lambda: presigner.query(balance, token))
    number = payee_account(world, payee)
    ordered = _ordered(application, target, counts, token, account_ref, number, payee)
    yield ordered.measurement
    payment_token = application.ask_for_standing_payment(user, number, payee.name).access_token
    executions = [
        presigner.order(
            "transfers.execute",
            f"/api/transfers/{msgspec.json.decode(body)['transfer_id']}/execute",
            payment_token,
            {"amount": _AMOUNT},
        )
        for body in ordered.bodies
    ]
    executed = target.measure(EXECUTE, suite, executions).measurement
    yield executed
    yield in_turn(TRANSFER, ordered.measurement, executed)


def _ordered(
    application: LoadApplication,
    target: Target,
    counts: Counts,
    token: str,
    account_ref: str,
    payee_number: str,
    payee: Person,
) -> Measured:
    presigner, suite = application.presigner, application.presigner.suite
    sealed = {"creditor_account": payee_number, "creditor_name": payee.name}
    order = {"debtor_account_ref": account_ref, "amount": _AMOUNT, "currency": "CNY"}
    requests = [
        presigner.order(
            "transfers.create",
            "/api/transfers",
            token,
            {"order_no": f"L{target.workers}{suite}{number:08}", **order},
            sealed,
        )
        for number in range(counts.heavy)
    ]
    return target.measure(CREATE, suite, requests, keep_bodies=True)


def _measured(target: Target, name: str, suite: str, count: int, make: Callable[[], bytes]) -> Measurement:
    return target.measure(name, suite, [make() for _ in range(count)]).measurement
