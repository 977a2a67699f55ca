"""What the bank does by itself: upon the gravest alarms at once, and when nobody takes one in time."""

from __future__ import annotations

import pytest

from bank_sim.monitor import alarms, incidents
from bank_sim.monitor.alarms import Alarm, Finding
from bank_sim.monitor.incidents import Incident
from bank_sim.monitor.rules import rules_of
from bank_sim.policy import Policy
from bank_sim.staff import journal
from bank_sim.supervision.playbook import Playbook
from tests.supervision.conftest import WORKER, Desk

RULES = {each.name: each for each in rules_of(Policy())}


def strike(desk: Desk, rule: str) -> Alarm:
    with desk.bank.store.write() as db:
        alarms.strike(db, Finding(RULES[rule], desk.app_id, 3), desk.now_ms)
    return next(each for each in alarms.standing(desk.bank.store) if each.rule == rule)


def incident(desk: Desk) -> Incident:
    (found,) = incidents.listed(desk.bank.store)
    return found


def kinds(desk: Desk) -> list[tuple[str, str]]:
    return [(each.kind, each.by_whom) for each in incidents.lines(desk.bank.store, incident(desk).incident_id)]


@pytest.mark.clause("10.1.2-1.2.2", "12.2-3", "10.1.2-1.1.3")
def test_shared_credentials_suspend_at_once_and_the_bank_writes_down_that_it_did(desk: Desk) -> None:
    alarm = strike(desk, "CREDENTIAL_SHARING")
    desk.passes(1)
    assert desk.status == "suspended"
    assert kinds(desk) == [("opened", "bank"), ("acted", "bank")]
    entry = journal.newest(desk.bank.store)[0].entry
    assert (entry.login_name, entry.role, entry.action, entry.subject) == (
        "bank", "system", "suspend_application", desk.app_id,
    )  # fmt: skip
    assert ("application.status_changed", "suspended") in [(kind, data.get("to")) for kind, data in desk.events()]
    now = alarms.find(desk.bank.store, alarm.alarm_id)
    assert (now.state, now.acted_ms, now.incident_id) == ("open", desk.now_ms, incident(desk).incident_id)
    assert journal.verify(desk.bank.store).holds


def test_it_acts_once_and_leaves_alone_whom_people_have_resumed(desk: Desk) -> None:
    strike(desk, "CREDENTIAL_SHARING")
    desk.passes(1)
    with desk.bank.store.write() as db:
        desk.bank.standings.resume(db, desk.app_id, by=WORKER, reason="two sites, as agreed")
    strike(desk, "CREDENTIAL_SHARING")
    desk.passes(1)
    assert desk.status == "active"
    assert len(kinds(desk)) == 2


def test_other_alarms_suspend_nobody_and_an_empty_setting_leaves_it_to_people(desk: Desk) -> None:
    strike(desk, "IMPERSONATION_SUSPECTED")
    desk.passes(1)
    assert desk.status == "active"
    strike(desk, "CREDENTIAL_SHARING")
    Playbook(Policy(suspended_at_once=()), desk.bank.standings).act(desk.bank.store, desk.now_ms)
    assert desk.status == "active"


@pytest.mark.clause("10.1.2-1.2.2", "10.5-2")
def test_an_alarm_that_nobody_takes_becomes_an_incident(desk: Desk) -> None:
    strike(desk, "STOLEN_TOKEN")
    desk.passes(alarms.OVERDUE_MS["major"] / 1000)
    assert incidents.listed(desk.bank.store) == []
    desk.passes(1)
    assert kinds(desk) == [("opened", "bank"), ("escalated", "bank")]
    assert journal.newest(desk.bank.store)[0].entry.action == "escalate_alarm"
    desk.passes(3_600)
    assert len(kinds(desk)) == 2


@pytest.mark.clause("10.1.2-1.2.2")
def test_an_alarm_that_somebody_has_taken_is_theirs(desk: Desk) -> None:
    alarm = strike(desk, "STOLEN_TOKEN")
    with desk.bank.store.write() as db:
        alarms.acknowledge(db, alarm.alarm_id, WORKER, "calling them", desk.now_ms)
    desk.passes(3_600)
    assert incidents.listed(desk.bank.store) == []


def test_a_minor_alarm_is_told_of_later_and_makes_no_incident(desk: Desk) -> None:
    alarm = strike(desk, "NEW_NETWORK")
    desk.passes(alarms.OVERDUE_MS["minor"] / 1000 + 1)
    assert incidents.listed(desk.bank.store) == []
    assert alarms.find(desk.bank.store, alarm.alarm_id).escalated_ms == desk.now_ms


def test_every_alarm_that_suspends_at_once_is_a_rule_about_applications() -> None:
    for name in Policy().suspended_at_once:
        assert RULES[name].about == "application"
