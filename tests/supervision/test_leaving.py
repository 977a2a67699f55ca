"""An application leaves in steps, none of which is skipped; then nothing of what it had is worth anything."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from bank_sim.keys.custody import Change
from bank_sim.monitor import alarms
from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import proposals
from bank_sim.supervision import archive, guards, notices, states
from bank_sim.supervision.states import PATH
from tests.supervision.conftest import DAY_S, WORKER, Desk

STEPS = {"announced": "stop", "closing": "settle", "settled": "void", "voided": "archive", "deleted": "close"}
BROUGHT = {"prove": lambda desk: (desk.statement(),)}


def refused(desk: Desk, step: str, *given: Any) -> str:
    """The code of the refusal, and nothing has changed."""
    before = desk.dump()
    with pytest.raises(Problem) as found:
        desk.exits(step, *given)
    assert desk.dump() == before
    return found.value.code


@pytest.mark.clause("9.4-1.1")
def test_an_exit_goes_its_way_to_the_end_and_every_step_is_told(desk: Desk) -> None:
    desk.consented()
    desk.until("closed")
    found = states.current(desk.bank.store, desk.app_id)
    assert found is not None
    taken = [each.to_state for each in states.history(desk.bank.store, found.exit_id)]
    assert taken == list(PATH)
    assert desk.status == "exited"
    stages = [data["stage"] for kind, data in reversed(desk.events()) if data.get("notice") == "exit"]
    assert stages == ["announced", "closing", "voided", "archived"]


@pytest.mark.parametrize("state", PATH[:-1])
@pytest.mark.clause("9.4-1.1")
def test_no_step_is_taken_out_of_order_and_the_store_stays_as_it_was(desk: Desk, state: str) -> None:
    desk.until(state)
    due = STEPS.get(state, "prove")
    desk.passes(desk.bank.config.policy.exit_lead_s)
    for step in ("stop", "settle", "void", "archive", "prove", "close"):
        if step != due:
            given = (desk.statement(),) if step == "prove" else ()
            assert refused(desk, step, *given) in ("EXIT_STEPS_PENDING", "ILLEGAL_TRANSITION"), step


@pytest.mark.clause("9.4-1.1")
def test_nobody_is_voided_whose_exit_was_not_announced(desk: Desk) -> None:
    assert refused(desk, "void") == "EXIT_STEPS_PENDING"
    assert desk.status == "active"


@pytest.mark.clause("9.4-1.2")
def test_users_are_told_before_it_and_whoever_agrees_later_as_well(desk: Desk) -> None:
    desk.consented()
    desk.until("announced")
    found = states.current(desk.bank.store, desk.app_id)
    assert found is not None
    assert notices.told(desk.bank.store, found.exit_id) == 1
    desk.consented(person=1)
    assert len(notices.untold(desk.bank.store, found, desk.now_ms)) == 1
    desk.exits("stop")
    assert notices.untold(desk.bank.store, found, desk.now_ms) == []


@pytest.mark.clause("9.4-1.2")
def test_a_user_who_was_not_told_keeps_it_from_being_voided(desk: Desk) -> None:
    desk.until("settled")
    desk.consented()
    desk.passes(desk.bank.config.policy.exit_lead_s)
    assert refused(desk, "void") == "NOTICE_MISSING"


@pytest.mark.clause("9.4-1.2")
def test_an_order_under_way_keeps_it_from_being_settled_until_it_ends(desk: Desk) -> None:
    desk.until("closing")
    desk.orders()
    assert refused(desk, "settle") == "TRANSFERS_PENDING"
    desk.passes(desk.bank.config.policy.transfer_expiry_s)
    desk.exits("settle")


@pytest.mark.clause("9.4-1.2")
def test_nothing_is_voided_before_the_day_that_users_were_told(desk: Desk) -> None:
    desk.until("settled")
    desk.passes(desk.bank.config.policy.exit_lead_s - 60)
    assert refused(desk, "void") == "LEAD_TIME_RUNNING"


@pytest.mark.clause("9.4-1.3", "9.2.1-a-2.2")
def test_everything_is_void_at_once(desk: Desk) -> None:
    consent_id, secret = desk.consented(), f"{desk.app_id}.secret"
    desk.until("settled")
    desk.passes(desk.bank.config.policy.exit_lead_s)
    token = desk.token()
    desk.exits("void")
    bank = desk.bank
    grant, consent, credential = (
        bank.tokens.find(token),
        bank.consents.get(consent_id),
        bank.registry.credential(secret),
    )
    assert grant is not None
    assert consent is not None
    assert credential is not None
    assert (grant.revoked, consent.state, credential.status) == (True, "revoked", "revoked")
    assert {each.status for each in bank.registry.credentials(desk.app_id, "sig", "enc")} == {"revoked"}
    application = bank.registry.application(desk.app_id)
    assert application is not None
    with pytest.raises(Problem, match="APP_EXITED"):
        application.require_active()


@pytest.mark.clause("9.4-1.3")
def test_its_certificate_proves_nothing_any_more_and_stands_on_record(desk: Desk) -> None:
    with desk.bank.store.write() as db:
        db.execute("UPDATE applications SET certificate_sha256 = 'c0ffee' WHERE app_id = ?", (desk.app_id,))
    desk.bank.certificates.require_standing("c0ffee", 0)
    desk.until("archived")
    with pytest.raises(Problem, match="CERT_REVOKED"):
        desk.bank.certificates.require_standing("c0ffee", 0)
    assert [each.app_id for each in archive.search(desk.bank.store, "c0ffee")] == [desk.app_id]
    assert "certificate.revoked" in [kind for kind, _ in desk.events()]


@pytest.mark.clause("9.4-1.4")
def test_the_record_knows_every_credential_and_no_secret_and_is_not_rewritten(desk: Desk) -> None:
    desk.until("archived")
    found = states.current(desk.bank.store, desk.app_id)
    assert found is not None
    archived = archive.find(desk.bank.store, found.exit_id)
    assert archived is not None
    assert archived.is_whole
    credentials = archived.content["credentials"]
    assert {each["use"] for each in credentials} == {"sig", "enc", "mac"}
    assert all(each["status"] == "revoked" and ("sm3" in each) == (each["use"] != "mac") for each in credentials)
    with pytest.raises(sqlite3.IntegrityError), desk.bank.store.write() as db:
        db.execute("UPDATE exit_archives SET sm3 = ''")


@pytest.mark.clause("9.4-1.4")
def test_the_record_is_found_by_name_and_by_key_and_old_signatures_hold_against_it(desk: Desk) -> None:
    old = desk.signing.sign(b"signed while it was here")
    desk.until("archived")
    for sought in ("晴川", "clearbook", desk.signing.kid):
        assert [each.app_id for each in archive.search(desk.bank.store, sought)] == [desk.app_id], sought
    found = states.current(desk.bank.store, desk.app_id)
    assert found is not None
    assert any(key.verify(old, b"signed while it was here") for key in archive.signing_keys(desk.bank.store, found))


@pytest.mark.clause("9.4-2.1")
def test_only_the_applications_own_fresh_statement_proves_the_deletion(desk: Desk) -> None:
    desk.until("archived")
    others = {
        "another's key": desk.statement(generate("gm", "sig")),
        "another application": desk.statement(app_id="app_other"),
        "made before the exit": desk.statement(stated_at_s=int(desk.bank.clock.now_s()) - DAY_S),
        "made tomorrow": desk.statement(stated_at_s=int(desk.bank.clock.now_s()) + DAY_S),
        "no statement": "a.b.c",
    }
    for name, statement in others.items():
        assert refused(desk, "prove", statement) == "DELETION_UNPROVEN", name
    desk.exits("prove", desk.statement())


@pytest.mark.clause("9.4-2.1")
def test_a_key_that_was_revoked_before_proves_nothing(desk: Desk) -> None:
    change = Change(desk.app_id, "a laptop was stolen", desk.now_ms)
    with desk.bank.store.write() as db:
        desk.bank.application_keys.revoke(db, f"{desk.app_id}.{desk.signing.kid}", change)
    desk.until("archived")
    assert refused(desk, "prove", desk.statement()) == "DELETION_UNPROVEN"


@pytest.mark.clause("9.4-1.4")
def test_a_record_that_was_tampered_with_keeps_the_exit_open(desk: Desk) -> None:
    desk.until("deleted")
    with desk.bank.store.write() as db:
        db.execute("DROP TRIGGER exit_archives_stands")
        db.execute("UPDATE exit_archives SET document = CAST(replace(document, 'Clearbook', 'Nobody') AS BLOB)")
    assert refused(desk, "close") == "ARCHIVE_BROKEN"


@pytest.mark.clause("9.4-2.1")
def test_a_statement_that_does_not_come_is_an_alarm(desk: Desk) -> None:
    desk.until("archived")
    desk.passes(desk.bank.config.policy.exit_statement_s)
    desk.passes(DAY_S)
    assert [(each.rule, each.subject) for each in alarms.standing(desk.bank.store)] == [
        ("DELETION_OVERDUE", desk.app_id)
    ]


def test_an_exit_is_called_off_while_nothing_is_lost_and_can_be_announced_again(desk: Desk) -> None:
    desk.consented()
    desk.until("closing")
    assert desk.bank.exits.is_leaving(desk.app_id)
    desk.exits("call_off")
    assert not desk.bank.exits.is_leaving(desk.app_id)
    desk.until("settled")
    assert refused(desk, "call_off") == "ILLEGAL_TRANSITION"


@pytest.mark.clause("9.4-1.1", "9.4-1.2")
def test_an_application_asks_to_leave_and_the_bank_begins_as_if_unasked(desk: Desk) -> None:
    desk.consented()
    asked = desk.asks("we merge with another company")
    assert (asked.state, desk.notices_sent()) == ("requested", 0)
    assert not desk.bank.exits.is_leaving(desk.app_id)
    assert desk.bank.exits.ends_s(desk.app_id) is None
    assert refused(desk, "stop") == "EXIT_STEPS_PENDING"
    desk.passes(3 * DAY_S)
    begun = desk.exits("announce")
    assert (begun.exit_id, begun.state, desk.notices_sent()) == (asked.exit_id, "announced", 1)
    assert begun.ends_ms == desk.now_ms + desk.bank.config.policy.exit_lead_s * 1000
    told = [(each.by, each.step, each.reason) for each in states.history(desk.bank.store, asked.exit_id)]
    assert told == [(desk.app_id, "ask", "we merge with another company"), (WORKER, "announce", "a drill")]
    stages = [data["stage"] for kind, data in desk.events() if data.get("notice") == "exit"]
    assert stages == ["announced", "requested"]


def test_an_application_takes_its_request_back_until_the_bank_has_begun(desk: Desk) -> None:
    first = desk.asks("no longer needed")
    desk.stays()
    assert states.current(desk.bank.store, desk.app_id) is None
    again = desk.asks("no longer needed after all")
    assert again.exit_id != first.exit_id
    desk.exits("announce")
    before = desk.dump()
    with pytest.raises(Problem, match="ILLEGAL_TRANSITION"):
        desk.stays()
    assert desk.dump() == before


def test_what_the_staff_proposed_on_a_request_falls_with_it_and_what_it_proposed_unasked_stands(desk: Desk) -> None:
    def proposed() -> bool:
        return proposals.open_for(desk.bank.store, "exit_application", desk.app_id) is not None

    def propose() -> None:
        with desk.bank.store.write() as db:
            proposals.propose(db, "exit_application", desk.app_id, "why", WORKER, desk.now_ms)

    desk.asks("no longer needed")
    propose()
    desk.stays()
    assert not proposed()
    propose()
    desk.passes(60)
    desk.asks("no longer needed")
    desk.stays()
    assert proposed()


@pytest.mark.parametrize(("reason", "code"), [("", "PARAM_INVALID"), ("ok", "PARAM_INVALID")])
def test_who_asks_to_leave_says_why_and_asks_once(desk: Desk, reason: str, code: str) -> None:
    with pytest.raises(Problem, match=code):
        desk.asks(reason)
    desk.asks("no longer needed")
    before = desk.dump()
    with pytest.raises(Problem, match="STATE_CHANGED"):
        desk.asks("no longer needed")
    assert desk.dump() == before


def test_of_two_exits_of_one_application_the_second_is_refused(desk: Desk) -> None:
    desk.until("announced")
    assert refused(desk, "announce") == "STATE_CHANGED"


@pytest.mark.parametrize("row", sorted(guards.DEFENCES))
def test_each_guard_is_what_stops_it(desk: Desk, row: str) -> None:
    """Without its one row the step that it refused is taken."""
    desk.consented()
    lead_s = desk.bank.config.policy.exit_lead_s
    desk.until(
        {"exit_in_flight": "closing", "exit_freshness": "archived", "exit_archive": "deleted"}.get(row, "settled")
    )
    step, given = "void", ()
    if row == "exit_in_flight":
        desk.orders()
        step = "settle"
    elif row == "exit_users_told":
        desk.passes(lead_s)
        desk.consented(person=1)
    elif row == "exit_freshness":
        step, given = "prove", (desk.statement(stated_at_s=1),)
    elif row == "exit_archive":
        step = "close"
        with desk.bank.store.write() as db:
            db.execute("DROP TRIGGER exit_archives_stays")
            db.execute("DELETE FROM exit_archives")
    refused(desk, step, *given)
    desk.opened.switches.weaken([row])
    desk.exits(step, *given)
