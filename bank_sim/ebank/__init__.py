"""The bank's pages for its users: login, second factor, consent, payment, and the authorization centre.

Server-rendered, usable without script. Pages hold no rules: identity's step table, the consents and the tokens decide.
The listener is the pages' own; machines do not call here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import NoReturn

from flask import Blueprint, Flask, Response
from werkzeug.exceptions import HTTPException

from bank_sim.bank import Bank
from bank_sim.ebank import authorize, centre
from bank_sim.ebank.serving import served
from bank_sim.ebank.visit import AUTHORIZE, EBANK, Visit
from bank_sim.sdk.protocol import problems

__all__ = ["blueprint", "create_app"]

_BEIJING = timezone(timedelta(hours=8))

_PAGES = (
    ("GET", "/", EBANK, "ebank.front", centre.front),
    ("GET", "/login", EBANK, "ebank.login", centre.show_login),
    ("POST", "/login", EBANK, "ebank.login", centre.log_in),
    ("GET", "/factor", EBANK, "ebank.factor", centre.show_factor),
    ("POST", "/factor", EBANK, "ebank.factor", centre.enter_code),
    ("POST", "/code", EBANK, "ebank.code", centre.send_code),
    ("GET", "/consents", EBANK, "ebank.consents", centre.show_consents),
    ("POST", "/consents/<consent_id>/revoke", EBANK, "ebank.revoke", centre.revoke),
    ("POST", "/logout", EBANK, "ebank.logout", centre.log_out),
    ("GET", "/authorize", AUTHORIZE, "oauth.authorize", authorize.begin),
    ("GET", "/authorize/step", AUTHORIZE, "oauth.authorize.step", authorize.step),
    ("POST", "/authorize/login", AUTHORIZE, "oauth.authorize.login", authorize.taking(authorize.login)),
    ("POST", "/authorize/notice", AUTHORIZE, "oauth.authorize.notice", authorize.taking(authorize.notice)),
    ("POST", "/authorize/code", AUTHORIZE, "oauth.authorize.code", authorize.taking(authorize.code)),
    ("POST", "/authorize/factor", AUTHORIZE, "oauth.authorize.factor", authorize.taking(authorize.factor)),
    ("POST", "/authorize/decision", AUTHORIZE, "oauth.authorize.decision", authorize.taking(authorize.decision)),
)


def create_app(bank: Bank) -> Flask:
    """The pages as a web application of their own, with the error page for whatever path there is not."""
    app = Flask("bank_sim.pages", static_folder=None)
    app.register_blueprint(blueprint(bank))
    app.after_request(_as_declared)
    # A defect reaches the edge, which answers it opaquely, instead of becoming one of the refusals below.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.register_error_handler(404, served(bank, EBANK, "ebank.unknown", _no_such_page))
    app.register_error_handler(405, served(bank, EBANK, "ebank.unknown", _not_so))
    app.register_error_handler(HTTPException, served(bank, EBANK, "ebank.unknown", _not_readable))
    return app


def blueprint(bank: Bank) -> Blueprint:
    """Every page with its access record's API_ID, and their style sheet under ``/ebank/``."""
    pages = Blueprint("ebank", __name__, template_folder="templates", static_folder="static", static_url_path="/ebank")
    pages.add_app_template_filter(_moment, "moment")
    for method, path, door, api_id, handler in _PAGES:
        endpoint = f"{method}-{path.strip('/').replace('/', '-').replace('<', '').replace('>', '') or 'front'}"
        view = served(bank, door, api_id, handler)
        pages.add_url_rule(path, endpoint, view, methods=[method], provide_automatic_options=False)
    return pages


def _as_declared(response: Response) -> Response:
    """No browser may guess another type than the declared one, of the style sheet either."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _no_such_page(visit: Visit, _error: Exception) -> NoReturn:
    raise problems.API_NOT_FOUND.problem()


def _not_readable(visit: Visit, _error: Exception) -> NoReturn:
    raise problems.MALFORMED_HTTP.problem()


def _not_so(visit: Visit, _error: Exception) -> NoReturn:
    raise problems.METHOD_NOT_ALLOWED.problem()


def _moment(time_s: float) -> str:
    """A moment as users read it: Beijing time, to the minute."""
    return datetime.fromtimestamp(time_s, UTC).astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")
