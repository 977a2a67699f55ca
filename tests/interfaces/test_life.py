"""The life of a version from its design to the archive, and every order of its steps that must be refused.

``Bureau.order`` compares the whole database before and after: a refusal leaves nothing behind.
"""

from __future__ import annotations

import sqlite3
import zipfile
from io import BytesIO

import msgspec
import pytest

from bank_sim.interfaces import archive, platform, states
from bank_sim.interfaces.states import TRANSITIONS
from bank_sim.sdk.protocol.problems import Problem
from tests.gateway.party import Party
from tests.interfaces.bureau import DAY_S, LEAD_S, NEW, OLD, ORDERED, Bureau

PARAMETERS = {"register": ("",), "deprecate": (None,)}


def refused(bureau: Bureau, step: str, subject: str) -> str:
    with pytest.raises(Problem) as refusal:
        bureau.order(step, subject, *PARAMETERS.get(step, ()), **ORDERED)
    return refusal.value.code


@pytest.mark.clause("11-0", "11-1.1", "11-1.2", "11-2.1", "11-3.1", "11-3.2", "11-4.1", "7.1-6.2", "10.3-1.3", "12.1-1")
def test_a_version_lives_from_its_design_to_the_archive(bureau: Bureau) -> None:
    assert bureau.call("2").code == "API_VERSION_UNKNOWN"
    bureau.publish(NEW)
    assert set(bureau.call("2").data) == {"as_of", "deposit", "loan", "exchange"}
    assert set(bureau.call("1").data) == {"as_of", "items"}
    bureau.end(OLD)
    assert bureau.call("1").code == "SERVICE_TERMINATED"
    bureau.sign(OLD)
    bureau.town.clock.advance(DAY_S + 1)
    receipt = bureau.order("take_off", OLD, **ORDERED)
    entry = platform.query(bureau.bank.store, bureau.life(OLD).u_api_id or "")
    assert entry is not None
    assert entry.deregistration_receipt == receipt
    assert bureau.call("1").code == "API_VERSION_UNKNOWN"
    bureau.order("archive", OLD, **ORDERED)
    moves = [each.to_state for each in states.history(bureau.bank.store, bureau.life(OLD))]
    assert moves == ["published", "deprecated", "terminated", "offline", "archived"]
    assert bureau.call("2").status == 200


@pytest.mark.clause("11-0", "12.1-2.2")
@pytest.mark.parametrize("step", TRANSITIONS)
def test_no_step_is_skipped_and_none_is_taken_twice(bureau: Bureau, step: str) -> None:
    for subject, life in ((each.subject, each) for each in bureau.bank.lives.offer().lives.values()):
        if life.state != TRANSITIONS[step][0] and subject in (NEW, OLD):  # type: ignore[index]
            assert refused(bureau, step, subject) == "ILLEGAL_TRANSITION"


@pytest.mark.clause("7.1-5")
def test_what_was_not_audited_is_not_published(bureau: Bureau) -> None:
    bureau.register()
    bureau.plan()
    assert refused(bureau, "publish", NEW) == "AUDIT_REQUIRED"
    bureau.audit(findings=3, mended=2)
    assert refused(bureau, "publish", NEW) == "AUDIT_REQUIRED"
    bureau.audit(findings=3, mended=3)
    bureau.order("publish", NEW, **ORDERED)


@pytest.mark.clause("7.1-5", "7.1-6.2")
def test_an_audit_of_another_description_does_not_count(bureau: Bureau) -> None:
    bureau.register()
    bureau.audit()
    bureau.plan()
    with bureau.bank.store.write() as db:
        db.execute("INSERT INTO interface_audits SELECT NULL, api_id, version, 'of yesterday', tool, 0, 0, by, at_ms"
                   " FROM interface_audits WHERE version = '2'")  # fmt: skip
    assert refused(bureau, "publish", NEW) == "AUDIT_REQUIRED"


@pytest.mark.clause("10.3-1.1", "10.3-1.2")
def test_nothing_changes_without_a_plan_and_the_way_back(bureau: Bureau) -> None:
    bureau.register()
    bureau.audit()
    assert refused(bureau, "publish", NEW) == "CHANGE_PLAN_REQUIRED"
    assert refused(bureau, "deprecate", OLD) == "CHANGE_PLAN_REQUIRED"
    with pytest.raises(Problem, match="CHANGE_PLAN_REQUIRED"):
        bureau.order("plan", NEW, "on Tuesday", "", by="chen")
    with pytest.raises(Problem, match="ILLEGAL_TRANSITION"):
        bureau.plan("products.list:2")
    bureau.plan()
    bureau.order("publish", NEW, **ORDERED)
    assert bureau.events("interface.published") == [(bureau.app_id, NEW)]


