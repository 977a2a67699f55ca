"""Who is kept out at the moment: the blacklist, which people keep, and the throttles, which work by themselves."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.monitor import traffic
from bank_sim.monitor.traffic import MINUTE_MS
from bank_sim.registry.blacklist import source_subject
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import proposals
from bank_sim.web import see

_DAY_MIN = 1440


def show_blacklist(visit: Visit, problem: Problem | None = None) -> Response:
    entries = visit.bank.blacklist.entries()
    subjects = {f"{each.kind}:{each.subject}" for each in entries}
    return page(
        visit,
        "blacklist",
        problem.kind.status if problem else 200,
        problem=problem,
        entries=entries,
        proposed={each for each in subjects if proposals.open_for(visit.store, "remove_from_blacklist", each)},
        names=visit.premises.names(visit.language),
        typed=visit.asked("source"),
    )


def choose_source(visit: Visit) -> Response:
    """From an address that somebody typed to the page that asks."""
    try:
        subject = source_subject(visit.asked("source"))
    except Problem as problem:
        visit.refusal = problem
        return show_blacklist(visit, problem)
    return see(f"/act/blacklist_source/{quote(subject)}")


def show_throttles(visit: Visit) -> Response:
    """What is in force now; each ends by itself."""
    since = visit.now_ms // MINUTE_MS - _DAY_MIN
    staff = [each.login_name for each in visit.premises.desk.everybody()]
    rests, unknown = visit.premises.rests.in_force(traffic.sources_since(visit.store, since), staff)
    return page(
        visit,
        "throttles",
        rests=rests,
        unknown=unknown,
        shut=visit.premises.gate.shut(visit.now_ms / 1000),
        policy=visit.bank.config.policy,
    )
