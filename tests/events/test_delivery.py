"""Delivery keeps the order of each application, tries again ever more rarely, gives up at last and says so."""

from __future__ import annotations

import pytest

from bank_sim.events import Selection, probes
from bank_sim.sdk.protocol.problems import Problem
from tests.events.conftest import APP, House, Shop

DAY_S = 86_400


def test_what_is_published_arrives_signed_and_in_order(house: House) -> None:
    house.subscribe()
    house.publish(count=3)
    house.deliver()
    assert [(each.sequence, each.subject) for each in house.shop.taken] == [(1, "con_1"), (2, "con_2"), (3, "con_3")]
    assert house.shop.taken[0].data == {"reason": "user"}
    assert house.states() == ["delivered"] * 3


def test_later_events_wait_behind_one_that_has_not_arrived(house: House) -> None:
    house.subscribe()
    house.publish(count=2)
    house.shop.down = True
    house.deliver()
    assert [len(house.events.attempts(each.event_id)) for each in house.events.after(APP, 0, 9)] == [1, 0]
    house.shop.down = False
    house.clock.advance(2)
    house.deliver()
    assert [each.sequence for each in house.shop.taken] == [1, 2]


def test_one_applications_trouble_is_not_anothers(house: House) -> None:
    other = "https://other.example/events"
    house.others[other] = Shop(house.clock, house.keys, other, "app_other")
    house.subscribe()
    house.subscribe("app_other", other)
    house.shop.down = True
    house.publish()
    house.publish("app_other")
    house.deliver()
    assert len(house.others[other].taken) == 1
    assert house.states() == ["pending"]


def test_pauses_double_on_the_virtual_clock_and_outlive_a_restart(house: House) -> None:
    house.subscribe()
    house.shop.down = True
    [event_id] = house.publish()
    tries = []
    for _ in range(40):
        house.deliver()
        tries.append(len(house.events.attempts(event_id)))
        house.clock.advance(1)
    # After 0, 1, 3, 7, 15 and 31 seconds.
    assert tries == [1] * 1 + [2] * 2 + [3] * 4 + [4] * 8 + [5] * 16 + [6] * 9
    again = House(house.store)
    again.clock.advance(24)
    again.deliver()
    assert len(house.events.attempts(event_id)) == 6


def test_a_clock_that_is_set_back_does_not_hold_up_what_waits(house: House) -> None:
    house.subscribe()
    house.shop.down = True
    house.clock.advance(30 * DAY_S)
    house.publish()
    house.deliver()
    house.clock.advance(-30 * DAY_S)
    house.shop.down = False
    house.deliver()
    assert house.states() == ["delivered"]


@pytest.mark.clause("7.1-6.3")
def test_what_cannot_be_delivered_becomes_a_dead_letter_with_an_alarm_and_the_next_one_goes_out(house: House) -> None:
    house.subscribe()
    house.shop.down = True
    house.publish()
    house.deliver()
    house.clock.advance(house.policy.event_give_up_s)
    house.publish()
    house.deliver()
    assert house.states() == ["dead", "pending"]
    assert house.dead == [(APP, 1)]
    house.shop.down = False
    house.clock.advance(1)
    house.deliver()
    assert house.states() == ["dead", "delivered"]
    with house.store.write() as db:
        assert house.events.replay(db, APP, Selection(dead_only=True), "dev") == 1
    house.deliver()
    assert house.states() == ["delivered", "delivered"]


def test_a_try_that_arrives_twice_is_one_event_with_another_nonce(house: House) -> None:
    house.subscribe()
    [event_id] = house.publish()
    house.deliver()
    with house.store.write() as db:
        house.events.replay(db, APP, Selection(event_id=event_id), "dev")
    house.deliver()
    assert [each.event_id for each in house.shop.taken] == [event_id, event_id]
    assert len(house.shop.nonces) == 2


def test_what_was_on_its_way_when_a_snapshot_was_put_back_leaves_no_trace(house: House) -> None:
    house.subscribe()
    [event_id] = house.publish()
    with house.store.write() as db:
        db.execute("DELETE FROM events WHERE event_id = ?", (event_id,))
    house.deliver()
    assert house.store.read("SELECT * FROM event_attempts") == []


@pytest.mark.clause("10.4-1.3", "9.3.3-1.1")
def test_a_sound_application_refuses_every_probe_but_the_banks_own(house: House) -> None:
    house.subscribe()
    report = _probed(house)
    assert report.passed
    assert [(each.defect, each.status) for each in report.findings] == [
        ("none", 204), ("unsigned", 401), ("forged", 401), ("foreign_key", 401), ("altered", 401), ("stale", 401),
        ("replayed", 409),
    ]  # fmt: skip
    assert house.listed() == []


@pytest.mark.clause("10.4-1.3")
@pytest.mark.parametrize(
    ("left_out", "found"),
    [("event_intact", {"forged", "altered"}), ("event_fresh", {"stale"}), ("event_once", {"replayed"})],
)
def test_each_check_that_an_application_leaves_out_is_found_by_its_probe(
    house: House, left_out: str, found: set[str]
) -> None:
    house.subscribe()
    house.shop.weakened = frozenset({left_out})
    report = _probed(house)
    assert not report.passed
    assert {each.defect for each in report.findings if not each.is_sound} == found


def test_an_application_that_does_not_answer_has_refused_nothing(house: House) -> None:
    house.subscribe()
    house.shop.down = True
    report = _probed(house)
    assert not report.passed
    assert not any(each.is_sound for each in report.findings)


def test_a_probe_is_ordered_once_at_a_time_and_only_where_there_is_an_address(house: House) -> None:
    with house.store.write() as db, pytest.raises(Problem) as refusal:
        probes.order(db, APP, "op", house.clock.now_ms())
    assert refusal.value.code == "EVENTS_NOT_WANTED"
    house.subscribe()
    with house.store.write() as db:
        probes.order(db, APP, "op", house.clock.now_ms())
    with pytest.raises(Problem) as refusal, house.store.write() as db:
        probes.order(db, APP, "op", house.clock.now_ms())
    assert refusal.value.code == "STATE_CHANGED"
    report = probes.latest(house.store, APP)
    assert report is not None
    assert report.finished_ms is None
    assert not report.passed


def _probed(house: House) -> probes.ProbeReport:
    with house.store.write() as db:
        probes.order(db, APP, "op", house.clock.now_ms())
    house.deliver()
    report = probes.latest(house.store, APP)
    assert report is not None
    assert report.finished_ms is not None
    return report