@pytest.mark.clause("10.3-1.1")
def test_a_plan_says_who_is_concerned_as_the_calls_say_it(bureau: Bureau) -> None:
    other = Party(bureau.town, "intl", name="another")
    bureau.publish(NEW)
    assert bureau.call("1").status == 200
    assert bureau.call("2", other).status == 200
    assert [each.app_id for each in bureau.bank.interfaces.concerned(bureau.life(OLD))] == [bureau.app_id]
    bureau.plan(OLD)
    impact = bureau.bank.store.read("SELECT impact FROM interface_plans WHERE version = '1'")[0][0]
    assert msgspec.json.decode(impact) == [bureau.app_id]


@pytest.mark.clause("10.3-1.2")
def test_a_plan_serves_one_step_only(bureau: Bureau) -> None:
    bureau.publish(NEW)
    assert refused(bureau, "deprecate", NEW) == "CHANGE_PLAN_REQUIRED"


@pytest.mark.clause("11-1.1", "7.1-6.3")
def test_nothing_ends_before_those_concerned_were_told_and_have_had_the_lead_time(bureau: Bureau) -> None:
    bureau.publish(NEW)
    bureau.call("1")
    bureau.plan(OLD)
    with pytest.raises(Problem, match="LEAD_TIME_RUNNING"):
        bureau.order("deprecate", OLD, 30, **ORDERED)
    bureau.order("deprecate", OLD, 90, **ORDERED)
    assert refused(bureau, "terminate", OLD) == "NOTICE_MISSING"
    bureau.town.clock.advance(LEAD_S)
    assert refused(bureau, "terminate", OLD) == "NOTICE_MISSING"
    assert bureau.tell(OLD) == (1, 0)
    assert refused(bureau, "terminate", OLD) == "LEAD_TIME_RUNNING"
    bureau.town.clock.advance(LEAD_S - 1)
    assert refused(bureau, "terminate", OLD) == "LEAD_TIME_RUNNING"
    bureau.town.clock.advance(1)
    bureau.order("terminate", OLD, **ORDERED)


@pytest.mark.clause("11-1.1")
def test_whoever_calls_an_ending_version_for_the_first_time_is_told_but_holds_nothing_up(bureau: Bureau) -> None:
    bureau.publish(NEW)
    bureau.call("1")
    bureau.announce_end(OLD)
    bureau.tell(OLD)
    bureau.town.clock.advance(LEAD_S)
    late = Party(bureau.town, "intl", name="late")
    bureau.call("1", late)
    assert refused(bureau, "terminate", OLD) == "NOTICE_MISSING"
    assert bureau.tell(OLD) == (1, 0)
    bureau.order("terminate", OLD, **ORDERED)
    assert sorted(bureau.events("interface.terminated")) == sorted([(bureau.app_id, OLD), (late.app_id, OLD)])


@pytest.mark.clause("11-2.1")
def test_without_the_application_s_signature_nothing_is_taken_off(bureau: Bureau) -> None:
    bureau.publish(NEW)
    bureau.call("1")
    bureau.end(OLD)
    bureau.town.clock.advance(DAY_S)
    assert refused(bureau, "take_off", OLD) == "AGREEMENT_UNSIGNED"
    bureau.sign(OLD)
    bureau.order("take_off", OLD, **ORDERED)


@pytest.mark.clause("11-3.1", "11-3.2")
def test_nothing_is_taken_off_while_somebody_still_calls_though_only_into_the_baffle(bureau: Bureau) -> None:
    bureau.publish(NEW)
    bureau.call("1")
    bureau.end(OLD)
    bureau.sign(OLD)
    assert bureau.call("1").code == "SERVICE_TERMINATED"
    bureau.town.clock.advance(DAY_S)
    assert refused(bureau, "take_off", OLD) == "TRAFFIC_IN_FLIGHT"
    bureau.town.clock.advance(1)
    bureau.order("take_off", OLD, **ORDERED)


