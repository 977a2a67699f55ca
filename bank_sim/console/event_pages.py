"""Events to applications and builds of the SDK, as the bank's staff sees them."""

from __future__ import annotations

from flask import Response

from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.events import endpoint_of, endpoints, probes
from bank_sim.events.model import STATES
from bank_sim.registry import directory
from bank_sim.staff import proposals

_DEAD_SHOWN, _NEWEST = 100, 20


def show_events(visit: Visit) -> Response:
    """Who takes events and how their last probe went; dead letters of all applications."""
    events, store = visit.bank.events, visit.store
    return page(
        visit,
        "events",
        rows=[
            (each, events.counts(each.app_id), probes.latest(store, each.app_id)) for each in endpoints.listed(store)
        ],
        dead=events.dead(_DEAD_SHOWN),
        names=visit.premises.names(visit.language),
        states=STATES,
    )


def show_application(visit: Visit, app_id: str) -> Response:
    """RESOURCE_NOT_FOUND."""
    listed = directory.application(visit.store, app_id)
    visit.app_id = app_id
    return page(
        visit,
        "events_of",
        application=listed,
        endpoint=endpoint_of(visit.store, app_id),
        counts=visit.bank.events.counts(app_id),
        states=STATES,
        probe=probes.latest(visit.store, app_id),
        newest=visit.bank.events.of_application(app_id, _NEWEST),
    )


def show_builds(visit: Visit) -> Response:
    releases = visit.bank.releases
    return page(
        visit,
        "sdk",
        builds=releases.listed(),
        minimum=releases.minimum(),
        history=releases.history(),
        waiting={
            each.subject for each in proposals.listed(visit.store) if (each.kind, each.state) == ("admit_sdk", "open")
        },
    )
