"""The staff's side of an admission: who may take which step, what a case shows, and what the journal keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bank_sim.admission.admissions import Admissions
from bank_sim.console.admission_pages import NEXT
from bank_sim.staff.permissions import ROLES
from tests.admission.conftest import COMPANY, FORM, papers
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, SECOND_REVIEWER, House, Screen

ScreenOf = Callable[..., Screen]


@pytest.fixture
def case_id(house: House) -> str:
    """A case whose papers wait to be verified."""
    admissions: Admissions = house.bank.admissions
    with house.bank.store.write() as db:
        case_id, _ = admissions.enquire(db, COMPANY.name, "bookkeeping for shops")
        admissions.apply(db, case_id, FORM)
        admissions.submit(db, case_id, papers(house.bank.clock.now_ms()))
    return case_id


def stage(house: House, case_id: str) -> str:
    return house.bank.admissions.dossiers.find(case_id).stage


def proposal_of(house: House) -> str:
    return str(house.bank.store.read("SELECT proposal_id FROM staff_proposals WHERE state = 'open'")[0][0])


@pytest.mark.clause("9.1.1-2.1", "9.1.2-0", "9.1.2-2.1")
def test_operators_prepare_and_a_reviewer_decides(house: House, screen_of: ScreenOf, case_id: str) -> None:
    operator, reviewer = screen_of(OPERATOR), screen_of(REVIEWER)
    assert case_id in operator.get("/admission").text
    operator.act("verify_materials", case_id)
    operator.act("assess_case", case_id)
    operator.act("propose_admission", case_id)
    assert stage(house, case_id) == "assessed"
    assert COMPANY.name in reviewer.get("/proposals").text
    assert COMPANY.name in reviewer.get(f"/act/approve_proposal/{proposal_of(house)}").text
    reviewer.act("approve_proposal", proposal_of(house))
    assert stage(house, case_id) == "approved"
    told = [(each.entry.login_name, each.entry.action) for each in house.entries()[:5]]
    assert ("lin", "admit_application") in told
    assert ("chen", "assess_case") in told


@pytest.mark.clause("9.1.1-2.1")
def test_nobody_does_the_part_of_the_other_role(house: House, screen_of: ScreenOf, case_id: str) -> None:
    operator, reviewer, second = screen_of(OPERATOR), screen_of(REVIEWER), screen_of(SECOND_REVIEWER)
    operator.act("verify_materials", case_id)
    operator.act("assess_case", case_id)
    operator.act("propose_admission", case_id)
    assert operator.act("approve_proposal", proposal_of(house)).form_code == "STAFF_ROLE_REQUIRED"
    assert reviewer.act("assess_case", case_id).form_code == "STAFF_ROLE_REQUIRED"
    second.act("approve_proposal", proposal_of(house))
    assert stage(house, case_id) == "approved"


@pytest.mark.parametrize(
    ("action", "member"),
    [
        ("assess_case", OPERATOR),
        ("propose_admission", OPERATOR),
        ("draw_up_agreement", OPERATOR),
        ("inspect_case", OPERATOR),
        ("propose_going_live", OPERATOR),
    ],
)
@pytest.mark.clause("9.1.1-0")
def test_a_step_that_is_not_due_is_refused_and_stands_in_the_journal(
    house: House, screen_of: ScreenOf, case_id: str, action: str, member: object
) -> None:
    screen = screen_of(member)
    assert screen.act(action, case_id).form_code == "ILLEGAL_TRANSITION"
    assert stage(house, case_id) == "submitted"
    entry = house.entries()[0].entry
    assert (entry.action, entry.subject, entry.result) == (action, case_id, "ILLEGAL_TRANSITION")


@pytest.mark.clause("9.1.2-2.1")
def test_papers_that_are_returned_are_handed_in_anew(house: House, screen_of: ScreenOf, case_id: str) -> None:
    screen_of(OPERATOR).act("return_materials", case_id, reason="the scan cannot be read")
    assert stage(house, case_id) == "applied"
    with house.bank.store.write() as db:
        house.bank.admissions.submit(db, case_id, papers(house.bank.clock.now_ms()))
    assert stage(house, case_id) == "submitted"


def test_a_rejected_case_is_over(house: House, screen_of: ScreenOf, case_id: str) -> None:
    screen_of(REVIEWER).act("reject_case", case_id)
    assert stage(house, case_id) == "rejected"
    assert screen_of(OPERATOR).act("verify_materials", case_id).form_code == "ILLEGAL_TRANSITION"


@pytest.mark.clause("7.3.4-2.1")
def test_a_case_shows_people_masked_in_both_languages(house: House, screen_of: ScreenOf, case_id: str) -> None:
    person = next(each for each in papers(0) if each.kind == "developer")
    for language in ("en", "zh"):
        text = screen_of(AUDITOR, language=language).get(f"/admission/{case_id}").text
        assert person.number not in text
        assert person.holder not in text
        assert COMPANY.credit_code in text


def test_every_next_action_is_somebodys() -> None:
    offered = {name for names in NEXT.values() for name in names}
    assert offered <= set().union(*ROLES.values())
    assert not offered & ROLES["auditor"]