@pytest.mark.clause("11-1.2")
def test_a_stranger_cannot_hold_up_the_end(bureau: Bureau) -> None:
    bureau.publish(NEW)
    bureau.call("1")
    bureau.end(OLD)
    bureau.sign(OLD)
    bureau.town.clock.advance(DAY_S)
    forged = Party(bureau.town, "intl", name="forger").signing
    message = bureau.partner.message("GET", "/api/rates", key=forged)
    assert bureau.town.send(message).code == "SIGNATURE_INVALID"
    bureau.order("take_off", OLD, **ORDERED)


@pytest.mark.clause("10.3-1.2")
def test_an_end_can_be_called_off_until_it_has_come(bureau: Bureau) -> None:
    bureau.publish(NEW)
    bureau.call("1")
    bureau.announce_end(OLD)
    bureau.tell(OLD)
    bureau.order("reinstate", OLD, **ORDERED)
    life = bureau.life(OLD)
    assert (life.state, life.sunset_ms, bureau.told(OLD)) == ("published", None, [])
    assert bureau.events("interface.changed") == [(bureau.app_id, OLD)]
    assert "sunset" not in bureau.call("1").headers
    bureau.end(OLD)
    assert refused(bureau, "reinstate", OLD) == "ILLEGAL_TRANSITION"


@pytest.mark.clause("11-4.1")
def test_the_archive_holds_everything_with_a_manifest_and_notices_a_changed_byte(bureau: Bureau) -> None:
    bureau.publish(NEW)
    bureau.call("1")
    bureau.end(OLD)
    bureau.sign(OLD)
    bureau.town.clock.advance(DAY_S + 1)
    bureau.order("take_off", OLD, **ORDERED)
    bureau.order("archive", OLD, **ORDERED)
    content = archive.kept(bureau.bank.store, bureau.life(OLD))
    assert archive.holds(content)
    with zipfile.ZipFile(BytesIO(content)) as bundle:
        files = {name: msgspec.json.decode(bundle.read(name)) for name in bundle.namelist()}
    assert set(files) == {"manifest.json", *files["manifest.json"]["files"]}
    assert files["life.json"]["content"]["state"] == "archived"
    assert files["history.json"]["content"][-1]["to_state"] == "archived"
    assert files["register.json"]["content"]["deregistration_receipt"]
    assert files["agreements.json"]["content"][0]["application"]["kid"] == bureau.partner.signing.kid
    assert files["calls.json"]["content"][0]["app_id"] == bureau.app_id
    changed = bytearray(content)
    changed[content.index(b"life.json") + 60] ^= 1
    assert not archive.holds(bytes(changed))
    assert not archive.holds(b"no archive")
    for statement in ("DELETE FROM interface_archives", "UPDATE interface_archives SET bundle = x''"):
        with pytest.raises(sqlite3.IntegrityError), bureau.bank.store.write() as db:
            db.execute(statement)


@pytest.mark.clause("12.1-4.2")
@pytest.mark.parametrize("row", ["code_audit", "change_plan", "identifier_in_force"])
def test_a_bank_without_the_row_publishes_what_is_not_ready(bureau: Bureau, row: str) -> None:
    bureau.register()
    if row != "code_audit":
        bureau.audit()
    if row != "change_plan":
        bureau.plan()
    if row == "identifier_in_force":
        with bureau.bank.store.write() as db:
            platform.deregister(db, bureau.life(NEW).u_api_id or "", 1)
        assert refused(bureau, "publish", NEW) == "U_API_ID_INVALID"
    bureau.town.switches.weaken([row])
    bureau.order("publish", NEW, **ORDERED)
    assert bureau.call("2").status == 200


@pytest.mark.clause("12.1-4.2")
def test_a_bank_without_the_rows_of_the_end_retires_what_partners_rely_on(bureau: Bureau) -> None:
    bureau.publish(NEW)
    bureau.call("1")
    bureau.announce_end(OLD)
    bureau.town.switches.weaken(["end_notices"])
    assert refused(bureau, "terminate", OLD) == "LEAD_TIME_RUNNING"
    bureau.town.switches.weaken(["lead_time"])
    bureau.tell(OLD)
    bureau.order("terminate", OLD, **ORDERED)
    bureau.town.switches.weaken(["end_agreements"])
    assert refused(bureau, "take_off", OLD) == "TRAFFIC_IN_FLIGHT"
    bureau.sign(OLD)
    bureau.town.switches.weaken(["quiet_line"])
    bureau.order("take_off", OLD, **ORDERED)
    assert bureau.call("1").code == "API_VERSION_UNKNOWN"
