"""Sealed fields open in one place only: for the recipient, in their context, written in the one accepted form."""

from dataclasses import replace

import pytest

from bank_sim.sdk.protocol import content_cipher, keypairs, strict_json
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SEALED_CHARS_MAX, SealContext, open_sealed, seal
from bank_sim.sdk.protocol.sm2 import Sm2Public
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url

CONTEXT = SealContext("app_x", "transfers.create", "request", "n" * 24)
FIELDS = {"creditor_account": "6221001234567890123", "creditor_name": "王小明"}


def header_of(sealed: str) -> dict[str, object]:
    return strict_json.parse_object(from_base64url(sealed.partition(".")[0]))


def with_part(sealed: str, index: int, part: str) -> str:
    parts = sealed.split(".")
    parts[index] = part
    return ".".join(parts)


@pytest.mark.clause("7.2.2-3.2.1")
def test_sealed_fields_open_for_the_recipient_and_show_nothing_on_the_way(opening_key: PrivateKey) -> None:
    sealed = seal(FIELDS, opening_key.public, CONTEXT)
    assert open_sealed(sealed, opening_key, CONTEXT) == FIELDS
    assert all(str(value) not in sealed for value in FIELDS.values())
    assert sealed != seal(FIELDS, opening_key.public, CONTEXT), "a fresh key and IV each time"


@pytest.mark.clause("7.2.2-3.2.1")
def test_the_protected_header_binds_the_place(suite: str, opening_key: PrivateKey) -> None:
    header = header_of(seal(FIELDS, opening_key.public, CONTEXT))
    names = {"gm": ("SM2", "SM4-GCM"), "intl": ("ECDH-ES", "A256GCM")}[suite]
    assert (header["alg"], header["enc"], header["kid"]) == (*names, opening_key.kid)
    assert {name: header[name] for name in ("app_id", "api_id", "dir", "nonce")} == CONTEXT.members()


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(CONTEXT, app_id="app_y"),
        replace(CONTEXT, api_id="transfers.execute"),
        replace(CONTEXT, direction="response"),
        replace(CONTEXT, nonce="m" * 24),
    ],
    ids=lambda context: str(context),
)
def test_a_sealed_value_is_worthless_in_another_place(opening_key: PrivateKey, elsewhere: SealContext) -> None:
    with pytest.raises(Problem, match=r"^DECRYPT_FAILED"):
        open_sealed(seal(FIELDS, opening_key.public, CONTEXT), opening_key, elsewhere)


def test_every_failure_to_open_looks_the_same_from_outside(suite: str, opening_key: PrivateKey) -> None:
    sealed = seal(FIELDS, opening_key.public, CONTEXT)
    other = seal(FIELDS, keypairs.generate(suite, "enc").public, CONTEXT)
    failures = [
        other,
        with_part(sealed, 3, to_base64url(bytes(40))),
        with_part(sealed, 4, to_base64url(bytes(16))),
        with_part(sealed, 2, to_base64url(bytes(12))),
        seal(FIELDS, opening_key.public, replace(CONTEXT, nonce="m" * 24)),
    ]
    if suite == "gm":
        failures.append(with_part(sealed, 1, other.split(".")[1]))
    documents = []
    for each in failures:
        with pytest.raises(Problem) as refused:
            open_sealed(each, opening_key, CONTEXT)
        documents.append(refused.value.document("trace"))
    assert all(document == documents[0] for document in documents)
    assert documents[0]["code"] == "DECRYPT_FAILED"


@pytest.mark.clause("7.3.4-1")
def test_a_signing_key_neither_seals_nor_opens(suite: str, signing_key: PrivateKey, opening_key: PrivateKey) -> None:
    with pytest.raises(Problem, match=r"^KEY_USAGE_MISMATCH"):
        seal(FIELDS, signing_key.public, CONTEXT)
    with pytest.raises(Problem, match=r"^KEY_USAGE_MISMATCH"):
        open_sealed(seal(FIELDS, opening_key.public, CONTEXT), signing_key, CONTEXT)


def test_what_is_sealed_under_the_other_suite_is_refused_by_form(suite: str, opening_key: PrivateKey) -> None:
    other = keypairs.generate("intl" if suite == "gm" else "gm", "enc")
    with pytest.raises(Problem, match=r"^SEALED_MALFORMED"):
        open_sealed(seal(FIELDS, other.public, CONTEXT), opening_key, CONTEXT)


@pytest.mark.parametrize("text", ["", "a.b.c", "....", "a.b.c.d.e", "汉.字", "x" * (SEALED_CHARS_MAX + 1)])
def test_a_text_that_is_no_jwe_is_malformed(opening_key: PrivateKey, text: str) -> None:
    with pytest.raises(Problem, match=r"^SEALED_MALFORMED"):
        open_sealed(text, opening_key, CONTEXT)


