"""The chain of records, as the access log and the application's journal use it."""

import pytest

from bank_sim.sdk.protocol.hashchain import GENESIS, Verdict, first_break, link, verify_numbered
from bank_sim.sdk.protocol.suites import digest

RECORD = {"serial": 1, "app_id": "app_x", "customer": None, "weakened": False}


def test_a_link_is_sm3_over_the_hash_before_and_the_canonical_record() -> None:
    canonical = b'{"app_id":"app_x","customer":null,"serial":1,"weakened":false}'
    assert link(GENESIS, RECORD) == digest("gm", GENESIS + canonical)


def test_the_order_of_columns_does_not_matter_and_their_types_do() -> None:
    assert link(GENESIS, dict(reversed(RECORD.items()))) == link(GENESIS, RECORD)
    for other in ({**RECORD, "serial": "1"}, {**RECORD, "customer": ""}, {**RECORD, "weakened": 0}):
        assert link(GENESIS, other) != link(GENESIS, RECORD)


def test_an_unbroken_chain_has_no_break_and_may_be_checked_in_pieces() -> None:
    first = link(GENESIS, {"serial": 1})
    second = link(first, {"serial": 2})
    assert first_break([]) is None
    assert first_break([({"serial": 1}, first), ({"serial": 2}, second)]) is None
    assert first_break([({"serial": 2}, second)], start=first) is None
    assert first_break([({"serial": 2}, second)]) == 0


def test_a_hash_of_another_length_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        link(b"", RECORD)


def test_a_numbered_chain_tells_the_first_serial_that_is_wrong() -> None:
    first = link(GENESIS, {"serial": 1})
    second = link(first, {"serial": 2})
    chain = [(1, {"serial": 1}, first), (2, {"serial": 2}, second)]

    assert verify_numbered(chain, newest=2) == Verdict(2, None, second.hex())
    assert verify_numbered([], newest=0).holds
    assert verify_numbered(chain, newest=3).first_bad_serial == 3
    assert verify_numbered(chain[1:], newest=2).first_bad_serial == 1
    assert verify_numbered([chain[0], (2, {"serial": 3}, second)], newest=2).first_bad_serial == 2
