"""Alarms and incidents: taking an alarm upon oneself, opening an incident from it, its notes, its end."""

from __future__ import annotations

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.events.model import Fact
from bank_sim.monitor import alarms, incidents
from bank_sim.sdk.protocol import problems
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction


def alarm_facts(visit: Visit, alarm_id: str) -> Shown:
    alarm = alarms.find(visit.store, number(alarm_id))
    rule = next(each for each in visit.premises.watch.rules if each.name == alarm.rule)
    return Shown(
        (
            ("alarm", rule.title_zh if visit.language == "zh" else rule.title_en),
            ("about", subject_named(visit, alarm.subject)),
            ("severity", f"severity_{alarm.severity}"),
        )
    )


def incident_facts(visit: Visit, incident_id: str) -> Shown:
    incident = incidents.find(visit.store, number(incident_id))
    return Shown((("incident", incident.title), ("opened_by", incident.opened_by)))


def acknowledge(visit: Visit, db: Transaction, order: Order) -> None:
    alarms.acknowledge(db, number(order.subject), visit.who.login_name, masked(order.reason), visit.now_ms)


def open_incident(visit: Visit, db: Transaction, order: Order) -> None:
    """The alarm is taken with it, where nobody has yet."""
    alarm = alarms.find(visit.store, number(order.subject))
    by, text = visit.who.login_name, masked(order.reason)
    incident_id = incidents.open_incident(db, alarm.named, alarm.severity, text, by, visit.now_ms)
    alarms.attach(db, alarm.alarm_id, incident_id)
    if alarm.state == "open":
        alarms.acknowledge(db, alarm.alarm_id, by, text, visit.now_ms)


def note(visit: Visit, db: Transaction, order: Order) -> None:
    incidents.note(db, number(order.subject), masked(order.reason), visit.who.login_name, visit.now_ms)


def tell_application(visit: Visit, db: Transaction, order: Order) -> None:
    """The applications that an incident is about hear of it. RESOURCE_NOT_FOUND where it is about none."""
    incident_id, text = number(order.subject), masked(order.reason)
    concerned = applications_of(visit, incident_id)
    if not concerned:
        raise problems.RESOURCE_NOT_FOUND.problem("The incident is about no application.")
    facts: dict[str, Fact] = {"notice": "incident", "state": "open", "incident": incident_id, "text": text}
    for app_id in concerned:
        visit.bank.events.publish(db, app_id, "application.notice", app_id, facts)
    incidents.note(db, incident_id, text, visit.who.login_name, visit.now_ms, "told")


def request_evidence(visit: Visit, db: Transaction, order: Order) -> None:
    """Each of these applications is asked for its log. RESOURCE_NOT_FOUND, STATE_CHANGED."""
    incident_id = number(order.subject)
    concerned = applications_of(visit, incident_id)
    if not concerned:
        raise problems.RESOURCE_NOT_FOUND.problem("The incident is about no application.")
    for app_id in concerned:
        reason = masked(order.reason)
        visit.bank.evidence.ask(db, incident_id, app_id, by=visit.who.login_name, reason=reason)


def applications_of(visit: Visit, incident_id: int) -> list[str]:
    """Whom of the applications the alarms of an incident are about."""
    known = visit.premises.names(visit.language)
    return sorted({each.subject for each in alarms.of_incident(visit.store, incident_id)} & known.keys())


def close(visit: Visit, db: Transaction, order: Order) -> None:
    incidents.close(db, number(order.subject), masked(order.reason), visit.who.login_name, visit.now_ms)


def number(text: str) -> int:
    """RESOURCE_NOT_FOUND for what is no number."""
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return int(text)


def subject_named(visit: Visit, subject: str) -> str:
    """Whom an alarm is about, by the name that people know: the application's, or as it stands; "" is the bank."""
    name = visit.premises.names(visit.language).get(subject)
    return f"{name} ({subject})" if name else subject or "bank"
