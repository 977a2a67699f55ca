"""The bank's SDK for application servers: sign, seal, send, verify, open. It holds no business logic (6.1).

The application names the interface and its members; what they mean, which limits hold and what to do next is decided
by the application and by the bank. First signed call, with the values that registration handed out::

    from pathlib import Path
    from bank_sim.sdk.clock import SystemClock
    from bank_sim.sdk.protocol.keypairs import MacKey, load_private
    from bank_sim.sdk.server import BankClient, BankSettings, ClientKeys

    keys = ClientKeys(
        signing=load_private(Path("sig.pem").read_bytes(), passphrase, "sig"),
        opening=load_private(Path("enc.pem").read_bytes(), passphrase, "enc"),
        secret=MacKey("gm", app_secret.encode()),
    )
    settings = BankSettings(
        app_id, "https://localhost:8440", "https://bank.localhost:8441/authorize", "https://me.example/callback",
        "gm", bank_jwks, Path("ca.crt"),
    )
    with BankClient(settings, keys, SystemClock()) as client:
        print(client.call("products.list", "GET", "/api/products", with_secret=True).data)

An answer that is returned has been verified. Everything else is a ``Problem`` with ``code``, ``detail`` and
``members``: ``trace_id`` to name when asking the bank, ``trusted`` (whether the bank signed the refusal).
RESULT_UNKNOWN after a call that moves money means exactly that: query, and order again only after a definite answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from bank_sim.sdk.answers import Received
from bank_sim.sdk.authorization import AuthorizationClient, Tokens
from bank_sim.sdk.clock import Clock
from bank_sim.sdk.credentials import BankSettings, ClientCertificate, ClientKeys
from bank_sim.sdk.embedded import EmbeddedForm, EmbeddedForms, EmbeddedStep
from bank_sim.sdk.environment import Environment, unobserved
from bank_sim.sdk.events import EventCase, ReceivedEvent, require_event
from bank_sim.sdk.evidence import Logged, state_evidence
from bank_sim.sdk.manifest import ATTESTATION_HEADER, attest
from bank_sim.sdk.notices import EndNotices
from bank_sim.sdk.pkce import Pkce
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.sdk.protocol.problems import DECRYPT_FAILED, JSON_INVALID, SEALED_MALFORMED, Problem
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed, seal
from bank_sim.sdk.receipts import Receipt
from bank_sim.sdk.reconciliation import (
    DIFFERENCES_MAX,
    Accounts,
    DayFile,
    Difference,
    FileCase,
    SignedFile,
    require_file,
)
from bank_sim.sdk.rotation import OwnKeys, RotatedKey
from bank_sim.sdk.tracing import Tracing, untraced
from bank_sim.sdk.training import LeftOut, nothing
from bank_sim.sdk.transport import open_channel
from bank_sim.sdk.trust import Keep
from bank_sim.sdk.wire import BankCall, Outgoing, Wire
from bank_sim.sdk.witnessing import CheckpointExchange

__all__ = [
    "Answer", "BankCall", "BankClient", "BankSettings", "ClientCertificate", "ClientKeys", "EmbeddedForm",
    "EmbeddedStep", "Logged", "Pkce", "ReceivedEvent", "RotatedKey", "Tokens",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified success. ``data``: the body's members, the sealed ones opened; ``headers`` have lower-case names."""

    status: int
    data: dict[str, Any] = field(repr=False)
    headers: Mapping[str, str]
    trace_id: str | None


