"""What the trainer sees and does: codes, worlds, progress, solutions, the class as a CSV file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

from flask import Flask, abort, redirect, render_template, request
from werkzeug import Response

from scenarios.range import memory
from scenarios.range.book import Player, Progress
from scenarios.range.challenge import challenges
from scenarios.range.ground import Ground, challenge_named
from scenarios.range.worlds import NoRoom, PlayerWorld

# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def add_routes(app: Flask, ground: Ground) -> None:
    @app.get("/trainer")
    def trainer() -> str:
        worlds = {each.player_id: ground.worlds.of(each.player_id) for each in ground.book.players()}
        return render_template(
            "range/trainer.html",
            standings=sorted(ground.standings(), key=lambda each: each.player.player_id),
            worlds=worlds,
            mib={each: _mib(world) for each, world in worlds.items()},
            running=sum(world is not None for world in worlds.values()),
            most=ground.worlds.rules.worlds_max,
            challenges=list(challenges().values()),
            progress={each.player_id: ground.book.progress_of(each.player_id) for each in ground.book.players()},
        )

    @app.post("/trainer/players/<int:player_id>/<deed>")
    def act(player_id: int, deed: str) -> Response:
        player = ground.book.player(player_id)
        if player is None or player.is_trainer or deed not in _DEEDS:
            abort(404)
        try:
            _DEEDS[deed](ground, player)
        except NoRoom:
            abort(503)
        return redirect("/trainer", 303)

    @app.post("/trainer/stop-all")
    def stop_all() -> Response:
        for each in ground.book.players():
            ground.worlds.stop(each.player_id)
        return redirect("/trainer", 303)

    @app.post("/trainer/reveal")
    def reveal() -> Response:
        """Fields: ``challenge``, and ``player``: an id, or empty for everybody."""
        challenge = challenge_named(request.form.get("challenge", "")) or abort(400)
        wanted = request.form.get("player", "")
        players = [each for each in ground.book.players() if wanted in ("", str(each.player_id))]
        for each in players or abort(400):
            ground.book.begin(each.player_id, challenge.name, ground.now_s())
            ground.book.reveal(each.player_id, challenge.name)
        return redirect("/trainer", 303)

    @app.get("/trainer/progress.csv")
    def export() -> Response:
        headers = {"Content-Disposition": 'attachment; filename="progress.csv"'}
        # With a byte order mark, for spreadsheets take Chinese names for something else without one.
        return Response("\ufeff" + table(ground), content_type="text/csv; charset=utf-8", headers=headers)


def table(ground: Ground) -> str:
    """The class as CSV: a line for each player and challenge begun."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(("player", "challenge", "begun_at", "solved_at", "points", "hints", "wrong_tries", "revealed"))
    names = {each.player_id: each.name for each in ground.book.players()}
    for each in ground.book.everybodys():
        lines.writerow(_line(names[each.player_id], each))
    return written.getvalue()


def _line(name: str, each: Progress) -> tuple[object, ...]:
    shown = f"'{name}" if name.startswith(_FORMULA) else name
    solved = _moment(each.solved_s) if each.solved_s is not None else ""
    return shown, each.challenge, _moment(each.begun_s), solved, each.points, each.hints, each.tries, int(each.revealed)


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds")


def _mib(mine: PlayerWorld | None) -> int | None:
    world = mine.world if mine is not None else None
    return memory.mib(each.pid for each in world.parties) if world is not None else None


def _start(ground: Ground, player: Player) -> None:
    """The challenge that the player is at, or the first that they have not solved."""
    progress = ground.book.progress_of(player.player_id)
    mine = ground.worlds.of(player.player_id)
    waiting = (each for each in challenges().values() if each.name not in progress or not progress[each.name].is_open)
    challenge = mine.challenge if mine is not None else next(waiting, None)
    if challenge is not None:
        ground.open(player, challenge)


def _stop(ground: Ground, player: Player) -> None:
    ground.worlds.stop(player.player_id)


def _forget(ground: Ground, player: Player) -> None:
    ground.worlds.stop(player.player_id)
    ground.book.forget(player.player_id)


_DEEDS: dict[str, Any] = {"start": _start, "reset": _start, "stop": _stop, "forget": _forget}
