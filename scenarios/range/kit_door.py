"""Where a player's script asks the range: the present scene, the time, another victim, the victim on the telephone.

The token in the address is the player's own and opens nothing else; no cookie is looked at. Answers are JSON.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify
from werkzeug import Response

from scenarios.range.ground import Ground
from scenarios.range.worlds import PlayerWorld
from user_sim.phone_screen import NoMessage

_NOT_KNOWN = "This kit's token is not known, or over: download the kit anew."
_NOT_READY = "Your world is not ready: open the challenge's page."
_NOBODY = "Nobody is on the telephone, or no code has come to them."


def is_its_own(path: str) -> bool:
    """Whether this door guards a path by itself."""
    return path.startswith("/kit/")


def add_routes(app: Flask, ground: Ground) -> None:
    @app.get("/kit/<token>/kit.json")
    def kit_now(token: str) -> tuple[Response, int]:
        return _answered(ground, token, lambda mine: mine.kit)

    @app.get("/kit/<token>/clock")
    def clock(token: str) -> tuple[Response, int]:
        return _answered(ground, token, lambda mine: mine.clock())

    @app.post("/kit/<token>/again")
    def again_by_script(token: str) -> tuple[Response, int]:
        return _answered(ground, token, lambda mine: mine.again())

    @app.post("/kit/<token>/ask")
    def ask_by_script(token: str) -> tuple[Response, int]:
        return _answered(ground, token, lambda mine: {"said": said} if (said := asked(mine)) else None)


def asked(mine: PlayerWorld) -> str | None:
    """What the victim says; None where nobody is there, or nothing has come to their phone."""
    try:
        return mine.ask()
    except NoMessage:
        return None


def _answered(ground: Ground, token: str, what: Any) -> tuple[Response, int]:
    player = ground.book.admitted(token, "kit", ground.now_s())
    if player is None:
        return jsonify(detail=_NOT_KNOWN), 403
    mine = ground.worlds.of(player.player_id)
    if mine is None or mine.state != "ready" or not mine.kit:
        return jsonify(detail=_NOT_READY), 409
    mine.touch()
    said = what(mine)
    return (jsonify(said), 200) if said is not None else (jsonify(detail=_NOBODY), 404)
