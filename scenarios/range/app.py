"""The range's pages as a web application: who is logged in, protection, headers, language, and the errors' page.

Pages work without scripts and have none. Nothing inline, nothing from elsewhere.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response, abort, g, redirect, render_template, request
from jinja2 import StrictUndefined
from werkzeug import Response as AnyResponse
from werkzeug.exceptions import HTTPException

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web.assets import shared_pages
from bank_sim.web.language import HTML_LANGUAGE, choose_language, language_of
from bank_sim.web.policy import page_headers
from scenarios.range import kit_door, player_pages, trainer_pages
from scenarios.range.book import SESSION_S
from scenarios.range.ground import LEVELS, Ground
from scenarios.range.texts import TEXTS, Words
from scenarios.texts import Text
from scenarios.theatre.check_words import check_text
from scenarios.theatre.protection import comes_from_here, is_addressed_here

BODY_BYTES_MAX = 16 * 1024
COOKIE = "__Host-range"
_HEADERS = page_headers()
_OPEN_TO_ALL = {"login", "language", "static", "web.sdk", "web.static"}
_OTHER = {"zh": ("en", "English"), "en": ("zh", "中文")}


def create_app(ground: Ground) -> Flask:
    """The WSGI application of one range."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    # A word that is missing is a defect, not a gap in the page.
    app.jinja_env.undefined = StrictUndefined
    app.register_blueprint(shared_pages())
    app.add_url_rule("/language", "language", lambda: choose_language(request), methods=["GET"])
    _add_doors(app, ground)
    for part in (player_pages, trainer_pages, kit_door):
        part.add_routes(app, ground)
    _add_frame(app, ground)
    _add_refusals(app)
    return app


def _add_doors(app: Flask, ground: Ground) -> None:
    @app.before_request
    def protect() -> AnyResponse | None:
        g.lang = language_of(request)
        g.player = None
        if kit_door.is_its_own(request.path):
            return None
        if not is_addressed_here(request.host, ground.origin):
            abort(400)
        if request.method not in ("GET", "HEAD") and not comes_from_here(dict(request.headers), ground.origin):
            abort(403)
        g.player = ground.book.admitted(request.cookies.get(COOKIE, ""), "page", ground.now_s())
        if g.player is None and request.endpoint not in _OPEN_TO_ALL:
            return redirect("/login", 303)
        if g.player is not None and not g.player.is_trainer and request.path.startswith("/trainer"):
            abort(403)
        return None

    _add_login(app, ground)


def _add_login(app: Flask, ground: Ground) -> None:
    @app.route("/login", methods=["GET", "POST"])
    def login() -> AnyResponse | tuple[str, int]:
        """Field: ``code``."""
        if request.method == "GET":
            return render_template("range/login.html", wrong=False), 200
        player = ground.book.by_code(request.form.get("code", ""))
        if player is None:
            return render_template("range/login.html", wrong=True), 403
        response = redirect("/trainer" if player.is_trainer else "/", 303)
        token = ground.book.admit(player.player_id, "page", ground.now_s())
        response.set_cookie(COOKIE, token, max_age=SESSION_S, path="/", secure=True, httponly=True, samesite="Strict")
        return response

    @app.post("/logout")
    def logout() -> AnyResponse:
        ground.book.dismiss(request.cookies.get(COOKIE, ""))
        response = redirect("/login", 303)
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Strict")
        return response


def _add_frame(app: Flask, ground: Ground) -> None:
    @app.context_processor
    def words() -> dict[str, object]:
        here = quote(request.full_path.rstrip("?")) if request.method == "GET" else "/"
        other, other_name = _OTHER[g.lang]
        return {
            "w": Words(g.lang),
            "lang": g.lang,
            "html_language": HTML_LANGUAGE[g.lang],
            "other_html_language": HTML_LANGUAGE["en" if g.lang == "zh" else "zh"],
            "other_name": other_name,
            "switch_url": f"/language?lang={other}&to={here}",
            "say": lambda text: text.in_(g.lang) if isinstance(text, Text) else text,
            "check_text": check_text,
            "levels": LEVELS,
            "here": request.path,
            "player": g.player,
        }

    @app.after_request
    def finish(response: Response) -> Response:
        kept = request.endpoint in ("static", "web.sdk")
        response.headers.update({k: v for k, v in _HEADERS.items() if not (kept and k in ("Cache-Control", "Vary"))})
        return response


def _add_refusals(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[str, int]:
        status = error.code or 500
        word = {403: "refused_here", 404: "missing_page", 405: "missing_page"}.get(status, "unusable")
        return render_template("range/error.html", text=TEXTS[word]), status

    @app.errorhandler(Problem)
    def unusable(error: Problem) -> tuple[str, int]:
        return render_template("range/error.html", text=TEXTS["unusable"]), 400
