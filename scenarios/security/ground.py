"""The sandbox under test: founded for the run, with one application that a user has let in, gone afterwards.

Limits against floods are lifted, for the tools are one; nothing else of the bank is weakened, and no aid is shown.
Afterwards its logs and books tell what no answer told.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bank_sim.sdk.credentials import BankKeys, BankSettings
from loadtests.application import payee_account
from scenarios.partner import ACCOUNT_APIS, CallbackPage, Partner
from scenarios.passphrase import ephemeral
from scenarios.security.findings import Finding
from scenarios.security.signing_proxy import Speaker
from scenarios.verification import verify_home
from scenarios.world import Plan, World, running_world
from user_sim.driver import HeadlessUser, Places
from user_sim.http_browser import LoopbackTransport

PEOPLE = 3
LIFTED: Mapping[str, int] = {
    "source_failures_max": 1_000_000,
    "enumeration_alarm": 1_000_000,
    "secret_guesses_max": 1_000_000,
    "login_source_tries": 1_000_000,
    "stuffed_logins": 1_000_000,
}
"""Bounds of the policy that would end the run within seconds, as they should. Each has attacks of its own."""
_CONSENTED = (*ACCOUNT_APIS, "accounts.balances", "wealth.holdings")
_FUNDS = frozenset({"transfers.execute", "debits.create"})


@dataclass(frozen=True, slots=True)
class Member:
    """The application under whose name the authenticated run calls. ``examples``: values that exist, by parameter.

    ``accounts`` is the access token of a consent to see accounts, ``payments`` one of a payment agreement.
    """

    partner: Partner
    accounts: str = field(repr=False)
    payments: str = field(repr=False)
    examples: Mapping[str, list[str]]


@contextmanager
def sandbox(home: Path, environment: Mapping[str, str]) -> Iterator[World]:
    """A world of its own on free ports."""
    plan = Plan(
        home=home, passphrase=ephemeral(), suite="intl", port_base=0, people=PEOPLE, bounds=LIFTED,
        environment=environment,
    )  # fmt: skip
    with running_world(plan) as world:
        yield world


@contextmanager
def admitted(world: World) -> Iterator[Member]:
    """Register an application; a user lets it see accounts and pay one payee within limits."""
    addresses = world.addresses
    partner = Partner("security-tools", "intl", addresses, world.control, world.authority)
    try:
        wire = CallbackPage(LoopbackTransport(world.authority), partner.host)
        places = Places(addresses.wallet, addresses.pages, addresses.phone)
        with HeadlessUser(world.people[0], places, world.authority, transport=wire) as user:
            yield _consented(world, partner, user)
    finally:
        partner.close()


def _consented(world: World, partner: Partner, user: HeadlessUser) -> Member:
    payee = world.people[1]
    number = payee_account(world, payee)
    accounts = partner.linked(user, _CONSENTED)
    flow = partner.ask_for_agreement(number, payee.name, "1.00", "1000000.00", per_month="1000000.00")
    payments = partner.tokens(flow, user.at_bank(flow.url).location.query).access_token
    call = partner.client.call
    reference = next(
        each["account_ref"]
        for each in call("accounts.list", "GET", "/api/accounts", token=accounts).data["items"]
        if each["account_class"] == "I"
    )
    order = {"order_no": secrets.token_hex(8), "debtor_account_ref": reference, "amount": "0.01", "currency": "CNY"}
    created = call(
        "transfers.create", "POST", "/api/transfers", token=accounts, body=order,
        sealed={"creditor_account": number, "creditor_name": payee.name}, idempotency_key=secrets.token_urlsafe(18),
    )  # fmt: skip
    products = call("products.list", "GET", "/api/products", with_secret=True).data["items"]
    examples = {
        "account_ref": [reference],
        "transfer_id": [created.data["transfer_id"]],
        "product_id": [products[0]["product_id"]],
    }
    return Member(partner, accounts, payments, examples)


def speaker(world: World, member: Member) -> Speaker:
    """What the proxy needs to speak for the application."""
    credentials, keys = member.partner.admitted.credentials, member.partner.keys
    settings = BankSettings(
        app_id=member.partner.app_id,
        issuer=world.addresses.gateway,
        authorization_endpoint=world.addresses.authorization_endpoint,
        redirect_uri=member.partner.redirect_uri,
        suite="intl",
        bank_jwks=credentials["bank_jwks"],
        ca_certificate=world.authority,
    )
    return Speaker(
        settings,
        keys.signing,
        member.partner.admitted.opening,
        BankKeys(credentials["bank_jwks"], "intl"),
        time.time,
        lambda api_id: member.payments if api_id in _FUNDS else member.accounts,
    )


def aftermath(world: World) -> list[Finding]:
    """What the parties' own logs say of the run: a traceback is a finding, and so is a party that has ended."""
    ended = world.ended()
    found = [] if ended is None else [Finding("sandbox", "alive", ended.party.name, ended.obituary())]
    for party in world.parties:
        text = party.party.errors.read_text(encoding="utf-8", errors="replace")
        for part in text.split("Traceback (most recent call last)")[1:]:
            last = next((line for line in part.splitlines()[1:] if line and not line.startswith((" ", "\t"))), "")
            found.append(Finding("sandbox", "no_traceback", party.party.name, last or "a traceback"))
    for verdict in verify_home(world.home):
        if not verdict.holds:
            found.append(Finding("sandbox", "books_and_chains", verdict.name.en, verdict.sentence.en))
    return found