class BankClient:
    """Calls one bank for one application. Threads may share it; it keeps TLS connections until ``close``.

    ``transport`` takes the wire's place, so that a test or a scenario can be the man in the middle.
    ``observe`` is told of every message sent, for the application's access log. ``keep_bank_keys`` is handed what is
    to be kept of the bank's keys when they have changed, and to be given back as ``BankSettings.bank_jwks``.
    ``tracing`` opens a span for each message (``tracing.Spans.calling``); without it each has a trace of its own.
    ``keep_receipt`` is handed each message that moves money and the bank's answer to it (``receipts``).
    ``left_out`` names the checks that a training leaves out at this moment; only the sandbox has a use for it.
    ``environment`` tells what was found on a user's device that runs this SDK; an application's server has none.
    """

    def __init__(
        self,
        settings: BankSettings,
        keys: ClientKeys,
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
        observe: Callable[[BankCall], None] | None = None,
        keep_bank_keys: Keep | None = None,
        tracing: Tracing = untraced,
        left_out: LeftOut = nothing,
        keep_receipt: Callable[[Receipt], None] | None = None,
        environment: Environment = unobserved,
    ) -> None:
        self._channel = open_channel(
            settings.ca_certificate, settings.client_certificate, settings.timeout_s, transport
        )
        self._keys = keys
        self._app_id = settings.app_id
        self._environment = environment
        self._wire = Wire(
            settings, keys, clock, self._channel, observe, keep_bank_keys, tracing, left_out, keep_receipt
        )
        self.oauth = AuthorizationClient(self._wire, keys.signing)
        self.embedded = EmbeddedForms(self.oauth)
        self.own_keys = OwnKeys(self.oauth, keys)
        self.end_notices = EndNotices(self.oauth, keys)
        self.checkpoints = CheckpointExchange(self.oauth, keys, lambda kid: self._wire.bank.verifying(kid).get(kid))

    def call(
        self,
        api_id: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        sealed: Mapping[str, Any] | None = None,
        token: str | None = None,
        idempotency_key: str | None = None,
        with_secret: bool = False,
        user_present: bool = False,
        version: str = "1",
    ) -> Answer:
        """Call one interface and return its verified answer.

        ``api_id``           as the bank publishes it, such as ``accounts.balance``; sealed fields are bound to it
        ``path``             percent-encoded, such as ``/api/accounts/…/balance``; ``query`` is encoded here
        ``sealed``           sensitive members, which travel as one JWE that only the bank can open
        ``token``            the user's access token, for A2 interfaces
        ``idempotency_key``  for interfaces that move money: the same key for the same intent, however often sent
        ``with_secret``      authenticate by HMAC with App_Secret, which A1 interfaces take
        ``user_present``     the user is looking at this moment; what runs by itself must not say so
        """
        given: dict[str, str] = {"x-api-version": version}
        if token is not None:
            given["authorization"] = f"Bearer {token}"
        if user_present:
            given["x-user-present"] = "?1"
        if not with_secret:
            given[ATTESTATION_HEADER] = attest().found(self._environment()).header()
        if idempotency_key is not None:
            given["idempotency-key"] = idempotency_key
        if body is not None or sealed is not None:
            given["content-type"] = "application/json"

        def compose(nonce: str) -> Outgoing:
            return Outgoing(
                name=api_id,
                method=method,
                path=path,
                query=urlencode(query or {}),
                headers=given,
                body=self._body(api_id, nonce, body, sealed),
                repeatable=method == "GET" or idempotency_key is not None,
                moves_money=idempotency_key is not None,
                with_secret=with_secret,
            )

        sealed_to = self._wire.bank.sealing
        try:
            return self._wire.exchange(compose, lambda received: self._answer(api_id, received))
        except Problem as problem:
            if sealed is None or not _unopened(problem) or not self._wire.bank.outgrown(sealed_to):
                raise
        # The bank had given that key up and did nothing: sealed to its present one, this is the first sending.
        return self._wire.exchange(compose, lambda received: self._answer(api_id, received))

    def believe_event(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        is_new_nonce: Callable[[str], bool],
        weakened: frozenset[str] = frozenset(),
    ) -> ReceivedEvent:
        """The event that was posted to ``url``, the application's own address for events; a ``Problem`` if it is none.

        ``is_new_nonce`` notes a nonce for at least twice the window, and says whether it came for the first time. Act
        upon an ``event_id`` once: what was not answered with 2xx comes again, under another nonce.
        """
        window_s, now_s = self._wire.settings.window_s, self._wire.clock.now_s()

        def key_of(kid: str) -> PublicKey | None:
            return self._wire.bank.verifying(kid).get(kid)

        case = EventCase(url, self._app_id, headers, body, key_of, now_s, window_s, is_new_nonce)
        return require_event(case, weakened)

    def events_after(self, sequence: int) -> list[ReceivedEvent]:
        """The bank's events with greater sequence numbers, oldest first, at most a hundred: for whoever sees a gap."""
        answer = self.oauth.post("events", after=str(sequence))
        try:
            return msgspec.convert(answer.get("events"), list[ReceivedEvent])
        except msgspec.ValidationError as error:
            raise JSON_INVALID.problem("The bank's answer holds no events.") from error

    def hand_in_evidence(self, request_id: str, calls: Sequence[Logged], unanswered: int) -> None:
        """Answer the bank's request for this application's log of calls, oldest first; signed with the present key.

        ``unanswered``: calls of that time to which no answer came. Refusals are the bank's: STATE_CHANGED, ….
        """
        stated_at_s = int(self._wire.clock.now_s())
        statement = state_evidence(self._keys.signing, self._app_id, request_id, calls, unanswered, stated_at_s)
        self.oauth.post("evidence", request_id=request_id, statement=statement)

    def believe_file(
        self, signed: SignedFile, day: str, accounts: Accounts = "masked", weakened: frozenset[str] = frozenset()
    ) -> DayFile:
        """The file, once it is known to be the bank's, this application's and unaltered; a ``Problem`` if it is not.

        However it came: out of ``reconciliation.gather`` a moment ago, or through other hands.
        """

        def key_of(kid: str) -> PublicKey | None:
            return self._wire.bank.verifying(kid).get(kid)

        return require_file(FileCase(signed, self._app_id, day, accounts, key_of), weakened)

    def tell_reconciliation(self, day: str, matched: int, differences: Sequence[Difference]) -> None:
        """Tell the bank how a day's file and this application's books compare; the last word of a day counts."""
        told = strict_json.dump([list(each) for each in differences[:DIFFERENCES_MAX]]).decode()
        self.oauth.post("reconciliation", day=day, matched=str(matched), differences=told)

    def refresh_bank_keys(self) -> None:
        """Ask the bank for its keys now, as when it has told of a change. KEY_SET_UNTRUSTED, SERVICE_UNAVAILABLE."""
        self._wire.bank.refresh()

    def _body(self, api_id: str, nonce: str, body: Mapping[str, Any] | None, sealed: Mapping[str, Any] | None) -> bytes:
        if body is None and sealed is None:
            return b""
        members = dict(body or {})
        if sealed is not None:
            context = SealContext(self._app_id, api_id, "request", nonce)
            members["sealed"] = seal(dict(sealed), self._wire.bank.sealing, context)
        return strict_json.dump(members)

    def _answer(self, api_id: str, received: Received) -> Answer:
        data = received.document()
        if "sealed" in data:
            text = data.pop("sealed")
            if not isinstance(text, str):
                raise SEALED_MALFORMED.problem()
            context = SealContext(self._app_id, api_id, "response", received.nonce)
            data |= open_sealed(text, self._keys.opener_of(text), context)
        return Answer(received.status, data, received.headers, received.trace_id)

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> BankClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _unopened(problem: Problem) -> bool:
    """Whether the bank says, signed, that it could not open what was sealed."""
    return problem.kind is DECRYPT_FAILED and bool(problem.members.get("trusted"))
