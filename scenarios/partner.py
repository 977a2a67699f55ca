"""An application party in a few lines on the bank's SDK: what a partner's first integration looks like.

It registers as any foreign application does, keeps its keys and tokens in memory, and believes whatever the bank has
signed: it compares no amount and queries nothing. Scenarios use it as a victim less careful than the wallet, and as a
rival with proper credentials of its own. Its web server is a transport in the user's browser; it listens nowhere.
"""

from __future__ import annotations

import secrets
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import httpx

from bank_sim.sdk.clock import FollowingClock
from bank_sim.sdk.protocol.keypairs import MacKey, generate
from bank_sim.sdk.server import (
    Answer,
    BankClient,
    BankSettings,
    ClientKeys,
    EmbeddedForm,
    EmbeddedStep,
    Pkce,
    Tokens,
)
from scenarios.addresses import Addresses
from scenarios.control import Control

if TYPE_CHECKING:
    from user_sim.driver import HeadlessUser

CONSENT_DAYS = 30
ACCOUNT_APIS = (
    "accounts.list",
    "accounts.balance",
    "accounts.transactions",
    "accounts.limits",
    "points.get",
    "transfers.create",
    "transfers.get",
)


@dataclass(frozen=True, slots=True)
class Flow:
    """One way of a user to the bank and back."""

    url: str
    state: str
    pkce: Pkce


class Partner:
    """A registered application. Close it when done."""

    def __init__(self, name: str, suite: str, addresses: Addresses, control: Control, authority: Path) -> None:
        self.host = f"{name}.localhost"
        signing, opening = generate(suite, "sig"), generate(suite, "enc")
        registered = control.register(
            {
                "name": name,
                "suite": suite,
                "redirect_uris": [self.redirect_uri],
                "jwks": {"keys": [signing.public.jwk(), opening.public.jwk()]},
                "apis": "payments",
            }
        )
        self.app_id: str = registered["app_id"]
        settings = BankSettings(
            app_id=self.app_id,
            issuer=addresses.gateway,
            authorization_endpoint=addresses.authorization_endpoint,
            redirect_uri=self.redirect_uri,
            suite=suite,
            bank_jwks=registered["bank_jwks"],
            ca_certificate=authority,
        )
        keys = ClientKeys(signing, opening, MacKey(suite, registered["app_secret"].encode()))
        self._follow = httpx.Client(verify=ssl.create_default_context(cafile=authority), trust_env=False)
        self._clock = FollowingClock(addresses.control, self._follow)
        self._clock.refresh()
        self.client = BankClient(settings, keys, self._clock)

    @property
    def redirect_uri(self) -> str:
        return f"https://{self.host}/callback"

    def close(self) -> None:
        self.client.close()
        self._follow.close()

    def ask_for_accounts(self) -> Flow:
        """Prepare the way on which a user lets this application see accounts and order transfers."""
        self._clock.refresh()
        until = datetime.fromtimestamp(self._clock.now_s(), UTC) + timedelta(days=CONSENT_DAYS)
        return self._ask(
            {
                "type": "account_information",
                "validity": "period",
                "valid_to": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "apis": list(ACCOUNT_APIS),
            }
        )

    def linked(self, user: HeadlessUser) -> str:
        """Have a user agree that this application sees their accounts and orders transfers. The access token."""
        flow = self.ask_for_accounts()
        return self.tokens(flow, user.at_bank(flow.url).location.query).access_token

    def ask_for_payment(self, transfer_id: str) -> Flow:
        """Prepare the way on which a user confirms one transfer."""
        return self._ask({"type": "payment", "validity": "once", "transfer_id": transfer_id})

    def embed_payment(self, transfer_id: str) -> tuple[Flow, EmbeddedForm]:
        """Have the bank's form for one transfer, to show in a frame of this application's own page."""
        details = {"type": "payment", "validity": "once", "transfer_id": transfer_id}
        request_uri, state, pkce = self._push(details)
        form = self.client.embedded.open(request_uri)
        return Flow(form.frame_url, state, pkce), form

    def _ask(self, details: dict[str, Any]) -> Flow:
        request_uri, state, pkce = self._push(details)
        return Flow(self.client.oauth.authorization_url(request_uri), state, pkce)

    def _push(self, details: dict[str, Any]) -> tuple[str, str, Pkce]:
        self._clock.refresh()
        state, pkce = secrets.token_urlsafe(18), Pkce.fresh()
        return self.client.oauth.push_authorization_request([details], state, pkce), state, pkce

    def tokens(self, flow: Flow, query: str) -> Tokens:
        """What the user brought back (the query of the redirect), made into tokens."""
        brought = dict(parse_qsl(query))
        if brought.get("state") != flow.state:
            raise ValueError("the user came back from another flow")
        return self.client.oauth.exchange_code(self.client.oauth.code_of_return(brought), flow.pkce)

    def tokens_of_step(self, flow: Flow, step: EmbeddedStep) -> Tokens:
        """What the last step of an embedded form brought, made into tokens."""
        if step.code is None or step.state != flow.state:
            raise ValueError("the form is not done, or is another flow's")
        return self.client.oauth.exchange_code(step.code, flow.pkce)

    def paying_account(self, token: str) -> str:
        """The reference of the user's class I account under the consent, which may pay any amount."""
        return str(next(each["account_ref"] for each in self.accounts(token) if each["account_class"] == "I"))

    def accounts(self, token: str) -> list[dict[str, Any]]:
        """The accounts under the user's consent: references and masked numbers."""
        items: list[dict[str, Any]] = self.client.call("accounts.list", "GET", "/api/accounts", token=token).data[
            "items"
        ]
        return items

    def balance(self, token: str, account_ref: str) -> str:
        """The ledger balance of one account, opened with this application's key."""
        path = f"/api/accounts/{account_ref}/balance"
        return str(self.client.call("accounts.balance", "GET", path, token=token).data["ledger_balance"])

    def order_transfer(self, token: str, account_ref: str, amount: str, payee_account: str, payee_name: str) -> Answer:
        """Lay an order before the bank; the payee travels sealed."""
        order_no = f"P{secrets.token_hex(10)}"
        return self.client.call(
            "transfers.create",
            "POST",
            "/api/transfers",
            body={"order_no": order_no, "debtor_account_ref": account_ref, "amount": amount, "currency": "CNY"},
            sealed={"creditor_account": payee_account, "creditor_name": payee_name},
            token=token,
            idempotency_key=f"create-{order_no}",
        )

    def execute_transfer(self, token: str, transfer_id: str, amount: str) -> Answer:
        """Have a confirmed transfer executed."""
        return self.client.call(
            "transfers.execute",
            "POST",
            f"/api/transfers/{transfer_id}/execute",
            body={"amount": amount},
            token=token,
            idempotency_key=f"execute-{transfer_id}",
        )

    def callback_page(self, onward: httpx.BaseTransport) -> CallbackPage:
        """The user's wire with this application's web server at the end of it."""
        return CallbackPage(onward, self.host)


class CallbackPage(httpx.BaseTransport):
    """Answers requests to the partner's host itself and passes everything else on."""

    def __init__(self, onward: httpx.BaseTransport, host: str) -> None:
        self._onward, self._host = onward, host

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != self._host:
            return self._onward.handle_request(request)
        page = "<!doctype html><html><head><title>Partner</title></head><body><p>Welcome back.</p></body></html>"
        return httpx.Response(200, headers={"content-type": "text/html; charset=utf-8"}, content=page.encode())

    def close(self) -> None:
        self._onward.close()
