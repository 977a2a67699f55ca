"""An application party in a few lines on the bank's SDK: what a partner's first integration looks like.

It registers as any foreign application does, keeps its keys and tokens in memory, and believes whatever the bank has
signed: it compares no amount and queries nothing. Scenarios use it as a victim less careful than the wallet, and as a
rival with proper credentials of its own. Its web server is a transport in the user's browser; it listens nowhere.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import httpx

from bank_sim.sdk.clock import FollowingClock
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, generate
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.reconciliation import SignedFile, gather
from bank_sim.sdk.server import (
    Answer,
    BankCall,
    BankClient,
    BankSettings,
    ClientCertificate,
    ClientKeys,
    EmbeddedForm,
    EmbeddedStep,
    Pkce,
    Tokens,
)
from scenarios.addresses import Addresses
from scenarios.control import Control
from scenarios.outcome import code_of

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


@dataclass(frozen=True, slots=True)
class Admitted:
    """What an application party holds when it is one: the bank's document, its own keys, a certificate if it wants."""

    credentials: Mapping[str, Any]
    signing: PrivateKey
    opening: PrivateKey
    certificate: ClientCertificate | None = None


class Partner:
    """A registered application. Close it when done."""

    def __init__(
        self,
        name: str,
        suite: str,
        addresses: Addresses,
        control: Control,
        authority: Path,
        admitted: Admitted | None = None,
    ) -> None:
        """Registered at once, by the sandbox's short path, unless it brings the credentials of its admission."""
        self.host = f"{name}.localhost"
        if admitted is None:
            signing, opening = generate(suite, "sig"), generate(suite, "enc")
            keys_handed_in = {"keys": [signing.public.jwk(), opening.public.jwk()]}
            registration = {"name": name, "suite": suite, "redirect_uris": [self.redirect_uri], "apis": "payments"}
            admitted = Admitted(control.register({**registration, "jwks": keys_handed_in}), signing, opening)
        registered, signing, opening = admitted.credentials, admitted.signing, admitted.opening
        self.app_id: str = registered["app_id"]
        self.admitted = admitted
        self._settings = BankSettings(
            app_id=self.app_id,
            issuer=addresses.gateway,
            authorization_endpoint=addresses.authorization_endpoint,
            redirect_uri=self.redirect_uri,
            suite=suite,
            bank_jwks=registered["bank_jwks"],
            ca_certificate=authority,
            client_certificate=admitted.certificate,
        )
        self.keys = ClientKeys(signing, opening, MacKey(suite, registered["app_secret"].encode()))
        self._follow = httpx.Client(verify=ssl.create_default_context(cafile=authority), trust_env=False)
        self._clock = FollowingClock(addresses.control, self._follow.get)
        self._clock.refresh()
        # Clients with other keys of this application, such as those before a rotation; closed with it.
        self._clients: list[BankClient] = []
        # Its log: every message to the bank and what came of it.
        self.calls: list[BankCall] = []
        self.client = self.with_keys(self.keys)

    @property
    def redirect_uri(self) -> str:
        return f"https://{self.host}/callback"

    def follow_clock(self) -> None:
        """Time has been moved; what is signed from now on bears the time that it is."""
        self._clock.refresh()

    def close(self) -> None:
        for each in self._clients:
            each.close()
        self._follow.close()

    def on_device(self, signs: frozenset[str]) -> BankClient:
        """A client of the same application on a user's device, whose SDK finds these signs there."""
        client = BankClient(
            self._settings, self.keys, self._clock, observe=self.calls.append, environment=lambda: signs
        )
        self._clients.append(client)
        return client

    def with_keys(self, keys: ClientKeys, transport: httpx.BaseTransport | None = None) -> BankClient:
        """A client of the same application that signs and opens with these keys; it begins with the same pins.

        ``transport``: the wire that it calls over, where it is another one than this application's.
        """
        return self._opened(self._settings, keys, transport)

    def without_certificate(self) -> BankClient:
        """A client of the same application whose channel shows no certificate."""
        bare = replace(self._settings, client_certificate=None)
        return self._opened(bare, self.keys)

    def with_certificate(self, certificate: ClientCertificate) -> BankClient:
        """A client that signs as this application does, over a channel that shows whosever certificate."""
        return self._opened(replace(self._settings, client_certificate=certificate), self.keys)

    def note(self, what: str, refusal: Problem) -> None:
        """Write down that this application refused to believe something, and why."""
        self.calls.append(BankCall(what, code_of(refusal), refusal.members.get("trace_id"), 0))

    def at_another_bank(
        self, issuer: str, authorization_endpoint: str, bank_jwks: Mapping[str, Any], wire: httpx.BaseTransport
    ) -> BankClient:
        """A client of the same application at a second bank, which it is registered with too, under the same name."""
        other = replace(
            self._settings, issuer=issuer, authorization_endpoint=authorization_endpoint, bank_jwks=bank_jwks
        )
        return self._opened(other, self.keys, wire)

    def _opened(
        self, settings: BankSettings, keys: ClientKeys, transport: httpx.BaseTransport | None = None
    ) -> BankClient:
        """A client that takes part in trainings, as the sandbox's clock tells of them."""
        self._clients.append(
            BankClient(
                settings, keys, self._clock, transport, observe=self.calls.append,
                left_out=lambda: self._clock.weakened,
            )
        )  # fmt: skip
        return self._clients[-1]

    def published_keys(self) -> list[dict[str, Any]]:
        """The bank's public keys, as anybody may read them."""
        keys: list[dict[str, Any]] = self._follow.get(f"{self._settings.issuer}/.well-known/jwks.json").json()["keys"]
        return keys

    def stranger_posts(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """What the bank answers to a form that nobody has signed."""
        document: dict[str, Any] = self._follow.post(self._settings.issuer + path, data=form).json()
        return document

    def now_s(self) -> float:
        """The time as it is for everybody, after it may have been moved."""
        self._clock.refresh()
        return self._clock.now_s()

    def ask_for_accounts(
        self, apis: Sequence[str] = ACCOUNT_APIS, days: int = CONSENT_DAYS, renews: str | None = None
    ) -> Flow:
        """Prepare the way on which a user lets this application see accounts and order transfers.

        ``renews``: the id of a consent that shall go on for so many days from now, as it is.
        """
        return self._ask(self._accounts(apis, days) | ({"renews": renews} if renews else {}))

    def push_by_hand(self, **parameters: str) -> str:
        """Push a request for accounts with these parameters beside it, and none of those that the SDK would add. The
        address at which a user agrees to it."""
        details = strict_json.dump([self._accounts(ACCOUNT_APIS, CONSENT_DAYS)]).decode()
        oauth = self.client.oauth
        answer = oauth.post("par", response_type="code", authorization_details=details, **parameters)
        return oauth.authorization_url(str(answer["request_uri"]))

    def _accounts(self, apis: Sequence[str], days: int) -> dict[str, Any]:
        self._clock.refresh()
        until = datetime.fromtimestamp(self._clock.now_s(), UTC) + timedelta(days=days)
        return {
            "type": "account_information",
            "validity": "period",
            "valid_to": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "apis": list(apis),
        }

    def linked(self, user: HeadlessUser, apis: Sequence[str] = ACCOUNT_APIS) -> str:
        """Have a user agree that this application sees their accounts and orders transfers. The access token."""
        flow = self.ask_for_accounts(apis)
        return self.tokens(flow, user.at_bank(flow.url).location.query).access_token

    def ask_for_payment(self, transfer_id: str) -> Flow:
        """Prepare the way on which a user confirms one transfer."""
        return self._ask({"type": "payment", "validity": "once", "transfer_id": transfer_id})

    def ask_for_agreement(
        self, payee_account: str, payee_name: str, amount: str, total: str, per_month: str | None = None
    ) -> Flow:
        """Prepare the way on which a user agrees to debits of this amount, once a month, up to a total.

        ``per_month``: what a month may take, where that is more than once the amount.
        """
        self._clock.refresh()
        until = datetime.fromtimestamp(self._clock.now_s(), UTC) + timedelta(days=365)
        details = {
            "type": "payment",
            "validity": "agreement",
            "valid_to": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "limits": {"per_payment": amount, "period": "month", "per_period": per_month or amount, "total": total},
        }
        sealed = {"creditor_account": payee_account, "creditor_name": payee_name}
        request_uri, state, pkce = self._push(details, sealed)
        return Flow(self.client.oauth.authorization_url(request_uri), state, pkce)

    def embed_payment(self, transfer_id: str) -> tuple[Flow, EmbeddedForm]:
        """Have the bank's form for one transfer, to show in a frame of this application's own page."""
        details = {"type": "payment", "validity": "once", "transfer_id": transfer_id}
        request_uri, state, pkce = self._push(details)
        form = self.client.embedded.open(request_uri)
        return Flow(form.frame_url, state, pkce), form

    def _ask(self, details: dict[str, Any]) -> Flow:
        request_uri, state, pkce = self._push(details)
        return Flow(self.client.oauth.authorization_url(request_uri), state, pkce)

    def _push(self, details: dict[str, Any], sealed: dict[str, str] | None = None) -> tuple[str, str, Pkce]:
        self._clock.refresh()
        state, pkce = secrets.token_urlsafe(18), Pkce.fresh()
        return self.client.oauth.push_authorization_request([details], state, pkce, sealed), state, pkce

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

    def reconciliation_file(self, day: str, accounts: str = "masked") -> SignedFile:
        """The file of a day of Beijing, to be believed next."""

        def ask(part: str) -> Mapping[str, Any]:
            query = {"accounts": accounts, "part": part}
            return self.client.call("reconciliation.get", "GET", f"/api/reconciliation/{day}", query=query).data

        return gather(ask)

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

    def debit(
        self, token: str, account_ref: str, amount: str, purpose: str | None = None, order_no: str | None = None
    ) -> Answer:
        """Take a debit under an agreement, whose payee the bank has on record. ``order_no``: to send one again."""
        order_no = order_no or f"D{secrets.token_hex(10)}"
        body = {"order_no": order_no, "debtor_account_ref": account_ref, "amount": amount, "currency": "CNY"}
        return self.client.call(
            "debits.create",
            "POST",
            "/api/debits",
            body=body | ({"purpose": purpose} if purpose else {}),
            token=token,
            idempotency_key=f"debit-{order_no}",
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
