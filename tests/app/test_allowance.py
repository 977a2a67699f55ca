"""How often one user may have the wallet ask the bank, and what becomes of a script that will not stop."""

from __future__ import annotations

from typing import Any

import pytest

from app_sim.allowance import Allowance


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_minutes_requests_may_come_at_once_and_the_next_is_told_when() -> None:
    clock = Hand()
    allowance = Allowance(30, clock)
    assert [allowance.take("Lux") for _ in range(32)] == [0] * 30 + [2, 2]
    clock.now_s += 2
    assert [allowance.take("Lux") for _ in range(2)] == [0, 2]


def test_what_one_user_takes_is_no_other_users_loss() -> None:
    allowance = Allowance(3, Hand())
    assert [allowance.take("Lux") for _ in range(4)][-1] > 0
    assert allowance.take("Lex") == 0


def test_over_any_minute_no_more_than_two_minutes_worth_pass() -> None:
    """As many as a minute allows at once, and the minute's own."""
    clock = Hand()
    allowance = Allowance(60, clock)
    passed = 0
    for _ in range(1_000):
        passed += allowance.take("a script") == 0
        clock.now_s += 0.06
    assert 110 <= passed <= 120


def test_a_clock_set_back_locks_nobody_out() -> None:
    clock = Hand()
    allowance = Allowance(2, clock)
    assert [allowance.take("Lux") for _ in range(3)][-1] > 0
    clock.now_s -= 90 * 86_400
    assert allowance.take("Lux") == 0


@pytest.mark.clause("9.3.4-4")
def test_a_scripted_storm_is_throttled_by_the_wallet_and_the_bank_hears_nothing_of_it(
    town: Any, visitor_of: Any
) -> None:
    wallet = town.open_wallet(town.wallet_config("gm", user_asks_per_min=12))
    script = visitor_of(wallet).sign_in().link(town)
    calm = visitor_of(wallet, REMOTE_ADDR="10.0.0.2").sign_in("Lex")
    answers = [script.get("/accounts") for _ in range(30)]
    throttled = [each for each in answers if each.status_code == 429]
    assert len(throttled) >= 18
    assert throttled[0].headers["Retry-After"] == "5"
    assert "RATE_LIMITED" in throttled[0].text
    assert len(town.wire.sent) <= 2 * 12 + 5
    assert calm.get("/history").status_code == 200
    assert [(each.rule, each.code) for each in wallet.tickets.open()] == [("user_storm", "RATE_LIMITED")]
    town.clock.advance(5)
    assert script.get("/accounts").status_code == 200
    wallet.close()


def test_pages_that_ask_nobody_are_not_counted(town: Any, visitor_of: Any) -> None:
    wallet = town.open_wallet(town.wallet_config("gm", user_asks_per_min=4))
    reader = visitor_of(wallet).sign_in()
    assert {reader.get(path).status_code for path in ("/", "/history", "/kept", "/connection") * 5} == {200}
    wallet.close()
