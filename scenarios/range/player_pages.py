"""What a player sees: the challenges, one challenge with its world, the score board."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, g, make_response, redirect, render_template, request
from werkzeug import Response

from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios.colleagues import colleagues
from scenarios.range import defending, kit, kit_door
from scenarios.range.challenge import Challenge, challenges
from scenarios.range.detecting import PROOFS, Finding
from scenarios.range.ground import Ground, challenge_named, tries_left, worth
from scenarios.range.texts import TEXTS
from scenarios.range.worlds import NoRoom, PlayerWorld
from scenarios.texts import Text

LOOK_AGAIN_S = 2
REFUSALS_SHOWN = 5
TYPED_MAX = 200


def add_routes(app: Flask, ground: Ground) -> None:
    @app.get("/")
    def all_challenges() -> str | Response:
        if g.player.is_trainer:
            return redirect("/trainer", 303)
        progress = ground.book.progress_of(g.player.player_id)
        return render_template("range/challenges.html", challenges=challenges().values(), progress=progress)

    @app.get("/board")
    def board() -> str:
        return render_template("range/board.html", standings=ground.standings())

    @app.get("/challenges/<name>")
    def challenge(name: str) -> Response:
        return _page(ground, _named(name))

    _add_world(app, ground)
    _add_answers(app, ground)


def _add_world(app: Flask, ground: Ground) -> None:
    """What a player does with their world."""

    @app.post("/challenges/<name>/begin")
    def begin(name: str) -> Response:
        try:
            ground.open(_playing(), _named(name))
        except NoRoom:
            return _page(ground, _named(name), said=("bad", TEXTS["no_room"]), status=503)
        return redirect(f"/challenges/{name}", 303)

    @app.post("/challenges/<name>/stop")
    def stop(name: str) -> Response:
        ground.worlds.stop(_playing().player_id)
        return redirect(f"/challenges/{name}", 303)

    @app.post("/challenges/<name>/again")
    def again(name: str) -> Response:
        _ready(ground, _named(name)).again()
        return redirect(f"/challenges/{name}", 303)

    @app.post("/challenges/<name>/ask")
    def ask(name: str) -> Response:
        said = kit_door.asked(_ready(ground, _named(name)))
        told = Text(TEXTS["they_say"].en.format(said=said), TEXTS["they_say"].zh.format(said=said))
        return _page(ground, _named(name), said=("good", told) if said else ("open", TEXTS["nobody_says"]))

    @app.get("/challenges/<name>/kit.zip")
    def download(name: str) -> Response:
        wanted, player = _named(name), _playing()
        mine = _ready(ground, wanted)
        if mine.world is None or not mine.kit:
            abort(409)
        token = ground.book.admit(player.player_id, "kit", ground.now_s())
        authorities = ground.authority.read_text() + mine.world.authority.read_text()
        packed = kit.folder(wanted, mine.world, ground.kit_origin, token, authorities, g.lang)
        headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
        return Response(packed, content_type="application/zip", headers=headers)


def _add_answers(app: Flask, ground: Ground) -> None:
    """What a player hands in, and asks for."""

    @app.post("/challenges/<name>/check")
    def check(name: str) -> Response:
        """Field: ``typed``, where this challenge asks for something."""
        found = ground.look(_playing(), _named(name), request.form.get("typed", "")[:TYPED_MAX])
        return _page(ground, _named(name), found=found or abort(409))

    @app.post("/challenges/<name>/hint")
    def hint(name: str) -> Response:
        """Field: ``number``, from 1: the next one, no other."""
        wanted, player = _named(name), _playing()
        ground.book.begin(player.player_id, name, ground.now_s())
        taken = ground.book.progress_of(player.player_id)[name].hints
        if request.form.get("number") == str(taken + 1) and taken < len(wanted.hints):
            ground.book.take_hint(player.player_id, name, taken + 1)
        return redirect(f"/challenges/{name}#hints", 303)

    @app.post("/challenges/<name>/report")
    def report(name: str) -> Response:
        """Fields: the parts of an incident report, as ``defending.PARTS`` names them."""
        answers = {part: request.form.get(part, "")[:TYPED_MAX] for part in defending.PARTS}
        graded = ground.answer(_playing(), _named(name), answers)
        return _page(ground, _named(name), graded=graded or abort(409), answers=answers)


def _named(name: str) -> Challenge:
    return challenge_named(name) or abort(404)


def _playing() -> Any:
    """Whoever plays; the trainer looks on."""
    return abort(403) if g.player.is_trainer else g.player


def _ready(ground: Ground, challenge: Challenge) -> PlayerWorld:
    mine = ground.world_at(_playing(), challenge)
    return mine if mine is not None and mine.state == "ready" else abort(409)


def _page(
    ground: Ground,
    challenge: Challenge,
    *,
    said: tuple[str, Text] | None = None,
    found: Finding | None = None,
    graded: dict[str, bool] | None = None,
    answers: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    mine = ground.world_at(g.player, challenge)
    if mine is not None:
        mine.touch()
    progress = ground.book.progress(g.player.player_id, challenge.name)
    is_open = g.player.is_trainer or (progress is not None and progress.is_open)
    html = render_template(
        "range/challenge.html",
        challenge=challenge,
        progress=progress,
        is_open=is_open,
        worth=worth(challenge, progress),
        mine=mine,
        proof=PROOFS.get(challenge.proof),
        auditor=_auditor(mine) if challenge.kind == "defence" else None,
        refusals=[_refusal(each) for each in mine.refusals(REFUSALS_SHOWN)] if mine is not None else [],
        tries_left=tries_left(progress),
        tries_max=defending.TRIES_MAX,
        said=said,
        found=found,
        graded=graded,
        answers=answers or {},
    )
    response = make_response(html, status)
    if mine is not None and mine.state in ("waiting", "starting", "setting"):
        response.headers["Refresh"] = str(LOOK_AGAIN_S)
    return response


def _refusal(record: dict[str, Any]) -> dict[str, Any]:
    kind = CATALOGUE[record["code"]]
    return record | {"title": Text(kind.title, kind.title_zh)}


def _auditor(mine: PlayerWorld | None) -> Any:
    if mine is None or mine.world is None:
        return None
    return next(each for each in colleagues(mine.world.plan.seed) if each.role == "auditor")
