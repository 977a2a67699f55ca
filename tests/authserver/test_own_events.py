"""An application fetches its own events, as they would be posted, and nobody else's."""

from __future__ import annotations

import pytest

from tests.branch import Branch
from tests.client import Client


def told(branch: Branch, client: Client, count: int = 3) -> None:
    with branch.bank.store.write() as db:
        for number in range(1, count + 1):
            branch.bank.events.publish(db, client.app_id, "interface.changed", f"rates.list {number}", {"n": number})


@pytest.mark.clause("7.1-6.3")
def test_events_behind_a_number_are_fetched_oldest_first(branch: Branch, client: Client) -> None:
    told(branch, client)
    document = client.post("events", {"after": "1"}).json
    assert [(each["sequence"], each["subject"]) for each in document["events"]] == [
        (2, "rates.list 2"), (3, "rates.list 3"),
    ]  # fmt: skip
    assert document["newest"] == 3
    assert document["events"][0].keys() == {
        "event_id", "app_id", "sequence", "type", "subject", "occurred_at", "data",
    }  # fmt: skip
    assert branch.bank.events.counts(client.app_id) == {"kept": 3}


def test_a_page_has_as_many_as_are_asked_for_and_a_hundred_at_most(branch: Branch, client: Client) -> None:
    told(branch, client, 102)
    assert len(client.post("events", {"limit": "2"}).json["events"]) == 2
    assert len(client.post("events", {"limit": "1000"}).json["events"]) == 100


def test_nobody_fetches_anothers_events(branch: Branch, client: Client) -> None:
    told(branch, client)
    assert Client(branch).post("events", {"after": "0"}).json == {"events": [], "newest": 0}


@pytest.mark.parametrize("parameters", [{"after": "-1"}, {"after": "x"}, {"limit": "1.5"}, {"after": "9" * 13}])
def test_what_is_no_number_is_refused_and_recorded(branch: Branch, client: Client, parameters: dict[str, str]) -> None:
    assert client.post("events", parameters).status == 400
    [(api_id, code)] = branch.bank.store.read("SELECT api_id, code FROM access_log ORDER BY serial DESC LIMIT 1")
    assert (api_id, code) == ("oauth.events", "PARAM_INVALID")
