"""The applications: who they are, how they stand, what they call and are refused, and what was done about them."""

from __future__ import annotations

from flask import Response

from bank_sim.consent.dependants import in_force_of
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.monitor import figures, traffic
from bank_sim.monitor.figures import Figures, Window
from bank_sim.registry import directory
from bank_sim.staff import journal, proposals

_DAY_MIN, _SPAN = 1440, 15
_ENTRIES = 20


def show_applications(visit: Visit) -> Response:
    """All of them with their last day; ``find`` narrows them down by name or App_ID."""
    visit.premises.watch.look(visit.store)
    sought = visit.asked("find").lower()
    listed = [
        each
        for each in directory.applications(visit.store)
        if any(sought in text.lower() for text in (each.app_id, each.name, each.name_zh or ""))
    ]
    return page(
        visit,
        "applications",
        applications=listed,
        sought=visit.asked("find"),
        figures=figures.by("app_id", visit.store, Window(visit.now_ms, _DAY_MIN, _SPAN)),
        blacklisted={each.subject for each in visit.bank.blacklist.entries() if each.kind == "application"},
    )


def show_application(visit: Visit, app_id: str) -> Response:
    """RESOURCE_NOT_FOUND."""
    listed = directory.application(visit.store, app_id)
    visit.app_id = app_id
    visit.premises.watch.look(visit.store)
    window = Window(visit.now_ms, _DAY_MIN, _SPAN)
    keys = directory.keys_of(visit.store, app_id)
    named = [*(each.keyid for each in keys), *(f"{app_id}.{each.api_id}" for each in visit.bank.catalogue)]
    return page(
        visit,
        "application",
        application=listed,
        last_uses=visit.bank.access_log.last_uses(app_id),
        case=visit.bank.admissions.dossiers.of_application(app_id),
        keys=keys,
        apis=[each for each in visit.bank.catalogue if each.api_id in visit.bank.registry.grants(app_id)],
        consents=in_force_of(visit.store, app_id, visit.now_ms / 1000),
        figures=figures.by("app_id", visit.store, window).get(app_id, Figures()),
        signs=traffic.signs_of(visit.store, app_id, window.first, window.last),
        entry=next((each for each in visit.bank.blacklist.entries() if each.subject == app_id), None),
        proposal=proposals.open_for(visit.store, "resume_application", app_id),
        history=_history(visit, [app_id, f"application:{app_id}", *named]),
    )


def _history(visit: Visit, subjects: list[str]) -> list[journal.Chained]:
    """What the staff did to it, the newest first."""
    found = [each for subject in subjects for each in journal.newest(visit.store, subject=subject, limit=_ENTRIES)]
    return sorted(found, key=lambda each: -each.serial)[:_ENTRIES]
