"""A case that nobody goes on with ends by itself, and what it was about is forgotten later."""

from __future__ import annotations

import msgspec
import pytest

from bank_sim.admission.lapsing import Lapsing
from bank_sim.admission.stages import history
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import Problem
from tests.admission.conftest import WORKER, Place

DAY_S = 86_400


def days_pass(place: Place, days: int) -> None:
    place.opened.clock.advance(days * DAY_S)
    Lapsing(Policy()).perform(place.bank.store, place.now_ms)


def test_a_case_lapses_after_ninety_days_of_silence_and_not_before(place: Place) -> None:
    place.until("submitted")
    days_pass(place, 89)
    assert place.case.stage == "submitted"
    place.do("verify", WORKER, "looked at")
    days_pass(place, 89)
    assert place.case.stage == "verified"
    days_pass(place, 1)
    assert place.case.stage == "withdrawn"
    assert history(place.bank.store, place.case_id)[-1].by == "bank"
    with pytest.raises(Problem, match="ILLEGAL_TRANSITION"):
        place.do("assess", WORKER, "too late")


def test_who_is_in_the_test_environment_does_not_lapse(place: Place) -> None:
    place.until("testing")
    days_pass(place, 400)
    assert place.case.stage == "testing"


@pytest.mark.clause("12.2-1.1.2")
def test_papers_of_an_ended_case_are_kept_for_half_a_year_and_its_history_for_good(place: Place) -> None:
    place.until("submitted")
    place.do("reject", "lin", "no licence of ours")
    days_pass(place, 182)
    assert place.case.papers
    days_pass(place, 1)
    assert place.case.papers == ()
    assert [each.step for each in history(place.bank.store, place.case_id)] == ["enquire", "apply", "submit", "reject"]


def test_performing_it_again_changes_nothing(place: Place) -> None:
    place.until("submitted")
    days_pass(place, 90 + 183)
    before = place.dump()
    Lapsing(Policy()).perform(place.bank.store, place.now_ms)
    assert place.dump() == before
    assert msgspec.structs.asdict(Policy())["admission_idle_s"] == 90 * DAY_S
