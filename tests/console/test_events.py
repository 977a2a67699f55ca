"""The staff probes applications, has dead letters posted again, and rules over SDK builds, as its roles allow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bank_sim.events import probes, subscribe
from bank_sim.registry.registration import Registration
from bank_sim.sdk.manifest import VERSION, attest
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import proposals
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, SECOND_REVIEWER, House, Screen

ScreenOf = Callable[..., Screen]
BUILD = attest().fingerprint


@pytest.fixture
def app_id(house: House) -> str:
    """An application that takes events, with one on its way and one dead."""
    registered = house.bank.registry.register(Registration(name="Shop")).app_id
    with house.bank.store.write() as db:
        subscribe(db, registered, "https://shop.example/events", "gm")
        dead = house.bank.events.publish(db, registered, "interface.changed", "rates.list", {})
        house.bank.events.publish(db, registered, "interface.changed", "products.list", {})
        db.execute("UPDATE events SET state = 'dead' WHERE event_id = ?", (dead,))
    return registered


def usable(house: House) -> str | None:
    try:
        house.bank.releases.require_usable(attest())
    except Problem as problem:
        return problem.code
    return None


@pytest.mark.clause("10.4-1.3")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_operator_orders_a_probe_and_sees_it_under_way(
    house: House, screen_of: ScreenOf, app_id: str, language: str
) -> None:
    operator = screen_of(OPERATOR, language=language)
    operator.act("probe_callbacks", app_id, reason="before going live")
    page = operator.follow()
    assert {"en": "under way", "zh": "探测中"}[language] in page.text
    report = probes.latest(house.bank.store, app_id)
    assert report is not None
    assert report.ordered_by == OPERATOR.login_name
    entry = house.entries()[0].entry
    assert (entry.action, entry.subject, entry.result) == ("probe_callbacks", app_id, "done")


@pytest.mark.clause("10.4-1.3")
@pytest.mark.parametrize(("language", "grave"), [("en", "grave"), ("zh", ">高<")])
def test_what_a_probe_found_shows_where_the_application_is_inspected(
    house: House, screen_of: ScreenOf, app_id: str, language: str, grave: str
) -> None:
    bank = house.bank
    with bank.store.write() as db:
        probe_id = probes.order(db, app_id, OPERATOR.login_name, house.clock.now_ms())
        answers = [probes.Finding(each, "delivered", 204, each == "none") for each in probes.DEFECTS]
        probes.finish(db, probe_id, answers, house.clock.now_ms())
        case_id, _ = bank.admissions.enquire(db, "晴川记账有限公司", "bookkeeping")
        bank.admissions.dossiers.write(db, case_id, app_id=app_id)
        db.execute("UPDATE admission_cases SET stage = 'testing' WHERE case_id = ?", (case_id,))
    operator = screen_of(OPERATOR, language=language)
    for path in (f"/supervision/{app_id}", f"/admission/{case_id}"):
        shown = operator.get(path).text
        assert shown.count(grave) == 4
        assert f"/act/probe_callbacks/{app_id}" in shown
    with bank.store.write() as db:
        subscribe(db, app_id, "https://shop.example/elsewhere", "gm")
    shown = operator.get(f"/supervision/{app_id}").text
    assert {"en": "another address", "zh": "另一个地址"}[language] in shown
    assert grave not in shown


def test_dead_letters_are_listed_and_posted_again(house: House, screen_of: ScreenOf, app_id: str) -> None:
    operator = screen_of(OPERATOR)
    assert "rates.list" in operator.get("/events").text.partition("Dead letters")[2]
    operator.act("replay_dead_letters", app_id)
    assert house.bank.events.counts(app_id) == {"pending": 2}


@pytest.mark.parametrize(
    ("member", "action", "subject", "code"),
    [
        (AUDITOR, "probe_callbacks", None, "STAFF_ROLE_REQUIRED"),
        (REVIEWER, "replay_dead_letters", None, "STAFF_ROLE_REQUIRED"),
        (AUDITOR, "withdraw_sdk", BUILD, "STAFF_ROLE_REQUIRED"),
        (OPERATOR, "probe_callbacks", "app_nobody", "RESOURCE_NOT_FOUND"),
        (OPERATOR, "withdraw_sdk", "0" * 64, "RESOURCE_NOT_FOUND"),
        (OPERATOR, "propose_sdk", BUILD, "ILLEGAL_TRANSITION"),
        (OPERATOR, "raise_sdk_minimum", "7.7.7", "RESOURCE_NOT_FOUND"),
    ],
)
def test_a_wrong_order_is_refused_recorded_and_changes_nothing(
    house: House, screen_of: ScreenOf, app_id: str, member: object, action: str, subject: str | None, code: str
) -> None:
    tables = ("events", "event_attempts", "event_probes", "sdk_releases", "sdk_history", "staff_proposals")
    screen = screen_of(member)
    before = {each: house.bank.store.read(f"SELECT * FROM {each}") for each in tables}
    assert code in screen.act(action, subject or app_id).text
    assert {each: house.bank.store.read(f"SELECT * FROM {each}") for each in tables} == before
    assert house.records()[-1]["code"] == code


@pytest.mark.clause("9.3.5-3.2")
def test_withdrawing_a_build_is_one_persons_and_admitting_it_again_takes_two(house: House, screen_of: ScreenOf) -> None:
    operator = screen_of(OPERATOR)
    assert "No other build may be used" in operator.get(f"/act/withdraw_sdk/{BUILD}").text
    operator.act("withdraw_sdk", BUILD, reason="a flaw was found")
    assert usable(house) == "SDK_VERSION_WITHDRAWN"
    proposer, decider = screen_of(REVIEWER), screen_of(SECOND_REVIEWER)
    proposer.act("propose_sdk", BUILD, reason="no flaw after all")
    proposal_id = proposals.listed(house.bank.store)[0].proposal_id
    assert "FOUR_EYES_REQUIRED" in proposer.act("approve_proposal", proposal_id).text
    assert usable(house) == "SDK_VERSION_WITHDRAWN"
    assert "waits for a reviewer" in proposer.get("/sdk").text
    decider.act("approve_proposal", proposal_id)
    assert usable(house) is None
    page = decider.get("/sdk").text
    assert "a flaw was found" in page
    assert "may be used" in page


def test_the_least_version_is_set_and_shown(house: House, screen_of: ScreenOf) -> None:
    operator = screen_of(OPERATOR)
    operator.act("raise_sdk_minimum", VERSION, reason="older ones are insecure")
    assert house.bank.releases.minimum() == VERSION
    assert usable(house) is None
    assert VERSION in operator.follow().text
