"""The plays to choose from, and the guide for those who are here for the first time."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, g, redirect, render_template, request
from werkzeug import Response

from scenarios.colleagues import colleagues
from scenarios.observe import Bank
from scenarios.registry import Scenario, scenarios
from scenarios.theatre.guide import GLOSSARY, GUIDE, MARKS, WALK
from scenarios.theatre.house import House
from scenarios.theatre.playing import StageTaken

if TYPE_CHECKING:
    from scenarios.runner import Mode


def add_routes(app: Flask, house: House) -> None:
    @cache
    def who() -> dict[str, Any]:
        """The people and addresses of this sandbox, which stay the same for as long as it runs."""
        world = house.world
        payee, marker = world.people[1], world.home.marker()
        return {
            "urls": world.addresses.urls(),
            "user": world.people[0],
            "payee": payee,
            "payee_number": Bank(world.home).account_numbers(payee.login_name).get("I", ""),
            "aids": world.plan.aids,
            "staff": colleagues(marker.seed if marker is not None else world.plan.seed),
        }

    @app.get("/plays")
    def plays() -> str:
        by_kind: dict[str, list[Scenario]] = {}
        for each in scenarios().values():
            by_kind.setdefault(each.kind, []).append(each)
        return render_template("plays.html", by_kind=by_kind)

    @app.post("/plays")
    def play() -> Response:
        """Fields: ``scenario``, and ``mode``: ``whole`` or ``weakened``."""
        scenario = scenarios().get(request.form.get("scenario", "")) or abort(400)
        mode = request.form.get("mode", "whole")
        if mode == "weakened" and scenario.defence is not None:
            return _begun(house, scenario, "weakened")
        return _begun(house, scenario, "whole") if mode == "whole" else abort(400)

    @app.get("/guide")
    def guide() -> str:
        return render_template("guide.html", guide_text=GUIDE, walk=WALK, glossary=GLOSSARY, marks=MARKS, **who())


def _begun(house: House, scenario: Scenario, mode: Mode) -> Response:
    try:
        recording = house.plays.play(scenario, mode, g.lang)
    except StageTaken as taken:
        recording = taken.recording
    return redirect(f"/runs/{recording.name}", 303)
