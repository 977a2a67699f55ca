"""An application of its own for measurements: registered like any other, authorised by a user on the bank's pages.

One account consent and one standing payment order (validity ``agreement``) let it create and execute any number of
small transfers to one payee. Nothing in the bank's path is left out for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from bank_sim.sdk.clock import SystemClock
from bank_sim.sdk.credentials import BankKeys
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, generate
from bank_sim.sdk.protocol.sealing import SealContext, seal
from bank_sim.sdk.server import BankClient, BankSettings, ClientKeys, Pkce, Tokens
from loadtests.presigned import Presigner
from scenarios.observe import Bank
from scenarios.partner import CallbackPage
from scenarios.world import World
from user_sim.driver import HeadlessUser, Places
from user_sim.http_browser import LoopbackTransport
from user_sim.people import Person

HOST = "load.localhost"
REDIRECT_URI = f"https://{HOST}/callback"
PAYMENT_MAX, TOTAL_MAX = "1.00", "1000000.00"
_ACCOUNT_APIS = ["accounts.list", "accounts.balance", "accounts.transactions", "transfers.create", "transfers.get"]
_TERM = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Membership:
    """What an application keeps of its registration, for as long as the bank's home lives."""

    app_id: str
    suite: str
    signing: PrivateKey = field(repr=False)
    opening: PrivateKey = field(repr=False)
    app_secret: str = field(repr=False)
    bank_jwks: Mapping[str, Any]

    @property
    def secret(self) -> MacKey:
        return MacKey(self.suite, self.app_secret.encode())


def join(world: World, suite: str, name: str = "load") -> Membership:
    """Make keys and register, as a foreign application does."""
    signing, opening = generate(suite, "sig"), generate(suite, "enc")
    registered = world.control.register(
        {
            "name": f"{name} {suite}",
            "suite": suite,
            "redirect_uris": [REDIRECT_URI],
            "jwks": {"keys": [signing.public.jwk(), opening.public.jwk()]},
            "apis": "payments",
        }
    )
    return Membership(registered["app_id"], suite, signing, opening, registered["app_secret"], registered["bank_jwks"])


class LoadApplication:
    """Close it when done. ``client`` is the bank's SDK; ``presigner`` makes the same messages beforehand."""

    def __init__(self, world: World, membership: Membership) -> None:
        self._world = world
        self._settings = BankSettings(
            app_id=membership.app_id,
            issuer=world.addresses.gateway,
            authorization_endpoint=world.addresses.authorization_endpoint,
            redirect_uri=REDIRECT_URI,
            suite=membership.suite,
            bank_jwks=membership.bank_jwks,
            ca_certificate=world.authority,
        )
        keys = ClientKeys(membership.signing, membership.opening, membership.secret)
        self.client = BankClient(self._settings, keys, SystemClock())
        self._bank_sealing = BankKeys(membership.bank_jwks, membership.suite).sealing
        self.presigner = Presigner(
            app_id=membership.app_id,
            suite=membership.suite,
            authority=self._settings.authority,
            issuer=self._settings.issuer,
            signing=membership.signing,
            secret=membership.secret,
            bank_sealing=self._bank_sealing,
        )

    def close(self) -> None:
        self.client.close()

    def ask_for_accounts(self, user: Person, at_home: HeadlessUser | None = None) -> Tokens:
        """The user lets this application see all accounts and create transfers.

        ``at_home``: the same user, for several requests in one visit, as ``visiting`` gives them.
        """
        return self._authorised(user, Pkce.fresh(), {"type": "account_information", "apis": _ACCOUNT_APIS}, at_home)

    def ask_for_standing_payment(
        self, user: Person, payee_account: str, payee_name: str, at_home: HeadlessUser | None = None
    ) -> Tokens:
        """The user lets it pay one payee, at most ``PAYMENT_MAX`` at a time and ``TOTAL_MAX`` in all."""
        pkce = Pkce.fresh()
        payee = {"creditor_account": payee_account, "creditor_name": payee_name}
        context = SealContext(self._settings.app_id, "oauth.par", "request", pkce.challenge)
        detail = {
            "type": "payment",
            "limits": {"per_payment": PAYMENT_MAX, "total": TOTAL_MAX},
            "sealed": seal(payee, self._bank_sealing, context),
        }
        return self._authorised(user, pkce, detail, at_home)

    def visiting(self, user: Person) -> HeadlessUser:
        """The user with a browser that this application's own page answers to. Close it, or use it as a context."""
        addresses = self._world.addresses
        places = Places(addresses.wallet, addresses.pages, addresses.phone)
        wire = CallbackPage(LoopbackTransport(self._world.authority), HOST)
        return HeadlessUser(user, places, self._world.authority, transport=wire)

    def account_ref(self, token: str) -> str:
        """The reference of the user's class I account under the consent."""
        accounts = self.client.call("accounts.list", "GET", "/api/accounts", token=token).data["items"]
        return str(next(each["account_ref"] for each in accounts if each["account_class"] == "I"))

    def _authorised(self, user: Person, pkce: Pkce, detail: Mapping[str, Any], at_home: HeadlessUser | None) -> Tokens:
        """Push the request, have the user walk the bank's pages, and exchange the code they come back with."""
        until = (datetime.now(UTC) + _TERM).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = {**detail, "validity": "agreement", "valid_to": until}
        oauth = self.client.oauth
        request_uri = oauth.push_authorization_request([asked], secrets.token_urlsafe(18), pkce)
        with ExitStack() as stack:
            visitor = at_home or stack.enter_context(self.visiting(user))
            page = visitor.at_bank(oauth.authorization_url(request_uri))
        return oauth.exchange_code(oauth.code_of_return(dict(parse_qsl(page.location.query))), pkce)


def payee_account(world: World, payee: Person) -> str:
    """The number that a payee tells those who owe them money."""
    return Bank(world.home).account_numbers(payee.login_name)["I"]
