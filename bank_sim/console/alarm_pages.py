"""Alarms and incidents: lists, one of each, and what has been done about it."""

from __future__ import annotations

from flask import Response

from bank_sim.console.deeds.watching import applications_of, subject_named
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.monitor import alarms, incidents
from bank_sim.supervision import evidence


def show_alarms(visit: Visit) -> Response:
    """What stands, what is over, and the rules themselves."""
    visit.premises.watch.look(visit.store)
    return page(
        visit,
        "alarms",
        standing=alarms.standing(visit.store),
        over=alarms.over(visit.store),
        at_once=visit.bank.config.policy.suspended_at_once,
        rules={each.name: each for each in visit.premises.watch.rules},
        names=visit.premises.names(visit.language),
    )


def show_alarm(visit: Visit, alarm_id: int) -> Response:
    alarm = alarms.find(visit.store, alarm_id)
    rules = {each.name: each for each in visit.premises.watch.rules}
    listed = visit.premises.names(visit.language)
    visit.app_id = alarm.subject if alarm.subject in listed else None
    return page(
        visit,
        "alarm",
        alarm=alarm,
        rule=rules[alarm.rule],
        is_application=alarm.subject in listed,
        named=subject_named(visit, alarm.subject),
    )


def show_incidents(visit: Visit) -> Response:
    return page(
        visit,
        "incidents",
        incidents=incidents.listed(visit.store),
        rules={each.name: each for each in visit.premises.watch.rules},
        names=visit.premises.names(visit.language),
    )


def show_incident(visit: Visit, incident_id: int) -> Response:
    """The time line, with the alarms that it came from."""
    return page(
        visit,
        "incident",
        incident=incidents.find(visit.store, incident_id),
        lines=incidents.lines(visit.store, incident_id),
        concerned=applications_of(visit, incident_id),
        evidence=evidence.of_incident(visit.store, incident_id),
        alarms=alarms.of_incident(visit.store, incident_id),
        rules={each.name: each for each in visit.premises.watch.rules},
        names=visit.premises.names(visit.language),
    )
