"""joserfc, a JOSE implementation that is not ours: the intl suite's sealing and assertions work with it both ways."""

import json

import pytest
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.registry import HeaderParameter

from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.assertions import make_assertion, read_assertion, verify_assertion
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.rsa_keys import assertion_key_from_jwk
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed, seal

CONTEXT = SealContext("app_x", "transfers.create", "request", "n" * 24)
FIELDS = {"creditor_account": "6221001234567890123", "creditor_name": "王小明"}
ALGORITHMS = ["ECDH-ES", "A256GCM"]
# A JOSE library must be told of private header members (RFC 7516 section 4.3).
REGISTRY = jwe.JWERegistry(
    header_registry={name: HeaderParameter(name, "str") for name in CONTEXT.members()}, algorithms=ALGORITHMS
)
AUDIENCE = "https://localhost:8440"
NOW_S = 1_700_000_000


@pytest.fixture(scope="module")
def opening() -> PrivateKey:
    return keypairs.generate("intl", "enc")


@pytest.fixture(scope="module")
def their_private(opening: PrivateKey) -> ECKey:
    """Our private key as theirs; the product itself never exports one in the clear."""
    return ECKey.import_key(opening.algorithms.pkcs8())


def test_joserfc_opens_what_we_seal(opening: PrivateKey, their_private: ECKey) -> None:
    sealed = seal(FIELDS, opening.public, CONTEXT)
    opened = jwe.decrypt_compact(sealed, their_private, registry=REGISTRY)
    assert opened.plaintext is not None
    assert json.loads(opened.plaintext) == FIELDS
    assert opened.protected["app_id"] == "app_x"


def test_we_open_what_joserfc_seals_to_our_published_key(opening: PrivateKey) -> None:
    published = opening.public.jwk()
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": published["kid"], **CONTEXT.members()}
    sealed = jwe.encrypt_compact(header, json.dumps(FIELDS), ECKey.import_key(dict(published)), registry=REGISTRY)
    assert open_sealed(sealed, opening, CONTEXT) == FIELDS


@pytest.mark.parametrize("change", [{"dir": "response"}, {"app_id": "app_y"}, {"nonce": "m" * 24}])
def test_what_joserfc_seals_for_another_context_stays_shut(opening: PrivateKey, change: dict[str, str]) -> None:
    published = opening.public.jwk()
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": published["kid"], **CONTEXT.members(), **change}
    sealed = jwe.encrypt_compact(header, json.dumps(FIELDS), ECKey.import_key(dict(published)), registry=REGISTRY)
    with pytest.raises(Problem, match=r"^DECRYPT_FAILED"):
        open_sealed(sealed, opening, CONTEXT)


def claims(**changes: object) -> dict[str, object]:
    valid = {"iss": "app_x", "sub": "app_x", "aud": AUDIENCE, "iat": NOW_S, "exp": NOW_S + 60, "jti": "once"}
    return {**valid, **changes}


@pytest.mark.clause("7.2.1-a-1")
def test_we_verify_an_es256_assertion_of_joserfc() -> None:
    theirs = ECKey.generate_key("P-256")
    ours = keypairs.public_from_jwk({**theirs.as_dict(private=False), "use": "sig"})
    assertion = read_assertion(jwt.encode({"alg": "ES256", "kid": ours.kid}, claims(), theirs))
    verify_assertion(assertion, ours, client_id="app_x", audiences={AUDIENCE}, now_s=NOW_S)
    assert (assertion.client_id, assertion.kid) == ("app_x", ours.kid)


@pytest.mark.clause("7.2.1-a-1")
def test_we_verify_a_ps256_assertion_of_joserfc() -> None:
    theirs = RSAKey.generate_key(2048)
    ours = assertion_key_from_jwk({**theirs.as_dict(private=False), "use": "sig"})
    text = jwt.encode({"alg": "PS256"}, claims(), theirs, algorithms=["PS256"])
    verify_assertion(read_assertion(text), ours, client_id="app_x", audiences={AUDIENCE}, now_s=NOW_S)
    other = jwt.encode({"alg": "PS256"}, claims(jti="other"), RSAKey.generate_key(2048), algorithms=["PS256"])
    with pytest.raises(Problem, match="wrong algorithm or signature"):
        verify_assertion(read_assertion(other), ours, client_id="app_x", audiences={AUDIENCE}, now_s=NOW_S)


def test_joserfc_verifies_our_es256_assertion() -> None:
    key = keypairs.generate("intl", "sig")
    text = make_assertion(key, "app_x", AUDIENCE, NOW_S, "once")
    token = jwt.decode(text, ECKey.import_key(dict(key.public.jwk())), algorithms=["ES256"])
    assert token.claims == claims()
    assert token.header["kid"] == key.kid
