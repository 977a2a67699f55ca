"""An App_Secret is not found by trying: after ten wrong ones an address waits, with the right one too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bank_sim.policy import Policy

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town
    from tests.gateway.wire import Message, Reply

POLICY = Policy()
NOBODY = "app_00000000000000000000000000"


def asked(party: Party, app_id: str | None = None) -> Message:
    """Public information, under the party's App_Secret, or somebody's."""
    message = party.with_secret(party.message("GET", "/api/rates"))
    return message if app_id is None else replace(message, keyid=f"{app_id}.secret")


def guesses(town: Town, party: Party, app_id: str | None = None) -> list[Reply]:
    """As many wrong secrets as are looked at, and one more."""
    return [
        town.send(replace(asked(party, app_id), key=party.wrong_secret())) for _ in range(POLICY.secret_guesses_max + 1)
    ]


@pytest.mark.clause("7.2.1-a-1", "9.2.1-b-4.2")
def test_after_ten_wrong_secrets_the_right_one_is_not_looked_at_either(town: Town, party: Party) -> None:
    *wrong, last = guesses(town, party)

    assert {(each.status, each.code) for each in wrong} == {(401, "APP_AUTH_FAILED")}
    assert (last.status, last.code) == (429, "APP_LOCKED")
    assert 0 < int(last.headers["retry-after"]) <= POLICY.secret_guesses_window_s + 1
    assert town.send(asked(party)).code == "APP_LOCKED"
    town.clock.advance(2 * POLICY.secret_guesses_window_s)
    assert town.send(asked(party)).status == 200


def test_an_app_id_that_does_not_exist_is_locked_just_so(town: Town, party: Party) -> None:
    answers = [(each.status, each.code) for each in guesses(town, party, NOBODY)]

    assert answers == [(each.status, each.code) for each in guesses(town, party)]


def test_neither_another_app_id_nor_another_address_nor_the_private_key_waits(
    town: Town, party: Party, new_party: Callable[..., Party]
) -> None:
    guesses(town, party)

    assert town.send(asked(new_party())).status == 200
    assert town.send(replace(asked(party), source="192.0.2.77")).status == 200
    assert party.get("/api/rates").status == 200


def test_right_secrets_count_for_nothing(town: Town, party: Party) -> None:
    assert {town.send(asked(party)).status for _ in range(2 * POLICY.secret_guesses_max)} == {200}
