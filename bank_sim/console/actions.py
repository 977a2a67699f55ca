"""Everything that can be done on the console, as a table: to what, with what effect; its name is the permission.

Each action has one page that asks before it acts; its texts stand under its name in ``texts``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bank_sim.console.deeds import (
    admitting,
    applications,
    deciding,
    destroying,
    exporting,
    interfaces,
    keys,
    leaving,
    purposes,
    releasing,
    risky_payments,
    sdk_builds,
    shutting_out,
    supervising,
    telling,
    throttling,
    verifying,
    watching,
)
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.staff.permissions import Kind
from bank_sim.store import Transaction


def _nobody(visit: Visit, subject: str) -> str | None:
    return None


def _nothing(visit: Visit) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """``back``: where it leads afterwards, from its subject. ``after``: what follows the commit.

    ``fields``: what the form asks besides the reason; their words stand under ``fields`` of the action's texts.
    ``grave``: it takes something away from somebody at once. ``lasts``: it may end by itself.
    """

    kind: Kind
    facts: Callable[[Visit, str], Shown]
    act: Callable[[Visit, Transaction, Order], None]
    back: Callable[[str], str]
    proposed_by: Callable[[Visit, str], str | None] = _nobody
    after: Callable[[Visit], None] = _nothing
    fields: tuple[str, ...] = ()
    grave: bool = False
    lasts: bool = False


def _to(path: str) -> Callable[[str], str]:
    return lambda subject: path


def _application(subject: str) -> str:
    return f"/applications/{subject.partition('.')[0]}"


def _events(subject: str) -> str:
    return f"/events/{subject}"


def _case(subject: str) -> str:
    return f"/admission/{subject}"


ACTIONS: dict[str, Action] = {
    "suspend_application": Action(
        kind="act", facts=applications.facts, act=applications.suspend, back=_application, grave=True
    ),
    "revoke_key": Action(
        kind="act", facts=applications.key_facts, act=applications.revoke_key, back=_application, grave=True
    ),
    "revoke_certificate": Action(
        kind="act", facts=applications.certificate_facts, act=applications.revoke_certificate,
        back=_to("/applications"), grave=True,
    ),
    "propose_key_rotation": Action(
        kind="propose", facts=keys.kind_facts, act=keys.propose_rotation, back=_to("/keys")
    ),
    "revoke_bank_key": Action(
        kind="act", facts=keys.key_facts, act=keys.revoke, back=_to("/keys"), after=keys.announce, grave=True
    ),
    "propose_resumption": Action(
        kind="propose", facts=applications.facts, act=applications.propose_resumption, back=_application
    ),
    "blacklist_source": Action(
        kind="act", facts=shutting_out.source_facts, act=shutting_out.shut_out_source, back=_to("/blacklist"),
        after=shutting_out.announce, grave=True, lasts=True,
    ),
    "blacklist_application": Action(
        kind="act", facts=shutting_out.application_facts, act=shutting_out.shut_out_application,
        back=_to("/blacklist"), after=shutting_out.announce, grave=True, lasts=True,
    ),
    "propose_removal": Action(
        kind="propose", facts=shutting_out.entry_facts, act=shutting_out.propose_removal, back=_to("/blacklist")
    ),
    "approve_proposal": Action(
        kind="decide", facts=deciding.facts, act=deciding.approve, back=_to("/proposals"),
        proposed_by=deciding.proposed_by, after=deciding.announce,
    ),
    "reject_proposal": Action(
        kind="decide", facts=deciding.facts, act=deciding.reject, back=_to("/proposals"),
        proposed_by=deciding.proposed_by,
    ),
    "withdraw_proposal": Action(kind="act", facts=deciding.facts, act=deciding.withdraw, back=_to("/proposals")),
    "take_risk_case": Action(
        kind="act", facts=risky_payments.facts, act=risky_payments.take, back=risky_payments.page_of
    ),
    "note_risk_case": Action(
        kind="act", facts=risky_payments.facts, act=risky_payments.note, back=risky_payments.page_of
    ),
    "propose_payment_release": Action(
        kind="propose", facts=risky_payments.facts, act=risky_payments.propose_release, back=risky_payments.page_of
    ),
    "refuse_payment": Action(
        kind="act", facts=risky_payments.facts, act=risky_payments.refuse, back=risky_payments.page_of, grave=True
    ),
    "close_risk_case": Action(
        kind="act", facts=risky_payments.facts, act=risky_payments.close, back=risky_payments.page_of
    ),
    "report_suspicion": Action(
        kind="act", facts=risky_payments.facts, act=risky_payments.report, back=risky_payments.page_of, grave=True
    ),
    "propose_delisting": Action(
        kind="propose", facts=risky_payments.listed_facts, act=risky_payments.propose_delisting, back=_to("/risk")
    ),
    "release_throttle": Action(kind="act", facts=releasing.facts, act=releasing.release, back=_to("/throttles")),
    "set_quota": Action(
        kind="act", facts=throttling.set_facts, act=throttling.set_limit, back=throttling.page_of,
        after=throttling.announce, fields=("amount",),
    ),
    "lift_quota": Action(
        kind="act", facts=throttling.lift_facts, act=throttling.lift, back=throttling.page_of,
        after=throttling.announce,
    ),
    "release_quota": Action(
        kind="act", facts=throttling.suspension_facts, act=throttling.release, back=throttling.page_of,
        after=throttling.announce,
    ),
    "propose_purpose": Action(
        kind="propose", facts=purposes.facts, act=purposes.propose, back=lambda subject: f"/reconciliation/{subject}"
    ),
    "withdraw_purpose": Action(
        kind="act", facts=purposes.facts, act=purposes.withdraw, back=lambda subject: f"/reconciliation/{subject}",
        grave=True,
    ),
    "acknowledge_alarm": Action(
        kind="act", facts=watching.alarm_facts, act=watching.acknowledge, back=lambda subject: f"/alarms/{subject}"
    ),
    "open_incident": Action(kind="act", facts=watching.alarm_facts, act=watching.open_incident, back=_to("/incidents")),
    "note_incident": Action(
        kind="act", facts=watching.incident_facts, act=watching.note, back=lambda subject: f"/incidents/{subject}"
    ),
    "tell_application": Action(
        kind="act", facts=watching.incident_facts, act=watching.tell_application,
        back=lambda subject: f"/incidents/{subject}",
    ),
    "request_evidence": Action(
        kind="act", facts=watching.incident_facts, act=watching.request_evidence,
        back=lambda subject: f"/incidents/{subject}",
    ),
    "close_incident": Action(
        kind="act", facts=watching.incident_facts, act=watching.close, back=lambda subject: f"/incidents/{subject}"
    ),
    "register_interface": Action(
        kind="act", facts=interfaces.facts, act=interfaces.register, back=interfaces.page_of,
        after=interfaces.announce, fields=("wished",),
    ),
    "audit_interface": Action(
        kind="act", facts=interfaces.facts, act=interfaces.audit, back=interfaces.page_of,
        fields=("tool", "findings", "mended"),
    ),
    "plan_interface": Action(
        kind="act", facts=interfaces.facts, act=interfaces.plan, back=interfaces.page_of, fields=("plan", "rollback"),
    ),
    "propose_publication": Action(
        kind="propose", facts=interfaces.facts, act=interfaces.propose_publication, back=interfaces.page_of
    ),
    "deprecate_interface": Action(
        kind="act", facts=interfaces.facts, act=interfaces.deprecate, back=interfaces.page_of,
        after=interfaces.announce, fields=("days",),
    ),
    "notify_interface": Action(
        kind="act", facts=interfaces.facts, act=interfaces.notify, back=interfaces.page_of
    ),
    "reinstate_interface": Action(
        kind="act", facts=interfaces.facts, act=interfaces.reinstate, back=interfaces.page_of,
        after=interfaces.announce,
    ),
    "propose_termination": Action(
        kind="propose", facts=interfaces.facts, act=interfaces.propose_termination, back=interfaces.page_of, grave=True
    ),
    "propose_retirement": Action(
        kind="propose", facts=interfaces.facts, act=interfaces.propose_retirement, back=interfaces.page_of, grave=True
    ),
    "archive_interface": Action(
        kind="act", facts=interfaces.facts, act=interfaces.archive, back=interfaces.page_of,
        after=interfaces.announce,
    ),
    "probe_callbacks": Action(kind="act", facts=telling.facts, act=telling.probe, back=_events),
    "replay_dead_letters": Action(kind="act", facts=telling.facts, act=telling.replay_dead, back=_events),
    "withdraw_sdk": Action(
        kind="act", facts=sdk_builds.facts, act=sdk_builds.withdraw, back=_to("/sdk"), grave=True
    ),
    "propose_sdk": Action(
        kind="propose", facts=sdk_builds.facts, act=sdk_builds.propose_admission, back=_to("/sdk")
    ),
    "raise_sdk_minimum": Action(
        kind="act", facts=sdk_builds.version_facts, act=sdk_builds.set_minimum, back=_to("/sdk"), grave=True
    ),
    "propose_destruction": Action(
        kind="propose", facts=destroying.facts, act=destroying.propose, back=_to("/archives"), grave=True
    ),
    "propose_log_export": Action(
        kind="propose", facts=exporting.facts, act=exporting.propose, back=_to("/exports")
    ),
    "verify_records": Action(
        kind="verify", facts=verifying.facts, act=verifying.note_only, back=_to("/audit"), after=verifying.start
    ),
    "verify_materials": Action(kind="act", facts=admitting.facts, act=admitting.verify, back=_case),
    "return_materials": Action(kind="act", facts=admitting.facts, act=admitting.give_back, back=_case),
    "assess_case": Action(kind="act", facts=admitting.facts, act=admitting.assess, back=_case),
    "propose_admission": Action(kind="propose", facts=admitting.facts, act=admitting.propose_admission, back=_case),
    "reject_case": Action(kind="act", facts=admitting.facts, act=admitting.reject, back=_case, grave=True),
    "draw_up_agreement": Action(kind="act", facts=admitting.facts, act=admitting.draw_up, back=_case),
    "countersign_agreement": Action(
        kind="decide", facts=admitting.facts, act=admitting.countersign, back=_case, proposed_by=admitting.drawn_up_by
    ),
    "inspect_case": Action(kind="act", facts=admitting.facts, act=admitting.inspect, back=_case),
    "propose_going_live": Action(kind="propose", facts=admitting.facts, act=admitting.propose_going_live, back=_case),
    "order_review": Action(
        kind="act", facts=applications.facts, act=supervising.order_review, back=supervising.page_of
    ),
    "inquire": Action(kind="act", facts=applications.facts, act=supervising.inquire, back=supervising.page_of),
    "record_finding": Action(
        kind="act", facts=applications.facts, act=supervising.record_finding, back=supervising.page_of,
        fields=("severity", "about"),
    ),
    "close_task": Action(
        kind="act", facts=supervising.task_facts, act=supervising.close_task, back=supervising.page_of,
        fields=("measure",),
    ),
    "propose_rating": Action(
        kind="propose", facts=applications.facts, act=supervising.propose_rating, back=supervising.page_of,
        fields=("grade",),
    ),
    "propose_grant_removal": Action(
        kind="propose", facts=supervising.grant_facts, act=supervising.propose_grant_removal,
        back=supervising.page_of, grave=True,
    ),
    "propose_exit": Action(
        kind="propose", facts=leaving.facts, act=leaving.propose_exit, back=supervising.page_of, grave=True
    ),
    "stop_business": Action(kind="act", facts=leaving.facts, act=leaving.stop, back=supervising.page_of, grave=True),
    "settle_exit": Action(kind="act", facts=leaving.facts, act=leaving.settle, back=supervising.page_of),
    "propose_voiding": Action(
        kind="propose", facts=leaving.facts, act=leaving.propose_voiding, back=supervising.page_of, grave=True
    ),
    "archive_exit": Action(kind="act", facts=leaving.facts, act=leaving.archive, back=supervising.page_of),
    "close_exit": Action(kind="act", facts=leaving.facts, act=leaving.close, back=supervising.page_of),
    "call_off_exit": Action(kind="act", facts=leaving.facts, act=leaving.call_off, back=supervising.page_of),
}  # fmt: skip
"""By name: that of the permission, of the journal's action, of the texts."""
