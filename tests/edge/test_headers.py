"""One reading of a request's headers for all who judge it."""

from __future__ import annotations

import pytest

from bank_sim.edge.headers import read_headers


def test_values_stand_under_their_names_without_the_blanks_around_them() -> None:
    headers, fault = read_headers([(b"host", b" localhost:8440 \t"), (b"x-one", b""), (b"x-two", b"a  b")])
    assert (headers, fault) == ({"host": "localhost:8440", "x-one": "", "x-two": "a  b"}, None)


def test_a_list_that_was_split_is_joined_as_signatures_cover_it() -> None:
    headers, fault = read_headers([(b"via", b"1.1 a"), (b"accept", b"*/*"), (b"via", b"1.1 b ")])
    assert (headers, fault) == ({"via": "1.1 a, 1.1 b", "accept": "*/*"}, None)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ([(b"x-any", b"1"), (b"x-any", b"1")], "HEADER_DUPLICATED"),
        ([(b"signature", b"1"), (b"signature", b"1")], "SIGNATURE_AMBIGUOUS"),
        ([(b"x-any", b"a\r\n b")], "HEADER_FOLDED"),
        ([(b"via", b"a"), (b"via", b"b\n c")], "HEADER_FOLDED"),
        ([(b"x-any", b"a\tb")], "HEADER_INVALID"),
        ([(b"x-any", b"caf\xe9")], "HEADER_INVALID"),
        ([(b"x-any", b"\xe9"), (b"x-any", b"1")], "HEADER_DUPLICATED"),
    ],
)
@pytest.mark.clause("7.2.2-1", "7.3.2-1")
def test_what_has_no_one_meaning_is_told(raw: list[tuple[bytes, bytes]], code: str) -> None:
    _, fault = read_headers(raw)
    assert fault is not None
    assert fault.code == code
