"""Numbers of persons are found in free text however they are written; dates, amounts and order numbers are not taken
for them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.core.cards import card_number
from bank_sim.sdk.protocol.personal import holds_number
from user_sim.people import people

EVERYBODY = people(7, 40)
IDENTITIES = [each.id_number for each in EVERYBODY]
PHONES = [each.phone for each in EVERYBODY]
CARDS = [card_number(serial) for serial in range(40)]


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


def arabic(text: str) -> str:
    return "".join(chr(0x0660 + int(each)) if each.isdigit() else each for each in text)


def grouped(separator: str, *sizes: int) -> Callable[[str], str]:
    """In groups of these sizes, the last of which is repeated."""

    def write(text: str) -> str:
        groups, rest = [], text
        for size in [*sizes, *[sizes[-1]] * len(text)]:
            groups.append(rest[:size])
            rest = rest[size:]
        return separator.join(each for each in groups if each)

    return write


SPELLINGS: list[Callable[[str], str]] = [
    str,
    str.lower,
    full_width,
    arabic,
    "\u200b".join,
    " ".join,
    grouped("\u2014", 1),
]
OF_IDENTITIES = [*SPELLINGS, grouped(" ", 6, 8, 4), grouped("-", 6, 4, 4, 4), grouped(". ", 3), grouped("\u2212", 9)]
OF_PHONES = [
    *SPELLINGS,
    grouped("-", 3, 4),
    grouped(" ", 3, 8),
    grouped(".", 3, 4),
    lambda phone: f"+86{phone}",
    lambda phone: f"0086{phone}",
    lambda phone: f"86{phone}",
    lambda phone: f"+86 {phone}",
    lambda phone: "(+86)" + grouped("-", 3, 4)(phone),
    lambda phone: "86" + grouped(" ", 3, 4)(phone),
]
OF_CARDS = [*SPELLINGS, grouped(" ", 4), grouped("-", 4), grouped(" ", 6, 13)]
AROUND = st.sampled_from(["", "rent ", "给小明，", "id:", "A", "(", "2026-01 "])


@pytest.mark.clause("7.2.2-3.2.1")
@given(before=AROUND, number=st.sampled_from(IDENTITIES), write=st.sampled_from(OF_IDENTITIES))
def test_an_identity_number_is_found_however_it_is_written(
    before: str, number: str, write: Callable[[str], str]
) -> None:
    assert holds_number(f"{before}{write(number)} ok")


@pytest.mark.clause("7.2.2-3.2.1")
@given(before=AROUND, number=st.sampled_from(PHONES), write=st.sampled_from(OF_PHONES))
def test_a_phone_number_is_found_however_it_is_written(before: str, number: str, write: Callable[[str], str]) -> None:
    assert holds_number(f"{before}{write(number)} ok")


@pytest.mark.clause("7.2.2-3.2.1")
@given(before=AROUND, number=st.sampled_from(CARDS), write=st.sampled_from(OF_CARDS))
def test_a_card_number_is_found_however_it_is_written(before: str, number: str, write: Callable[[str], str]) -> None:
    assert holds_number(f"{before}{write(number)} ok")


@given(number=st.sampled_from([each for each in IDENTITIES if not each.endswith("X")]), wrong=st.integers(1, 9))
def test_eighteen_digits_with_a_wrong_check_digit_are_no_identity_number(number: str, wrong: int) -> None:
    other = number[:-1] + str((int(number[-1]) + wrong) % 10)
    # Whether a card could have that number is another question, to which dots give no answer.
    assert not holds_number(grouped(".", 5, 7, 6)(other))


@pytest.mark.parametrize(
    "text",
    [
        "rent 2026-01",
        "房租 2026年1月31日 3500.00元",
        "2026-01-31 10:00:00",
        "2026-01-31 100.00 12345",
        "31.01.2026 1.234.567,89",
        "order P20260921-0007",
        "order 20260131000000000042",
        "order 202601310000017",
        "订单202609210000123456",
        "invoice 4711 / 2026, 3 x 19.90",
        "138.50 2026-01-31",
        "138.50 + 150.00 = 288.50",
        "flight CA1501 2026-02-03",
        "tel 110, 12306, 95588, 400-123-4567",
        "ISBN 978-7-302-51166-3",
        "192.168.10.20",
        "12345678901",
        "2540000000",
        "",
    ],
)
def test_dates_amounts_and_orders_are_nobody_s_numbers(text: str) -> None:
    assert not holds_number(text)


def test_this_banks_own_accounts_are_found_in_groups_and_with_fillers_between() -> None:
    assert holds_number("to 9999-1023-3210-52230 please")
    assert holds_number("9\u034f9991023321052230")


def test_thirteen_digits_are_a_time_or_an_order_though_the_luhn_digit_be_right() -> None:
    assert not holds_number("order 1764000000000")


def test_no_text_makes_the_search_long() -> None:
    started_s = time.process_time()
    for text in ("1 " * 32_000, "1" * 64_000, "1-" * 32_000, "\u0661" * 32_000):
        holds_number(text)
    assert time.process_time() - started_s < 1
