"""The wallet's only door to the bank: the bank's SDK, told what this wallet wants (JR/T 0185 9.3.5-3.1).

Nothing else in the wallet imports the SDK. Answers pass through to the page that asked and are never stored; a payee
exists here only for as long as it takes to seal it (9.3.3-2.2.1).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from app_sim.breaker import BreakerPolicy, Breakers, BreakerState, Judgement, Resting
from app_sim.config import AppConfig
from app_sim.vault import Vault
from bank_sim.sdk import browser
from bank_sim.sdk.clock import Clock, FollowingClock, SystemClock
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import format_fen, parse_fen
from bank_sim.sdk.protocol.hashchain import GENESIS, first_break, link
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, generate, load_private
from bank_sim.sdk.protocol.problems import Problem
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
from bank_sim.sdk.transport import open_channel

__all__ = [
    "GENESIS", "Bank", "BankCall", "Clock", "EmbeddedForm", "EmbeddedStep", "Payee", "Pkce", "PrivateKey", "Problem",
    "Tokens", "Transfer", "TransferOrder", "bank_settings", "browser", "client_keys", "first_break", "format_fen",
    "generate", "link", "load_private", "open_clock", "parse_fen", "problems",
]  # fmt: skip

CONSENT_APIS = ("accounts.list", "accounts.balance", "accounts.transactions", "transfers.create", "transfers.get")
"""What the user is asked to let the wallet do with an account; a payment is confirmed at the bank each time."""

Items = list[dict[str, Any]]
Transfer = dict[str, Any]
Result = TypeVar("Result")

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom the user wants to pay: in memory until it is sealed to the bank, never written down, not even in a repr."""

    account: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """A payment as the wallet orders it. ``order_no`` is the wallet's own number, unique for ever."""

    order_no: str
    debtor_account_ref: str
    amount_fen: int
    purpose: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outage:
    """What the wallet has stopped asking the bank for: since when, and when it will try again (seconds since 1970).

    ``names``: the interfaces, as ``Bank.breakers`` knows them.
    """

    since_s: float
    next_probe_s: float
    names: tuple[str, ...]


