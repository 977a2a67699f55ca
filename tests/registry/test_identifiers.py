"""App_IDs say nothing of who bears them, and follow from a seed where one is given."""

import re

from bank_sim.registry.identifiers import app_id


def test_a_seed_gives_the_same_app_ids_in_the_same_order_and_no_two_alike() -> None:
    once, again = [app_id(nth, 7) for nth in range(200)], [app_id(nth, 7) for nth in range(200)]

    assert once == again
    assert len(set(once)) == 200
    assert not set(once) & {app_id(nth, 8) for nth in range(200)}


def test_without_a_seed_they_are_drawn() -> None:
    drawn = {app_id(0, None) for _ in range(200)}

    assert len(drawn) == 200
    assert all(re.fullmatch(r"app_[a-z2-7]{12}", each) for each in drawn | {app_id(0, 7)})
