"""What a role allows, as a matrix, and the check table that every deed on the console runs through.

Columns of the table are kinds of deeds: ``look`` shows something, ``act`` changes something at once, ``propose`` asks
for what somebody else must agree to, ``decide`` agrees or refuses, ``verify`` tests the records. A weakened console is
this table with rows left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.staff.colleagues import Colleague, Role

Kind = Literal["look", "act", "propose", "decide", "verify"]

ROLES: dict[Role, frozenset[str]] = {
    "operator": frozenset(
        {
            "traffic", "log", "throttles", "quotas", "applications", "alarms", "incidents", "blacklist", "proposals",
            "customers", "propose_log_export",
            "acknowledge_alarm", "open_incident", "note_incident", "close_incident", "tell_application",
            "request_evidence",
            "release_throttle", "set_quota", "lift_quota", "release_quota",
            "suspend_application", "revoke_key", "blacklist_source", "blacklist_application",
            "propose_resumption", "propose_removal", "withdraw_proposal",
            "admission", "verify_materials", "return_materials", "assess_case", "propose_admission",
            "draw_up_agreement", "inspect_case", "propose_going_live",
            "interfaces", "register_interface", "plan_interface", "propose_publication", "deprecate_interface",
            "archives", "propose_destruction",
            "bank_keys", "propose_key_rotation", "revoke_bank_key", "revoke_certificate",
            "notify_interface", "reinstate_interface", "propose_termination", "propose_retirement",
            "archive_interface",
            "events", "probe_callbacks", "replay_dead_letters", "sdk", "withdraw_sdk", "propose_sdk",
            "raise_sdk_minimum",
            "supervision", "order_review", "inquire", "record_finding", "close_task", "propose_rating",
            "propose_grant_removal", "propose_exit", "stop_business", "settle_exit", "propose_voiding", "archive_exit",
            "close_exit", "call_off_exit",
            "risk", "take_risk_case", "note_risk_case", "propose_payment_release", "refuse_payment", "close_risk_case",
            "report_suspicion", "propose_delisting", "reconciliation", "propose_purpose", "withdraw_purpose",
        }
    ),
    "reviewer": frozenset(
        {
            "traffic", "log", "throttles", "quotas", "applications", "alarms", "incidents", "blacklist", "proposals",
            "journal", "customers",
            "note_incident", "propose_resumption", "propose_removal", "withdraw_proposal",
            "approve_proposal", "reject_proposal", "archives", "bank_keys", "interfaces", "audit_interface",
            "admission", "reject_case", "countersign_agreement", "supervision",
            "events", "sdk", "propose_sdk", "risk", "note_risk_case", "reconciliation",
        }
    ),
    "auditor": frozenset(
        {
            "traffic", "log", "throttles", "quotas", "applications", "alarms", "incidents", "blacklist", "proposals",
            "journal",
            "verify_records", "archives", "take_archive", "bank_keys", "interfaces", "admission", "supervision",
            "events", "sdk", "risk", "reconciliation",
        }
    ),
}  # fmt: skip
"""Permissions of each role. Nobody both acts and decides on the same thing; who audits changes nothing."""

_REASON_CHARS_MIN, REASON_CHARS_MAX = 4, 300


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody is about to do. ``proposed_by``: who proposed what is to be decided; None where nothing is."""

    colleague: Colleague
    permission: str
    kind: Kind
    reason: str = ""
    proposed_by: str | None = None


def role_permits(deed: Deed) -> None:
    """STAFF_ROLE_REQUIRED, with the roles that may."""
    if deed.permission not in ROLES[deed.colleague.role]:
        raise problems.STAFF_ROLE_REQUIRED.problem(roles=roles_with(deed.permission))


def reason_is_given(deed: Deed) -> None:
    """REASON_REQUIRED: the journal is read by people who were not there."""
    if not _REASON_CHARS_MIN <= len(deed.reason) <= REASON_CHARS_MAX:
        raise problems.REASON_REQUIRED.problem()


def another_decides(deed: Deed) -> None:
    """FOUR_EYES_REQUIRED for whoever made the proposal."""
    if deed.proposed_by is None or deed.proposed_by == deed.colleague.login_name:
        raise problems.FOUR_EYES_REQUIRED.problem()


RULES: CheckTable[Deed] = CheckTable(
    [
        row("staff_role", role_permits, "look act propose decide verify", "10.1.2-1.0 10.1.2-1.4"),
        row("staff_reason", reason_is_given, "act propose decide", "10.1.2-1.4 10.5-2"),
        row("four_eyes", another_decides, "decide", "10.1.2-1.4 9.1.1-2.1"),
    ]
)

DEFENCES = frozenset(each.name for each in RULES.rows)
"""The rows that a training run may leave out."""


def require(deed: Deed, weakened: frozenset[str]) -> None:
    """The deed may be done; otherwise the first rule that it breaks is raised."""
    RULES.run(deed, deed.kind, weakened)


def roles_with(permission: str) -> list[Role]:
    """Who may."""
    return [role for role, permissions in ROLES.items() if permission in permissions]
