"""The staff takes an interface through its life: roles, four eyes, what a step lacks, pages that show how it stands."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from bank_sim.interfaces import agreements
from bank_sim.registry import lives
from bank_sim.staff import proposals
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, SECOND_REVIEWER, House, Screen
from tests.gateway.party import Party
from tests.gateway.town import Town

NEW, OLD = "rates.list:2", "rates.list:1"
DAY_S = 86_400
Seat = Callable[..., Screen]


def approve(house: House, reviewer: Screen) -> int:
    (open_one,) = [each for each in proposals.listed(house.bank.store) if each.state == "open"]
    return reviewer.act("approve_proposal", open_one.proposal_id).status


def publish_second(house: House, operator: Screen, reviewer: Screen) -> None:
    operator.act("register_interface", NEW, wished="")
    reviewer.act("audit_interface", NEW, tool="bandit 1.8", findings="1", mended="1")
    operator.act("plan_interface", NEW, plan="on Tuesday at ten", rollback="the day before's programs")
    operator.act("propose_publication", NEW)
    assert approve(house, reviewer) == 303


def state_of(house: House, subject: str) -> str:
    return lives.find(house.bank.store, subject).state


@pytest.mark.clause("11-0", "11-3.1", "11-4.1", "12.1-1", "7.1-5", "10.3-1.2")
def test_two_people_take_an_interface_through_its_life(house: House, screen_of: Seat) -> None:
    operator, reviewer = screen_of(OPERATOR), screen_of(REVIEWER)
    town = Town(house.founded, house.clock)
    partner = Party(town, "intl", name="Budget Buddy")
    publish_second(house, operator, reviewer)
    assert partner.get("/api/rates").status == 200
    operator.act("plan_interface", OLD, plan="end it in spring", rollback="reinstate it")
    assert operator.act("deprecate_interface", OLD, days="").status == 303
    page = operator.get("/interfaces/rates.list/1").text
    assert "NOTICE_MISSING" in page
    assert partner.get("/api/rates").headers["sunset"]
    assert operator.act("notify_interface", OLD).status == 303
    assert operator.act("notify_interface", OLD).status == 409
    house.clock.advance(90 * DAY_S)
    operator, reviewer = screen_of(OPERATOR), screen_of(REVIEWER)
    operator.act("propose_termination", OLD)
    assert state_of(house, OLD) == "deprecated"
    assert approve(house, reviewer) == 303
    assert partner.get("/api/rates").code == "SERVICE_TERMINATED"
    house.clock.advance(DAY_S + 1)
    operator, reviewer = screen_of(OPERATOR), screen_of(REVIEWER)
    assert "AGREEMENT_UNSIGNED" in operator.act("propose_retirement", OLD).text
    sign(house, partner)
    operator.act("propose_retirement", OLD)
    assert approve(house, reviewer) == 303
    assert operator.act("archive_interface", OLD).status == 303
    assert state_of(house, OLD) == "archived"
    bundle = operator.get("/interfaces/rates.list/1/archive").body
    assert "manifest.json" in zipfile.ZipFile(BytesIO(bundle)).namelist()
    assert operator.get("/interfaces/rates.list/2/archive").status == 404
    town.close()


def sign(house: House, partner: Party) -> None:
    life = lives.find(house.bank.store, OLD)
    offered = agreements.agreement_with(house.bank.store, life, partner.app_id)
    credential = house.bank.registry.credential(partner.keyid)
    with house.bank.store.write() as db:
        agreements.sign(db, offered, credential, partner.signing.sign(offered.document), house.clock.now_ms())


@pytest.mark.clause("11-0")
def test_nobody_ends_or_publishes_anything_alone(house: House, screen_of: Seat) -> None:
    operator, reviewer = screen_of(OPERATOR), screen_of(REVIEWER)
    operator.act("register_interface", NEW, wished="")
    for name in ("register_interface", "propose_publication", "deprecate_interface", "archive_interface"):
        assert reviewer.get(f"/act/{name}/{NEW}").status == 403
    assert operator.get(f"/act/audit_interface/{NEW}").status == 403
    reviewer.act("audit_interface", NEW, tool="bandit 1.8", findings="0", mended="0")
    operator.act("plan_interface", NEW, plan="on Tuesday at ten", rollback="take it back")
    operator.act("propose_publication", NEW)
    (open_one,) = [each for each in proposals.listed(house.bank.store) if each.state == "open"]
    assert operator.get(f"/act/approve_proposal/{open_one.proposal_id}").status == 403
    assert operator.act("propose_publication", NEW).status == 409
    assert state_of(house, NEW) == "registered"
    assert approve(house, screen_of(SECOND_REVIEWER)) == 303
    assert state_of(house, NEW) == "published"


@pytest.mark.clause("7.1-5", "11-0", "11-1.1")
def test_what_a_step_lacks_is_said_on_the_form_written_down_and_changes_nothing(house: House, screen_of: Seat) -> None:
    operator = screen_of(OPERATOR)
    lives_before = list(house.bank.store.db.query("SELECT * FROM interface_versions"))
    for name, subject, fields, code in (
        ("propose_publication", NEW, {}, "ILLEGAL_TRANSITION"),
        ("register_interface", NEW, {"wished": "OPC999990103000100000300"}, "U_API_ID_INVALID"),
        ("deprecate_interface", OLD, {"days": "90"}, "CHANGE_PLAN_REQUIRED"),
        ("deprecate_interface", OLD, {"days": "soon"}, "PARAM_INVALID"),
        ("plan_interface", OLD, {"plan": "", "rollback": ""}, "CHANGE_PLAN_REQUIRED"),
        ("propose_termination", OLD, {}, "ILLEGAL_TRANSITION"),
        ("archive_interface", OLD, {}, "ILLEGAL_TRANSITION"),
    ):
        page = operator.act(name, subject, **fields)
        assert (page.status >= 400, code in page.text) == (True, True), name
        assert house.entries()[0].entry.result == code
        assert house.records()[-1]["code"] == code
    assert list(house.bank.store.db.query("SELECT * FROM interface_versions")) == lives_before
    assert operator.get("/act/register_interface/nothing:1").status == 404
    assert operator.get("/interfaces/nothing/1").status == 404


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_state_has_a_page(house: House, screen_of: Seat, language: str) -> None:
    auditor = screen_of(AUDITOR, language=language)
    assert auditor.get("/interfaces").status == 200
    assert "/interfaces/rates.list/2" in auditor.page.text
    for state in lives.STATES:
        with house.bank.store.write() as db:
            db.execute(
                "UPDATE interface_versions SET state = ? WHERE version = '1' AND api_id = 'rates.list'", (state,)
            )
        house.bank.lives.announce()
        assert auditor.get("/interfaces/rates.list/1").status == 200
        assert "/act/" not in auditor.page.text
