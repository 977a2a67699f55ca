"""What endurance, soak and scale judge by: each of their verdicts can also be the other one."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bank_sim import audit
from bank_sim.monitor import folding
from bank_sim.store import Store
from loadtests.endurance.accidents import WEIGHTS, drawn
from loadtests.endurance.aftermath import Aftermath, Ordered, Transferred
from loadtests.scale import accounts, records
from loadtests.scale.comparing import CELLS, RATIO_MAX, Comparison
from loadtests.soak.trend import HANDLES_MAX, MEMORY_KB_MAX, trend
from scenarios import verification
from scenarios.home import Home
from tests.bank_in_process import MORNING_S, Founded

ORDERED = Ordered("LW1", "executed", "S1", 100)
TRANSFERRED = Transferred("LW1", "executed", "S1", 100, 1, 100)
WHOLE = Aftermath(frozenset({"LW1"}), frozenset(), [ORDERED], [TRANSFERRED])
MORNING_MS = int(MORNING_S * 1000)


def test_a_payment_that_all_agree_on_is_no_finding() -> None:
    assert WHOLE.findings() == []
    assert WHOLE.executed == 1


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (replace(WHOLE, transferred=[TRANSFERRED._replace(state="created", serial=None, entries=0, moved_fen=0)]),
         "a user was told that it was executed"),
        (replace(WHOLE, denied=frozenset({"LW1"})), "a user was told that it was not executed"),
        (replace(WHOLE, transferred=[TRANSFERRED._replace(entries=2, moved_fen=200)]), "2 entries"),
        (replace(WHOLE, transferred=[TRANSFERRED._replace(moved_fen=99)]), "move 99 fen"),
        (replace(WHOLE, transferred=[TRANSFERRED._replace(entries=0, moved_fen=0)]), "0 entries"),
        (replace(WHOLE, ordered=[ORDERED._replace(serial="S2")]), "S2 at the wallet"),
        (replace(WHOLE, ordered=[ORDERED._replace(state="rejected", serial=None)]), "rejected None at the wallet"),
        (replace(WHOLE, ordered=[ORDERED._replace(state="unknown", serial=None)]), "still unknown"),
        (replace(WHOLE, ordered=[]), "the wallet knows nothing"),
        (replace(WHOLE, transferred=[]), "none None at the bank"),
    ],
)  # fmt: skip
def test_whatever_does_not_agree_is_found(after: Aftermath, words: str) -> None:
    assert any(words in each for each in after.findings()), after.findings()


def test_the_same_seed_lets_the_same_accidents_happen_and_all_kinds_come() -> None:
    def of(seed: int) -> list[object]:
        dice = random.Random(seed)
        return [drawn(dice, tuple(WEIGHTS)) for _ in range(300)]

    assert of(7) == of(7)
    assert of(7) != of(8)
    assert {each.kind for each in of(7)} == set(WEIGHTS)  # type: ignore[attr-defined]


TIMES_S = [float(3 * number) for number in range(200)]


def test_a_process_that_grows_is_found_and_one_that_is_only_warm_is_not() -> None:
    leaking = [50_000 + at_s * 8 for at_s in TIMES_S]
    warm = [50_000 + min(at_s, 150.0) * 100 for at_s in TIMES_S]
    assert trend(TIMES_S, leaking).growth > MEMORY_KB_MAX
    assert trend(TIMES_S, warm).growth == 0


def test_a_burst_is_no_growth_and_handles_that_stay_open_are() -> None:
    bursting = [60.0 if at_s > 580 else 30.0 for at_s in TIMES_S]
    left_open = [30 + at_s // 60 for at_s in TIMES_S]
    assert trend(TIMES_S, bursting).growth == 0
    assert trend(TIMES_S, bursting).peak == 60
    assert trend(TIMES_S, left_open).growth > HANDLES_MAX


def test_three_samples_are_the_least_that_have_a_slope() -> None:
    with pytest.raises(ValueError, match="too few"):
        trend([0.0, 1.0, 2.0], [1.0, 1.0, 1.0])


def test_one_call_that_costs_more_is_a_ratio_missed() -> None:
    found = Comparison("plain", "filled")
    for cell in CELLS:
        for round_number in range(3):
            found.note("plain", cell, 1.0 + round_number)
            found.note("filled", cell, (1.0 + round_number) * 1.1)
    as_cheap = found.holds
    found.costs["filled"]["history"] = [RATIO_MAX + 0.1, (RATIO_MAX + 0.1) * 2, 1.0]
    assert (as_cheap, found.holds) == (True, False)
    assert [row[0] for row in found.rows() if row[3] > RATIO_MAX] == ["history"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A bank with 300 accounts and 2,000 records more than it was founded with."""
    home = tmp_path_factory.mktemp("filled")
    database = Founded.new(home).config.database
    assert accounts.fill(database, 300, MORNING_MS) > 290
    records.fill(database, 2_000, MORNING_MS)
    return Home(home)


def test_the_books_of_a_filled_bank_balance_and_every_account_has_money(filled: Home) -> None:
    verdict = verification.books(filled)
    assert verdict.holds, verdict.sentence
    with closing(sqlite3.connect(filled.party("bank") / "bank.db")) as db:
        assert db.execute("SELECT count(*) FROM accounts").fetchone()[0] >= 300
        assert db.execute(
            "SELECT count(*) FROM ledger_accounts WHERE side = 'customer' AND balance_fen <= 0"
        ).fetchone() == (0,)


def test_the_chain_of_a_filled_log_holds_and_the_monitor_has_taken_it_in(filled: Home) -> None:
    with closing(Store(filled.party("bank") / "bank.db")) as store:
        verdict = audit.verify(store)
        assert verdict.holds
        assert verdict.count >= 2_000
        assert folding.fold(store).records == 0
        assert store.read("SELECT serial FROM traffic_mark") == [(verdict.count,)]


def test_filling_goes_on_from_what_is_there(filled: Home) -> None:
    database = filled.party("bank") / "bank.db"
    before = accounts.count(database)
    assert accounts.fill(database, before, MORNING_MS) == 0
    assert accounts.fill(database, before + 1, MORNING_MS) == 3
    assert accounts.count(database) == before + 3
    assert verification.books(filled).holds
