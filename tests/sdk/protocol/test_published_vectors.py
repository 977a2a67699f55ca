"""The cryptography is that of the standards: published examples, through the product's own functions."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bank_sim.sdk.protocol import content_cipher, keypairs, sm2
from bank_sim.sdk.protocol.agreement import concat_kdf
from bank_sim.sdk.protocol.keypairs import MacKey
from bank_sim.sdk.protocol.p256 import P256Private, P256Public
from bank_sim.sdk.protocol.signature_base import Answer, Request, signature_base
from bank_sim.sdk.protocol.signature_headers import parse_signature
from bank_sim.sdk.protocol.sm2 import Sm2Private, Sm2Public
from bank_sim.sdk.protocol.strict_base64 import from_base64url
from bank_sim.sdk.protocol.suites import digest

Vector = Callable[[str], Any]

# PKCS#8 of an SM2 key (RFC 5915 inside RFC 5958), around the private scalar and the public point.
PKCS8_HEAD = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
PKCS8_MIDDLE = bytes.fromhex("a144034200 04")


def annex_key(vector: Vector) -> tuple[Sm2Private, Sm2Public]:
    annex = vector("gbt32918_5_sm2")["signature"]
    point = bytes.fromhex(annex["x"] + annex["y"])
    private = Sm2Private.from_pkcs8(PKCS8_HEAD + bytes.fromhex(annex["private_key"]) + PKCS8_MIDDLE + point)
    return private, Sm2Public(point)


def der_integer(hexadecimal: str) -> bytes:
    octets = bytes.fromhex(hexadecimal)
    octets = b"\0" + octets if octets[0] & 0x80 else octets
    return bytes([2, len(octets)]) + octets


@pytest.mark.clause("7.1-1")
def test_sm2_gives_the_za_and_e_of_gbt_32918_5(vector: Vector) -> None:
    annex = vector("gbt32918_5_sm2")["signature"]
    point = bytes.fromhex(annex["x"] + annex["y"])
    za = sm2.identity_digest(point, annex["identity"].encode())
    assert za.hex().upper() == annex["za"]
    assert digest("gm", za + annex["message"].encode()).hex().upper() == annex["e"]
    assert annex["identity"].encode() == sm2.USER_ID


@pytest.mark.clause("7.1-1")
def test_sm2_verifies_the_signature_of_gbt_32918_5_and_no_other_message(vector: Vector) -> None:
    annex = vector("gbt32918_5_sm2")["signature"]
    _, public = annex_key(vector)
    signature = encode_dss_signature(int(annex["r"], 16), int(annex["s"], 16))
    assert public.verify(signature, annex["message"].encode())
    assert not public.verify(signature, b"message digesT")


@pytest.mark.clause("7.1-1")
def test_sm2_signs_with_the_annex_key_what_its_public_half_verifies(vector: Vector) -> None:
    private, public = annex_key(vector)
    assert private.point == public.point
    assert public.verify(private.sign(b"message digest"), b"message digest")


@pytest.mark.clause("7.1-1")
def test_sm2_decrypts_the_ciphertext_of_gbt_32918_5(vector: Vector) -> None:
    annex = vector("gbt32918_5_sm2")["encryption"]
    private, _ = annex_key(vector)
    c3, c2 = bytes.fromhex(annex["c3"]), bytes.fromhex(annex["c2"])
    content = der_integer(annex["c1_x"]) + der_integer(annex["c1_y"]) + b"\x04\x20" + c3 + bytes([4, len(c2)]) + c2
    assert private.decrypt(bytes([0x30, len(content)]) + content) == annex["message"].encode()


@pytest.mark.clause("7.1-1")
def test_sm3_gives_the_digests_of_gbt_32905(vector: Vector) -> None:
    for example in vector("gbt32905_sm3")["examples"]:
        assert digest("gm", bytes.fromhex(example["message"])).hex().upper() == example["digest"]


@pytest.mark.clause("7.1-1")
def test_sm4_gives_the_blocks_of_gbt_32907(vector: Vector) -> None:
    annex = vector("gbt32907_sm4")
    key, plaintext = bytes.fromhex(annex["key"]), bytes.fromhex(annex["plaintext"])
    # CBC over zeros feeds each block's ciphertext into the next: encryption over and over, in one call.
    encryptor = Cipher(algorithms.SM4(key), modes.CBC(plaintext)).encryptor()
    assert encryptor.update(bytes(16)).hex().upper() == annex["encrypted_once"]
    blocks = encryptor.update(bytes(16 * 999_999))
    assert blocks[-16:].hex().upper() == annex["encrypted_1000000_times"]


@pytest.mark.clause("7.1-1")
def test_sm4_gcm_gives_ciphertext_and_tag_of_rfc_8998(vector: Vector) -> None:
    given = vector("rfc8998_sm4_gcm")
    key, iv, aad, plaintext, ciphertext, tag = (
        bytes.fromhex(given[name]) for name in ("key", "iv", "aad", "plaintext", "ciphertext", "tag")
    )
    assert content_cipher.encrypt("SM4-GCM", key, iv, aad, plaintext) == (ciphertext, tag)
    assert content_cipher.decrypt("SM4-GCM", key, iv, aad, ciphertext, tag) == plaintext


def test_a256gcm_opens_the_example_of_rfc_7516(vector: Vector) -> None:
    given = vector("rfc7516_a256gcm")
    iv, ciphertext, tag = (from_base64url(given[name]) for name in ("iv", "ciphertext", "tag"))
    key, aad, plaintext = bytes(given["content_key_octets"]), given["protected"].encode(), given["plaintext"].encode()
    assert content_cipher.decrypt("A256GCM", key, iv, aad, ciphertext, tag) == plaintext
    assert content_cipher.encrypt("A256GCM", key, iv, aad, plaintext) == (ciphertext, tag)


def p256_private(jwk: dict[str, str]) -> P256Private:
    x, y, d = (int.from_bytes(from_base64url(jwk[name]), "big") for name in ("x", "y", "d"))
    return P256Private(
        ec.EllipticCurvePrivateNumbers(d, ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1())).private_key()
    )


def test_ecdh_es_agrees_on_the_key_of_rfc_7518_from_both_sides(vector: Vector) -> None:
    given = vector("rfc7518_ecdh_es")
    alice, bob = p256_private(given["ephemeral_private"]), p256_private(given["recipient_private"])
    shared = alice.agree(P256Public(bob.point))
    assert shared.hex().upper() == given["z"]
    assert bob.agree(P256Public(alice.point)) == shared
    derived = concat_kdf(shared, given["enc"], 16, given["apu"].encode(), given["apv"].encode())
    assert derived == from_base64url(given["derived_key"])


def test_rfc_9421_b_2_4_an_answer_signed_with_ecdsa_verifies(vector: Vector) -> None:
    given = vector("rfc9421_appendix_b")
    example = given["ecdsa_p256_sha256"]
    signature = parse_signature({"signature-input": example["signature_input"], "signature": example["signature"]})
    answer = Answer(given["answer"]["status"], given["answer"]["headers"])
    base = signature_base(signature.components, answer, signature.params_text)
    assert base == example["base"].encode()
    key = keypairs.public_from_pem(example["public_key_pem"].encode(), "sig")
    assert key.verify(signature.value, base)
    assert (signature.label, signature.keyid) == ("sig-b24", "test-key-ecc-p256")


def test_rfc_9421_b_2_5_a_request_with_hmac_is_reproduced_byte_for_byte(vector: Vector) -> None:
    given = vector("rfc9421_appendix_b")
    example = given["hmac_sha256"]
    signature = parse_signature({"signature-input": example["signature_input"], "signature": example["signature"]})
    base = signature_base(signature.components, Request(**given["request"]), signature.params_text)
    assert base == example["base"].encode()
    key = MacKey("intl", base64.b64decode(example["shared_secret"]))
    assert key.mac(base) == signature.value
    assert key.verify(signature.value, base)


def test_rfc_9421_b_2_6_the_base_is_what_an_ed25519_key_signed(vector: Vector) -> None:
    given = vector("rfc9421_appendix_b")
    example = given["ed25519"]
    signature = parse_signature({"signature-input": example["signature_input"], "signature": example["signature"]})
    base = signature_base(signature.components, Request(**given["request"]), signature.params_text)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(example["public_key_base64"]))
    assert key.verify(signature.value, base) is None, "cryptography raises when the signature does not hold"
