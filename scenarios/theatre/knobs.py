"""The knobs of the running sandbox: its clock, its defences, and a clear stage. Each is a form of the live page."""

from __future__ import annotations

from flask import Flask, abort, redirect, request
from werkzeug import Response

from scenarios.theatre.house import House

# Open, since what was changed is to be seen there.
DESK = "/?desk=open#desk"
ADVANCES_S = {"600": 600, "86400": 86_400, "7776000": 7_776_000}


def add_routes(app: Flask, house: House) -> None:
    control = house.world.control

    @app.post("/clock")
    def clock() -> Response:
        """Fields: ``advance_s``, one of those offered, or ``reset``."""
        if "reset" in request.form:
            control.reset_clock()
        else:
            control.advance(ADVANCES_S.get(request.form.get("advance_s", "")) or abort(400))
        return redirect(DESK, 303)

    @app.post("/defences")
    def defences() -> Response:
        """Fields: ``in_force``, once for each defence that shall be; every other known one is left out."""
        known = set(control.weakened()["known"])
        in_force = set(request.form.getlist("in_force"))
        if not in_force <= known:
            abort(400)
        control.weaken(known - in_force)
        return redirect(DESK, 303)

    @app.post("/afresh")
    def afresh() -> Response:
        house.live.begin_afresh()
        return redirect("/", 303)
