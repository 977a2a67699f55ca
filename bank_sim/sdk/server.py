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

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import httpx

from bank_sim.sdk.answers import Received
from bank_sim.sdk.authorization import AuthorizationClient, Tokens
from bank_sim.sdk.clock import Clock
from bank_sim.sdk.credentials import BankSettings, ClientCertificate, ClientKeys
from bank_sim.sdk.embedded import EmbeddedForm, EmbeddedForms, EmbeddedStep
from bank_sim.sdk.pkce import Pkce
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.problems import SEALED_MALFORMED
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed, seal
from bank_sim.sdk.transport import open_channel
from bank_sim.sdk.wire import BankCall, Outgoing, Wire

__all__ = [
    "Answer", "BankCall", "BankClient", "BankSettings", "ClientCertificate", "ClientKeys", "EmbeddedForm",
    "EmbeddedStep", "Pkce", "Tokens",
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
    ``observe`` is told of every message sent, for the application's access log.
    """

    def __init__(
        self,
        settings: BankSettings,
        keys: ClientKeys,
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
        observe: Callable[[BankCall], None] | None = None,
    ) -> None:
        self._channel = open_channel(
            settings.ca_certificate, settings.client_certificate, settings.timeout_s, transport
        )
        self._keys = keys
        self._app_id = settings.app_id
        self._wire = Wire(settings, keys, clock, self._channel, observe)
        self.oauth = AuthorizationClient(self._wire, keys.signing)
        self.embedded = EmbeddedForms(self.oauth)

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
        version: str = "1",
    ) -> Answer:
        """Call one interface and return its verified answer.

        ``api_id``           as the bank publishes it, such as ``accounts.balance``; sealed fields are bound to it
        ``path``             percent-encoded, such as ``/api/accounts/…/balance``; ``query`` is encoded here
        ``sealed``           sensitive members, which travel as one JWE that only the bank can open
        ``token``            the user's access token, for A2 interfaces
        ``idempotency_key``  for interfaces that move money: the same key for the same intent, however often sent
        ``with_secret``      authenticate by HMAC with App_Secret, which A1 interfaces take
        """
        given: dict[str, str] = {"x-api-version": version}
        if token is not None:
            given["authorization"] = f"Bearer {token}"
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

        return self._wire.exchange(compose, lambda received: self._answer(api_id, received))

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
            data |= open_sealed(text, self._keys.opening, context)
        return Answer(received.status, data, received.headers, received.trace_id)

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> BankClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
