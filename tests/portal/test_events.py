"""An application's developers read its events, set where they go, and have them posted again; and nobody else's."""

from __future__ import annotations

import json

import msgspec
import pytest

from bank_sim.events import endpoint_of
from bank_sim.sdk.manifest import SignedManifest, require_published, this_build
from tests.portal.developer import Developer
from tests.portal.office import Office

LIST = "/application/events"


def at_work(office: Office, language: str = "en") -> tuple[Developer, str]:
    """A developer signed in with an application of their own, and its App_ID."""
    developer = Developer(office, language)
    developer.make_application("gm")
    return developer, office.bank.store.read("SELECT app_id FROM applications ORDER BY registered_at_ms DESC")[0][0]


def told(office: Office, app_id: str, count: int = 1) -> list[str]:
    with office.bank.store.write() as db:
        return [
            office.bank.events.publish(db, app_id, "interface.changed", f"rates.list {n}", {"version": "2"})
            for n in range(count)
        ]


def address(office: Office, app_id: str) -> str | None:
    endpoint = endpoint_of(office.bank.store, app_id)
    return endpoint.url if endpoint else None


@pytest.mark.clause("7.1-6.3")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_developer_reads_what_the_bank_told_and_every_try(office: Office, language: str) -> None:
    developer, app_id = at_work(office, language)
    [event_id] = told(office, app_id)
    page = developer.get(LIST)
    assert "interface.changed" in page.text
    page = developer.get(f"{LIST}/{event_id}")
    assert json.loads(developer.block("What is posted" if language == "en" else "推送内容"))["event_id"] == event_id
    assert page.status == 200


def test_events_go_to_the_origin_of_a_redirect_uri_and_nowhere_else(office: Office) -> None:
    developer, app_id = at_work(office)
    origin = office.bank.config.portal_url
    developer.get(LIST)
    developer.submit(f"{LIST}/address", url="https://somewhere.example/events")
    assert developer.page.form_code == "PARAM_INVALID"
    assert address(office, app_id) is None
    developer.get(LIST)
    developer.submit(f"{LIST}/address", url=f"{origin}/events")
    assert address(office, app_id) == f"{origin}/events"
    developer.get(LIST)
    developer.submit(f"{LIST}/address", url="")
    assert address(office, app_id) is None


def test_one_event_or_a_range_is_posted_again(office: Office) -> None:
    developer, app_id = at_work(office)
    developer.get(LIST)
    developer.submit(f"{LIST}/address", url=f"{office.bank.config.portal_url}/events")
    first, *_ = told(office, app_id, 3)
    with office.bank.store.write() as db:
        db.execute("UPDATE events SET state = 'delivered'")
    developer.get(f"{LIST}/{first}")
    developer.submit(f"{LIST}/{first}/replay")
    assert office.bank.events.counts(app_id) == {"pending": 1, "delivered": 2}
    developer.get(LIST)
    developer.submit(f"{LIST}/replay", first="2", last="3")
    assert office.bank.events.counts(app_id) == {"pending": 3}
    assert office.bank.events.attempts(first)[-1].outcome == "replayed by portal"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"first": "3", "last": "2"}, "PARAM_INVALID"),
        ({"first": "x", "last": ""}, "PARAM_INVALID"),
        ({"first": "8", "last": "9"}, "RESOURCE_NOT_FOUND"),
        ({"which": "dead"}, "RESOURCE_NOT_FOUND"),
    ],
)
def test_a_replay_of_nothing_is_refused_on_the_page_recorded_and_changes_nothing(
    office: Office, fields: dict[str, str], code: str
) -> None:
    developer, app_id = at_work(office)
    developer.get(LIST)
    developer.submit(f"{LIST}/address", url=f"{office.bank.config.portal_url}/events")
    told(office, app_id)
    before = office.bank.store.read("SELECT * FROM events")
    developer.get(LIST)
    csrf = developer.page.text.split('name="csrf" value="')[1].split('"')[0]
    developer.post(f"{LIST}/replay", {"csrf": csrf, **fields})
    assert developer.page.form_code == code
    assert office.bank.store.read("SELECT * FROM events") == before
    assert office.bank.store.read("SELECT code FROM access_log ORDER BY serial DESC LIMIT 1") == [(code,)]


def test_somebody_elses_event_is_not_found(office: Office) -> None:
    _, theirs = at_work(office)
    [event_id] = told(office, theirs)
    developer, _ = at_work(office)
    assert developer.get(f"{LIST}/{event_id}").status == 404


@pytest.mark.clause("9.3.5-3.2")
def test_anybody_reads_the_builds_of_the_sdk_and_verifies_a_manifest(office: Office) -> None:
    developer = Developer(office)
    assert this_build().fingerprint in developer.get("/sdk").text
    answer = developer.get(f"/sdk/{this_build().fingerprint}.json")
    signed = msgspec.json.decode(answer.body, type=SignedManifest)
    require_published(signed, office.bank.keys.signing(office.bank.config.suite).public)
    assert signed.manifest == this_build()
    assert developer.get(f"/sdk/{'0' * 64}.json").status == 404
