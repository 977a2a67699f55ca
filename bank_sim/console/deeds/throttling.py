"""Setting a limit of an application's calls, lifting it, and letting an application call again before its time.

A limit has a name of three parts: ``App_ID:app|user|API_ID:second|minute|day|concurrent``.
"""

from __future__ import annotations

from bank_sim.console.deeds import applications
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction
from bank_sim.throttle.quotas import Limit, Setting, defaults, lift_quota, set_quota

_DIGITS_MAX = 10
_OWN = ("app", "user")


def set_facts(visit: Visit, subject: str) -> Shown:
    """Which limit it is and how high it is now. RESOURCE_NOT_FOUND for a limit that there cannot be."""
    app_id, scope, per = parts_of(visit, subject)
    return Shown((*_about(visit, subject), ("limit_now", _amount(_limit(visit, app_id, scope, per)))))


def set_limit(visit: Visit, db: Transaction, order: Order) -> None:
    """PARAM_INVALID for what is no number of calls."""
    app_id, scope, per = parts_of(visit, order.subject)
    typed = order.fields["amount"]
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS_MAX):
        raise problems.PARAM_INVALID.problem("A limit is a whole number.")
    setting = Setting(app_id, scope, per, int(typed), visit.who.login_name, visit.now_ms, masked(order.reason))  # type: ignore[arg-type]
    set_quota(db, setting)
    _tell(visit, db, app_id, {"notice": "quota_set", "scope": scope, "per": per, "amount": setting.amount})


def lift_facts(visit: Visit, subject: str) -> Shown:
    """RESOURCE_NOT_FOUND where the staff has set nothing."""
    app_id, scope, per = parts_of(visit, subject)
    found = [each for each in visit.bank.throttle.quotas.settings(app_id) if (each.scope, each.per) == (scope, per)]
    if not found:
        raise problems.RESOURCE_NOT_FOUND.problem()
    set_by = (("limit_now", f"{found[0].amount:,}"), ("by", found[0].by), ("reason", found[0].reason))
    return Shown((*_about(visit, subject), *set_by))


def lift(visit: Visit, db: Transaction, order: Order) -> None:
    app_id, scope, per = parts_of(visit, order.subject)
    lift_quota(db, app_id, scope, per)
    _tell(visit, db, app_id, {"notice": "quota_lifted", "scope": scope, "per": per})


def suspension_facts(visit: Visit, app_id: str) -> Shown:
    """RESOURCE_NOT_FOUND where it does not rest."""
    shown = applications.facts(visit, app_id)
    found = visit.bank.throttle.suspensions.of(app_id, visit.now_ms)
    if found is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Shown((*shown.facts[:3], ("throttle", "quota_" + found.quota.replace("-", "_"))))


def release(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.throttle.suspensions.release(db, order.subject, visit.now_ms)
    _tell(visit, db, order.subject, {"notice": "quota_released"})


def announce(visit: Visit) -> None:
    """After the commit: every worker reads anew."""
    visit.bank.throttle_generation.announce()


def page_of(subject: str) -> str:
    """Where the limits of an application are."""
    return f"/quotas/{subject.partition(':')[0]}"


def parts_of(visit: Visit, subject: str) -> tuple[str, str, str]:
    """App_ID, scope and window of a limit's name. RESOURCE_NOT_FOUND."""
    app_id, _, named = subject.partition(":")
    scope, _, per = named.partition(":")
    applications.facts(visit, app_id)
    is_known = scope in _OWN or scope in visit.bank.catalogue.by_id
    if not is_known or (_kind(scope), per) not in defaults(visit.bank.config.policy):
        raise problems.RESOURCE_NOT_FOUND.problem()
    return app_id, scope, per


def _kind(scope: str) -> str:
    return scope if scope in _OWN else "api"


def _about(visit: Visit, subject: str) -> tuple[tuple[str, str], ...]:
    app_id, scope, per = parts_of(visit, subject)
    whom = applications.facts(visit, app_id).facts[:2]
    interface = () if scope in _OWN else (("interface", scope),)
    return (*whom, *interface, ("throttle", f"quota_{_kind(scope)}_{per}"))


def _limit(visit: Visit, app_id: str, scope: str, per: str) -> Limit | None:
    limits = visit.bank.throttle.quotas.of(app_id, scope, visit.now_ms).all
    return next((each for each in limits if (each.scope, each.per) == (_kind(scope), per)), None)


def _amount(limit: Limit | None) -> str:
    return f"{limit.amount:,}" if limit is not None else "–"


def _tell(visit: Visit, db: Transaction, app_id: str, data: dict[str, str | int | bool | None]) -> None:
    visit.bank.events.publish(db, app_id, "application.notice", app_id, data)
