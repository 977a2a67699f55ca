"""The first page: what is going on now. Its figures are a part of their own that refreshes itself."""

from __future__ import annotations

from typing import Any

from flask import Response

from bank_sim.console import charts
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.monitor import alarms, figures, incidents
from bank_sim.monitor.figures import Window

# Name in the address -> minutes, and the minutes of one point of a chart, which is what one counter stands for.
WINDOWS = {"15m": (15, 1), "1h": (60, 1), "6h": (360, 15), "24h": (1440, 15)}
_DEFAULT = "1h"


def show(visit: Visit) -> Response:
    """Everything."""
    return page(visit, "overview", **_facts(visit))


def refresh(visit: Visit) -> Response:
    """The figures alone, for the page's script."""
    return page(visit, "live", **_facts(visit))


def _facts(visit: Visit) -> dict[str, Any]:
    name = visit.asked("window") if visit.asked("window") in WINDOWS else _DEFAULT
    visit.premises.watch.look(visit.store)
    minutes, step = WINDOWS[name]
    window = Window(visit.now_ms, minutes, step)
    points = figures.over_time(visit.store, window)
    standing = alarms.standing(visit.store)
    return {
        "window": name,
        "windows": tuple(WINDOWS),
        "minutes": minutes,
        "total": figures.total(points),
        "points": points,
        "columns": charts.columns(points),
        "lines": charts.lines(points, (50, 99)),
        "by_api": figures.by("api_id", visit.store, window),
        "by_app": figures.by("app_id", visit.store, window),
        "names": visit.premises.names(visit.language),
        "alarms": standing[:5],
        "processes": visit.premises.machine.processes(),
        "rules": {each.name: each for each in visit.premises.watch.rules},
        "incidents": [each for each in incidents.listed(visit.store) if each.closed_ms is None][:5],
    }
