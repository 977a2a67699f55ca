"""One signed exchange with the bank: compose, sign, send, verify, and say honestly what is known afterwards.

The rules for repeating a message live here. A message may go out again only when the bank cannot act on it twice:
it reads, or it carries an idempotency key, or it never left. A message that moves money and whose answer is lost or
cannot be trusted has an *unknown* result (RESULT_UNKNOWN): only a query may decide it. Knows no interface of the bank.
"""

from __future__ import annotations

import secrets
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

import httpx

from bank_sim.sdk.answers import FOUNDATIONS, Received, require_answer
from bank_sim.sdk.checks import APPLICATION_CHECKS
from bank_sim.sdk.clock import Clock
from bank_sim.sdk.credentials import BankSettings, ClientKeys
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import (
    BANK_IDENTITY_INVALID,
    KEY_UNKNOWN,
    RESULT_UNKNOWN,
    SERVICE_UNAVAILABLE,
    Problem,
)
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_request
from bank_sim.sdk.protocol.trace_context import HEADER as TRACEPARENT
from bank_sim.sdk.receipts import Receipt
from bank_sim.sdk.tracing import Tracing, untraced
from bank_sim.sdk.training import LeftOut, nothing
from bank_sim.sdk.transport import Channel
from bank_sim.sdk.trust import BankTrust, Keep

Result = TypeVar("Result")

_NONCE_BYTES = 18
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

BEFORE_THE_NONCE = frozenset(
    {
        "ALG_NOT_ALLOWED", "API_NOT_FOUND", "API_VERSION_REQUIRED", "API_VERSION_UNKNOWN", "APP_AUTH_FAILED",
        "APP_BLACKLISTED", "APP_EXITED", "APP_LOCKED", "APP_SUSPENDED", "AUTHORITY_MISMATCH", "BODY_TIMEOUT",
        "BODY_TOO_LARGE",
        "CERT_APP_MISMATCH", "CERT_REQUIRED", "CERT_REVOKED", "CREDENTIAL_TOO_WEAK", "DIGEST_MISMATCH",
        "DIGEST_REQUIRED", "HEADER_DUPLICATED", "HEADER_FOLDED", "HEADER_INVALID", "KEY_EXPIRED", "KEY_INVALID",
        "KEY_NOT_YET_VALID", "KEY_REVOKED", "KEY_UNKNOWN", "KEY_USAGE_MISMATCH", "MALFORMED_HTTP",
        "MEDIA_TYPE_UNSUPPORTED", "METHOD_NOT_ALLOWED", "NONCE_REPLAYED", "RATE_LIMITED", "SIGNATURE_AMBIGUOUS",
        "SIGNATURE_COVERAGE", "SIGNATURE_INVALID", "SIGNATURE_MALFORMED", "SIGNATURE_REQUIRED",
        "SOURCE_BLACKLISTED", "TIMESTAMP_EXPIRED",
    }
)  # fmt: skip
"""Refusals by which the bank has not yet accepted a message as this application's, sent now and once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message before it is signed. Header names are lower-case; ``query`` has no question mark.

    ``name``         what the observer calls it: an API_ID, or ``oauth.token`` and the like
    ``repeatable``   it may be sent again though it may have arrived
    ``moves_money``  its result must never be guessed
    ``with_secret``  authenticate with App_Secret, which A1 interfaces take, instead of the signing key
    """

    name: str
    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    repeatable: bool = False
    moves_money: bool = False
    with_secret: bool = False


@dataclass(frozen=True, slots=True)
class BankCall:
    """One sending of one message, for the application's access log (JR/T 0185 12.3-2.1). ``code`` None: success."""

    api_id: str
    code: str | None
    trace_id: str | None
    elapsed_us: int


class _Lost(Exception):
    """No answer came, or none that can be read. ``sent``: the message may have arrived nevertheless."""

    def __init__(self, sent: bool) -> None:
        super().__init__()
        self.sent = sent