def resealed(sealed: str, opening_key: PrivateKey, **changes: object) -> str:
    """The same value under a changed header, whose tag cannot hold: only the form is looked at."""
    header = {**header_of(sealed), **changes}
    return with_part(sealed, 0, to_base64url(strict_json.dump({k: v for k, v in header.items() if v is not None})))


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "RSA1_5"},
        {"alg": "dir"},
        {"enc": "A128CBC-HS256"},
        {"zip": "DEF"},
        {"crit": ["nonce"]},
        {"apu": "QQ"},
        {"nonce": None},
        {"kid": None},
    ],
    ids=str,
)
def test_a_header_outside_the_profile_is_malformed(opening_key: PrivateKey, changes: dict[str, object]) -> None:
    sealed = resealed(seal(FIELDS, opening_key.public, CONTEXT), opening_key, **changes)
    with pytest.raises(Problem, match=r"^SEALED_MALFORMED"):
        open_sealed(sealed, opening_key, CONTEXT)


def test_a_member_that_stands_twice_in_the_header_is_malformed(opening_key: PrivateKey) -> None:
    sealed = seal(FIELDS, opening_key.public, CONTEXT)
    header = from_base64url(sealed.partition(".")[0])
    doubled = to_base64url(header[:-1] + b',"nonce":"' + b"n" * 24 + b'"}')
    with pytest.raises(Problem, match=r"^SEALED_MALFORMED"):
        open_sealed(with_part(sealed, 0, doubled), opening_key, CONTEXT)


def test_an_ephemeral_point_off_the_curve_is_refused_before_it_meets_the_key() -> None:
    opening = keypairs.generate("intl", "enc")
    sealed = seal(FIELDS, opening.public, CONTEXT)
    epk = header_of(sealed)["epk"]
    assert isinstance(epk, dict)
    for point in ({**epk, "y": epk["x"]}, {**epk, "x": "A" * 43, "y": "A" * 43}, {**epk, "x": "AA"}):
        with pytest.raises(Problem, match=r"^DECRYPT_FAILED"):
            open_sealed(resealed(sealed, opening, epk=point), opening, CONTEXT)
    for form in ({**epk, "crv": "P-384"}, {**epk, "d": epk["x"]}, "text", {}):
        with pytest.raises(Problem, match=r"^SEALED_MALFORMED: .*epk"):
            open_sealed(resealed(sealed, opening, epk=form), opening, CONTEXT)


def test_an_encrypted_key_beside_direct_agreement_is_refused() -> None:
    opening = keypairs.generate("intl", "enc")
    sealed = with_part(seal(FIELDS, opening.public, CONTEXT), 1, "AAAA")
    with pytest.raises(Problem, match=r"^SEALED_MALFORMED: .*second part must be empty"):
        open_sealed(sealed, opening, CONTEXT)


def sealed_with(opening: PrivateKey, content_key: bytes, plaintext: bytes, encrypted_key: bytes | None = None) -> str:
    """What a sender of the gm suite makes that follows the form and picks its own content."""
    assert isinstance(opening.public.algorithms, Sm2Public)
    members = {"alg": "SM2", "enc": "SM4-GCM", "kid": opening.kid, **CONTEXT.members()}
    header = to_base64url(strict_json.dump(members))
    iv = bytes(12)
    ciphertext, tag = content_cipher.encrypt("SM4-GCM", content_key[:16].ljust(16), iv, header.encode(), plaintext)
    wrapped = encrypted_key or opening.public.algorithms.encrypt(content_key)
    return ".".join([header, *map(to_base64url, (wrapped, iv, ciphertext, tag))])


def test_bytes_behind_the_sm2_ciphertext_are_noticed() -> None:
    opening = keypairs.generate("gm", "enc")
    assert isinstance(opening.public.algorithms, Sm2Public)
    wrapped = opening.public.algorithms.encrypt(b"k" * 16)
    assert open_sealed(sealed_with(opening, b"k" * 16, b"{}", wrapped), opening, CONTEXT) == {}
    for generous in (
        wrapped + b"\0",
        b"\x30\x81" + wrapped[1:],
        wrapped[:1] + bytes([wrapped[1] + 2]) + wrapped[2:] + b"\5\0",
    ):
        with pytest.raises(Problem, match=r"^SEALED_MALFORMED: .*DER"):
            open_sealed(sealed_with(opening, b"k" * 16, b"{}", generous), opening, CONTEXT)


def test_a_content_key_of_another_length_does_not_open() -> None:
    opening = keypairs.generate("gm", "enc")
    with pytest.raises(Problem, match=r"^DECRYPT_FAILED"):
        open_sealed(sealed_with(opening, b"k" * 15, b"{}"), opening, CONTEXT)


@pytest.mark.parametrize("plaintext", [b"[]", b"not json", b'{"a":1,"a":2}', b'{"a":1.5}', b"\xff"])
def test_what_is_inside_must_be_a_strict_json_object(plaintext: bytes) -> None:
    opening = keypairs.generate("gm", "enc")
    with pytest.raises(Problem, match=r"^SEALED_MALFORMED: .*The sealed fields"):
        open_sealed(sealed_with(opening, b"k" * 16, plaintext), opening, CONTEXT)
