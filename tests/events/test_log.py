"""Events are written with what they tell about, counted without a gap, and replayed only where that is asked for."""

from __future__ import annotations

import pytest

from bank_sim.events import Selection, unsubscribe
from bank_sim.sdk.protocol.problems import Problem
from tests.events.conftest import APP, House


def test_an_event_exists_if_and_only_if_its_transaction_commits(house: House) -> None:
    def half_done() -> None:
        with house.store.write() as db:
            house.events.publish(db, APP, "consent.revoked", "con_1", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert house.listed() == []


@pytest.mark.clause("7.1-6.3")
def test_events_of_each_application_are_counted_from_one_without_a_gap(house: House) -> None:
    house.publish(count=2)
    house.publish("app_other")
    house.publish()
    assert [each.sequence for each in house.events.after(APP, 0, 10)] == [1, 2, 3]
    assert [each.sequence for each in house.events.after("app_other", 0, 10)] == [1]
    assert [each.sequence for each in house.events.after(APP, 2, 10)] == [3]


def test_events_of_an_application_without_an_address_are_kept_to_be_fetched(house: House) -> None:
    house.publish()
    house.subscribe()
    house.publish()
    assert house.states() == ["kept", "pending"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("consent.eaten", {}),
        ("probe", {"nested": {"a": 1}}),
        ("probe", {"fraction": 0.5}),
        ("probe", {"long": "x" * 3000}),
    ],
)
def test_an_event_that_says_what_events_may_not_say_is_its_writers_mistake(
    house: House, kind: str, data: dict[str, object]
) -> None:
    with house.store.write() as db, pytest.raises(ValueError, match="event"):
        house.events.publish(db, APP, kind, "x", data)  # type: ignore[arg-type]
    assert house.listed() == []


def test_one_event_a_range_or_all_dead_letters_can_be_replayed(house: House) -> None:
    house.subscribe()
    ids = house.publish(count=4)
    house.deliver()
    assert _replay(house, Selection(event_id=ids[1])) == 1
    assert house.states() == ["delivered", "pending", "delivered", "delivered"]
    assert _replay(house, Selection(first=3, last=4)) == 2
    assert house.states() == ["delivered", "pending", "pending", "pending"]
    house.deliver()
    assert [each.sequence for each in house.shop.taken] == [1, 2, 3, 4, 2, 3, 4]
    assert [each.outcome for each in house.events.attempts(ids[1])] == ["delivered", "replayed by dev", "delivered"]


@pytest.mark.parametrize(
    ("selection", "code"),
    [
        (Selection(event_id="evt_of_somebody_else"), "RESOURCE_NOT_FOUND"),
        (Selection(first=7, last=9), "RESOURCE_NOT_FOUND"),
        (Selection(dead_only=True), "RESOURCE_NOT_FOUND"),
        (Selection(), "ILLEGAL_TRANSITION"),
    ],
)
def test_a_replay_of_nothing_is_refused_and_changes_nothing(house: House, selection: Selection, code: str) -> None:
    house.subscribe()
    house.publish(count=2)
    before = (house.listed(), house.store.read("SELECT * FROM event_attempts"))
    with pytest.raises(Problem) as refusal:
        _replay(house, selection)
    assert refusal.value.code == code
    assert (house.listed(), house.store.read("SELECT * FROM event_attempts")) == before


def test_nothing_is_replayed_to_whoever_gave_no_address(house: House) -> None:
    house.publish()
    with pytest.raises(Problem) as refusal:
        _replay(house, Selection())
    assert refusal.value.code == "EVENTS_NOT_WANTED"
    assert house.states() == ["kept"]


def test_nobody_reads_or_replays_somebody_elses_events(house: House) -> None:
    house.subscribe()
    theirs = house.publish("app_other")[0]
    with pytest.raises(Problem) as refusal:
        house.events.find(APP, theirs)
    assert refusal.value.code == "RESOURCE_NOT_FOUND"
    with pytest.raises(Problem) as refusal:
        _replay(house, Selection(event_id=theirs))
    assert refusal.value.code == "RESOURCE_NOT_FOUND"


def test_who_unsubscribes_is_posted_nothing_more(house: House) -> None:
    house.subscribe()
    house.publish()
    with house.store.write() as db:
        unsubscribe(db, APP)
    house.deliver()
    assert house.shop.taken == []
    assert house.states() == ["kept"]


def _replay(house: House, selection: Selection) -> int:
    with house.store.write() as db:
        return house.events.replay(db, APP, selection, "dev")
