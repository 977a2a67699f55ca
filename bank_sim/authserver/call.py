"""One OAuth call: what arrived, and the facts that the checks establish about it. It judges nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flask import Request as FlaskRequest

from bank_sim.bank import Bank
from bank_sim.consent import ConsentRequest
from bank_sim.edge.headers import read_headers
from bank_sim.edge.refusals import new_trace_id
from bank_sim.identity import Session
from bank_sim.registry.parties import Application, Credential
from bank_sim.registry.registration import certificate_sha256
from bank_sim.sandbox.faults import Strike
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.assertions import NOT_PROVEN, Assertion
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signature_headers import ReceivedSignature
from bank_sim.throttle import FailureGate
from bank_sim.tokens import Binding

Endpoint = Literal[
    "par", "token", "revoke", "introspect", "embedded", "embedded.proof", "keys", "keys.proof", "keys.revoke",
    "keys.secret", "keys.certificate", "events", "notices", "notices.sign", "evidence", "reconciliation", "checkpoints",
    "checkpoints.sign",
]  # fmt: skip


@dataclass(slots=True)
class OAuthCall:
    """Facts are None until a check has established them; a check must not use what a later one establishes.

    ``headers_fault``       what is wrong with the headers, as ``edge.headers`` says
    ``certificate_sha256``  the TLS client's certificate, proven by the handshake; None when there was none
    ``credential``          the key that the client assertion names; None for mTLS
    ``proven``              assertion or certificate holds: who calls is the application, and may be told of itself
    ``asked``               what a pushed request asks the user for
    ``form_session``        the embedded form that a proof is for; ``due``: the step that waits to be taken in it
    ``entry``               digits and ticks that were sealed on its keypad
    """

    bank: Bank
    failures: FailureGate
    endpoint: Endpoint
    message: Request
    body: bytes
    headers_fault: Problem | None
    certificate_sha256: str | None
    source: str
    received_ns: int
    trace_id: str
    weakened: frozenset[str]
    form: dict[str, str] = field(default_factory=dict)
    application: Application | None = None
    credential: Credential | None = None
    proven: bool = False
    assertion: Assertion | None = None
    signature: ReceivedSignature | None = None
    binding: Binding = field(default_factory=Binding)
    asked: ConsentRequest | None = None
    consent_id: str | None = None
    customer_id: str | None = None
    form_session: Session | None = None
    due: str = ""
    entry: tuple[str, dict[str, str]] | None = field(default=None, repr=False)
    strikes: tuple[Strike, ...] = ()

    @property
    def client(self) -> Application:
        """The application, once it is proven. Unknown only at a server without the checks that prove it."""
        if self.application is None:
            raise problems.OAUTH_INVALID_CLIENT.problem(NOT_PROVEN)
        return self.application

    @property
    def is_signed(self) -> bool:
        headers = self.message.headers
        return "signature" in headers or "signature-input" in headers


def receive(bank: Bank, failures: FailureGate, endpoint: Endpoint, request: FlaskRequest) -> OAuthCall:
    """Take a call off the web framework's hands (``edge.environ.environ_of``). The edge has bounded its size."""
    environ = request.environ
    headers, fault = read_headers(environ["sandbox.raw_headers"])
    certificate: bytes | None = environ["sandbox.peer_certificate"]
    return OAuthCall(
        bank=bank,
        failures=failures,
        endpoint=endpoint,
        message=Request(
            request.method,
            headers.get("host", ""),
            environ["sandbox.raw_path"],
            environ["QUERY_STRING"],
            headers,
        ),
        body=request.get_data(cache=False),
        headers_fault=fault,
        certificate_sha256=certificate_sha256(certificate) if certificate else None,
        source=request.remote_addr or "-",
        received_ns=environ["sandbox.received_ns"],
        trace_id=new_trace_id(),
        weakened=bank.switches.weakened(),
    )
