"""Speaks for a registered application: plain calls in, the bank's wire out. ``plain_listener`` lets tools reach it.

It signs what comes, seals the member ``sealed`` where an interface wants it sealed, adds the user's token, and hands
back what the bank says. Whatever else a tool sends goes through as it is, malformed or not: only what no tool can make
by itself is made here. An answer that does not verify is a finding of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from bank_sim.sdk.answers import Received, require_answer
from bank_sim.sdk.credentials import BankKeys, BankSettings
from bank_sim.sdk.manifest import ATTESTATION_HEADER, attest
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed, seal
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_request
from scenarios.security.description import Json, Operation
from scenarios.security.findings import Finding

_PASSED_ON = ("accept", "content-type", "idempotency-key", "x-user-present")
_NONCE_BYTES = 18


@dataclass(frozen=True, slots=True)
class Speaker:
    """The application that the proxy speaks for. ``token_of``: the user's token for an API_ID; None for A1."""

    settings: BankSettings
    signing: PrivateKey = field(repr=False)
    opening: PrivateKey = field(repr=False)
    bank: BankKeys
    now_s: Callable[[], float]
    token_of: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came. ``target`` is path and query as sent; header names are lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class SigningProxy:
    """Makes the bank's messages of plain calls. Threads may share it."""

    def __init__(self, speaker: Speaker, wire: httpx.BaseTransport, operations: list[Operation]) -> None:
        self.description: Json = {}
        self.findings: list[Finding] = []
        self.calls = 0
        self._speaker = speaker
        self._wire = wire
        self._operations = operations

    def exchange(self, call: Call) -> tuple[int, dict[str, str], bytes]:
        """The bank's status, headers and body; what was sealed is open."""
        self.calls += 1
        path, _, query = call.target.partition("?")
        operation = next((each for each in self._operations if each.matches(call.method, path)), None)
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        body = self._sealed(call.body, operation, nonce)
        headers = self._signed(call, path, query, body, operation, nonce)
        url = self._speaker.settings.issuer + call.target
        sent = [(name.encode(), text.encode("latin-1")) for name, text in headers.items()]
        request = httpx.Request(call.method, url, headers=sent, content=body or None)
        answer = self._wire.handle_request(request)
        try:
            answer.read()
        finally:
            answer.close()
        received = Received(answer.status_code, dict(answer.headers), answer.content, nonce)
        if operation is not None:
            self._believe(operation, received, headers)
        return answer.status_code, dict(answer.headers), self._opened(operation, received)

    def _sealed(self, body: bytes, operation: Operation | None, nonce: str) -> bytes:
        """The body with ``sealed`` sealed, where it is an object; another kind of value goes as it is."""
        if operation is None or not operation.seals:
            return body
        try:
            members = strict_json.parse_object(body)
        except Problem:
            return body
        if not isinstance(members.get("sealed"), dict):
            return body
        context = SealContext(self._speaker.settings.app_id, operation.api_id, "request", nonce)
        return strict_json.dump(members | {"sealed": seal(members["sealed"], self._speaker.bank.sealing, context)})

    def _signed(
        self, call: Call, path: str, query: str, body: bytes, operation: Operation | None, nonce: str
    ) -> dict[str, str]:
        speaker = self._speaker
        headers = {name: call.headers[name] for name in _PASSED_ON if name in call.headers}
        headers = {"accept-encoding": "identity", "x-api-version": "1", "x-user-present": "?1", **headers}
        headers[ATTESTATION_HEADER] = attest().header()
        if operation is None or operation.level != "A1":
            headers["authorization"] = f"Bearer {speaker.token_of(operation.api_id if operation else '')}"
        if body:
            headers["content-digest"] = content_digest(speaker.settings.suite, body)
        keyid = f"{speaker.settings.app_id}.{speaker.signing.kid}"
        for covered in (headers, {name: text for name, text in headers.items() if name != "idempotency-key"}):
            request = Request(call.method, speaker.settings.authority, path, query, covered)
            try:
                return headers | sign_request(request, speaker.signing, keyid, int(speaker.now_s()), nonce)
            except Problem:
                # A value that no signature base can hold goes uncovered: the bank is to judge it, not the proxy.
                continue
        raise ValueError("this cannot be signed")

    def _believe(self, operation: Operation, received: Received, headers: Mapping[str, str]) -> None:
        """Verify as an application does; what is not the bank's own refusal, rightly signed, is a finding."""
        keys: dict[str, PublicKey] = dict(self._speaker.bank.verifying)
        try:
            require_answer(received, headers, keys, self._speaker.now_s(), self._speaker.settings)
        except Problem as problem:
            if "trusted" not in problem.members:
                what = f"{received.status}: the answer does not verify: {problem.code}"
                self.findings.append(Finding("proxy", "answer_verifies", operation.api_id, what))

    def _opened(self, operation: Operation | None, received: Received) -> bytes:
        if operation is None or received.status >= 300 or b'"sealed"' not in received.body:
            return received.body
        members = received.document()
        context = SealContext(self._speaker.settings.app_id, operation.api_id, "response", received.nonce)
        return strict_json.dump(members | {"sealed": open_sealed(members["sealed"], self._speaker.opening, context)})
