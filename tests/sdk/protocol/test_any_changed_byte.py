"""Any single changed byte is noticed: of a covered component, a signature, a sealed value, a chained record."""

import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.assertions import make_assertion, read_assertion, verify_assertion
from bank_sim.sdk.protocol.digests import content_digest, require_digest
from bank_sim.sdk.protocol.hashchain import GENESIS, first_break, link
from bank_sim.sdk.protocol.keypairs import MacKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed, seal
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.signatures import require_coverage, sign_request, verify_request

PRINTABLE = "".join(sorted(set(string.printable) - set("\t\n\r\x0b\x0c")))
SUITES = st.sampled_from(["gm", "intl"])
SIGNING = {suite: keypairs.generate(suite, "sig") for suite in ("gm", "intl")}
OPENING = {suite: keypairs.generate(suite, "enc") for suite in ("gm", "intl")}
SECRETS = {suite: MacKey(suite, b"s" * 32) for suite in ("gm", "intl")}
BODY = b'{"amount":"100.00","currency":"CNY"}'
CONTEXT = SealContext("app_x", "transfers.create", "request", "n" * 24)
BASE64URL = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def signed_request(suite: str, mac: bool) -> Request:
    headers = {
        "content-digest": content_digest(suite, BODY),
        "authorization": "Bearer a-token",
        "idempotency-key": "7f3c",
        "x-api-version": "1",
    }
    request = Request("POST", "localhost:8440", "/api/transfers", "a=1&b=2", headers)
    signer = SECRETS[suite] if mac else SIGNING[suite]
    return replace(request, headers=headers | sign_request(request, signer, "app_x.key", 1_700_000_000, "n" * 24))


def accept(request: Request, suite: str, mac: bool) -> None:
    signature = read_signature(request.headers)
    require_coverage(signature, request, frozenset())
    verify_request(signature, request, SECRETS[suite] if mac else SIGNING[suite].public)


def changed(text: str, position: int, character: str) -> str:
    index = position % len(text)
    return text[:index] + character + text[index + 1 :]


@pytest.mark.clause("7.2.2-2.1")
@settings(max_examples=400)
@given(
    suite=SUITES,
    mac=st.booleans(),
    field=st.sampled_from(
        ["method", "authority", "path", "query", "content-digest", "authorization", "idempotency-key",
         "x-api-version", "signature", "signature-input"]
    ),
    position=st.integers(min_value=0, max_value=400),
    character=st.sampled_from(PRINTABLE),
)  # fmt: skip
def test_a_changed_byte_of_a_signed_request_is_noticed(
    suite: str, mac: bool, field: str, position: int, character: str
) -> None:
    request = signed_request(suite, mac)
    accept(request, suite, mac)
    old = getattr(request, field, None) or request.headers[field]
    new = changed(old, position, character)
    # Host names are compared without case (RFC 9421 section 2.2.3), so this one is not a change.
    if new == old or (field == "authority" and new.lower() == old):
        return
    if field in request.headers:
        tampered = replace(request, headers={**request.headers, field: new})
    else:
        tampered = replace(request, **{field: new})
    with pytest.raises(Problem):
        accept(tampered, suite, mac)


@settings(max_examples=100)
@given(suite=SUITES, position=st.integers(0, len(BODY) - 1), bits=st.integers(1, 255))
def test_a_changed_byte_of_the_body_is_noticed(suite: str, position: int, bits: int) -> None:
    body = bytearray(BODY)
    body[position] ^= bits
    with pytest.raises(Problem, match=r"^DIGEST_MISMATCH"):
        require_digest(content_digest(suite, BODY), bytes(body), suite)


