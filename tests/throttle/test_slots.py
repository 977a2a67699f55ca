"""The table that workers share: a key keeps its numbers for as long as they say something, whoever looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from bank_sim.throttle.slots import Slots

VALUE, ENDS = 1, 2


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[int], Slots]]:
    with ExitStack() as stack:
        yield lambda slots: stack.enter_context(closing(Slots(tmp_path / "table", slots, 3)))


def put(table: Slots, key: str, value: int, ends: int, now: int = 0) -> None:
    with table:
        at = table.claim(key, lambda words, slot: words[slot + ENDS] <= now, ENDS)
        table.words[at + VALUE], table.words[at + ENDS] = value, ends


def value(table: Slots, key: str) -> int | None:
    at = table.find(key)
    return table.words[at + VALUE] if at is not None else None


def test_every_key_has_numbers_of_its_own_that_another_process_sees(opened: Callable[[int], Slots]) -> None:
    one, other = opened(256), opened(256)
    for number in range(60):
        put(one, f"key {number}", number, 10)
    assert [value(other, f"key {number}") for number in range(60)] == list(range(60))
    put(other, "key 7", 700, 10)
    assert (value(one, "key 7"), value(one, "never written")) == (700, None)


def test_in_a_full_table_what_is_over_gives_way_first_and_then_what_ends_first(opened: Callable[[int], Slots]) -> None:
    table = opened(16)
    for number in range(16):
        put(table, f"key {number}", number, 100 - number)
    put(table, "while none is over", 1, 95)
    assert [value(table, f"key {number}") for number in (14, 15)] == [14, None]
    put(table, "while one is over", 2, 95, now=86)
    assert [number for number in range(16) if value(table, f"key {number}") is None] == [14, 15]
    assert [value(table, f"while {which} is over") for which in ("none", "one")] == [1, 2]


def test_a_key_that_gave_way_is_not_found_where_another_lies_now(opened: Callable[[int], Slots]) -> None:
    one, other = opened(16), opened(16)
    for number in range(16):
        put(one, f"key {number}", number, 5)
    assert value(other, "key 3") == 3
    for number in range(16):
        put(one, f"new {number}", 100 + number, 9, now=5)
    assert value(other, "key 3") is None
    with one:
        one.clear()
    assert value(other, "new 3") is None
