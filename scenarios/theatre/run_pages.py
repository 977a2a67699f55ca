"""The pages of a run: the diagram with its panel, one message by itself, the document, the export."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, abort, g, render_template, request
from jinja2 import Environment

from bank_sim.sandbox.faults import KINDS
from scenarios.texts import Text
from scenarios.theatre import rendering
from scenarios.theatre.export import exported
from scenarios.theatre.house import LIVE, House
from scenarios.theatre.inspection import moment
from scenarios.theatre.knobs import scopes_of
from scenarios.theatre.recording import Recording


def add_routes(app: Flask, house: House) -> None:
    environment = cast(Environment, app.jinja_env)

    def find(name: str) -> Recording:
        return house.recording(name) or abort(404)

    @app.get("/")
    def live() -> str:
        return _stage(environment, house, house.live)

    @app.get("/runs/<name>")
    def run(name: str) -> str:
        return _stage(environment, house, find(name))

    @app.get("/runs/<name>/messages/<key>")
    def message(name: str, key: str) -> str:
        """The whole page, or ``?part=panel``: what the diagram's page puts beside itself."""
        recording = find(name)
        found = recording.message(key) or abort(404)
        panel = rendering.panel(environment, recording, found, g.lang, linked=True)
        if request.args.get("part") == "panel":
            return panel
        return render_template("message.html", recording=recording, panel=panel, message=found)

    @app.get("/runs/<name>/run.json")
    def document(name: str) -> Response:
        from bank_sim.sdk.protocol import strict_json

        return Response(strict_json.dump(find(name).document()), content_type="application/json")

    @app.get("/runs/<name>/export.html")
    def export(name: str) -> Response:
        recording = find(name)
        answer = Response(exported(environment, recording, g.lang), content_type="text/html; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="bank-sandbox-{recording.name}.html"'
        return answer


def _stage(environment: Environment, house: House, recording: Recording) -> str:
    events = recording.since(0)
    is_live = recording.name == LIVE
    control = house.world.control
    return render_template(
        "stage.html",
        recording=recording,
        drawn=rendering.drawn(environment, recording, events, g.lang),
        position=f"{recording.epoch}.{events[-1][0] if events else 0}",
        is_live=is_live,
        desk_open=request.args.get("desk") == "open",
        defences=control.weakened() if is_live else None,
        standing=control.faults()["faults"] if is_live else (),
        kinds=[(each, Text(each.en, each.zh), scopes_of(each)) for each in KINDS.values()],
        now=moment(control.clock()["now_ms"]) if is_live else "",
    )