@pytest.mark.clause("7.2.2-3.2.1")
def test_a_changed_character_at_any_place_of_a_sealed_value_is_noticed(suite: str) -> None:
    fields = {"creditor_account": "6221001234567890123"}
    sealed = seal(fields, OPENING[suite].public, CONTEXT)
    assert open_sealed(sealed, OPENING[suite], CONTEXT) == fields
    for index, character in enumerate(sealed):
        # The neighbour in the alphabet differs in the lowest bit, which is where base64 hides unused bits.
        place = BASE64URL.find(character)
        neighbour = "A" if place < 0 else BASE64URL[place ^ 1]
        with pytest.raises(Problem):
            open_sealed(sealed[:index] + neighbour + sealed[index + 1 :], OPENING[suite], CONTEXT)


@settings(max_examples=200)
@given(suite=SUITES, position=st.integers(0, 1000), character=st.sampled_from(PRINTABLE))
def test_any_other_character_in_a_sealed_value_is_noticed(suite: str, position: int, character: str) -> None:
    sealed = seal({"points": "1200"}, OPENING[suite].public, CONTEXT)
    tampered = changed(sealed, position, character)
    if tampered != sealed:
        with pytest.raises(Problem):
            open_sealed(tampered, OPENING[suite], CONTEXT)


@settings(max_examples=150)
@given(suite=SUITES, position=st.integers(0, 1000), character=st.sampled_from(PRINTABLE))
def test_a_changed_character_of_an_assertion_is_noticed(suite: str, position: int, character: str) -> None:
    text = make_assertion(SIGNING[suite], "app_x", "https://localhost:8440", 1_700_000_000, "once")
    tampered = changed(text, position, character)
    if tampered != text:
        with pytest.raises(Problem):
            verify_assertion(
                read_assertion(tampered), SIGNING[suite].public, client_id="app_x",
                audiences={"https://localhost:8440"}, now_s=1_700_000_000,
            )  # fmt: skip


VALUES = st.one_of(st.text(max_size=12), st.integers(-(2**53), 2**53), st.none(), st.booleans())
RECORDS = st.lists(
    st.dictionaries(st.text(min_size=1, max_size=8), VALUES, min_size=1, max_size=5), min_size=1, max_size=6
)


def chain(records: list[dict[str, object]]) -> list[tuple[dict[str, object], bytes]]:
    chained, previous_hash = [], GENESIS
    for record in records:
        previous_hash = link(previous_hash, record)
        chained.append((record, previous_hash))
    return chained


@settings(max_examples=150)
@given(records=RECORDS, data=st.data())
def test_a_changed_value_of_a_chained_record_is_found_where_it_stands(
    records: list[dict[str, object]], data: st.DataObject
) -> None:
    chained = chain(records)
    assert first_break(chained) is None
    index = data.draw(st.integers(0, len(records) - 1))
    name = data.draw(st.sampled_from(sorted(records[index])))
    old = records[index][name]
    new = data.draw(VALUES.filter(lambda value: (type(value), value) != (type(old), old)))
    chained[index] = ({**records[index], name: new}, chained[index][1])
    assert first_break(chained) == index


@settings(max_examples=100)
@given(records=RECORDS, data=st.data())
def test_a_changed_byte_of_a_stored_hash_is_found(records: list[dict[str, object]], data: st.DataObject) -> None:
    chained = chain(records)
    index = data.draw(st.integers(0, len(records) - 1))
    stored = bytearray(chained[index][1])
    stored[data.draw(st.integers(0, 31))] ^= data.draw(st.integers(1, 255))
    chained[index] = (records[index], bytes(stored))
    assert first_break(chained) == index


@settings(max_examples=100)
@given(records=RECORDS, data=st.data())
def test_a_record_removed_from_within_or_moved_is_found(records: list[dict[str, object]], data: st.DataObject) -> None:
    # Serial numbers make records differ, as the access log's do.
    chained = chain([{**record, "serial": number} for number, record in enumerate([*records, {}])])
    index = data.draw(st.integers(0, len(records) - 1))
    assert first_break(chained[:index] + chained[index + 1 :]) == index
    moved = [*chained[:index], chained[index + 1], chained[index], *chained[index + 2 :]]
    assert first_break(moved) == index
