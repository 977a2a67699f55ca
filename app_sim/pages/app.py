"""The wallet's web application: routes, headers, and the one place where a refusal becomes a page."""

from __future__ import annotations

import traceback
from urllib.parse import urlsplit

from flask import Flask, g, render_template, request
from flask.wrappers import Response
from werkzeug.exceptions import HTTPException, SecurityError

from app_sim.bank import Problem, problems
from app_sim.pages import (
    accounts,
    assets,
    connection,
    consents,
    diagnosing,
    embedded,
    event_door,
    history,
    home,
    kept,
    keys,
    language,
    linking,
    moments,
    money,
    offers,
    operating,
    operations,
    paying,
    payment,
    reconciling,
    recurring,
    ticket_pages,
    visit,
)
from app_sim.pages.refusals import Refusal, refusal, waiting_s
from app_sim.wallet import Wallet

_ASKED_TO_WAIT = frozenset(code for code, kind in problems.CATALOGUE.items() if kind.status == 429)
_BODY_BYTES_MAX = 16 * 1024


def create_app(wallet: Wallet, ask_all: accounts.AskAll = accounts.one_by_one) -> Flask:
    """The WSGI application of one wallet. ``ask_all``: how a page that needs several answers of the bank gets them."""
    app = Flask("app_sim")
    app.config["MAX_CONTENT_LENGTH"] = _BODY_BYTES_MAX
    # A foreign name that is rebound to 127.0.0.1 must not read pages.
    app.config["TRUSTED_HOSTS"] = [urlsplit(wallet.config.external_url).hostname, "localhost", "127.0.0.1"]
    app.jinja_env.filters |= {"moment": moments.beijing, "moment_s": moments.beijing_s, "money": money.grouped}
    # A class or an event that the bank may add one day is shown by its own name.
    app.jinja_env.filters["account_class"] = lambda name: g.t.get(f"class_{name}", name)
    app.jinja_env.filters["told"] = lambda kind: g.t.get(f"told_{kind.replace('.', '_')}", kind)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    assets.add_routes(app)
    language.add_routes(app)
    accounts.add_routes(app, wallet, ask_all)
    parts = (home, linking, consents, recurring, paying, payment, embedded, history, offers, connection, kept, keys)
    for part in (*parts, event_door, operating, operations, ticket_pages, reconciling, diagnosing):
        part.add_routes(app, wallet)
    _add_frame(app, wallet)
    _add_refusals(app)
    return app


def _add_frame(app: Flask, wallet: Wallet) -> None:
    headers = _security_headers(wallet)

    @app.before_request
    def begin() -> None:
        visit.begin(wallet)

    @app.context_processor
    def words() -> dict[str, object]:
        other = language.OTHER[g.lang]
        return {
            "t": g.t,
            "lang": g.lang,
            "html_lang": language.HTML_LANG[g.lang],
            "other": {"code": other, "html_lang": language.HTML_LANG[other], "name": language.OWN_NAME[other]},
            "here": language.here(),
            "user": g.user,
            "csrf": visit.form_token(wallet),
            "brand": wallet.config.name_zh if g.lang == "zh" else wallet.config.name,
            "outage": wallet.bank.outage(),
            "aids": wallet.config.aids,
            "weakened": _shown(wallet),
        }

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.update(headers)
        if "frame_origin" in g:
            response.headers["Content-Security-Policy"] += _one_frame(g.frame_origin)
        if request.endpoint in assets.SCENERY:
            response.headers["Cache-Control"] = assets.keeping(response.status_code, request.args.get("v"))
        visit.finish(response)
        return response


def _add_refusals(app: Flask) -> None:
    @app.errorhandler(Problem)
    def refuse(problem: Problem) -> tuple[str, int, dict[str, str]]:
        unreachable = problem.kind is problems.SERVICE_UNAVAILABLE
        page = render_template(
            "error.html", refusal=refusal(problem), unreachable=unreachable, throttled=_ASKED_TO_WAIT
        )
        wait_s = waiting_s(problem)
        return page, problem.kind.status, {"Retry-After": str(wait_s)} if wait_s else {}

    @app.errorhandler(SecurityError)
    def another_host(error: SecurityError) -> Response:
        # There is no page to link to under a name that is not ours.
        return Response(f"{error.name}\n", 400, content_type="text/plain")

    @app.errorhandler(HTTPException)
    def no_such_page(error: HTTPException) -> tuple[str, int]:
        return render_template("error.html", refusal=refusal(error), throttled=()), error.code or 500

    @app.errorhandler(Exception)
    def fail(error: Exception) -> tuple[str, int]:
        """Opaque: the page gets a trace, the log what failed where."""
        # Kind and place only: a message may quote what the user typed.
        place = traceback.extract_tb(error.__traceback__)[-1]
        app.logger.error("%s at %s:%s, trace %s", type(error).__name__, place.filename, place.lineno, g.trace_id)
        failed = Refusal("INTERNAL_ERROR", g.t["failed"], None, g.trace_id)
        return render_template("error.html", refusal=failed, throttled=()), 500


def _shown(wallet: Wallet) -> list[str]:
    """The wallet's own defences that are left out; a discreet sandbox says that there is one, and no more."""
    names = sorted(wallet.bank.training.left_out())
    return ["?"] if names and wallet.config.discreet else names


def _one_frame(origin: str) -> str:
    """What the one page needs that shows the bank's form: its frame, and the script that relays what it seals."""
    return f"; frame-src {origin}; script-src 'self'"


def _security_headers(wallet: Wallet) -> dict[str, str]:
    bank = urlsplit(wallet.config.authorization_endpoint)
    return {
        # The bank's origin: a form's redirect to it counts as the form's target (CSP level 3, form-action).
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {bank.scheme}://{bank.netloc}"
        ),
        # Balances pass through (JR/T 0185 7.2.2-3.3.3): no cache may keep them.
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept-Language, Cookie",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
    }
