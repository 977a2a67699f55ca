"""Whatever bytes arrive, the readers of the wire raise the catalogue's problems and nothing else."""

import base64
import contextlib
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from bank_sim.sdk.protocol import amounts, keypairs, rsa_keys, strict_json, u_api_id
from bank_sim.sdk.protocol.assertions import read_assertion, verify_assertion
from bank_sim.sdk.protocol.digests import require_digest
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed, seal
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.signatures import verify_answer, verify_request
from bank_sim.sdk.protocol.strict_base64 import to_base64url

SUITES = st.sampled_from(["gm", "intl"])
SIGNING = {suite: keypairs.generate(suite, "sig") for suite in ("gm", "intl")}
OPENING = {suite: keypairs.generate(suite, "enc") for suite in ("gm", "intl")}
CONTEXT = SealContext("app_x", "transfers.create", "request", "n" * 24)
VALID_INPUT = 'sig1=("@method" "authorization");created=1700000000;nonce="nnnnnnnn";keyid="app_x.key"'

# Lone surrogates too: a header read as text by a careless server may hold them.
ANY_TEXT = st.text(st.characters(), max_size=200)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def raises_only_problems(function: Callable[[], object]) -> bool:
    """True if ``function`` returned or refused; any other exception comes out."""
    with contextlib.suppress(Problem):
        function()
    return True


@settings(max_examples=300)
@given(text=st.one_of(ANY_TEXT, st.text('sig1=("@method);created:,= nonceykd', max_size=80)), valid_input=st.booleans())
def test_signature_headers(text: str, valid_input: bool) -> None:
    first = VALID_INPUT if valid_input else text
    assert raises_only_problems(lambda: read_signature({"signature-input": first, "signature": text}))


@settings(max_examples=150)
@given(suite=SUITES, value=st.binary(max_size=80), header=ANY_TEXT)
def test_signatures_of_any_bytes_over_any_headers(suite: str, value: bytes, header: str) -> None:
    signature = read_signature({"signature-input": VALID_INPUT, "signature": "sig1=:AAAA:"})
    forged = type(signature)(signature.label, signature.components, 1, "n", "k", None, value, signature.params_text)
    request = Request("GET", "localhost", "/", "", {"authorization": header})
    assert raises_only_problems(lambda: verify_request(forged, request, SIGNING[suite].public))


@settings(max_examples=150)
@given(suite=SUITES, text=ANY_TEXT, body=st.binary(max_size=40), status=st.integers())
def test_answers(suite: str, text: str, body: bytes, status: int) -> None:
    headers = {"signature-input": VALID_INPUT.replace("method", "status"), "signature": text, "content-digest": text}
    assert raises_only_problems(
        lambda: verify_answer(status, headers, body, {"signature": text}, SIGNING[suite].public)
    )
    assert raises_only_problems(lambda: require_digest(text, body, suite))


@settings(max_examples=200)
@given(suite=SUITES, text=st.one_of(ANY_TEXT, st.from_regex(r"\A[\w-]*\.[\w-]*\.[\w-]{16}\.[\w-]+\.[\w-]{22}\Z")))
def test_sealed_values_of_any_text(suite: str, text: str) -> None:
    assert raises_only_problems(lambda: open_sealed(text, OPENING[suite], CONTEXT))


@settings(max_examples=200)
@given(
    suite=SUITES,
    changes=st.dictionaries(
        st.sampled_from(["alg", "enc", "kid", "epk", "app_id", "dir", "nonce", "zip", "crit"]), JSON, max_size=3
    ),
    encrypted_key=st.one_of(st.none(), st.binary(max_size=140)),
)
def test_sealed_values_with_any_header_and_key(
    suite: str, changes: dict[str, object], encrypted_key: bytes | None
) -> None:
    parts = seal({"points": "1"}, OPENING[suite].public, CONTEXT).split(".")
    members = {"kid": OPENING[suite].kid, **CONTEXT.members(), "alg": OPENING[suite].public.profile.jwe_alg}
    members |= {"enc": OPENING[suite].public.profile.jwe_enc, **changes}
    parts[0] = to_base64url(strict_json.dump(members))
    if encrypted_key is not None:
        parts[1] = to_base64url(encrypted_key)
    assert raises_only_problems(lambda: open_sealed(".".join(parts), OPENING[suite], CONTEXT))


