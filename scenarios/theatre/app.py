"""The theatre's pages as a web application: protection, headers, language, and the errors' page.

Pages work without scripts; with them the diagram moves. Nothing inline, nothing from elsewhere.
"""

from __future__ import annotations

import threading
from functools import cache
from urllib.parse import quote

from flask import Flask, Response, abort, g, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web.assets import shared_pages
from bank_sim.web.language import choose_language, language_of
from bank_sim.web.policy import page_headers
from scenarios.failures import SandboxError
from scenarios.standard.answers import answers
from scenarios.theatre import catalogue_pages, knobs, lens_pages, run_pages
from scenarios.theatre.house import House
from scenarios.theatre.protection import comes_from_here, is_addressed_here
from scenarios.theatre.rendering import context
from scenarios.theatre.texts import TEXTS

BODY_BYTES_MAX = 16 * 1024
_HEADERS = page_headers(scripted=True)


def create_app(house: House) -> Flask:
    """The WSGI application of one theatre."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    # A word that is missing is a defect, not a gap in the page.
    app.jinja_env.undefined = StrictUndefined
    app.register_blueprint(shared_pages())
    app.add_url_rule("/language", "language", lambda: choose_language(request), methods=["GET"])
    for part in (run_pages, catalogue_pages, lens_pages, knobs):
        part.add_routes(app, house)
    _add_frame(app, house)
    _add_refusals(app)
    return app


@cache
def _read_ahead() -> None:
    """Begin what the first visitor of the clauses would wait half a second for, once somebody visits at all."""
    threading.Thread(target=answers, name="lens", daemon=True).start()


def _add_frame(app: Flask, house: House) -> None:
    @app.before_request
    def protect() -> None:
        _read_ahead()
        g.lang = language_of(request)
        if not is_addressed_here(request.host, house.origin):
            abort(400)
        if request.method not in ("GET", "HEAD") and not comes_from_here(dict(request.headers), house.origin):
            abort(403)

    @app.context_processor
    def words() -> dict[str, object]:
        here = quote(request.full_path.rstrip("?")) if request.method == "GET" else "/"
        switch = f"/language?lang={'en' if g.lang == 'zh' else 'zh'}&to={here}"
        return context(g.lang) | {
            "switch_url": switch,
            **_health(house),
            "house": house,
            "here": request.path,
        }

    @app.after_request
    def finish(response: Response) -> Response:
        kept = request.endpoint in ("static", "web.sdk")
        response.headers.update({k: v for k, v in _HEADERS.items() if not (kept and k in ("Cache-Control", "Vary"))})
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "no-cache"
        return response


def _health(house: House) -> dict[str, list[str]]:
    """The defences that are off and the faults that are on; a page is shown too where the bank does not answer."""
    try:
        health = house.world.control.health()
    except SandboxError:
        return {"weakened": [], "faults": []}
    return {name: health[name] for name in ("weakened", "faults")}


def _add_refusals(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[str, int]:
        status = error.code or 500
        word = {403: "refused_here", 404: "missing", 405: "missing"}.get(status, "unusable")
        return render_template("error.html", text=TEXTS[word]), status

    @app.errorhandler(Problem)
    @app.errorhandler(SandboxError)
    def unusable(error: Exception) -> tuple[str, int]:
        return render_template("error.html", text=TEXTS["unusable"]), 400
