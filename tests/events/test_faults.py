"""An event that a sandbox lets arrive twice, or late: once each, signed anew, and in order all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bank_sim.events import Event
from bank_sim.events.delivery import Delivery
from bank_sim.sandbox.faults import Faults, Strike, read_order
from tests.events.conftest import APP, House


@pytest.fixture
def switch_on(house: House, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Switches a fault on at a house whose delivery heeds faults."""
    number = [0]

    def announce() -> None:
        number[0] += 1

    faults = Faults(tmp_path / "faults.db", lambda: number[0], announce)

    def befalls(event: Event, kind: str) -> Strike | None:
        return faults.strike_of(kind, event.app_id, event.type, house.clock.now_ms())

    house.delivery = Delivery(
        lambda _: house.keys, house.clock, house.policy, house._post,  # type: ignore[arg-type, return-value]
        lambda *_: None, befalls,
    )  # fmt: skip
    yield lambda kind, **order: faults.add(read_order({"kind": kind, **order}), house.clock.now_ms()) and None
    faults.close()


def outcomes(house: House, event_id: str) -> list[str]:
    return [each.outcome for each in house.events.attempts(event_id)]


def test_an_event_arrives_twice_with_two_signatures_and_then_no_more(
    house: House, switch_on: Callable[..., None]
) -> None:
    house.subscribe()
    switch_on("duplicate_callback", api_id="consent.revoked")
    [event_id] = house.publish()
    for _ in range(4):
        house.deliver()
        house.clock.advance(5)

    assert [each.event_id for each in house.shop.taken] == [event_id, event_id]
    assert len(house.shop.nonces) == 2
    assert sorted(outcomes(house, event_id)) == ["delivered", "delivered", "fault"]


def test_an_event_leaves_late_by_the_virtual_clock_and_those_behind_it_wait(
    house: House, switch_on: Callable[..., None]
) -> None:
    house.subscribe()
    switch_on("late_callback", parameters={"s": 600}, count=1)
    house.publish(count=2)
    house.deliver()
    house.clock.advance(599)
    house.deliver()
    assert house.shop.taken == []

    house.clock.advance(1)
    house.deliver()
    assert [each.sequence for each in house.shop.taken] == [1, 2]


def test_events_of_another_type_are_left_alone(house: House, switch_on: Callable[..., None]) -> None:
    house.subscribe()
    switch_on("late_callback", api_id="key.rotated")
    switch_on("duplicate_callback", app_id=f"{APP}x")
    house.publish()
    house.deliver()

    assert house.states() == ["delivered"]
    assert len(house.shop.taken) == 1
