"""How much applications may call, how much of it they use, and who rests for having called more."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import Response

from bank_sim.console.deeds.throttling import parts_of
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.registry import directory
from bank_sim.throttle.quotas import PERS, Limit, Setting
from bank_sim.web import see

_NO_INTERFACE = "-"


@dataclass(frozen=True, slots=True)
class Line:
    """One limit of one application. ``scope``: ``app``, ``user`` or an API_ID; ``used`` None: counted for each user."""

    scope: str
    limit: Limit
    used: int | None
    setting: Setting | None

    @property
    def percent(self) -> int:
        return min(100, 100 * (self.used or 0) // self.limit.amount)


def show_quotas(visit: Visit) -> Response:
    """Every application that is served, with the limit of which it uses the greatest share."""
    throttle = visit.bank.throttle
    applications = [each for each in directory.applications(visit.store) if each.status != "exited"]
    set_for = {each.app_id for each in throttle.quotas.settings()}
    rows = [
        (
            each,
            max(_own_lines(visit, each.app_id), key=lambda line: line.percent),
            throttle.suspensions.of(each.app_id, visit.now_ms),
            each.app_id in set_for,
        )
        for each in applications
    ]
    return page(visit, "quotas", rows=rows, policy=visit.bank.config.policy)


def show_application(visit: Visit, app_id: str) -> Response:
    """All limits of one application: its own, for each of its users, at each of its interfaces."""
    visit.app_id = app_id
    application = directory.application(visit.store, app_id)
    apis = sorted(visit.bank.registry.grants(app_id) & visit.bank.catalogue.by_id.keys())
    return page(
        visit,
        "quotas_of",
        application=application,
        lines=_own_lines(visit, app_id) + _user_lines(visit, app_id),
        api_lines=[line for api_id in apis for line in _api_lines(visit, app_id, api_id)],
        suspension=visit.bank.throttle.suspensions.of(app_id, visit.now_ms),
        scopes=["app", "user", *apis],
        pers=PERS,
        policy=visit.bank.config.policy,
    )


def choose_limit(visit: Visit, app_id: str) -> Response:
    """From a choice of scope and window to the page that asks for the number. RESOURCE_NOT_FOUND."""
    subject = f"{app_id}:{visit.asked('scope')}:{visit.asked('per')}"
    parts_of(visit, subject)
    return see(f"/act/set_quota/{quote(subject)}")


def _own_lines(visit: Visit, app_id: str) -> list[Line]:
    standing = visit.bank.throttle.standing(app_id, _NO_INTERFACE)
    return [_line(visit, app_id, "app", limit, used) for limit, used in standing if limit.scope == "app"]


def _user_lines(visit: Visit, app_id: str) -> list[Line]:
    limits = visit.bank.throttle.quotas.of(app_id, _NO_INTERFACE, visit.now_ms).all
    return [_line(visit, app_id, "user", limit, None) for limit in limits if limit.scope == "user"]


def _api_lines(visit: Visit, app_id: str, api_id: str) -> list[Line]:
    """Those that are used now or that the staff has set; the others are the bank's default."""
    standing = visit.bank.throttle.standing(app_id, api_id)
    lines = [_line(visit, app_id, api_id, limit, used) for limit, used in standing if limit.scope == "api"]
    return [each for each in lines if each.used or each.setting]


def _line(visit: Visit, app_id: str, scope: str, limit: Limit, used: int | None) -> Line:
    settings = visit.bank.throttle.quotas.settings(app_id)
    setting = next((each for each in settings if (each.scope, each.per) == (scope, limit.per)), None)
    return Line(scope, limit, used, setting)
