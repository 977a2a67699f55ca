"""Keys: one use each, stable names, encrypted at rest, and nothing but well-formed points."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bank_sim.sdk.protocol import keypairs, pkcs8
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey
from bank_sim.sdk.protocol.pem import to_pem
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.rsa_keys import RsaPublicKey, assertion_key_from_jwk
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url

PASSPHRASE = b"correct horse battery staple"


def test_a_signature_holds_for_its_message_and_key_only(suite: str, signing_key: PrivateKey) -> None:
    signature = signing_key.sign(b"a message")
    assert signing_key.public.verify(signature, b"a message")
    assert not signing_key.public.verify(signature, b"a massage")
    assert not keypairs.generate(suite, "sig").public.verify(signature, b"a message")


def test_no_other_encoding_of_a_signature_verifies(signing_key: PrivateKey) -> None:
    signature = signing_key.sign(b"a message")
    longer_s = signature[:32] + b"\0" + signature[32:]
    for other in (b"", signature + b"\0", b"\0" + signature, signature[:-1], longer_s, bytes(64), b"\x30\x00"):
        assert not signing_key.public.verify(other, b"a message")


@pytest.mark.clause("7.3.4-1")
def test_a_key_serves_one_purpose(signing_key: PrivateKey, opening_key: PrivateKey) -> None:
    with pytest.raises(Problem, match=r"^KEY_USAGE_MISMATCH"):
        opening_key.sign(b"a message")
    with pytest.raises(Problem, match=r"^KEY_USAGE_MISMATCH"):
        opening_key.public.verify(signing_key.sign(b"a message"), b"a message")


@pytest.mark.clause("7.3.4-2.1")
def test_a_private_key_leaves_the_process_encrypted_only(signing_key: PrivateKey) -> None:
    pem = signing_key.to_pem(PASSPHRASE)
    assert pem.splitlines()[0].strip(b"-") == b"BEGIN ENCRYPTED PRIVATE KEY"
    assert signing_key.algorithms.pkcs8() not in pem
    loaded = keypairs.load_private(pem, PASSPHRASE, "sig")
    assert loaded.public == signing_key.public
    assert signing_key.public.verify(loaded.sign(b"a message"), b"a message")


def test_a_private_key_needs_its_passphrase(signing_key: PrivateKey) -> None:
    pem = signing_key.to_pem(PASSPHRASE)
    for wrong in (b"", b"correct horse battery stapler"):
        with pytest.raises(Problem, match=r"^KEY_INVALID"):
            keypairs.load_private(pem, wrong, "sig")
    with pytest.raises(ValueError, match="passphrase"):
        signing_key.to_pem(b"")


@pytest.mark.parametrize("pem", [b"", b"nonsense", to_pem("PRIVATE KEY", bytes(3)), to_pem("PUBLIC KEY", bytes(3))])
def test_what_is_no_encrypted_key_is_refused(pem: bytes) -> None:
    with pytest.raises(Problem, match=r"^KEY_INVALID"):
        keypairs.load_private(pem, PASSPHRASE, "sig")


def test_a_private_key_of_another_curve_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(Problem, match=r"^KEY_INVALID: .*"):
        keypairs.load_private(pkcs8.encrypt(other, PASSPHRASE, "intl"), PASSPHRASE, "sig")


def test_the_text_of_a_key_shows_no_secret(signing_key: PrivateKey) -> None:
    assert repr(signing_key) == f"PrivateKey({signing_key.suite}, sig, {signing_key.kid})"
    assert repr(MacKey("gm", b"s" * 32)) == "MacKey(gm)"


def test_a_public_key_survives_jwk_and_pem(signing_key: PrivateKey, opening_key: PrivateKey) -> None:
    for key in (signing_key.public, opening_key.public):
        assert keypairs.public_from_jwk(key.jwk()) == key
        assert keypairs.public_from_pem(key.pem(), key.use) == key
        assert key.jwk()["kid"] == key.kid
    assert signing_key.public != opening_key.public


def test_a_kid_is_the_keys_thumbprint_and_the_same_for_everyone(signing_key: PrivateKey) -> None:
    read = keypairs.public_from_jwk({**signing_key.public.jwk(), "kid": "whatever", "x5t": "ignored"})
    assert read.kid == signing_key.kid
    assert len(signing_key.kid) == 16


def test_a_thumbprint_is_that_of_rfc_7638(vector: Callable[[str], Any]) -> None:
    given = vector("rfc7638_thumbprint")
    key = assertion_key_from_jwk({"kty": "RSA", "n": given["n"], "e": given["e"], "use": "sig"})
    assert key.kid == given["thumbprint"][:16]


@pytest.mark.parametrize(
    "changes",
    [
        {"d": "AAAA"},
        {"use": None},
        {"use": "both"},
        {"kty": "OKP"},
        {"crv": "P-384"},
        {"crv": ["P-256"]},
        {"x": "A" * 43},
        {"x": "AA"},
        {"x": "!" * 43},
        {"x": 5},
        {"x": None},
        {"y": "_" * 43},
    ],
    ids=str,
)
def test_a_jwk_that_is_no_usable_public_key_is_refused(signing_key: PrivateKey, changes: dict[str, object]) -> None:
    jwk = {**signing_key.public.jwk(), **changes}
    with pytest.raises(Problem, match=r"^KEY_INVALID"):
        keypairs.public_from_jwk({name: value for name, value in jwk.items() if value is not None})


def test_coordinates_are_not_cut_at_another_place(signing_key: PrivateKey) -> None:
    point = signing_key.public.point
    shifted = {"x": to_base64url(point[:31]), "y": to_base64url(point[31:])}
    with pytest.raises(Problem, match=r"^KEY_INVALID: .*32 bytes"):
        keypairs.public_from_jwk({**signing_key.public.jwk(), **shifted})


def test_a_private_key_with_another_keys_public_half_is_refused(suite: str, signing_key: PrivateKey) -> None:
    der = signing_key.algorithms.pkcs8()
    assert der.endswith(signing_key.public.point)
    mixed = der.removesuffix(signing_key.public.point) + keypairs.generate(suite, "sig").public.point
    with pytest.raises(Problem, match=r"^KEY_INVALID"):
        keypairs.load_private(pkcs8.encrypt(mixed, PASSPHRASE, suite), PASSPHRASE, "sig")


def test_a_point_off_the_curve_is_refused(suite: str, signing_key: PrivateKey) -> None:
    x, y = signing_key.public.point[:32], signing_key.public.point[32:]
    for point in (y + x, bytes(64), x + bytes(32), b"\xff" * 64):
        with pytest.raises(Problem) as refused:
            keypairs.PublicKey(suite, "sig", point)
        assert (refused.value.code, refused.value.detail) == (
            "KEY_INVALID",
            "The coordinates are no point of the curve.",
        )


def test_only_an_uncompressed_point_of_the_two_curves_is_read_from_pem() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    compressed = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    head = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    other_curve = ec.generate_private_key(ec.SECP384R1()).public_key()
    for pem in (
        to_pem("PUBLIC KEY", head + compressed),
        other_curve.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        to_pem("CERTIFICATE", b"\0"),
        b"nonsense",
    ):
        with pytest.raises(Problem, match=r"^KEY_INVALID"):
            keypairs.public_from_pem(pem, "sig")


def test_a_mac_secret_is_not_short() -> None:
    with pytest.raises(Problem, match=r"^KEY_INVALID"):
        MacKey("gm", b"s" * 15)


def rsa_jwk(**changes: str) -> dict[str, str]:
    modulus = to_base64url((2**2047 + 9).to_bytes(256, "big"))
    return {"kty": "RSA", "n": modulus, "e": "AQAB", "use": "sig", **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"d": "AAAA"},
        {"e": "Aw"},
        {"n": to_base64url((2**1023 + 9).to_bytes(128, "big"))},
        {"n": to_base64url((2**4096 + 9).to_bytes(513, "big"))},
        {"n": to_base64url((2**2047 + 8).to_bytes(256, "big"))},
        {"n": "!"},
    ],
    ids=lambda changes: str(changes)[:20],
)
def test_a_weak_or_broken_rsa_key_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(Problem, match=r"^KEY_INVALID"):
        assertion_key_from_jwk(rsa_jwk(**changes))


def test_an_rsa_key_serves_assertions_only() -> None:
    key = assertion_key_from_jwk(rsa_jwk())
    assert isinstance(key, RsaPublicKey)
    assert assertion_key_from_jwk(key.jwk()).kid == key.kid
    assert from_base64url(key.jwk()["n"]) == (2**2047 + 9).to_bytes(256, "big")
    with pytest.raises(Problem, match=r"^KEY_USAGE_MISMATCH"):
        assertion_key_from_jwk(rsa_jwk(use="enc"))
    with pytest.raises(Problem, match=r"^KEY_INVALID"):
        keypairs.public_from_jwk(rsa_jwk())
