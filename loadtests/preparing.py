"""Makes a bank ready for a crowd: registers its applications, sets limits, and has users consent in bulk.

Consents are not put into a database: each user walks the bank's pages without a screen, types a password, reads a code
from the phone, agrees. Several walk at once. Nothing of it is measured with the load but how long it took.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bank_sim.sdk.authorization import Tokens
from loadtests.application import LoadApplication, join, payee_account
from loadtests.crowd.prepared import Consented, Credentials, Grant, Prepared, require_here
from loadtests.profiles import Plan
from scenarios.colleagues import colleagues
from scenarios.staff_desk import StaffDesk
from scenarios.world import World
from user_sim.http_browser import opener
from user_sim.people import Person

_AT_ONCE = 4
"""Walks side by side; the processor is shared with the bank, and more of them take as long."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What was written, and what it took: ``consents`` given in ``seconds``."""

    path: Path
    consents: int
    seconds: float
    crowd_app_id: str
    loud_app_id: str


def prepare(world: World, plan: Plan, suite: str, folder: Path, heard: Callable[[str], None]) -> Preparation:
    """Make everything ready for the plan and write it into ``folder``; ``heard`` is told of each step."""
    require_here(world.addresses.gateway)
    heard("registering three applications")
    crowd, loud, rogue = (join(world, suite, name) for name in ("load crowd", "load loud", "load rogue"))
    if plan.profile.loud_limit_per_s is not None:
        limit(world, loud.app_id, plan.profile.loud_limit_per_s)
    payers, payee = world.people[: plan.profile.customers], world.people[plan.profile.customers]
    application, roguish = LoadApplication(world, crowd), LoadApplication(world, rogue)
    number = payee_account(world, payee)
    heard(f"{len(payers)} customers consent on the bank's pages")
    started_s = time.perf_counter()
    try:
        pays = bool({"paying", "sale"} & plan.profile.mix.keys())
        consented = _all_consented(application, payers, (number, payee) if pays else None)
        consents = len(consented) * (1 + pays)
        took_s = time.perf_counter() - started_s
        rogue_consent = _consented(roguish, payers[-1], None)
        products = application.client.call("products.list", "GET", "/api/products", with_secret=True).data["items"]
    finally:
        application.close()
        roguish.close()
    prepared = Prepared(
        issuer=world.addresses.gateway,
        ca_certificate=str(world.authority.absolute()),
        offset_s=float(world.control.clock()["offset_s"]),
        plan=plan,
        crowd=Credentials.of(crowd),
        loud=Credentials.of(loud),
        rogue=Credentials.of(rogue),
        rogue_consent=rogue_consent,
        consented=consented,
        products=[f"/api/products/{each['product_id']}" for each in products],
        payee_number=number,
        payee_name=payee.name,
    )
    path = folder / f"prepared-{secrets.token_hex(4)}.json"
    prepared.write(path)
    return Preparation(path, consents, took_s, crowd.app_id, loud.app_id)


def limit(world: World, app_id: str, calls_a_second: int) -> None:
    """The bank's staff limits an application at the console, live."""
    marker = world.home.marker()
    assert marker is not None
    operator = next(each for each in colleagues(marker.seed) if each.role == "operator")
    browser = opener(world.authority)("computer", "en", None)
    try:
        desk = StaffDesk(operator, browser, world.addresses.console)
        desk.log_in()
        desk.act("set_quota", f"{app_id}:app:second", "a rehearsal under load", amount=str(calls_a_second))
    finally:
        browser.close()


def _all_consented(
    application: LoadApplication, payers: Sequence[Person], payee: tuple[str, Person] | None
) -> list[Consented]:
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="customer") as pool:
        return list(pool.map(lambda user: _consented(application, user, payee), payers))


def _consented(application: LoadApplication, user: Person, payee: tuple[str, Person] | None) -> Consented:
    """One visit to the bank: one login, one consent or two."""
    with application.visiting(user) as at_home:
        accounts = application.ask_for_accounts(user, at_home)
        payments = None
        if payee is not None:
            payments = application.ask_for_standing_payment(user, payee[0], payee[1].name, at_home)
    return Consented(
        account_ref=application.account_ref(accounts.access_token),
        accounts=_grant(accounts),
        payments=None if payments is None else _grant(payments),
    )


def _grant(tokens: Tokens) -> Grant:
    assert tokens.refresh_token is not None
    return Grant(access_token=tokens.access_token, refresh_token=tokens.refresh_token, until_s=tokens.expires_s)
