"""Strict JSON: each refusal has a code of its own, and whatever is accepted means one thing."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.strict_json import BODY_BYTES_MAX, dump, parse, parse_object


@pytest.mark.clause("7.2.2-1")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "JSON_INVALID"),
        (b"\xef\xbb\xbf{}", "JSON_INVALID"),
        (b"\xff", "JSON_INVALID"),
        (b"{'a':1}", "JSON_INVALID"),
        (b'{"a":1,}', "JSON_INVALID"),
        (b'{"a":01}', "JSON_INVALID"),
        (b'{"a":1} {}', "JSON_INVALID"),
        (b'{"a":"\n"}', "JSON_INVALID"),
        (b'{"a":NaN}', "JSON_INVALID"),
        (b'{"a":Infinity}', "JSON_INVALID"),
        (b'{"a":-Infinity}', "JSON_INVALID"),
        (b'{"a":9007199254740992}', "JSON_INVALID"),
        (b'{"a":' + b"9" * 5000 + b"}", "JSON_INVALID"),
        (b'{"a":"\\ud800"}', "JSON_INVALID"),
        (b'{"\\udfff":1}', "JSON_INVALID"),
        (b'{"a":1,"a":1}', "JSON_DUPLICATE_MEMBER"),
        (b'{"a":1,"\\u0061":2}', "JSON_DUPLICATE_MEMBER"),
        (b'[{"b":{"a":1,"a":2}}]', "JSON_DUPLICATE_MEMBER"),
        (b'{"a":1.5}', "JSON_FLOAT"),
        (b'{"a":1.0}', "JSON_FLOAT"),
        (b'{"a":1e3}', "JSON_FLOAT"),
        (b"[" * 17 + b"]" * 17, "JSON_TOO_DEEP"),
        (b'{"a":' * 17 + b"1" + b"}" * 17, "JSON_TOO_DEEP"),
        (b"[" * 60_000, "JSON_TOO_DEEP"),
        (b'"' + b"a" * BODY_BYTES_MAX + b'"', "BODY_TOO_LARGE"),
    ],
    ids=lambda value: str(value)[:32],
)
def test_each_ambiguity_is_refused_with_its_code(body: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        parse(body)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"amount":"100.00"}', {"amount": "100.00"}),
        (b" [ 9007199254740991 , -9007199254740991 ] ", [2**53 - 1, 1 - 2**53]),
        (b'"\\ud83d\\ude00"', "😀"),
        ('{"名":"王"}'.encode(), {"名": "王"}),
        (b"[" * 16 + b"]" * 16, [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]),
        (b'["[[[[[[[[[[[[[[[[[[", "\\"[[[[", [[]]]', ["[[[[[[[[[[[[[[[[[[", '"[[[[', [[]]]),
    ],
    ids=str,
)
def test_plain_json_is_taken_as_it_is(body: bytes, value: object) -> None:
    assert parse(body) == value


def test_twenty_siblings_are_not_twenty_levels() -> None:
    assert parse(b"[" + b",".join([b"{}"] * 20) + b"]") == [{}] * 20


def test_a_body_that_must_be_an_object_is_one() -> None:
    assert parse_object(b'{"a":1}') == {"a": 1}
    with pytest.raises(Problem, match=r"^JSON_INVALID: .*object"):
        parse_object(b"[]")


def test_the_largest_hostile_bodies_are_answered_at_once() -> None:
    """Quotes, escapes and brackets that make a careless scan quadratic (64 KiB would take it minutes)."""
    deep = b"[" * 17
    hostile = [deep + b'"' + b'\\"' * 32_000, deep + b'"' * 65_000, b"{" * 65_000, deep + b'"' + b"\\" * 65_000]
    started_s = time.process_time()
    for body in hostile:
        with pytest.raises(Problem):
            parse(body)
    assert time.process_time() - started_s < 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(value=JSON)
def test_what_is_written_is_read_back(value: object) -> None:
    assert parse(dump(value)) == value
    assert parse(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":6225880137006863.5}',
        b'{"a":6225880137006863e1}',
        b'{"a":622588013700686312}',
        b'{"6225880137006863":1,"6225880137006863":2}',
        b'{"a":6225880137006863 6225880137006863}',
    ],
)
def test_a_refusal_repeats_no_number_that_was_sent(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        parse(body)
    told = f"{refused.value} {refused.value.reason} {refused.value.detail}"
    assert "6225" not in told


def test_members_that_stand_twice_are_found_in_one_pass() -> None:
    """Thousands of names, the last of which is repeated: each may be looked at once."""
    body = b"{" + b"".join(b'"%x":1,' % number for number in range(0x1000, 0x2C00)) + b'"2bff":1}'
    started_s = time.process_time()
    with pytest.raises(Problem, match="JSON_DUPLICATE_MEMBER"):
        parse(body)
    assert time.process_time() - started_s < 0.1
