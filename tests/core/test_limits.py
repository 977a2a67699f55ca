from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest

from bank_sim.core.limits import usages

if TYPE_CHECKING:
    from tests.core.conftest import Town

Refused = Callable[[str], AbstractContextManager[None]]
DAY_MS = 86_400_000


@pytest.mark.parametrize(("account_class", "day_fen"), [("II", 10_000_00), ("III", 2_000_00)])
def test_an_electronic_account_pays_others_up_to_the_days_limit(
    town: Town, refused: Refused, account_class: str, day_fen: int
) -> None:
    me, other = town.person("王小明"), town.account(town.person("李红"))
    payer = town.account(me, 2 * day_fen, account_class, town.account(me))  # type: ignore[arg-type]
    with refused("ACCOUNT_CLASS_LIMIT"):
        town.order(payer, other, day_fen + 1)
    town.pay(payer, other, day_fen - 1_00)
    with refused("DAILY_LIMIT_EXCEEDED"):
        town.order(payer, other, 1_01)
    town.pay(payer, other, 1_00)
    assert town.balance_fen(other) == day_fen


def test_limits_are_judged_again_when_a_transfer_is_executed(town: Town, refused: Refused) -> None:
    me, other = town.person("王小明"), town.account(town.person("李红"))
    payer = town.account(me, 50_000_00, "II", town.account(me))
    first, second = town.order(payer, other, 6_000_00), town.order(payer, other, 6_000_00)
    town.execute(first)
    with refused("DAILY_LIMIT_EXCEEDED"):
        town.execute(second)


def test_the_day_begins_at_midnight_in_beijing(town: Town, refused: Refused) -> None:
    me, other = town.person("王小明"), town.account(town.person("李红"))
    payer = town.account(me, 50_000_00, "II", town.account(me))
    town.pay(payer, other, 10_000_00)
    # From ten in the morning to one millisecond before midnight.
    town.now_ms += 14 * 3_600_000 - 1
    with refused("DAILY_LIMIT_EXCEEDED"):
        town.order(payer, other, 1_00)
    town.now_ms += 1
    assert town.pay(payer, other, 10_000_00).state == "executed"


def test_the_years_limit_holds_until_new_year_in_beijing(town: Town, refused: Refused) -> None:
    me, other = town.person("王小明"), town.account(town.person("李红"))
    payer = town.account(me, 300_000_00, "II", town.account(me))
    for _ in range(20):
        town.pay(payer, other, 10_000_00)
        town.now_ms += DAY_MS
    with refused("ACCOUNT_CLASS_LIMIT"):
        town.order(payer, other, 1)
    # 2027-01-01 00:00 in Beijing is still the last of December in UTC.
    town.now_ms = 1_798_732_800_000
    assert town.pay(payer, other, 10_000_00).state == "executed"


@pytest.mark.parametrize("account_class", ["II", "III"])
def test_payments_to_and_from_the_bound_account_are_free(town: Town, account_class: str) -> None:
    me = town.person("王小明")
    main = town.account(me, 100_000_00)
    electronic = town.account(me, 0, account_class, main)  # type: ignore[arg-type]
    for _ in range(12):
        town.pay(main, electronic, 2_000_00)
        town.pay(electronic, main, 2_000_00)
    assert town.balance_fen(main) == 100_000_00
    assert usages(town.db, town.policy, electronic, "out", town.now_ms)[0].used_fen == 0


def test_a_class_iii_account_never_holds_more_than_its_balance_limit(town: Town, refused: Refused) -> None:
    me, other = town.person("王小明"), town.account(town.person("李红"), 10_000_00)
    main = town.account(me, 10_000_00)
    small = town.account(me, 1_999_00, "III", main)
    with refused("ACCOUNT_NOT_USABLE"):
        town.pay(main, small, 1_01)
    with refused("ACCOUNT_NOT_USABLE"):
        town.pay(other, small, 1_01)
    town.pay(other, small, 1_00)
    assert town.balance_fen(small) == 2_000_00


def test_an_order_does_not_tell_what_the_payees_account_can_take(town: Town) -> None:
    payee = town.person("李红")
    small = town.account(payee, 2_000_00, "III", town.account(payee))
    payer = town.account(town.person("王小明"), 100_00)
    assert town.order(payer, small, 1_00).state == "created"


def test_an_electronic_account_takes_no_more_from_others_than_the_days_limit(town: Town, refused: Refused) -> None:
    payee = town.person("李红")
    electronic = town.account(payee, 0, "II", town.account(payee))
    payer = town.account(town.person("王小明"), 50_000_00)
    town.pay(payer, electronic, 10_000_00)
    with refused("ACCOUNT_NOT_USABLE"):
        town.pay(payer, electronic, 1)
    town.now_ms += DAY_MS
    assert town.pay(payer, electronic, 1).state == "executed"


def test_a_class_i_account_has_the_banks_own_daily_limit_towards_others(town: Town, refused: Refused) -> None:
    me, other = town.person("王小明"), town.account(town.person("李红"))
    limit_fen = town.policy.class_i_day_fen_max
    payer = town.account(me, 3 * limit_fen)
    town.pay(payer, other, limit_fen)
    with refused("DAILY_LIMIT_EXCEEDED"):
        town.order(payer, other, 1)
    assert town.pay(payer, town.account(me), limit_fen).state == "executed"


def test_a_refused_transfer_uses_up_no_limit(town: Town, refused: Refused) -> None:
    me, other = town.person("王小明"), town.account(town.person("李红"))
    payer = town.account(me, 1_00, "II", town.account(me))
    with refused("INSUFFICIENT_FUNDS"):
        town.pay(payer, other, 2_00)
    assert [usage.used_fen for usage in usages(town.db, town.policy, payer, "out", town.now_ms)] == [0, 0]


def test_an_electronic_account_is_bound_to_a_class_i_account_of_the_same_person(town: Town) -> None:
    me, stranger = town.person("王小明"), town.person("李红")
    with pytest.raises(ValueError, match="same customer"):
        town.account(me, 0, "II", town.account(stranger))
    with pytest.raises(ValueError, match="bound to no other"):
        town.account(me, 0, "I", town.account(me))
