"""How one message to the bank comes about, step by step, with every step kept to be looked at.

    sealing → body → headers → signing → sending

Each step is the SDK's own function; nothing of the wire is decided here. A *mistake* may spoil the message before one
of the steps, which is how a developer sees each refusal once without waiting for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, PublicKey
from bank_sim.sdk.protocol.sealing import SealContext, seal
from bank_sim.sdk.protocol.signature_base import Request, signature_base
from bank_sim.sdk.protocol.signature_headers import LABEL, parse_signature
from bank_sim.sdk.protocol.signatures import sign_request
from bank_sim.sdk.protocol.strict_base64 import to_base64

Step = Literal["sealing", "body", "headers", "signing", "sending"]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
# A key of nobody's, to write the parameters of a signature that somebody else makes: they do not depend on the key.
_NOBODYS_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Party:
    """Who calls: an application with the keys that are at hand for it.

    ``secret`` is App_Secret, ``signing`` and ``opening`` its key pairs; each may be missing. ``signing_kid`` names the
    registered signing key, wherever its private half is.
    """

    app_id: str
    suite: str
    secret: MacKey | None = field(default=None, repr=False)
    signing: PrivateKey | None = field(default=None, repr=False)
    opening: PrivateKey | None = field(default=None, repr=False)
    signing_kid: str = ""

    def signer(self, with_secret: bool) -> tuple[MacKey | PrivateKey | None, str]:
        """The key for a message and its keyid; None where it is not at hand."""
        if with_secret:
            return self.secret, f"{self.app_id}.secret"
        return self.signing, f"{self.app_id}.{self.signing.kid if self.signing else self.signing_kid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a developer asks for, before any cryptography.

    ``with_secret``  signed by HMAC with App_Secret, as A1 takes it; else with the signing key
    ``name``     API_ID, or ``oauth.par`` and the like: what sealed fields are bound to
    ``members``  of a JSON body; ``form``: of an OAuth request; ``sealed``: the sensitive ones among the members
    """

    name: str
    method: str
    path: str
    with_secret: bool = False
    query: tuple[tuple[str, str], ...] = ()
    members: Mapping[str, Any] | None = None
    sealed: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    token: str | None = field(default=None, repr=False)
    idempotency_key: str | None = None
    version: str | None = "1"


class Spoiler(Protocol):
    """A mistake made on purpose, right before a step."""

    @property
    def before(self) -> Step: ...
    @property
    def spoil(self) -> Callable[[Message], None]: ...


@dataclass(slots=True)
class Message:
    """A message in the making, and made. Header names are as they are sent; ``query`` has no question mark.

    ``sealed``  the JWE of ``order.sealed``; ``base``: what is signed, as text; both "" where there is none
    ``raw``     the bytes on the wire
    """

    order: Order
    party: Party
    bank_sealing: PublicKey
    authority: str
    created_s: int
    nonce: str
    method: str
    path: str
    query: str
    seal_context: SealContext
    sealed: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    extra_lines: list[str] = field(default_factory=list)
    key: PrivateKey | MacKey | None = None
    keyid: str = ""
    unsigned: frozenset[str] = frozenset()
    signed_authority: str = ""
    base: str = ""
    raw: bytes = b""

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def awaits_signature(self) -> bool:
        """Everything is there but the signature, which the key's holder makes elsewhere."""
        return self.key is None and bool(self.base) and "Signature" not in self.headers

    @property
    def lower_headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}


def compose(
    order: Order,
    party: Party,
    bank_sealing: PublicKey,
    authority: str,
    created_s: int,
    nonce: str,
    mistake: Spoiler | None = None,
) -> Message:
    """The finished message. ``authority``: host and port of the gateway; ``nonce`` must be fresh.

    Where the key is not at hand but has a name, the message waits for its signature; without a name it stays unsigned.
    """
    key, keyid = party.signer(order.with_secret)
    message = Message(
        order=order,
        party=party,
        bank_sealing=bank_sealing,
        authority=authority,
        created_s=created_s,
        nonce=nonce,
        method=order.method,
        path=order.path,
        query=urlencode(order.query),
        seal_context=SealContext(party.app_id, order.name, "request", nonce),
        key=key,
        keyid=keyid,
        signed_authority=authority,
    )
    for step, act in _STEPS:
        if mistake is not None and mistake.before == step:
            mistake.spoil(message)
        act(message)
    return message


def with_signature(message: Message, value: bytes) -> Message:
    """The message that waited, with the signature that its key's holder made."""
    signed = replace(message, headers={**message.headers, "Signature": f"{LABEL}=:{to_base64(value)}:"})
    _serialise(signed)
    return signed


def _seal(message: Message) -> None:
    if message.order.sealed:
        message.sealed = seal(message.order.sealed, message.bank_sealing, message.seal_context)


def _write_body(message: Message) -> None:
    if message.order.form is not None:
        message.body = urlencode(message.order.form).encode()
    elif message.order.members is not None:
        sealed = {"sealed": message.sealed} if message.sealed else {}
        message.body = strict_json.dump({**message.order.members, **sealed})


def _write_headers(message: Message) -> None:
    order = message.order
    message.headers = {"Host": message.authority, "Accept": JSON}
    if message.body:
        message.headers["Content-Type"] = JSON if order.form is None else FORM
        message.headers["Content-Digest"] = content_digest(message.party.suite, message.body)
    if order.token:
        message.headers["Authorization"] = f"Bearer {order.token}"
    if order.idempotency_key:
        message.headers["Idempotency-Key"] = order.idempotency_key
    if order.version:
        message.headers["X-API-Version"] = order.version


def _sign(message: Message) -> None:
    if message.key is None and message.keyid.endswith("."):
        return
    covered = {name: value for name, value in message.lower_headers.items() if name not in message.unsigned}
    query = "" if "@query" in message.unsigned else message.query
    request = Request(message.method, message.signed_authority, message.path, query, covered)
    key = message.key or MacKey(message.party.suite, secrets.token_bytes(_NOBODYS_KEY_BYTES))
    signed = sign_request(request, key, message.keyid, message.created_s, message.nonce)
    message.headers["Signature-Input"] = signed["signature-input"]
    if message.key is not None:
        message.headers["Signature"] = signed["signature"]
    read = parse_signature(signed)
    message.base = signature_base(read.components, request, read.params_text).decode("ascii")


def _serialise(message: Message) -> None:
    lines = [f"{message.method} {message.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in message.headers.items()]
    lines += message.extra_lines
    if message.body:
        lines.append(f"Content-Length: {len(message.body)}")
    head = "\r\n".join([*lines, "Connection: close", "", ""])
    message.raw = head.encode("utf-8") + message.body


_STEPS: tuple[tuple[Step, Callable[[Message], None]], ...] = (
    ("sealing", _seal),
    ("body", _write_body),
    ("headers", _write_headers),
    ("signing", _sign),
    ("sending", _serialise),
)
