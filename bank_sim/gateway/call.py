"""One call and the facts established so far. Facts are looked up here; whether they suffice, the checks decide.

Each fact that costs a lookup is read when it is first asked for and then kept, so that a check left out (a weakened
bank) neither costs the later ones their facts nor makes anybody read twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from bank_sim.bank import Bank
from bank_sim.consent import Consent
from bank_sim.corelink import OperationRequest
from bank_sim.edge.connection import Connection
from bank_sim.registry.api import Api, Column
from bank_sim.registry.applications import SECRET
from bank_sim.registry.catalogue import Route
from bank_sim.registry.lives import Life
from bank_sim.registry.parties import Application, Credential
from bank_sim.sandbox.faults import Strike
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SealContext
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signature_headers import ReceivedSignature
from bank_sim.throttle import ENFORCEABLE, Caller, FailureGate, Passage
from bank_sim.tokens import Grant

Fact = TypeVar("Fact")

_BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Gateway:
    """What serves the calls: the bank's parts, and the gate for sources that fail."""

    bank: Bank
    failures: FailureGate
    authority: str
    """Host and port as clients must address them; without the port where it is 443."""


@dataclass(eq=False)
class Call:
    """``headers`` have lower-case names; ``path`` and ``query`` are as on the wire; ``now_ms`` is virtual time."""

    gateway: Gateway
    trace_id: str
    received_ns: int
    now_ms: int
    method: str
    path: str
    query: str
    headers: dict[str, str]
    headers_fault: Problem | None
    body: bytes
    source: str
    peer_certificate: bytes | None
    connection: Connection
    weakened: frozenset[str]
    route: Route | None
    api: Api | None
    life: Life | None = None
    # Set by the checks that establish them, in this order.
    source_failed: bool = True
    signature: ReceivedSignature | None = None
    application: Application | None = None
    credential: Credential | None = None
    proven: bool = False
    opened: dict[str, Any] | None = None
    # The sandbox's faults that befall the call, once every check has let it through.
    strikes: tuple[Strike, ...] = ()

    @property
    def bank(self) -> Bank:
        return self.gateway.bank

    @property
    def now_s(self) -> float:
        return self.now_ms / 1000

    @property
    def column(self) -> Column:
        return self.api.column if self.api is not None else "unknown"

    # Beyond the first rows of the pipeline these are known; the names say so to readers and to the type checker.

    @property
    def known_api(self) -> Api:
        return _known(self.api)

    @property
    def known_signature(self) -> ReceivedSignature:
        return _known(self.signature)

    @property
    def known_application(self) -> Application:
        return self._named(self.application)

    @property
    def known_credential(self) -> Credential:
        return self._named(self.credential)

    @property
    def claims_secret(self) -> bool:
        """The keyid names an App_Secret: a claim, like the App_ID before it."""
        return self.known_signature.keyid.partition(".")[2] == SECRET

    def _named(self, fact: Fact | None) -> Fact:
        """Missing only behind an unproven App_Secret, at a bank without ``message_signature``."""
        if fact is None and self.signature is not None and self.claims_secret:
            raise problems.APP_AUTH_FAILED.problem()
        return _known(fact)

    # Facts that cost a lookup

    @cached_property
    def request(self) -> Request:
        """What its signature covers."""
        return Request(self.method, self.headers.get("host", ""), self.path, self.query, self.headers)

    @cached_property
    def certificate_sha256(self) -> str | None:
        """The fingerprint of the client certificate that TLS verified."""
        return hashlib.sha256(self.peer_certificate).hexdigest() if self.peer_certificate else None

    @property
    def token(self) -> str | None:
        """The access token (RFC 6750 section 2.1)."""
        value = self.headers.get("authorization", "")
        return value[len(_BEARER) :] if value[: len(_BEARER)].lower() == _BEARER.lower() else None

    @cached_property
    def grant(self) -> Grant | None:
        """What the access token stands for, active or not."""
        return self.bank.tokens.find(self.token) if self.token else None

    @cached_property
    def consent(self) -> Consent | None:
        """The user's consent behind the token, in whatever state."""
        consent_id = self.grant.consent_id if self.grant is not None else None
        return self.bank.consents.get(consent_id) if consent_id else None

    @property
    def customer_id(self) -> str | None:
        return self.grant.customer_id if self.grant is not None else None

    @cached_property
    def passage(self) -> Passage:
        """Its place under the limits of calls, taken when it is first asked for: only once it is proven who calls."""
        caller = Caller(self.known_application.app_id, self.known_api.api_id, self.customer_id, self.source)
        return self.bank.throttle.pass_through(caller, ENFORCEABLE - self.weakened)

    @property
    def passed(self) -> Passage | None:
        """The place that it has taken, if it came so far."""
        return self.__dict__.get("passage")

    @cached_property
    def document(self) -> dict[str, Any]:
        """The members of the body, strictly read."""
        return strict_json.parse_object(self.body) if self.body else {}

    @cached_property
    def query_parameters(self) -> dict[str, str]:
        """The query's members; PARAM_INVALID for what cannot be read in one way only."""
        try:
            pairs = parse_qsl(
                self.query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=20
            )
        except ValueError as error:
            raise problems.PARAM_INVALID.problem("The query cannot be read.") from error
        if len(dict(pairs)) != len(pairs):
            raise problems.PARAM_INVALID.problem("A query parameter stands twice.")
        return dict(pairs)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Path and query parameters by name."""
        named = dict(self.route.parameters) if self.route is not None else {}
        return (self.query_parameters | named) if self.query else named

    @property
    def account_ref(self) -> str | None:
        """The account that the call names, wherever it names it."""
        return self.parameters.get("account_ref") or self.document.get("debtor_account_ref")

    @cached_property
    def account(self) -> tuple[str, str] | None:
        """(consent_id, account_id) behind ``account_ref``, under whichever consent it was given out."""
        return self.bank.consents.account_of(self.account_ref) if self.account_ref else None

    @property
    def names_transfer(self) -> bool:
        """The call is about a transfer that was ordered before; a debit orders its own."""
        return "transfer_id" in self.parameters

    @cached_property
    def transfer(self) -> dict[str, Any]:
        """The transfer that the call names, as the core describes it; RESOURCE_NOT_AUTHORIZED for anybody else's."""
        request = OperationRequest(
            app_id=self.known_application.app_id,
            now_ms=self.now_ms,
            customer_id=self.customer_id,
            params=self.parameters,
        )
        return self.bank.corelink.call("transfers.describe", self.bank.store.db.conn, request)

    def read_users_word_anew(self) -> None:
        """Consent and account are looked up again when they are next asked for."""
        for fact in ("consent", "account"):
            self.__dict__.pop(fact, None)

    def seal_context(self, direction: str) -> SealContext:
        """Where the sealed fields of this call and of its answer belong."""
        return SealContext(
            self.known_application.app_id,
            self.known_api.api_id,
            "request" if direction == "request" else "response",
            self.known_signature.nonce,
        )


def _known(fact: Fact | None) -> Fact:
    if fact is None:
        raise LookupError("a check asked for a fact that an earlier row establishes")
    return fact
