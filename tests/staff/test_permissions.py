"""Roles: nobody can do everything, and nobody can do both halves of what takes two."""

from __future__ import annotations

import pytest

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff.colleagues import Colleague, Role
from bank_sim.staff.permissions import ROLES, Deed, Kind, require

CHANGES = {
    "acknowledge_alarm", "open_incident", "close_incident", "release_throttle", "suspend_application", "revoke_key",
    "blacklist_source", "blacklist_application", "approve_proposal", "reject_proposal",
}  # fmt: skip


def deed(role: Role, permission: str, kind: Kind, **changes: str | None) -> Deed:
    return Deed(Colleague("me", "Me", role), permission, kind, **{"reason": "a good reason", **changes})  # type: ignore[arg-type]


def code(case: Deed, weakened: frozenset[str] = frozenset()) -> str | None:
    try:
        require(case, weakened)
    except Problem as problem:
        return problem.code
    return None


def test_who_acts_does_not_decide_and_who_audits_changes_nothing() -> None:
    assert not ROLES["operator"] & {"approve_proposal", "reject_proposal"}
    assert not ROLES["reviewer"] & {"suspend_application", "blacklist_source", "blacklist_application", "revoke_key"}
    assert not ROLES["auditor"] & CHANGES
    assert "verify_records" in ROLES["auditor"]


@pytest.mark.clause("10.1.2-1.4", "9.1.1-2.1")
def test_a_reviewer_decides_on_anothers_proposal_only() -> None:
    assert code(deed("reviewer", "approve_proposal", "decide", proposed_by="somebody")) is None
    mine = deed("reviewer", "approve_proposal", "decide", proposed_by="me")
    assert code(mine) == "FOUR_EYES_REQUIRED"
    assert code(mine, frozenset({"four_eyes"})) is None
    assert code(deed("reviewer", "approve_proposal", "decide")) == "FOUR_EYES_REQUIRED"


def test_a_role_without_the_permission_is_told_who_has_it() -> None:
    case = deed("auditor", "suspend_application", "act")
    with pytest.raises(Problem) as refused:
        require(case, frozenset())
    assert refused.value.code == "STAFF_ROLE_REQUIRED"
    assert refused.value.members["roles"] == ["operator"]
    assert code(case, frozenset({"staff_role"})) is None


@pytest.mark.parametrize("reason", ["", "no", "x" * 301])
def test_nothing_is_done_without_a_reason_that_can_be_read(reason: str) -> None:
    case = deed("operator", "suspend_application", "act", reason=reason)
    assert code(case) == "REASON_REQUIRED"
    assert code(case, frozenset({"staff_reason"})) is None


def test_looking_and_verifying_take_no_reason() -> None:
    assert code(deed("operator", "traffic", "look", reason="")) is None
    assert code(deed("auditor", "verify_records", "verify", reason="")) is None
