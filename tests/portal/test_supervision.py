"""What a developer reads and answers about its application's dealings with the bank, and the open page at the end."""

from __future__ import annotations

import pytest

from bank_sim.audit import AccessRecord, append
from bank_sim.monitor import incidents
from bank_sim.supervision import states, tasks
from tests.portal.developer import Developer
from tests.portal.office import Office

BY = {"by": "chen", "reason": "a drill"}
PAGE = "/application/supervision"


@pytest.fixture
def developer(office: Office) -> Developer:
    developer = Developer(office)
    developer.make_application()
    return developer


def mine(developer: Developer) -> str:
    """The App_ID as its own page shows it."""
    developer.get("/application")
    return "app_" + developer.page.text.partition("<code>app_")[2].partition("<")[0]


@pytest.mark.clause("10.2.1-2.4")
def test_a_developer_reads_a_question_and_answers_it_once(office: Office, developer: Developer) -> None:
    own = mine(developer)
    with office.bank.store.write() as db:
        task_id = office.bank.supervisor.inquire(db, own, "why so many refusals?", by="chen")
    assert "why so many refusals?" in developer.get(PAGE).text
    action = f"{PAGE}/answer/{task_id}"
    developer.submit(action, text="a broken release, rolled back")
    assert tasks.find(office.bank.store, task_id).answer == "a broken release, rolled back"
    assert action not in developer.follow().text
    again = developer.post(action, {"csrf": "", "text": "once more"})
    assert (again.status, tasks.find(office.bank.store, task_id).state) == (403, "answered")


@pytest.mark.clause("10.5-3")
def test_a_developer_sees_that_the_bank_asks_for_its_log(office: Office, developer: Developer) -> None:
    own, bank = mine(developer), office.bank
    with bank.store.write() as db:
        append(db, AccessRecord(
            trace_id="f" * 32, at_ms=bank.clock.now_ms(), app_id=own, api_id="rates.list", method="GET",
            path="/api/rates", source="192.0.2.7", elapsed_us=900, result="success", status=200,
        ))  # fmt: skip
        incident_id = incidents.open_incident(db, "a drill", "major", "a drill", "chen", bank.clock.now_ms())
    assert "The bank asks for your log" not in developer.get(PAGE).text
    with bank.store.write() as db:
        request_id = bank.evidence.ask(db, incident_id, own, by="chen", reason="a drill")
    page = developer.get(PAGE).text
    assert request_id in page
    assert "/handbook/monitoring" in page


@pytest.mark.clause("10.3-2.1", "9.3.5-4.1")
def test_what_is_wrong_with_an_announced_change_is_said_and_what_was_typed_stays(developer: Developer) -> None:
    developer.get(PAGE)
    said = {"what": "a new release", "fallback": "the old one", "risk": "", "users": "a notice", "forecast": "9 000"}
    page = developer.submit(f"{PAGE}/change", starts="2026-03-01", **said)
    assert (page.status, "PARAM_INVALID" in page.text, "a new release" in page.text) == (400, True, True)
    for day in ("tomorrow", "0001-01-01"):
        page = developer.submit(f"{PAGE}/change", starts=day, **said)
        assert (page.status, "2026-01-31" in page.text) == (400, True)


@pytest.mark.clause("9.4-1.1")
def test_a_developer_is_asked_before_the_application_asks_to_leave_and_may_take_it_back(
    office: Office, developer: Developer
) -> None:
    own = mine(developer)
    assert f"{PAGE}/leave" in developer.get(PAGE).text
    developer.get(f"{PAGE}/leave")
    assert states.current(office.bank.store, own) is None
    page = developer.submit(f"{PAGE}/leave", text="x")
    assert (page.status, "PARAM_INVALID" in page.text) == (400, True)
    assert developer.submit(f"{PAGE}/leave", text="we merge with another company").status == 303
    found = states.current(office.bank.store, own)
    assert found is not None
    assert found.state == "requested"
    assert f"{PAGE}/leave" not in developer.follow().text
    developer.submit(f"{PAGE}/stay")
    assert states.current(office.bank.store, own) is None


def test_once_the_bank_has_begun_a_request_is_taken_back_no_more(office: Office, developer: Developer) -> None:
    own = mine(developer)
    developer.get(f"{PAGE}/leave")
    developer.submit(f"{PAGE}/leave", text="no longer needed")
    developer.follow()
    with office.bank.store.write() as db:
        office.bank.exits.announce(db, own, **BY)
    page = developer.submit(f"{PAGE}/stay")
    assert (page.status, "ILLEGAL_TRANSITION" in page.text) == (409, True)
    assert f"{PAGE}/stay" not in page.text


@pytest.mark.clause("9.4-2.1")
def test_a_stranger_learns_nothing_of_who_is_leaving(office: Office, developer: Developer) -> None:
    own = mine(developer)
    with office.bank.store.write() as db:
        office.bank.exits.announce(db, own, **BY)
    stranger = Developer(office)
    answers = set()
    for named in (own, "app_unknown", ""):
        stranger.get("/exit")
        page = stranger.submit("/exit", app_id=named, statement="a.b.c")
        answers.add((page.status, "DELETION_UNPROVEN" in page.text, "EXIT_STEPS_PENDING" in page.text))
    assert answers == {(422, True, False)}
    found = states.current(office.bank.store, own)
    assert found is not None
    assert found.state == "announced"


def test_the_open_page_takes_no_form_of_another_site_and_tires_of_guesses(office: Office) -> None:
    stranger = Developer(office)
    stranger.get("/exit")
    stranger.site = "cross-site"
    assert stranger.submit("/exit", app_id="app_x", statement="a.b.c").status == 403
    stranger.site = "same-origin"
    codes = [stranger.post("/exit", {"app_id": "app_x", "statement": "a.b.c"}).status for _ in range(31)]
    assert codes[-1] == 429