@settings(max_examples=200)
@given(suite=SUITES, header=JSON, claims=JSON, text=ANY_TEXT)
def test_assertions(suite: str, header: object, claims: object, text: str) -> None:
    key = SIGNING[suite]
    if isinstance(header, dict):
        header = {"alg": key.public.profile.jws_alg, **header}
    if isinstance(claims, dict):
        claims = {"iss": "app_x", "sub": "app_x", "aud": "bank", "exp": 1_700_000_060, "jti": "1", **claims}
    signing_input = ".".join(to_base64url(strict_json.dump(part)) for part in (header, claims))
    signed = f"{signing_input}.{to_base64url(key.sign(signing_input.encode()))}"
    for each in (text, signed):
        assert raises_only_problems(
            lambda each=each: verify_assertion(
                read_assertion(each), key.public, client_id="app_x", audiences={"bank"}, now_s=1_700_000_000
            )
        )


@settings(max_examples=200)
@given(claims=st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "jti"]), JSON, max_size=3))
def test_assertions_with_any_claims(claims: dict[str, object]) -> None:
    key = SIGNING["intl"]
    full = {"iss": "app_x", "sub": "app_x", "aud": "bank", "exp": 1_700_000_060, "jti": "1", **claims}
    signing_input = ".".join(to_base64url(strict_json.dump(part)) for part in ({"alg": "ES256"}, full))
    signed = f"{signing_input}.{to_base64url(key.sign(signing_input.encode()))}"
    assert raises_only_problems(
        lambda: verify_assertion(
            read_assertion(signed), key.public, client_id="app_x", audiences={"bank"}, now_s=1_700_000_000
        )
    )


@settings(max_examples=200)
@given(body=st.one_of(st.binary(max_size=200), st.text('{}[]":,\\u0aeE.-1 ', max_size=80).map(str.encode)))
def test_json_bodies(body: bytes) -> None:
    assert raises_only_problems(lambda: strict_json.parse(body))


@settings(max_examples=200)
@given(text=st.one_of(ANY_TEXT, st.from_regex(r"\AOP.{22}\Z")))
def test_identifiers_and_amounts(text: str) -> None:
    assert raises_only_problems(lambda: u_api_id.parse(text))
    assert raises_only_problems(lambda: amounts.parse_fen(text))


@settings(max_examples=200)
@given(
    jwk=st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "n", "e", "use", "d"]), JSON),
    curve=st.sampled_from(["SM2", "P-256"]),
)
def test_jwks(jwk: dict[str, object], curve: str) -> None:
    for base in ({}, {"kty": "EC", "crv": curve, "use": "sig"}, {"kty": "RSA", "e": "AQAB", "use": "sig"}):
        assert raises_only_problems(lambda base=base: keypairs.public_from_jwk({**base, **jwk}))
        assert raises_only_problems(lambda base=base: rsa_keys.assertion_key_from_jwk({**base, **jwk}))


@settings(max_examples=100)
@given(der=st.binary(max_size=120), passphrase=st.binary(max_size=8))
def test_key_files(der: bytes, passphrase: bytes) -> None:
    body = base64.encodebytes(der)
    for label, read in (
        (b"PUBLIC KEY", lambda pem: keypairs.public_from_pem(pem, "sig")),
        (b"ENCRYPTED PRIVATE KEY", lambda pem: keypairs.load_private(pem, passphrase, "sig")),
    ):
        pem = b"-----BEGIN " + label + b"-----\n" + body + b"-----END " + label + b"-----\n"
        assert raises_only_problems(lambda read=read, pem=pem: read(pem))
        assert raises_only_problems(lambda read=read: read(der))