class Bank:
    """What the wallet can ask of the bank. Every method raises ``Problem``; what it returns has been verified.

    Each interface has a circuit breaker: while the bank does not answer there, the wallet says SERVICE_UNAVAILABLE at
    once, with ``next_probe_s``, and nothing is sent.
    """

    def __init__(
        self,
        config: AppConfig,
        vault: Vault,
        clock: Clock,
        observe: Callable[[BankCall], None],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._client = BankClient(bank_settings(config, vault), client_keys(config, vault), clock, transport, observe)
        self.breakers = Breakers(BreakerPolicy(), clock.now_s)

    def outage(self) -> Outage | None:
        """What does not answer at present; None while all that was asked for does."""
        states = self.breakers.states()
        resting = {name: each for name, each in states.items() if each.condition != "closed"}
        if not resting:
            return None
        return Outage(
            min(each.since_s for each in resting.values() if each.since_s is not None),
            min(each.next_probe_s for each in resting.values() if each.next_probe_s is not None),
            tuple(resting),
        )

    def _call(self, api_id: str, method: str, path: str, **how: Any) -> Answer:
        return self._guarded(api_id, lambda: self._client.call(api_id, method, path, **how))

    def _guarded(self, name: str, ask: Callable[[], Result]) -> Result:
        try:
            return self.breakers.of(name).run(ask, _answered)
        except Resting as resting:
            raise _unasked(resting.state) from None

    def close(self) -> None:
        self._client.close()

    # Public information, A1: HMAC with App_Secret, both ways

    def products(self) -> Items:
        return _items(self._call("products.list", "GET", "/api/products", with_secret=True))

    def rates(self) -> Items:
        return _items(self._call("rates.list", "GET", "/api/rates", with_secret=True))

    # The user's authorization

    def ask_for_accounts(self, state: str, pkce: Pkce) -> str:
        """The address to send the user to, who there chooses accounts and says yes or no."""
        valid_to = datetime.fromtimestamp(self._clock.now_s() + self._config.consent_days * _DAY_S, UTC)
        return self._ask(
            {
                "type": "account_information",
                "validity": "period",
                "valid_to": valid_to.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "apis": list(CONSENT_APIS),
            },
            state,
            pkce,
        )

    def ask_for_payment(self, transfer_id: str, state: str, pkce: Pkce) -> str:
        """The address where the user confirms this one transfer with two factors."""
        return self._ask(_confirmation_of(transfer_id), state, pkce)

    def open_form(self, transfer_id: str, state: str, pkce: Pkce, language: str) -> EmbeddedForm:
        """The same as a form of the bank for a frame of the wallet's page, in ``en`` or ``zh``."""
        request_uri = self._pushed(_confirmation_of(transfer_id), state, pkce)
        return self._guarded("oauth.embedded", lambda: self._client.embedded.open(request_uri, language))

    def hand_over(self, session: str, sealed: str) -> EmbeddedStep:
        """Relay what the bank's form has sealed in the user's browser."""
        return self._guarded("oauth.embedded.proof", lambda: self._client.embedded.hand_over(session, sealed))

    def send_code_again(self, session: str, language: str) -> EmbeddedStep:
        return self._guarded("oauth.embedded.proof", lambda: self._client.embedded.send_again(session, language))

    def _ask(self, details: dict[str, Any], state: str, pkce: Pkce) -> str:
        return self._client.oauth.authorization_url(self._pushed(details, state, pkce))

    def _pushed(self, details: dict[str, Any], state: str, pkce: Pkce) -> str:
        oauth = self._client.oauth
        return self._guarded("oauth.par", lambda: oauth.push_authorization_request([details], state, pkce))

    def tokens_of_return(self, parameters: Mapping[str, str], pkce: Pkce) -> Tokens:
        """Tokens for what the user's browser brought back; ISS_MISMATCH, or the refusal that it brought."""
        return self.tokens_of_code(self._client.oauth.code_of_return(parameters), pkce)

    def tokens_of_code(self, code: str, pkce: Pkce) -> Tokens:
        return self._guarded("oauth.token", lambda: self._client.oauth.exchange_code(code, pkce))

    def refresh(self, refresh_token: str) -> Tokens:
        return self._guarded("oauth.token", lambda: self._client.oauth.refresh(refresh_token))

    def revoke(self, refresh_token: str) -> None:
        self._guarded("oauth.revoke", lambda: self._client.oauth.revoke(refresh_token))

    # Accounts, A2

    def accounts(self, token: str) -> Items:
        return _items(self._call("accounts.list", "GET", "/api/accounts", token=token))

    def balance(self, token: str, account_ref: str) -> dict[str, Any]:
        path = f"/api/accounts/{_segment(account_ref)}/balance"
        return self._call("accounts.balance", "GET", path, token=token).data

    def transactions(self, token: str, account_ref: str) -> dict[str, Any]:
        path = f"/api/accounts/{_segment(account_ref)}/transactions"
        return self._call("accounts.transactions", "GET", path, token=token).data

    # Money, A2

    def create_transfer(self, token: str, order: TransferOrder, payee: Payee) -> Transfer:
        """Lay the order before the bank; no money moves yet."""
        body = {
            "order_no": order.order_no,
            "debtor_account_ref": order.debtor_account_ref,
            "amount": format_fen(order.amount_fen),
            "currency": "CNY",
        }
        if order.purpose:
            body["purpose"] = order.purpose
        return self._call(
            "transfers.create",
            "POST",
            "/api/transfers",
            body=body,
            sealed={"creditor_account": payee.account, "creditor_name": payee.name},
            token=token,
            idempotency_key=f"create-{order.order_no}",
        ).data

    def execute_transfer(self, token: str, transfer_id: str, order_no: str, amount_fen: int) -> Transfer:
        """Have the confirmed transfer executed; the same order executes once, however often this is called."""
        return self._call(
            "transfers.execute",
            "POST",
            f"/api/transfers/{_segment(transfer_id)}/execute",
            body={"amount": format_fen(amount_fen)},
            token=token,
            idempotency_key=f"execute-{order_no}",
        ).data

    def transfer(self, token: str, transfer_id: str) -> Transfer:
        """The transfer's state as the bank has it."""
        return self._call("transfers.get", "GET", f"/api/transfers/{_segment(transfer_id)}", token=token).data


def open_clock(config: AppConfig) -> tuple[Clock, Callable[[], None]]:
    """The sandbox's virtual time where there is one, else the machine's; and what closes it."""
    if config.control_url is None:
        return SystemClock(), lambda: None
    channel = open_channel(config.ca_certificate, None, timeout_s=2.0)
    clock = FollowingClock(config.control_url, channel)
    clock.refresh()
    return clock, channel.close


def _confirmation_of(transfer_id: str) -> dict[str, Any]:
    return {"type": "payment", "validity": "once", "transfer_id": transfer_id}


def _answered(error: Exception) -> Judgement:
    """A refusal is an answer too, unless it says that none came, that it is not the bank's, or that the bank failed."""
    return error.kind.status < HTTPStatus.INTERNAL_SERVER_ERROR if isinstance(error, Problem) else None


def _unasked(state: BreakerState) -> Problem:
    return problems.SERVICE_UNAVAILABLE.problem(
        "The bank has not been answering, so the wallet rests from asking it for a moment.",
        next_probe_s=state.next_probe_s,
    )


def _items(answer: Answer) -> Items:
    items: Items = answer.data["items"]
    return items


def _segment(text: str) -> str:
    """A path segment out of the bank's own identifiers; anything else never leaves the wallet."""
    if not text.isascii() or not text.replace("-", "").replace("_", "").isalnum():
        raise problems.RESOURCE_NOT_AUTHORIZED.problem()
    return text


def bank_settings(config: AppConfig, vault: Vault) -> BankSettings:
    """The bank as registration described it, and the wallet's way to it."""
    membership = json.loads(config.membership.read_bytes())
    certificate = config.keys / "client.crt"
    return BankSettings(
        app_id=membership["app_id"],
        issuer=config.gateway_url,
        authorization_endpoint=config.authorization_endpoint,
        redirect_uri=config.redirect_uri,
        suite=config.suite,
        bank_jwks=membership["bank_jwks"],
        ca_certificate=config.ca_certificate,
        client_certificate=ClientCertificate(certificate, config.keys / "client.key", vault.passphrase)
        if certificate.exists()
        else None,
        timeout_s=config.bank_timeout_s,
        weakened=config.weakened,
    )


def client_keys(config: AppConfig, vault: Vault) -> ClientKeys:
    """The wallet's keys, out of its custody."""
    return ClientKeys(
        signing=load_private((config.keys / "sig.pem").read_bytes(), vault.passphrase, "sig"),
        opening=load_private((config.keys / "enc.pem").read_bytes(), vault.passphrase, "enc"),
        secret=MacKey(config.suite, vault.fetch("app-secret")) if vault.holds("app-secret") else None,
    )
