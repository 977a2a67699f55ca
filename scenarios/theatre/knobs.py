"""The knobs of the running sandbox: its clock, its defences, its faults, and a clear stage: forms of the live page."""

from __future__ import annotations

from flask import Flask, abort, redirect, request
from werkzeug import Response

from bank_sim.sandbox.faults import KINDS, FaultKind
from scenarios.theatre.house import House

# Open, since what was changed is to be seen there.
DESK = "/?desk=open#desk"
PAYMENT = "transfers.execute"
# What an audience has the patience for.
_NUMBERS = {"latency": {"ms": 3_000}, "hang": {"ms": 5_000}}
ADVANCES_S = {"600": 600, "86400": 86_400, "7776000": 7_776_000}


def scopes_of(kind: FaultKind) -> tuple[str, ...]:
    """What a fault of this kind may befall next."""
    return ("next_event",) if kind.place == "event" else ("next_call", "next_payment")


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

    @app.post("/faults")
    def faults() -> Response:
        """Fields: ``next_call``, ``next_payment`` or ``next_event``, a kind each; or ``clear``."""
        if "clear" in request.form:
            control.clear_faults()
            return redirect(DESK, 303)
        where, kind = next(iter(request.form.items()), ("", ""))
        if kind not in KINDS or where not in scopes_of(KINDS[kind]):
            abort(400)
        whom = {"api_id": PAYMENT} if where == "next_payment" else {}
        control.add_fault(kind, parameters=_NUMBERS.get(kind, {}), count=1, **whom)
        return redirect(DESK, 303)

    @app.post("/afresh")
    def afresh() -> Response:
        house.live.begin_afresh()
        return redirect("/", 303)
