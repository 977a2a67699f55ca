"""A customer's data is opened for a case and by one at a time; the log leaves the house by two people's word."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bank_sim.core.seeding import IssuedAccount
from bank_sim.monitor import incidents
from bank_sim.staff import proposals
from tests.bank_in_process import PEOPLE
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, House, Screen

ScreenOf = Callable[..., Screen]


@pytest.fixture
def customer(house: House) -> IssuedAccount:
    return house.founded.accounts_of(0)[0]


def opened(house: House) -> str:
    with house.bank.store.write() as db:
        return f"incident-{incidents.open_incident(db, 'a drill', 'minor', 'a drill', 'chen', house.clock.now_ms())}"


@pytest.mark.clause("9.3.2-1.1.2", "12.3-1.1")
def test_a_customer_is_shown_for_a_case_masked_and_the_look_is_written_down(
    house: House, screen_of: ScreenOf, customer: IssuedAccount
) -> None:
    case = opened(house)
    page = screen_of(OPERATOR).get(f"/customers?ref={customer.customer_id}&case={case}")

    assert page.status == 200
    assert PEOPLE[0].phone[-4:] in page.text
    for secret in (PEOPLE[0].name, PEOPLE[0].phone, PEOPLE[0].id_number, customer.account_number):
        assert secret not in page.text
    entry = house.entries()[0].entry
    assert (entry.action, entry.subject, entry.reason, entry.result) == (
        "look_at_customer", customer.customer_id, case, "done",
    )  # fmt: skip


@pytest.mark.clause("9.3.2-1.1.2")
@pytest.mark.parametrize("case", ["", "incident-999", "risk-1", "incident-x", "incident-" + "9" * 30, "nonsense"])
def test_without_a_case_that_runs_nothing_is_shown(
    house: House, screen_of: ScreenOf, customer: IssuedAccount, case: str
) -> None:
    page = screen_of(OPERATOR).get(f"/customers?ref={customer.customer_id}&case={case}")
    assert (page.status, PEOPLE[0].phone[-4:] in page.text) == (403, False)
    assert (house.entries()[0].entry.action, house.entries()[0].entry.result) == ("look_at_customer", "CASE_REQUIRED")
    assert house.records()[-1]["code"] == "CASE_REQUIRED"


def test_a_closed_incident_opens_nobody(house: House, screen_of: ScreenOf, customer: IssuedAccount) -> None:
    case = opened(house)
    with house.bank.store.write() as db:
        incidents.close(db, int(case.partition("-")[2]), "over", "chen", house.clock.now_ms())
    assert screen_of(OPERATOR).get(f"/customers?ref={customer.customer_id}&case={case}").status == 403


def test_who_is_no_customer_is_not_found_and_the_page_asks_before_it_shows(house: House, screen_of: ScreenOf) -> None:
    case = opened(house)
    screen = screen_of(OPERATOR)
    assert screen.get(f"/customers?ref=nobody&case={case}").status == 404
    written = len(house.entries())
    asking = screen.get("/customers")
    assert (asking.status, case in asking.text, len(house.entries())) == (200, True, written)


def test_only_who_audits_takes_an_archive_along(house: House, screen_of: ScreenOf) -> None:
    for member, status in ((OPERATOR, 403), (REVIEWER, 403), (AUDITOR, 404)):
        assert screen_of(member).get("/archives/access_log-none.sqlite").status == status


def test_who_audits_opens_no_customer(house: House, screen_of: ScreenOf, customer: IssuedAccount) -> None:
    assert screen_of(AUDITOR).get(f"/customers?ref={customer.customer_id}&case={opened(house)}").status == 403


@pytest.mark.clause("7.2.2-3.2.2", "12.3-1.1")
def test_records_leave_the_house_by_the_word_of_two_and_for_a_day(house: House, screen_of: ScreenOf) -> None:
    operator, reviewer = screen_of(OPERATOR), screen_of(REVIEWER)
    assert operator.get("/exports/1-3").status == 403
    operator.act("propose_log_export", "1-3")
    assert operator.get("/exports/1-3").status == 403
    found = proposals.open_for(house.bank.store, "export_log", "1-3")
    assert found is not None
    reviewer.act("approve_proposal", found.proposal_id)

    fetched = operator.get("/exports/1-3")
    assert [json.loads(line)["serial"] for line in fetched.text.splitlines()] == [1, 2, 3]
    assert [(each.entry.action, each.entry.result) for each in house.entries()[:1]] == [("export_log", "done")]
    assert operator.get("/exports/1-2").status == 403
    assert reviewer.get("/exports/1-3").status == 403
    house.clock.advance(86_401)
    assert screen_of(OPERATOR).get("/exports/1-3").status == 403


@pytest.mark.parametrize("stretch", ["0-3", "3-1", "1-999999999", "1", "x-y", "1-2-3", "1-" + "9" * 20])
def test_what_is_no_stretch_of_the_log_is_not_found(house: House, screen_of: ScreenOf, stretch: str) -> None:
    assert screen_of(OPERATOR).get(f"/exports/{stretch}").status == 404
