"""The wallet's only door to the bank: the bank's SDK, told what this wallet wants (JR/T 0185 9.3.5-3.1).

Nothing else in the wallet imports the SDK. Answers pass through to the page that asked and are never stored; a payee
exists here only for as long as it takes to seal it (9.3.3-2.2.1).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property, partial
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from app_sim import asking
from app_sim.breaker import BreakerPolicy, Breakers, BreakerState, Judgement, Outage, Resting
from app_sim.config import AppConfig
from app_sim.orders import AgreementTerms, Debit, Payee, TransferOrder
from app_sim.vault import Vault, write_private
from bank_sim.sdk import browser
from bank_sim.sdk.clock import Clock, FollowingClock, SystemClock
from bank_sim.sdk.deletion import state_deletion
from bank_sim.sdk.events import CHECK_NAMES as EVENT_CHECK_NAMES
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
from bank_sim.sdk.server import ReceivedEvent as BankEvent
from bank_sim.sdk.transport import open_channel

__all__ = [
    "EVENTS_PATH", "GENESIS", "AgreementTerms", "Bank", "BankCall", "BankEvent", "Clock", "Debit", "EmbeddedForm",
    "EmbeddedStep", "Payee", "Pkce", "PrivateKey", "Problem", "Tokens", "Transfer", "TransferOrder", "bank_settings",
    "browser", "client_keys", "first_break", "format_fen", "generate", "link", "load_private", "open_clock",
    "parse_fen", "problems",
]  # fmt: skip

EVENTS_PATH = "/events"
"""Where the wallet takes the bank's events."""

Items = list[dict[str, Any]]
Transfer = dict[str, Any]
Result = TypeVar("Result")

