"""The files of days: what each application was given, what it found in them, who may see account numbers in full."""

from __future__ import annotations

from flask import Response

from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.reconciliation import RECONCILIATION, results
from bank_sim.registry import directory
from bank_sim.staff import proposals


def show_overview(visit: Visit) -> Response:
    """Every application that is served, with its newest file and how many differences it has told."""
    newest = {each.app_id: each for each in visit.bank.reconciliation.newest_of_each()}
    rows = [
        (
            each,
            newest.get(each.app_id),
            _differing(visit, each.app_id),
            visit.bank.purposes.granted(each.app_id, RECONCILIATION),
        )
        for each in directory.applications(visit.store)
        if each.status != "exited"
    ]
    return page(visit, "reconciliation", rows=rows)


def show_application(visit: Visit, app_id: str) -> Response:
    """Its files of the last month, what it told of each, and the purpose's history. RESOURCE_NOT_FOUND."""
    visit.app_id = app_id
    return page(
        visit,
        "reconciliation_of",
        application=directory.application(visit.store, app_id),
        files=visit.bank.reconciliation.made(app_id),
        told=results.of_application(visit.store, app_id),
        granted=visit.bank.purposes.granted(app_id, RECONCILIATION),
        history=visit.bank.purposes.history(app_id),
        proposal=proposals.open_for(visit.store, "grant_purpose", app_id),
    )


def _differing(visit: Visit, app_id: str) -> int:
    """How many differences it has told of, but those that the next file may explain."""
    told = results.of_application(visit.store, app_id).values()
    return sum(each.kind != "late" for day in told for each in day.differences)
