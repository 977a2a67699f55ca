"""What must hold before a step is taken, as a table: rows in order, columns the steps. All of them only look.

What a row misses it names, so that the staff knows whom to tell or to ask. A weakened bank is this table with rows left
out: it retires what partners still rely on.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.interfaces import agreements, audits, concerned, notices, plans, platform, states
from bank_sim.interfaces.description import description_sm3
from bank_sim.interfaces.states import Step
from bank_sim.policy import Policy
from bank_sim.registry.api import Api
from bank_sim.registry.lives import Life
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.store import Store

_NAMED_MAX = 5


@dataclass(frozen=True, slots=True)
class StepCase:
    """A step that somebody is about to take with one version."""

    step: Step
    life: Life
    api: Api
    store: Store
    policy: Policy
    now_ms: int

    @property
    def usage_since_ms(self) -> int:
        """From when on calls tell who is concerned: those before the deprecation as well as those after it."""
        return (self.life.deprecated_ms or self.now_ms) - self.policy.interface_usage_s * 1000


def is_due(case: StepCase) -> None:
    """ILLEGAL_TRANSITION."""
    states.require_due(case.step, case.life)


def identifier_is_in_force(case: StepCase) -> None:
    """The platform has the identifier, for this level: U_API_ID_INVALID."""
    entry = platform.query(case.store, case.life.u_api_id or "")
    if entry is None or entry.deregistered_ms is not None or entry.level != case.api.level:
        raise problems.U_API_ID_INVALID.problem("The platform has no such identifier in force for this level.")


def code_is_audited(case: StepCase) -> None:
    """The newest audit looked at exactly this description, and all findings are mended: AUDIT_REQUIRED."""
    found = audits.audits_of(case.store, case.life.api_id, case.life.version)
    if not found or not found[0].passed or found[0].description_sm3 != description_sm3(case.api):
        raise problems.AUDIT_REQUIRED.problem()


def change_is_planned(case: StepCase) -> None:
    """CHANGE_PLAN_REQUIRED."""
    if not plans.stands_for(case.store, case.life):
        raise problems.CHANGE_PLAN_REQUIRED.problem()


def everybody_is_told(case: StepCase) -> None:
    """Every application and every user concerned has had a notice: NOTICE_MISSING."""
    apps = {each.app_id for each in concerned.applications(case.store, case.life, case.usage_since_ms)}
    untold = sorted(apps - {each.app_id for each in notices.notices_of(case.store, case.life)})
    users = set(concerned.customers(case.store, case.life, case.now_ms / 1000))
    users -= notices.customers_told(case.store, case.life).keys()
    if untold or users:
        others = f"; users: {len(users)}" if users else ""
        raise problems.NOTICE_MISSING.problem(f"Not told yet: {_named(untold)}{others}.")


def lead_time_is_over(case: StepCase) -> None:
    """The announced day has come, and whoever used it before has had the whole lead time: LEAD_TIME_RUNNING."""
    life, lead_ms = case.life, case.policy.interface_lead_s * 1000
    if case.now_ms < (life.sunset_ms or case.now_ms + 1):
        raise problems.LEAD_TIME_RUNNING.problem()
    before = {
        each.app_id
        for each in concerned.applications(case.store, life, case.usage_since_ms)
        if each.first_ms <= (life.deprecated_ms or 0)
    }
    told = notices.notices_of(case.store, life)
    hasty = [each.app_id for each in told if each.app_id in before and each.sent_ms + lead_ms > case.now_ms]
    if hasty:
        raise problems.LEAD_TIME_RUNNING.problem(f"Told too late for it: {_named(hasty)}.")


def end_is_agreed(case: StepCase) -> None:
    """Both have signed what holds after the end, with every application that was told: AGREEMENT_UNSIGNED."""
    gone = concerned.left(case.store)
    unsigned = [
        each.app_id
        for each in agreements.agreements_of(case.store, case.life)
        if each.signed_ms is None and each.app_id not in gone
    ]
    if unsigned:
        raise problems.AGREEMENT_UNSIGNED.problem(f"Not signed by: {_named(unsigned)}.")


def line_is_quiet(case: StepCase) -> None:
    """Nobody has called for a while, not even into the baffle: TRAFFIC_IN_FLIGHT."""
    since_ms = case.now_ms - case.policy.interface_quiet_s * 1000
    calling = concerned.still_calling(case.store, case.life, since_ms)
    if calling:
        raise problems.TRAFFIC_IN_FLIGHT.problem(f"Still calling: {_named(sorted(calling))}.")


_EVERY = "register publish deprecate reinstate terminate take_off archive"

# fmt: off
GUARDS: CheckTable[StepCase] = CheckTable([
    row("life_order",         is_due,                 _EVERY,              "11-0 12.1-2.2"),
    row("identifier_in_force", identifier_is_in_force, "publish",          "12.1-2.1 12.1-2.2 B.3.4-1"),
    row("code_audit",         code_is_audited,        "publish",           "7.1-5"),
    row("change_plan",        change_is_planned,      "publish deprecate", "10.3-1.1 10.3-1.2"),
    row("end_notices",        everybody_is_told,      "terminate",         "7.1-6.3 10.3-1.1 11-1.1 11-2.2"),
    row("lead_time",          lead_time_is_over,      "terminate",         "11-1.1"),
    row("end_agreements",     end_is_agreed,          "take_off",          "11-2.1"),
    row("quiet_line",         line_is_quiet,          "take_off",          "11-3.1"),
])
# fmt: on

FOUNDATIONS = frozenset({"life_order"})
"""Without it no step would know from where it leads; the states' own table holds it besides."""

DEFENCES = frozenset(each.name for each in GUARDS.rows) - FOUNDATIONS
"""The rows that a training run may leave out."""


def _named(app_ids: list[str]) -> str:
    shown = ", ".join(app_ids[:_NAMED_MAX])
    return f"{shown} and {len(app_ids) - _NAMED_MAX} more" if len(app_ids) > _NAMED_MAX else shown
