"""How the bank's interfaces stand and what is amiss, for whoever runs the wallet; the probe is theirs to set."""

from __future__ import annotations

from flask import Flask, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.bank import problems
from app_sim.heartbeat import RHYTHMS_S
from app_sim.pages.operating import operator
from app_sim.standing import standings
from app_sim.wallet import Wallet

_LOOKED_BACK_MS = 3_600_000


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/operations")
    def operations() -> str:
        who, now_ms = operator(wallet), int(wallet.clock.now_s() * 1000)
        wallet.watch.look()
        beat = wallet.heartbeat.state()
        lines = wallet.bank
        lately = {each.api_id: each for each in standings(wallet.store, now_ms - _LOOKED_BACK_MS)}
        states = lines.breakers.states()
        return render_template(
            "operations.html",
            operator=who,
            now_s=wallet.clock.now_s(),
            beat=beat,
            overdue=beat is not None and beat.is_overdue(now_ms),
            rhythms=RHYTHMS_S,
            tickets=wallet.tickets.open(),
            rows=[(name, lately.get(name), states.get(name)) for name in sorted(lately.keys() | states.keys())],
            standings=list(lately.values()),
            states=states,
            repeated=lines.retrying.repeated(),
            turned_away=lines.berths.turned_away(),
        )

    @app.post("/operations/probe")
    def probe() -> Response:
        """Ask the bank now, or set how often; PARAM_INVALID for a rhythm that is not offered."""
        who, rhythm = operator(wallet), request.form.get("every_s", type=int)
        if rhythm is None:
            wallet.heartbeat.beat()
        elif rhythm in RHYTHMS_S:
            wallet.heartbeat.set(rhythm, who)
        else:
            raise problems.PARAM_INVALID.problem()
        return redirect(url_for("operations"), 303)
