"""What the staff does: asked first, judged, done, written down; and what takes two is not done by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bank_sim.audit import AccessRecord, append
from bank_sim.identity.attempts import Attempts
from bank_sim.monitor import alarms, incidents
from bank_sim.staff import proposals
from tests.bank_in_process import PEOPLE
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, SECOND_REVIEWER, House, Screen
from tests.gateway.party import Party
from tests.gateway.town import Town


class Place:
    """The house, and the gateway of the same bank with a party that calls there."""

    def __init__(self, house: House, town: Town) -> None:
        self.house, self.town = house, town
        self.party = Party(town, "intl", name="Budget Buddy")
        self.app_id = self.party.app_id

    def call(self) -> str | None:
        return self.party.get("/api/products").code

    def screen(self, member: Any) -> Screen:
        return Screen(self.house).log_in(member)

    def last(self) -> tuple[str, str, str, str]:
        entry = self.house.entries()[0].entry
        return entry.login_name, entry.action, entry.subject, entry.result

    def proposal(self) -> str:
        return next(each.proposal_id for each in proposals.listed(self.house.bank.store) if each.state == "open")


@pytest.fixture
def place(house: House) -> Iterator[Place]:
    town = Town(house.founded, house.clock)
    yield Place(house, town)
    town.close()


@pytest.mark.clause("9.2.1-a-2.2", "10.1.2-1.1.3")
def test_an_operator_suspends_at_once_and_two_people_resume(place: Place) -> None:
    assert place.call() is None
    operator = place.screen(OPERATOR)
    asked = operator.get(f"/act/suspend_application/{place.app_id}").text
    assert "Budget Buddy" in asked
    assert place.call() is None
    done = operator.act("suspend_application", place.app_id, reason="it asks for accounts of others")
    assert (done.status, done.header("location")) == (303, f"/applications/{place.app_id}?done=suspend_application")
    assert place.call() == "APP_SUSPENDED"
    assert place.last() == ("chen", "suspend_application", place.app_id, "done")
    history = operator.follow().text
    assert "The application is suspended." in history
    assert "it asks for accounts of others" in history

    operator.act("propose_resumption", place.app_id)
    assert place.call() == "APP_SUSPENDED"
    place.screen(REVIEWER).act("approve_proposal", place.proposal())
    assert place.call() is None
    entries = [(each.entry.login_name, each.entry.action) for each in place.house.entries()[:2]]
    assert entries == [("lin", "approve_proposal"), ("lin", "resume_application")]


@pytest.mark.clause("10.1.2-1.4", "9.1.1-2.1")
def test_nobody_approves_their_own_proposal_unless_the_bank_is_weakened(place: Place) -> None:
    place.screen(OPERATOR).act("suspend_application", place.app_id)
    reviewer = place.screen(REVIEWER)
    reviewer.act("propose_resumption", place.app_id)
    refused = reviewer.act("approve_proposal", place.proposal())
    assert (refused.status, refused.form_code) == (403, "FOUR_EYES_REQUIRED")
    assert place.last() == ("lin", "approve_proposal", place.proposal(), "FOUR_EYES_REQUIRED")
    assert place.call() == "APP_SUSPENDED"
    place.house.switches.weaken(["four_eyes"])
    assert reviewer.act("approve_proposal", place.proposal()).status == 303
    assert place.call() is None


def test_another_reviewer_may_refuse_and_then_nothing_changes(place: Place) -> None:
    place.screen(OPERATOR).act("suspend_application", place.app_id)
    place.screen(REVIEWER).act("propose_resumption", place.app_id)
    decided = place.proposal()
    assert place.screen(SECOND_REVIEWER).act("reject_proposal", decided).status == 303
    assert place.call() == "APP_SUSPENDED"
    late = place.screen(SECOND_REVIEWER).act("approve_proposal", decided)
    assert (late.status, late.form_code) == (409, "STATE_CHANGED")


@pytest.mark.clause("10.1.2-1.0")
@pytest.mark.parametrize("member", [REVIEWER, AUDITOR], ids=lambda each: each.role)
def test_who_is_no_operator_suspends_nobody_even_by_a_form_of_their_own(place: Place, member: Any) -> None:
    screen = place.screen(member)
    assert screen.get(f"/act/suspend_application/{place.app_id}").form_code == "STAFF_ROLE_REQUIRED"
    screen.get("/alarms")
    csrf = screen.page.text.split('name="csrf" value="')[1][:64]
    refused = screen.post(f"/act/suspend_application/{place.app_id}", csrf=csrf, reason="because of the drill")
    assert (refused.status, refused.form_code) == (403, "STAFF_ROLE_REQUIRED")
    assert place.last() == (member.login_name, "suspend_application", place.app_id, "STAFF_ROLE_REQUIRED")
    assert place.call() is None
    place.house.switches.weaken(["staff_role"])
    assert screen.act("suspend_application", place.app_id).status == 303
    assert place.call() == "APP_SUSPENDED"


def test_without_a_reason_the_page_asks_again_and_keeps_nothing(place: Place) -> None:
    operator = place.screen(OPERATOR)
    again = operator.act("suspend_application", place.app_id, reason="no")
    assert (again.status, again.form_code) == (400, "REASON_REQUIRED")
    assert 'aria-invalid="true"' in again.text
    assert place.call() is None


def test_a_second_click_says_that_it_has_happened(place: Place) -> None:
    first, second = place.screen(OPERATOR), place.screen(OPERATOR)
    second.get(f"/act/suspend_application/{place.app_id}")
    first.act("suspend_application", place.app_id)
    again = second.submit(f"/act/suspend_application/{place.app_id}", reason="because of the drill")
    assert (again.status, again.form_code) == (409, "STATE_CHANGED")


@pytest.mark.clause("7.3.4-3.2")
def test_a_revoked_key_signs_nothing_any_more(place: Place) -> None:
    operator = place.screen(OPERATOR)
    operator.act("revoke_key", place.party.keyid)
    assert place.call() == "KEY_REVOKED"
    assert "revoked" in operator.follow().text


@pytest.mark.clause("7.3.1-1", "7.3.1-2")
def test_two_people_take_away_a_permission_that_is_not_needed_any_more(place: Place) -> None:
    operator, grant = place.screen(OPERATOR), f"{place.app_id}:products.list"
    assert place.call() is None
    shown = operator.get(f"/act/propose_grant_removal/{grant}").text
    assert "Last used" in shown
    assert "not lately" not in shown
    operator.act("propose_grant_removal", grant)
    assert place.call() is None
    place.screen(REVIEWER).act("approve_proposal", place.proposal())
    assert place.call() == "API_NOT_GRANTED"
    told = place.house.bank.store.read("SELECT type, subject FROM events WHERE app_id = ?", (place.app_id,))
    assert told == [("application.notice", "products.list")]
    again = operator.act("propose_grant_removal", grant)
    assert (again.status, again.form_code) == (404, "RESOURCE_NOT_FOUND")


@pytest.mark.clause("9.4-1.1")
def test_staff_sees_that_an_application_asks_to_leave_and_two_people_begin_it(place: Place) -> None:
    operator, exits = place.screen(OPERATOR), place.house.bank.exits
    with place.house.bank.store.write() as db:
        exits.ask(db, place.app_id, "we merge with another company")
    assert "we merge with another company" in operator.get(f"/supervision/{place.app_id}").text
    assert place.app_id in operator.get("/supervision").text
    operator.act("propose_exit", place.app_id)
    assert exits.ends_s(place.app_id) is None
    place.screen(REVIEWER).act("approve_proposal", place.proposal())
    assert exits.ends_s(place.app_id) is not None
    assert operator.act("propose_exit", place.app_id).form_code == "STATE_CHANGED"


@pytest.mark.clause("10.1.2-1.4")
def test_the_blacklist_holds_at_the_gateway_and_two_people_end_it(place: Place) -> None:
    operator = place.screen(OPERATOR)
    operator.act("blacklist_application", place.app_id, lasts="")
    assert place.call() == "APP_BLACKLISTED"
    operator.act("propose_removal", f"application:{place.app_id}")
    assert place.screen(REVIEWER).act("approve_proposal", place.proposal()).status == 303
    assert place.call() is None


@pytest.mark.clause("10.1.2-1.4")
def test_nobody_ends_an_entry_alone_by_listing_it_again_for_an_hour(place: Place) -> None:
    operator = place.screen(OPERATOR)
    operator.act("blacklist_application", place.app_id, lasts="")
    again = operator.act("blacklist_application", place.app_id, lasts="1h")
    assert (again.status, again.form_code) == (403, "FOUR_EYES_REQUIRED")
    place.house.clock.advance(3600)
    assert place.call() == "APP_BLACKLISTED"


@pytest.mark.clause("9.2.1-b-4.2")
def test_an_address_is_shut_out_for_a_while_and_the_console_stays_open(place: Place) -> None:
    operator = place.screen(OPERATOR)
    chosen = operator.get("/blacklist/new?source=127.0.0.1")
    assert (chosen.status, chosen.header("location")) == (303, "/act/blacklist_source/127.0.0.1")
    assert "this address yourself" in operator.follow().text
    operator.act("blacklist_source", "127.0.0.1", lasts="1h")
    assert place.call() == "SOURCE_BLACKLISTED"
    assert operator.get("/blacklist").status == 200
    place.house.clock.advance(3600)
    assert place.call() is None


def test_what_is_no_address_is_said_on_the_page(place: Place) -> None:
    operator = place.screen(OPERATOR)
    for typed in ("everybody", "0.0.0.0%2F0"):
        page = operator.get(f"/blacklist/new?source={typed}")
        assert (page.status, page.form_code) == (400, "PARAM_INVALID")
    assert operator.get("/act/blacklist_source/everybody").status == 400


def test_a_customers_rest_is_shown_by_name_and_released(place: Place) -> None:
    bank, policy = place.house.bank, place.house.bank.config.policy
    attempts, login = Attempts(place.house.clock), f"login:{PEOPLE[0].login_name}"
    for subject in (login, "login:correct horse battery"):
        with bank.store.write() as db:
            for _ in range(policy.login_tries):
                attempts.claim(db, subject, policy.login_tries, policy.login_lock_s)
    operator = place.screen(OPERATOR)
    page = operator.get("/throttles").text
    assert PEOPLE[0].login_name in page
    assert "correct horse" not in page
    assert "1 more rests" in page
    operator.act("release_throttle", login)
    with bank.store.write() as db:
        assert attempts.rest_s(db, login) == 0
    assert operator.act("release_throttle", login).form_code == "STATE_CHANGED"


def test_an_address_that_failed_too_often_is_let_in_again(place: Place) -> None:
    minute = int(place.house.clock.now_s() // 60)
    with place.house.bank.store.write() as db:
        db.execute("INSERT INTO source_failures VALUES ('127.0.0.1', ?, 1000)", (minute,))
    assert place.call() == "RATE_LIMITED"
    operator = place.screen(OPERATOR)
    assert "127.0.0.1" in operator.get("/throttles").text
    operator.act("release_throttle", "gate:127.0.0.1")
    assert place.call() is None


@pytest.mark.clause("10.5-2", "10.1.2-1.2.2")
def test_from_an_alarm_to_a_closed_incident(place: Place) -> None:
    for _ in range(5):
        thief = place.town.consent(place.party)
        place.party.get("/api/accounts/" + "a" * 20 + "/balance", token=thief.token)
    operator = place.screen(OPERATOR)
    assert "An application asks for other people&#39;s accounts" in operator.get("/alarms").text
    number = str(alarms.standing(place.house.bank.store)[0].alarm_id)
    operator.act("open_incident", number, reason="Budget Buddy guesses references")
    operator.act("note_incident", "1", reason="called them")
    operator.act("close_incident", "1", reason="they had mixed up two environments")
    page = operator.follow().text
    for line in ("guesses references", "called them", "mixed up two environments"):
        assert line in page
    assert "/act/note_incident" not in page
    assert operator.act("open_incident", number).form_code == "STATE_CHANGED"


@pytest.mark.clause("10.5-2", "10.5-3")
def test_the_application_hears_of_the_incident_and_is_asked_for_its_log(place: Place) -> None:
    for _ in range(5):
        thief = place.town.consent(place.party)
        place.party.get("/api/accounts/" + "a" * 20 + "/balance", token=thief.token)
    operator = place.screen(OPERATOR)
    operator.get("/alarms")
    bank, app_id = place.house.bank, place.party.app_id
    operator.act("open_incident", str(alarms.standing(bank.store)[0].alarm_id))
    operator.act("tell_application", "1", reason="you ask for accounts of others; card 6222020200112230001")
    operator.act("request_evidence", "1", reason="which of your servers was it?")
    told = {each.data["notice"]: each for each in bank.events.of_application(app_id, 9) if "notice" in each.data}
    assert told["incident"].data["text"] == "you ask for accounts of others; card 622202*********0001"
    assert told["evidence"].subject.startswith("evi_")
    page = operator.follow().text
    for words in ("application told", "records asked for", "Its log beside ours"):
        assert words in page
    assert operator.act("request_evidence", "1").form_code == "STATE_CHANGED"
    assert [each.entry.action for each in place.house.entries()][:3] == [
        "request_evidence", "request_evidence", "tell_application",
    ]  # fmt: skip


def test_an_incident_about_nobody_is_told_to_nobody(place: Place) -> None:
    bank = place.house.bank
    with bank.store.write() as db:
        incident_id = incidents.open_incident(db, "a drill", "minor", "a drill", "chen", place.house.clock.now_ms())
    operator = place.screen(OPERATOR)
    assert "/act/tell_application" not in operator.get(f"/incidents/{incident_id}").text
    for name in ("tell_application", "request_evidence"):
        assert operator.act(name, str(incident_id)).form_code == "RESOURCE_NOT_FOUND"


@pytest.mark.clause("12.3-1.3")
def test_an_auditor_verifies_and_a_broken_chain_is_a_critical_alarm(house: House) -> None:
    with house.bank.store.write() as db:
        for _ in range(3):
            append(
                db,
                AccessRecord(
                    trace_id="t",
                    at_ms=1,
                    method="GET",
                    path="/",
                    source="x",
                    elapsed_us=1,
                    result="success",
                    status=200,
                ),
            )
    auditor = Screen(house).log_in(AUDITOR)
    assert auditor.act("verify_records", "records").status == 303
    assert '<span class="badge good">holds</span>' in auditor.follow().text

    house.bank.store.db.execute("DROP TRIGGER access_log_is_not_rewritten")
    house.bank.store.db.execute("UPDATE access_log SET source = 'y' WHERE serial = 2")
    auditor.act("verify_records", "records")
    assert "broken at no. 2" in auditor.follow().text
    assert [each.rule for each in alarms.standing(house.bank.store)] == ["LOG_TAMPERED"]
    house.bank.store.db.execute("UPDATE access_log SET source = 'x' WHERE serial = 2")


def test_there_is_no_action_of_another_name(house: House) -> None:
    operator = Screen(house).log_in(OPERATOR)
    for path in ("/act/erase/app_x", "/act/suspend_application/app_nobody", "/act/revoke_key/app_x.y", "/alarms/99"):
        assert operator.get(path).status == 404
