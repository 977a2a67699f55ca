"""Supervision: who owes what by when, who is leaving, what is on record; and everything of it about one application."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from flask import Response

from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.events import endpoint_of, probes
from bank_sim.registry import directory
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.supervision import archive, guards, notices, ratings, reports, states, tasks
from bank_sim.supervision.states import ExitStep

NEXT: Mapping[str, tuple[tuple[str, ExitStep], ...]] = {
    "requested": (("propose_exit", "announce"),),
    "announced": (("stop_business", "stop"), ("call_off_exit", "call_off")),
    "closing": (("settle_exit", "settle"), ("call_off_exit", "call_off")),
    "settled": (("propose_voiding", "void"),),
    "voided": (("archive_exit", "archive"),),
    "deleted": (("close_exit", "close"),),
}
"""By state of an exit: the staff's actions that lead on, each with the step that it takes."""


def show_overview(visit: Visit) -> Response:
    """What stands between bank and applications, the first due first; exits; the archive, searched by ``find``."""
    sought = visit.asked("find")
    return page(
        visit,
        "supervision",
        tasks=tasks.standing(visit.store),
        exits=states.listed(visit.store),
        sought=sought,
        found=archive.search(visit.store, sought) if sought else [],
        names=visit.premises.names(visit.language),
    )


def show_application(visit: Visit, app_id: str) -> Response:
    """RESOURCE_NOT_FOUND."""
    listed = directory.application(visit.store, app_id)
    visit.app_id = app_id
    found = states.current(visit.store, app_id)
    steps = NEXT.get(found.state, ()) if found else ()
    rated = ratings.ratings_of(visit.store, app_id)
    mine = tasks.of_application(visit.store, app_id)
    months, granted = reports.reports_of(visit.store, app_id), visit.bank.registry.grants(app_id)
    return page(
        visit,
        "supervised",
        application=listed,
        ratings=rated,
        grade=ratings.standing_of(visit.store, app_id),
        unrated_as=visit.bank.config.policy.app_unrated_as,
        limits=visit.bank.app_limits.of(app_id),
        linked=visit.bank.app_limits.linked(app_id, visit.now_ms / 1000),
        day_total=visit.bank.app_limits.day_total(app_id, visit.now_ms),
        tasks=[(each, tasks.history(visit.store, each.task_id)) for each in mine],
        reports=months,
        stale=[each for each in months[0].stale if each in granted] if months else [],
        exit=found,
        path=states.PATH,
        next_steps=[(name, visit.bank.exits.missing(step, app_id)) for name, step in steps],
        pending=guards.open_transfers(visit.store, app_id, visit.now_ms),
        told=notices.told(visit.store, found.exit_id) if found else 0,
        steps=states.history(visit.store, found.exit_id) if found else [],
        archived=archive.find(visit.store, found.exit_id) if found else None,
        surviving=archive.SURVIVING,
        proposals=_proposals(visit, app_id),
        endpoint=endpoint_of(visit.store, app_id),
        probe=probes.latest(visit.store, app_id),
    )


def download_archive(visit: Visit, exit_id: str) -> Response:
    """The record of an application that left, as it was written. RESOURCE_NOT_FOUND."""
    archived = archive.find(visit.store, exit_id)
    if archived is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    visit.app_id = archived.app_id
    headers = {"Content-Disposition": f'attachment; filename="{exit_id}.json"'}
    document = {"sm3": archived.sm3, "document": msgspec.Raw(archived.document)}
    return Response(msgspec.json.encode(document), content_type="application/json", headers=headers)


def _proposals(visit: Visit, app_id: str) -> list[proposals.Proposal]:
    """What waits for a second person about this application."""
    kinds = {"exit_application", "void_application", "rate_application", "withdraw_grant"}
    waiting = [each for each in proposals.listed(visit.store) if each.state == "open" and each.kind in kinds]
    return [each for each in waiting if each.subject.partition(":")[0] == app_id]