class Wire:
    """Sends the messages of one application to one bank."""

    def __init__(
        self,
        settings: BankSettings,
        keys: ClientKeys,
        clock: Clock,
        channel: Channel,
        observe: Callable[[BankCall], None] | None = None,
        keep_bank_keys: Keep | None = None,
        tracing: Tracing = untraced,
        left_out: LeftOut = nothing,
        keep_receipt: Callable[[Receipt], None] | None = None,
    ) -> None:
        unknown = settings.weakened - APPLICATION_CHECKS - FOUNDATIONS
        if unknown:
            raise ValueError(f"no check of an application is named {', '.join(sorted(unknown))}")
        self.settings = settings
        self.left_out = left_out
        self.bank = BankTrust(settings, clock, self._fetch, keep_bank_keys, left_out)
        self.clock = clock
        self._keys = keys
        self._channel = channel
        self._observe = observe
        self._keep_receipt = keep_receipt
        self._tracing = tracing

    def exchange(self, compose: Callable[[str], Outgoing], read: Callable[[Received], Result]) -> Result:
        """What ``read`` makes of the verified answer to the message that ``compose`` makes from a nonce.

        1. Compose and sign, each time anew: a nonce serves once, and sealed fields are bound to it.
        2. Send. A connection that fails before anything left is tried again; one that breaks later, only for a
           repeatable message.
        3. Verify the answer by ``answers.ANSWER_CHECKS``; only then does a refusal count as the bank's. Read it.
        4. For a message that moves money every outcome but a proven one becomes RESULT_UNKNOWN, with the code of the
           refusal as ``answer_code``. A refusal of a repetition proves nothing of an earlier sending that may have
           arrived, whatever it says: the user may have revoked, or a token ended, between the two.

        Raises ``Problem``: the bank's own, with its ``trace_id`` and ``trusted`` true; a check's; SERVICE_UNAVAILABLE
        when no answer came; BANK_IDENTITY_INVALID when the channel's certificate does not hold.
        """
        self.bank.keep_fresh()
        may_have_arrived = False
        for last in (attempt == self.settings.attempts for attempt in range(1, self.settings.attempts + 1)):
            nonce = secrets.token_urlsafe(_NONCE_BYTES)
            outgoing = compose(nonce)
            try:
                return self._observed(outgoing, nonce, read)
            except _Lost as lost:
                may_have_arrived = may_have_arrived or lost.sent
                if last or (lost.sent and not outgoing.repeatable):
                    raise _unanswered(outgoing, may_have_arrived) from lost.__cause__
            except Problem as problem:
                if outgoing.moves_money and may_have_arrived and problem.kind is not RESULT_UNKNOWN:
                    raise _unknown(problem) from problem
                raise
        raise ValueError("attempts must be at least 1")

    def _observed(self, outgoing: Outgoing, nonce: str, read: Callable[[Received], Result]) -> Result:
        started_ns = time.perf_counter_ns()
        code, trace_id = None, None
        try:
            with self._tracing(outgoing.name) as traceparent:
                received, result = self._once(outgoing, nonce, read, traceparent)
            trace_id = received.trace_id
            return result
        except Problem as problem:
            code, trace_id = problem.code, problem.members.get("trace_id")
            raise
        except _Lost:
            code = RESULT_UNKNOWN.code
            raise
        finally:
            if self._observe is not None:
                elapsed_us = (time.perf_counter_ns() - started_ns) // 1000
                self._observe(BankCall(outgoing.name, code, trace_id, elapsed_us))

    def _once(
        self, outgoing: Outgoing, nonce: str, read: Callable[[Received], Result], traceparent: str
    ) -> tuple[Received, Result]:
        headers = self._signed_headers(outgoing, nonce) | {TRACEPARENT: traceparent}
        received = self._send(outgoing, headers, nonce)
        now_s = self.clock.now_s()
        try:
            keys = self._answer_keys(outgoing, received)
            require_answer(received, headers, keys, now_s, self.settings, self.left_out())
            result = read(received)
        except Problem as problem:
            if outgoing.moves_money and not _is_definite(problem):
                raise _unknown(problem) from problem
            raise
        if outgoing.moves_money and self._keep_receipt is not None:
            self._keep_receipt(self._receipt(outgoing, headers, received))
        return received, result

    def _receipt(self, outgoing: Outgoing, headers: dict[str, str], received: Received) -> Receipt:
        request = Request(outgoing.method, self.settings.authority, outgoing.path, outgoing.query, headers)
        return Receipt(outgoing.name, request, outgoing.body, received.status, received.headers, received.body)

    def _signed_headers(self, outgoing: Outgoing, nonce: str) -> dict[str, str]:
        headers = {"accept": "application/json", "accept-encoding": "identity", **outgoing.headers}
        if outgoing.body:
            headers["content-digest"] = content_digest(self.settings.suite, outgoing.body)
        request = Request(outgoing.method, self.settings.authority, outgoing.path, outgoing.query, headers)
        key, keyid = self._signer(outgoing)
        return headers | sign_request(request, key, keyid, int(self.clock.now_s()), nonce)

    def _signer(self, outgoing: Outgoing) -> tuple[PrivateKey | MacKey, str]:
        app_id = self.settings.app_id
        if not outgoing.with_secret:
            return self._keys.signing, f"{app_id}.{self._keys.signing.kid}"
        if self._keys.secret is None:
            raise KEY_UNKNOWN.problem("This application holds no App_Secret.")
        return self._keys.secret, f"{app_id}.secret"

    def _answer_keys(self, outgoing: Outgoing, received: Received) -> dict[str, PublicKey | MacKey]:
        """Those who may have signed the answer: the bank, or, where both hold App_Secret, whoever holds it."""
        if outgoing.with_secret and self._keys.secret is not None:
            return {f"{self.settings.app_id}.secret": self._keys.secret}
        return dict(self.bank.verifying(received.signer))

    def _send(self, outgoing: Outgoing, headers: dict[str, str], nonce: str) -> Received:
        url = self.settings.issuer + outgoing.path + (f"?{outgoing.query}" if outgoing.query else "")
        try:
            response = self._channel.request(outgoing.method, url, headers=headers, content=outgoing.body or None)
        except httpx.RequestError as error:
            # Beside failures of the transport this is what cannot be decoded: something answered, but nothing is known.
            if _certificate_refused(error):
                raise BANK_IDENTITY_INVALID.problem("The bank's TLS certificate does not hold.") from error
            raise _Lost(sent=not isinstance(error, _NEVER_SENT)) from error
        return Received(response.status_code, dict(response.headers), response.content, nonce)

    def _fetch(self, target: str) -> str:
        """A public text of the gateway, unsigned as an HTTP message; told to the observer like every call."""
        started_ns = time.perf_counter_ns()
        code: str | None = SERVICE_UNAVAILABLE.code
        try:
            answer = self._channel.get(self.settings.issuer + target)
            if answer.status_code != HTTPStatus.OK:
                raise SERVICE_UNAVAILABLE.problem("The bank's key set is not to be had now.")
            code = None
            return answer.text
        except httpx.HTTPError as error:
            raise SERVICE_UNAVAILABLE.problem("The bank's key set is not to be had now.") from error
        finally:
            if self._observe is not None:
                elapsed_us = (time.perf_counter_ns() - started_ns) // 1000
                self._observe(BankCall("bank.keys", code, None, elapsed_us))


def _certificate_refused(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_definite(problem: Problem) -> bool:
    """Whether a refusal proves that nothing was done.

    1. The bank signed it, and it is not the bank's own failure.
    2. It came after the bank had burnt the message's nonce. An earlier one may be about a replayed or altered copy
       that bears the same signature, while the message itself was heeded.

    It speaks of one sending only; what earlier ones did is for ``Wire.exchange`` to weigh.
    """
    signed = bool(problem.members.get("trusted")) and problem.kind.status < 500
    return signed and problem.code not in BEFORE_THE_NONCE


def _unknown(problem: Problem) -> Problem:
    return RESULT_UNKNOWN.problem(
        f"The answer proves nothing about this message ({problem.code}: {problem.detail or problem.kind.title});"
        " query before anything else.",
        reason=str(problem),
        answer_code=problem.code,
        trace_id=problem.members.get("trace_id"),
    )


def _unanswered(outgoing: Outgoing, may_have_arrived: bool) -> Problem:
    if outgoing.moves_money and may_have_arrived:
        return RESULT_UNKNOWN.problem()
    return SERVICE_UNAVAILABLE.problem("The bank did not answer." if may_have_arrived else "The bank was not reached.")
