"""PyPI's http-message-signatures, an RFC 9421 implementation that is not ours: it verifies us, and we verify it."""

import datetime
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

import http_message_signatures as stranger
import pytest
from http_message_signatures import algorithms
from http_message_signatures.digests import ContentDigest

from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, PublicKey
from bank_sim.sdk.protocol.p256 import P256Private
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.signatures import (
    require_coverage,
    sign_answer,
    sign_request,
    verify_answer,
    verify_request,
)

BODY = b'{"amount":"100.00"}'
KEYID = "app_x.key"
SECRET = b"a secret of thirty-two bytes ..."


class Sm2Sm3(stranger.HTTPSignatureAlgorithm):
    """What the stranger lacks: the gm suite's algorithm, as a subclass of its own interface."""

    algorithm_id = "sm2-sm3"

    def __init__(self, public_key: PublicKey | None = None, private_key: PrivateKey | None = None) -> None:
        self.public_key, self.private_key = public_key, private_key

    def sign(self, message: bytes) -> bytes:
        assert self.private_key is not None
        return self.private_key.sign(message)

    def verify(self, signature: bytes, message: bytes) -> None:
        assert self.public_key is not None
        if not self.public_key.verify(signature, message):
            raise stranger.InvalidSignature("SM2 says no")


class HmacSm3(stranger.HTTPSignatureAlgorithm):
    algorithm_id = "hmac-sm3"

    def __init__(self, public_key: bytes | None = None, private_key: bytes | None = None) -> None:
        self.key = MacKey("gm", public_key or private_key or b"")

    def sign(self, message: bytes) -> bytes:
        return self.key.mac(message)

    def verify(self, signature: bytes, message: bytes) -> None:
        if not self.key.verify(signature, message):
            raise stranger.InvalidSignature("HMAC-SM3 says no")


class Digest(ContentDigest):
    """The stranger's Content-Digest, with the digest that the gm suite adds to its table."""

    _hashers: ClassVar = {**ContentDigest._hashers, "sm3": lambda data=b"": hashlib.new("sm3", data)}


class Signer(stranger.HTTPMessageSigner):
    content_digest_class = Digest


class Verifier(stranger.HTTPMessageVerifier):
    content_digest_class = Digest


@dataclass
class Message:
    """A message as the stranger wants it; an answer has a status and its request."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass
class AnswerMessage:
    status_code: int
    headers: dict[str, str]
    request: Message
    url: str = field(default="")


@dataclass(frozen=True)
class Party:
    """One way of signing: our key, its verifying half, the stranger's class and the keys as the stranger takes them."""

    suite: str
    signer: PrivateKey | MacKey
    verifier: PublicKey | MacKey
    algorithm: type
    their_private: Any
    their_public: Any


@pytest.fixture(params=["asymmetric", "mac"])
def party(request: pytest.FixtureRequest, suite: str, signing_key: PrivateKey) -> Party:
    if request.param == "mac":
        key = MacKey(suite, SECRET)
        return Party(suite, key, key, HmacSm3 if suite == "gm" else algorithms.HMAC_SHA256, SECRET, SECRET)
    if suite == "gm":
        return Party(suite, signing_key, signing_key.public, Sm2Sm3, signing_key, signing_key.public)
    assert isinstance(signing_key.algorithms, P256Private)
    theirs = signing_key.algorithms._key
    return Party(suite, signing_key, signing_key.public, algorithms.ECDSA_P256_SHA256, theirs, signing_key.public.pem())


def resolver(party: Party) -> stranger.MappingKeyResolver:
    return stranger.MappingKeyResolver(
        public_keys={KEYID: party.their_public}, private_keys={KEYID: party.their_private}
    )


def headers_of(party: Party) -> dict[str, str]:
    return {
        "content-digest": content_digest(party.suite, BODY),
        "authorization": "Bearer a-token",
        "idempotency-key": "7f3c",
        "x-api-version": "1",
    }


