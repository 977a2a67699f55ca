"""The profile of RFC 9421: what a signature must cover, and every way in which one is refused."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.signatures import (
    PROFILE,
    require_coverage,
    require_fresh,
    sign_answer,
    sign_request,
    verify_answer,
    verify_request,
)
from bank_sim.sdk.protocol.strict_base64 import from_base64, to_base64

BODY = b'{"amount":"100.00"}'
CREATED_S = 1_700_000_000
NONCE = "n" * 24


def request_of(suite: str, **changes: str) -> Request:
    headers = {
        "content-digest": content_digest(suite, BODY),
        "authorization": "Bearer a-token",
        "idempotency-key": "7f3c",
        "x-api-version": "1",
        "x-sdk-build": "1.0.0;sm3=00",
        "x-user-present": "?1",
        "content-type": "application/json",
    }
    return Request("POST", "localhost:8440", "/api/transfers", "a=1", {**headers, **changes})


def signed(request: Request, key: PrivateKey | MacKey) -> Request:
    headers = sign_request(request, key, "app_x.key", CREATED_S, NONCE)
    return replace(request, headers={**request.headers, **headers})


def without(request: Request, name: str) -> Request:
    return replace(request, headers={each: value for each, value in request.headers.items() if each != name})


@pytest.mark.clause("7.2.2-2.1", "7.2.2-2.2")
def test_a_signed_request_verifies_and_covers_the_whole_profile(suite: str, signing_key: PrivateKey) -> None:
    request = signed(request_of(suite), signing_key)
    signature = read_signature(request.headers)
    require_coverage(signature, request, frozenset(PROFILE))
    verify_request(signature, request, signing_key.public)
    assert signature.components == PROFILE
    assert (signature.created_s, signature.nonce, signature.keyid) == (CREATED_S, NONCE, "app_x.key")
    assert signature.alg is None, "the key decides the algorithm, never the message"


@pytest.mark.clause("7.2.2-2.1")
def test_a_request_with_a_mac_verifies_with_the_same_secret_only(suite: str) -> None:
    request = signed(request_of(suite), MacKey(suite, b"s" * 32))
    signature = read_signature(request.headers)
    verify_request(signature, request, MacKey(suite, b"s" * 32))
    with pytest.raises(Problem, match=r"^SIGNATURE_INVALID"):
        verify_request(signature, request, MacKey(suite, b"t" * 32))


@pytest.mark.clause("7.2.2-2.1")
@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"authority": "localhost:8441"},
        {"path": "/api/transfers/1"},
        {"query": "a=2"},
        {"query": ""},
        *[{"header": name} for name in PROFILE if not name.startswith("@")],
    ],
    ids=str,
)
def test_a_change_to_anything_covered_breaks_the_signature(
    suite: str, signing_key: PrivateKey, change: dict[str, str]
) -> None:
    request = signed(request_of(suite), signing_key)
    name = change.get("header")
    changed = replace(request, headers={**request.headers, name: "else"}) if name else replace(request, **change)
    with pytest.raises(Problem, match=r"^SIGNATURE_INVALID"):
        verify_request(read_signature(changed.headers), changed, signing_key.public)


@pytest.mark.parametrize("name", [each for each in PROFILE if not each.startswith("@")])
def test_a_covered_header_that_is_stripped_on_the_way_is_named(suite: str, signing_key: PrivateKey, name: str) -> None:
    request = without(signed(request_of(suite), signing_key), name)
    with pytest.raises(Problem, match=f'^SIGNATURE_INVALID: .*"{name}"'):
        verify_request(read_signature(request.headers), request, signing_key.public)


@pytest.mark.parametrize("name", [each for each in PROFILE if not each.startswith("@")])
def test_a_profile_header_that_is_added_on_the_way_is_not_covered(
    suite: str, signing_key: PrivateKey, name: str
) -> None:
    full = request_of(suite)
    request = signed(without(full, name), signing_key)
    request = replace(request, headers={**request.headers, name: full.headers[name]})
    with pytest.raises(Problem, match=f'^SIGNATURE_COVERAGE: .*"{name}"'):
        require_coverage(read_signature(request.headers), request, frozenset())


def test_a_query_that_is_added_on_the_way_is_not_covered(suite: str, signing_key: PrivateKey) -> None:
    request = replace(signed(replace(request_of(suite), query=""), signing_key), query="a=1")
    with pytest.raises(Problem, match=r'^SIGNATURE_COVERAGE: .*"@query"'):
        require_coverage(read_signature(request.headers), request, frozenset())


def test_a_component_that_the_interface_requires_must_be_covered(suite: str, signing_key: PrivateKey) -> None:
    request = signed(without(request_of(suite), "authorization"), signing_key)
    with pytest.raises(Problem, match=r'^SIGNATURE_COVERAGE: .*"authorization"'):
        require_coverage(read_signature(request.headers), request, frozenset({"authorization"}))


def test_a_message_without_a_signature_says_which_header_is_missing(suite: str, signing_key: PrivateKey) -> None:
    request = signed(request_of(suite), signing_key)
    for name, missing in (("signature", "Signature"), ("signature-input", "Signature-Input")):
        with pytest.raises(Problem, match=f"^SIGNATURE_REQUIRED: {missing} is missing"):
            read_signature(without(request, name).headers)


def test_two_signatures_are_ambiguous_whichever_header_holds_them(suite: str, signing_key: PrivateKey) -> None:
    request = signed(request_of(suite), signing_key)
    for name in ("signature", "signature-input"):
        for second in (request.headers[name], request.headers[name].replace("sig1=", "sig2=")):
            doubled = {**request.headers, name: f"{request.headers[name]}, {second}"}
            with pytest.raises(Problem, match=r"^SIGNATURE_AMBIGUOUS"):
                read_signature(doubled)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (";nonce=", "; nonce="),
        (";nonce=", ";other="),
        (';nonce="nnnnnnnnnnnnnnnnnnnnnnnn"', ""),
        (";created=1700000000", ""),
        (';keyid="app_x.key"', ""),
        (";created=1700000000", ";created=1700000000;created=1700000001"),
        ("created=1700000000", 'created="1700000000"'),
        ("created=1700000000", "created=17e8"),
        ('"@method" ', '"@method"  '),
        ('"@method"', '"@method" "@method"'),
        ('"@method"', '"@METHOD"'),
        ('"@method"', "method"),
        ("sig1=", "sig2="),
        ("sig1=", "SIG=1"),
        (';nonce="n', f';nonce="{"n" * 128}'),
    ],
)
def test_a_signature_input_that_is_not_the_profile_is_malformed(
    suite: str, signing_key: PrivateKey, old: str, new: str
) -> None:
    request = signed(request_of(suite), signing_key)
    headers = {**request.headers, "signature-input": request.headers["signature-input"].replace(old, new)}
    assert headers != request.headers
    with pytest.raises(Problem, match=r"^SIGNATURE_MALFORMED"):
        read_signature(headers)


def test_component_parameters_are_not_part_of_the_request_profile(suite: str, signing_key: PrivateKey) -> None:
    request = signed(request_of(suite), signing_key)
    text = request.headers["signature-input"].replace('"authorization"', '"authorization";bs')
    request = replace(request, headers={**request.headers, "signature-input": text})
    with pytest.raises(Problem, match=r"^SIGNATURE_MALFORMED: .*without parameters"):
        verify_request(read_signature(request.headers), request, signing_key.public)


def test_a_signature_has_one_base64_spelling(suite: str) -> None:
    request = signed(request_of(suite), MacKey(suite, b"s" * 32))
    text = request.headers["signature"]
    assert text.endswith("=:"), "32 bytes leave two unused bits before the padding"
    last = text[-3]
    spelled_otherwise = text[:-3] + chr(ord(last) + 1) + "=:"
    for other in (spelled_otherwise, text.replace("=:", ":", 2), text[:-1] + "=:"):
        with pytest.raises(Problem, match=r"^SIGNATURE_MALFORMED"):
            read_signature({**request.headers, "signature": other})


def test_an_alg_parameter_must_be_the_registered_keys(suite: str, signing_key: PrivateKey) -> None:
    mac_algorithm = MacKey(suite, b"s" * 32).signature_algorithm
    for alg in (mac_algorithm, "rsa-pss-sha512", "none"):
        request = signed(request_of(suite), signing_key)
        text = request.headers["signature-input"] + f';alg="{alg}"'
        request = replace(request, headers={**request.headers, "signature-input": text})
        with pytest.raises(Problem, match=f"^ALG_NOT_ALLOWED: .*{signing_key.signature_algorithm}"):
            verify_request(read_signature(request.headers), request, signing_key.public)


@pytest.mark.clause("7.2.2-2.2", "9.3.3-3")
def test_a_mac_keyed_with_the_public_key_is_no_signature(suite: str, signing_key: PrivateKey) -> None:
    request = signed(request_of(suite), MacKey(suite, signing_key.public.pem()))
    with pytest.raises(Problem, match=r"^SIGNATURE_INVALID"):
        verify_request(read_signature(request.headers), request, signing_key.public)


def reencoded(request: Request, suite: str) -> Request:
    """The same (r, s) in the encoding that belongs to the other suite."""
    value = from_base64(request.headers["signature"][6:-1])
    if suite == "gm":
        other = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(value))
    else:
        other = encode_dss_signature(int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big"))
    return replace(request, headers={**request.headers, "signature": f"sig1=:{to_base64(other)}:"})


def test_the_other_encoding_of_a_signature_is_refused_and_named(suite: str, signing_key: PrivateKey) -> None:
    request = reencoded(signed(request_of(suite), signing_key), suite)
    hint = "DER SEQUENCE .*raw" if suite == "gm" else "raw bytes .*DER"
    with pytest.raises(Problem, match=f"^SIGNATURE_INVALID: .*{hint}"):
        verify_request(read_signature(request.headers), request, signing_key.public)


@pytest.mark.parametrize("value", ["1\nforged: line", "1\n", "汉字"])
def test_no_header_can_forge_a_line_of_the_base(suite: str, signing_key: PrivateKey, value: str) -> None:
    with pytest.raises(Problem, match=r"^HEADER_INVALID"):
        signed(request_of(suite, **{"idempotency-key": value + "x"}), signing_key)


def test_an_unknown_derived_component_is_named(suite: str, signing_key: PrivateKey) -> None:
    request = signed(request_of(suite), signing_key)
    text = request.headers["signature-input"].replace('"@query"', '"@query-param"')
    request = replace(request, headers={**request.headers, "signature-input": text})
    with pytest.raises(Problem, match=r'^SIGNATURE_MALFORMED: .*"@query-param"'):
        verify_request(read_signature(request.headers), request, signing_key.public)


def test_headers_outside_the_profile_may_be_covered_too(suite: str, signing_key: PrivateKey) -> None:
    request = request_of(suite)
    text = '("@method" "content-type");created=1700000000;keyid="app_x.key";nonce="12345678";tag="any"'
    base = f'"@method": POST\n"content-type": application/json\n"@signature-params": {text}'
    headers = {"signature-input": f"s={text}", "signature": f"s=:{to_base64(signing_key.sign(base.encode()))}:"}
    request = replace(request, headers={**request.headers, **headers})
    signature = read_signature(request.headers)
    verify_request(signature, request, signing_key.public)
    assert signature.components == ("@method", "content-type")


@pytest.mark.parametrize("now_s", [CREATED_S - 300, CREATED_S, CREATED_S + 300])
def test_a_signature_inside_the_window_is_fresh(suite: str, signing_key: PrivateKey, now_s: int) -> None:
    signature = read_signature(signed(request_of(suite), signing_key).headers)
    require_fresh(signature, now_s, 300)
    assert abs(now_s - signature.created_s) <= 300


@pytest.mark.parametrize("now_s", [CREATED_S - 300.1, CREATED_S + 300.1, 0])
def test_a_signature_outside_the_window_has_expired(suite: str, signing_key: PrivateKey, now_s: float) -> None:
    signature = read_signature(signed(request_of(suite), signing_key).headers)
    with pytest.raises(Problem, match=r"^TIMESTAMP_EXPIRED"):
        require_fresh(signature, now_s, 300)


def test_a_signature_past_its_own_expires_has_expired(suite: str, signing_key: PrivateKey) -> None:
    request = signed(request_of(suite), signing_key)
    text = request.headers["signature-input"] + f";expires={CREATED_S + 5}"
    signature = read_signature({**request.headers, "signature-input": text})
    require_fresh(signature, CREATED_S + 5, 300)
    with pytest.raises(Problem, match=r"^TIMESTAMP_EXPIRED: .*expires"):
        require_fresh(signature, CREATED_S + 6, 300)


# Answers


def answer_to(
    suite: str, key: PrivateKey, request_headers: dict[str, str] | None, body: bytes = b'{"state":"executed"}'
) -> dict[str, str]:
    headers = {"content-digest": content_digest(suite, body)} if body else {}
    request_signature = (request_headers or {}).get("signature")
    return headers | sign_answer(200, headers, request_signature, key, "bank.key", CREATED_S)


@pytest.mark.clause("7.2.2-2.3")
def test_an_answer_verifies_against_the_request_that_it_answers(suite: str, signing_key: PrivateKey) -> None:
    bank = keypairs.generate(suite, "sig")
    request = signed(request_of(suite), signing_key)
    for body in (b'{"state":"executed"}', b""):
        headers = answer_to(suite, bank, dict(request.headers), body)
        signature = verify_answer(200, headers, body, request.headers, bank.public)
        assert 'signature;req;key="sig1"' in signature.components


@pytest.mark.clause("7.2.2-2.3")
def test_an_answer_to_another_request_is_told_from_a_tampered_one(suite: str, signing_key: PrivateKey) -> None:
    bank = keypairs.generate(suite, "sig")
    first, second = (signed(request_of(suite, **{"idempotency-key": key}), signing_key) for key in ("a", "b"))
    body = b'{"state":"executed"}'
    with pytest.raises(Problem, match=r"^RESPONSE_BINDING_FAILED"):
        verify_answer(200, answer_to(suite, bank, dict(first.headers)), body, second.headers, bank.public)


def test_the_binding_rests_on_the_signature_and_not_on_the_hint(suite: str, signing_key: PrivateKey) -> None:
    bank = keypairs.generate(suite, "sig")
    first, second = (signed(request_of(suite, **{"idempotency-key": key}), signing_key) for key in ("a", "b"))
    headers = answer_to(suite, bank, dict(first.headers))
    hints = [request.headers["signature"][6:38] for request in (first, second)]
    headers["signature-input"] = headers["signature-input"].replace(*hints)
    with pytest.raises(Problem, match=r"^SIGNATURE_INVALID"):
        verify_answer(200, headers, b'{"state":"executed"}', second.headers, bank.public)


def test_an_answer_without_binding_is_refused_for_a_signed_request(suite: str, signing_key: PrivateKey) -> None:
    bank = keypairs.generate(suite, "sig")
    request = signed(request_of(suite), signing_key)
    with pytest.raises(Problem, match=r"^RESPONSE_BINDING_FAILED"):
        verify_answer(200, answer_to(suite, bank, None), b'{"state":"executed"}', request.headers, bank.public)


def test_a_binding_that_is_only_hinted_at_does_not_bind(suite: str, signing_key: PrivateKey) -> None:
    bank = keypairs.generate(suite, "sig")
    request = signed(request_of(suite), signing_key)
    text = f'("@status");created=1700000000;nonce="{request.headers["signature"][6:38]}";keyid="bank.key"'
    base = f'"@status": 200\n"@signature-params": {text}'
    headers = {"signature-input": f"s={text}", "signature": f"s=:{to_base64(bank.sign(base.encode()))}:"}
    with pytest.raises(Problem, match=r"^RESPONSE_BINDING_FAILED"):
        verify_answer(200, headers, b"", request.headers, bank.public)


def test_an_answer_to_an_unsigned_request_needs_no_binding(suite: str) -> None:
    bank = keypairs.generate(suite, "sig")
    signature = verify_answer(200, answer_to(suite, bank, None), b'{"state":"executed"}', {}, bank.public)
    assert signature.components == ("@status", "content-digest")


@pytest.mark.clause("7.2.1-a-2.2")
def test_an_answer_of_anyone_but_the_bank_is_refused(suite: str, signing_key: PrivateKey) -> None:
    bank, impostor = keypairs.generate(suite, "sig"), keypairs.generate(suite, "sig")
    request = signed(request_of(suite), signing_key)
    headers = answer_to(suite, impostor, dict(request.headers))
    with pytest.raises(Problem, match=r"^SIGNATURE_INVALID"):
        verify_answer(200, headers, b'{"state":"executed"}', request.headers, bank.public)


def test_status_and_body_of_an_answer_are_covered(suite: str, signing_key: PrivateKey) -> None:
    bank = keypairs.generate(suite, "sig")
    request = signed(request_of(suite), signing_key)
    headers = answer_to(suite, bank, dict(request.headers))
    with pytest.raises(Problem, match=r"^SIGNATURE_INVALID"):
        verify_answer(201, headers, b'{"state":"executed"}', request.headers, bank.public)
    with pytest.raises(Problem, match=r"^DIGEST_MISMATCH"):
        verify_answer(200, headers, b'{"state":"rejected"}', request.headers, bank.public)


def test_an_unsigned_answer_and_an_uncovered_body_are_refused(suite: str, signing_key: PrivateKey) -> None:
    bank = keypairs.generate(suite, "sig")
    request = signed(request_of(suite), signing_key)
    with pytest.raises(Problem, match=r"^ANSWER_UNSIGNED"):
        verify_answer(200, {"content-digest": content_digest(suite, b"{}")}, b"{}", request.headers, bank.public)
    headers = answer_to(suite, bank, dict(request.headers), body=b"")
    with pytest.raises(Problem, match=r"^SIGNATURE_COVERAGE: .*content-digest"):
        verify_answer(200, headers, b"{}", request.headers, bank.public)