_DAY_S = 86_400


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
        self._vault = vault
        self._observe = observe
        self._transport = transport
        self._keeping = threading.Lock()
        self._client = self._open_client()
        self._former: BankClient | None = None
        if isinstance(clock, FollowingClock):
            clock.on_restored = self.reload
        self.breakers = Breakers(BreakerPolicy(), clock.now_s)

    def believe_event(self, headers: Mapping[str, str], body: bytes, is_new_nonce: Callable[[str], bool]) -> BankEvent:
        """What was posted to the wallet's address for events, known to be the bank's; a ``Problem`` if it is not."""
        url = self._config.external_url + EVENTS_PATH
        return self._client.believe_event(url, headers, body, is_new_nonce, self._event_checks_off())

    def _event_checks_off(self) -> frozenset[str]:
        """Checks that a training leaves out: by the wallet's settings, or at the sandbox's control listener."""
        off = self._config.weakened
        if self._config.control_url is not None:
            with suppress(httpx.HTTPError, ValueError, KeyError):
                off |= frozenset(self._sandbox.get(f"{self._config.control_url}/weakened").json()["names"])
        return off & EVENT_CHECK_NAMES

    @cached_property
    def _sandbox(self) -> httpx.Client:
        return open_channel(self._config.ca_certificate, None, timeout_s=2.0)

    def reload(self) -> None:
        """Read keys, membership and pins from the disk again, as after a rotation or a return to a snapshot.

        Calls under way end on the client that they began with, which is closed the next time.
        """
        former, self._former, self._client = self._former, self._client, self._open_client()
        self._close(former)

    def past(self) -> int | None:
        """Another number once the sandbox was put back to a snapshot: what was begun before is of no use after."""
        self._clock.refresh()
        return self._clock.epoch if isinstance(self._clock, FollowingClock) else None

    def _open_client(self) -> BankClient:
        config, vault = self._config, self._vault
        return BankClient(
            bank_settings(config, vault), client_keys(config, vault), self._clock, self._transport, self._observe,
            self._keep_bank_keys,
        )  # fmt: skip

    def _close(self, client: BankClient | None) -> None:
        """A transport that was handed in is shared by all clients, and its owner's to close."""
        if client is not None and self._transport is None:
            client.close()

    def _keep_bank_keys(self, document: dict[str, Any]) -> None:
        """The bank has changed its keys, and vouched for it: the pins of the next start."""
        with self._keeping:
            membership = json.loads(self._config.membership.read_bytes()) | {"bank_jwks": document}
            write_private(self._config.membership, json.dumps(membership, indent=2).encode())

    # The wallet's own credentials

    @property
    def app_id(self) -> str:
        return self._client.oauth.app_id

    def register_key(self, new: PrivateKey) -> None:
        """Have a key serve beside the present one of its use; signed by the present one, proven by the new one."""
        self._guarded("oauth.keys", lambda: self._client.own_keys.register(new))

    def revoke_key(self, kid: str, reason: str) -> None:
        self._guarded("oauth.keys", lambda: self._client.own_keys.revoke(f"{self.app_id}.{kid}", reason))

    def renew_secret(self) -> str:
        return self._guarded("oauth.keys", self._client.own_keys.renew_secret)

    def sign_end_notices(self) -> None:
        """Sign what holds after the end of each version that the bank has told the wallet of."""
        for notice in self._guarded("oauth.notices", self._client.end_notices.all):
            if notice.document is not None and not notice.signed:
                self._guarded("oauth.notices", partial(self._client.end_notices.sign, notice))

    def state_deletion(self, deleted: Mapping[str, int], kept: Mapping[str, str]) -> str:
        """The wallet's signed statement of what it deleted, and of what it keeps for which reason."""
        signing = client_keys(self._config, self._vault).signing
        return state_deletion(signing, self.app_id, deleted, kept, int(self._clock.now_s()))

    def events_after(self, sequence: int) -> list[BankEvent]:
        """What the bank told behind a sequence number."""
        return self._guarded("oauth.events", lambda: self._client.events_after(sequence))

    def refresh_keys(self) -> None:
        """Ask for the bank's keys: it has told of a change."""
        self._client.refresh_bank_keys()

    def outage(self) -> Outage | None:
        """What does not answer at present; None while all that was asked for does."""
        return self.breakers.outage()

    def _call(self, api_id: str, method: str, path: str, **how: Any) -> Answer:
        return self._guarded(api_id, lambda: self._client.call(api_id, method, path, **how))

    def _guarded(self, name: str, ask: Callable[[], Result]) -> Result:
        try:
            return self.breakers.of(name).run(ask, _answered)
        except Resting as resting:
            raise _unasked(resting.state) from None

    def close(self) -> None:
        self._close(self._former)
        self._client.close()
        if "_sandbox" in self.__dict__:
            self._sandbox.close()

    # Public information, A1: HMAC with App_Secret, both ways

    def public(self, api_id: str, path: str, version: str) -> Mapping[str, Any]:
        return self._call(api_id, "GET", path, with_secret=True, version=version).data

    # The user's authorization

    def ask_for_accounts(self, state: str, pkce: Pkce) -> str:
        """The address to send the user to, who there chooses accounts and says yes or no."""
        return self._ask(asking.accounts(self._until_s()), state, pkce)

    def ask_to_renew(self, consent: Mapping[str, Any], state: str, pkce: Pkce) -> str:
        """The same for keeping what a consent gives, for longer. ``consent``: as ``consent_behind`` tells."""
        return self._ask(asking.renewal(consent, self._until_s()), state, pkce)

    def ask_to_amend(self, consent: Mapping[str, Any], state: str, pkce: Pkce) -> str:
        """The same for choosing accounts anew, and giving all that the wallet has a use for."""
        return self._ask(asking.amendment(consent, self._until_s()), state, pkce)

    def ask_for_agreement(self, terms: AgreementTerms, payee: Payee, state: str, pkce: Pkce) -> str:
        """The address where the user agrees to payments to one payee, within limits, without being asked each time."""
        amount, total = format_fen(terms.amount_fen), format_fen(terms.amount_fen * terms.times)
        sealed = {"creditor_account": payee.account, "creditor_name": payee.name}
        request_uri = self._pushed(asking.agreement(terms, amount, total), state, pkce, sealed)
        return self._client.oauth.authorization_url(request_uri)

    def consent_behind(self, token: str) -> dict[str, Any] | None:
        """What the user's consent is at the bank at this moment; None when it is over."""
        oauth = self._client.oauth
        state = self._guarded("oauth.introspect", lambda: oauth.introspect(token))
        details: list[dict[str, Any]] = state.get("authorization_details", [])
        return details[0] if state.get("active") and details else None

    def _until_s(self) -> float:
        return self._clock.now_s() + self._config.consent_days * _DAY_S

    def ask_for_payment(self, transfer_id: str, state: str, pkce: Pkce) -> str:
        """The address where the user confirms this one transfer with two factors."""
        return self._ask(asking.one_payment(transfer_id), state, pkce)

    def open_form(self, transfer_id: str, state: str, pkce: Pkce, language: str) -> EmbeddedForm:
        """The same as a form of the bank for a frame of the wallet's page, in ``en`` or ``zh``."""
        request_uri = self._pushed(asking.one_payment(transfer_id), state, pkce)
        return self._guarded("oauth.embedded", lambda: self._client.embedded.open(request_uri, language))

    def hand_over(self, session: str, sealed: str) -> EmbeddedStep:
        """Relay what the bank's form has sealed in the user's browser."""
        return self._guarded("oauth.embedded.proof", lambda: self._client.embedded.hand_over(session, sealed))

    def send_code_again(self, session: str, language: str) -> EmbeddedStep:
        return self._guarded("oauth.embedded.proof", lambda: self._client.embedded.send_again(session, language))

    def _ask(self, details: dict[str, Any], state: str, pkce: Pkce) -> str:
        return self._client.oauth.authorization_url(self._pushed(details, state, pkce))

    def _pushed(self, details: dict[str, Any], state: str, pkce: Pkce, sealed: Mapping[str, str] | None = None) -> str:
        oauth = self._client.oauth
        return self._guarded("oauth.par", lambda: oauth.push_authorization_request([details], state, pkce, sealed))

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

    def debit(self, token: str, debit: Debit) -> Transfer:
        """Have a debit under an agreement executed; the same order executes once, however often this is called."""
        return self._call(
            "debits.create",
            "POST",
            "/api/debits",
            body={
                "order_no": debit.order_no,
                "debtor_account_ref": debit.debtor_account_ref,
                "amount": format_fen(debit.amount_fen),
                "currency": "CNY",
            },
            token=token,
            idempotency_key=f"debit-{debit.order_no}",
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
        weakened=config.weakened - EVENT_CHECK_NAMES,
    )


def client_keys(config: AppConfig, vault: Vault) -> ClientKeys:
    """The wallet's keys, out of its custody."""
    return ClientKeys(
        signing=load_private((config.keys / "sig.pem").read_bytes(), vault.passphrase, "sig"),
        opening=load_private((config.keys / "enc.pem").read_bytes(), vault.passphrase, "enc"),
        secret=MacKey(config.suite, vault.fetch("app-secret")) if vault.holds("app-secret") else None,
        former=tuple(
            load_private(path.read_bytes(), vault.passphrase, "enc") for path in config.keys.glob("enc.former.pem")
        ),
    )