def wire(party: Party, query: str = "") -> tuple[Request, Message]:
    headers = headers_of(party)
    url = "https://localhost:8440/api/transfers" + (f"?{query}" if query else "")
    return Request("POST", "localhost:8440", "/api/transfers", query, headers), Message("POST", url, headers)


def verifier(party: Party) -> Verifier:
    return Verifier(signature_algorithm=party.algorithm, key_resolver=resolver(party))


@pytest.mark.parametrize("query", ["", "cursor=a%20b&limit=20"])
def test_the_stranger_verifies_our_request(party: Party, query: str) -> None:
    request, message = wire(party, query)
    message.headers.update(sign_request(request, party.signer, KEYID, int(time.time()), "n" * 24))
    (result,) = verifier(party).verify(message, body=BODY)
    assert result.nonce == "n" * 24
    assert '"content-digest"' in result.covered_components
    assert ('"@query"' in result.covered_components) == bool(query)


def test_the_stranger_refuses_our_request_once_it_is_changed(party: Party) -> None:
    request, message = wire(party)
    message.headers.update(sign_request(request, party.signer, KEYID, int(time.time()), "n" * 24))
    message.headers["idempotency-key"] = "7f3d"
    with pytest.raises(stranger.InvalidSignature):
        verifier(party).verify(message)


@pytest.mark.parametrize("include_alg", [True, False])
@pytest.mark.parametrize("query", ["", "cursor=a%20b&limit=20"])
def test_we_verify_the_strangers_request(party: Party, query: str, include_alg: bool) -> None:
    request, message = wire(party, query)
    signer = Signer(signature_algorithm=party.algorithm, key_resolver=resolver(party))
    components = ["@method", "@authority", "@path", *(["@query"] if query else []), *request.headers]
    signer.sign(
        message, key_id=KEYID, nonce="n" * 24, label="theirs", include_alg=include_alg,
        covered_component_ids=components, created=datetime.datetime.now(datetime.UTC),
        use_existing_digest=True, body=BODY,
    )  # fmt: skip
    received = Request(request.method, request.authority, request.path, request.query, dict(message.headers))
    headers = {name.lower(): value for name, value in received.headers.items()}
    signature = read_signature(headers)
    require_coverage(signature, request, frozenset({"content-digest", "authorization"}))
    verify_request(signature, request, party.verifier)
    assert (signature.label, signature.keyid, signature.nonce) == ("theirs", KEYID, "n" * 24)


def test_the_stranger_verifies_our_answer_and_its_binding_to_the_request(party: Party) -> None:
    request, message = wire(party)
    message.headers.update(sign_request(request, party.signer, KEYID, int(time.time()), "n" * 24))
    answer_headers = {"content-digest": content_digest(party.suite, b"{}")}
    answer_headers |= sign_answer(
        201, answer_headers, message.headers["signature"], party.signer, KEYID, int(time.time())
    )
    (result,) = verifier(party).verify(AnswerMessage(201, answer_headers, message))
    assert '"signature";req;key="sig1"' in result.covered_components
    message.headers["signature"] = "sig1=:AAAA:"
    with pytest.raises(stranger.InvalidSignature):
        verifier(party).verify(AnswerMessage(201, answer_headers, message))


def test_we_verify_the_strangers_answer(party: Party) -> None:
    request, message = wire(party)
    message.headers.update(sign_request(request, party.signer, KEYID, int(time.time()), "n" * 24))
    answer = AnswerMessage(200, {"content-digest": content_digest(party.suite, b"{}")}, message)
    signer = Signer(signature_algorithm=party.algorithm, key_resolver=resolver(party))
    signer.sign(
        answer, key_id=KEYID, label="theirs", nonce=message.headers["signature"][6:38], use_existing_digest=True,
        covered_component_ids=["@status", "content-digest", '"signature";req;key="sig1"'],
    )  # fmt: skip
    headers = {name.lower(): value for name, value in answer.headers.items()}
    signature = verify_answer(200, headers, b"{}", message.headers, party.verifier)
    assert signature.keyid == KEYID
