"""The bank's pages for its users: login, second factor, consent, payment, and the authorization centre.

Server-rendered, usable without script. Pages hold no rules: identity's step table, the consents and the tokens decide.
The listener is the pages' own; of machines only the users' phones call here.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response

from bank_sim.bank import Bank
from bank_sim.ebank import (
    aids,
    authorize,
    centre,
    consents,
    device_door,
    embedded,
    factors,
    keypad,
    own_data,
    security,
    services,
)
from bank_sim.ebank.framing import DEFENCES, REPORTS, take_report
from bank_sim.ebank.front import front
from bank_sim.ebank.serving import served
from bank_sim.ebank.visit import AUTHORIZE, EBANK
from bank_sim.web import choose_language, refuse_strays, shared_pages

__all__ = ["DEFENCES", "blueprint", "create_app"]

_PAGES = (
    ("GET", "/", EBANK, "ebank.front", front),
    ("GET", "/aids/people", EBANK, "ebank.aids", aids.people),
    ("GET", "/language", EBANK, "ebank.language", lambda visit: choose_language(visit.request)),
    ("GET", "/keypad/<token>", EBANK, "ebank.keypad", keypad.picture),
    ("GET", "/login", EBANK, "ebank.login", centre.show_login),
    ("POST", "/login", EBANK, "ebank.login", centre.log_in),
    ("GET", "/factor", EBANK, "ebank.factor", centre.show_factor),
    ("POST", "/factor", EBANK, "ebank.factor", centre.enter_code),
    ("POST", "/code", EBANK, "ebank.code", centre.send_code),
    ("POST", "/choose", EBANK, "ebank.choose", centre.choose),
    ("GET", "/approval", EBANK, "ebank.approval", factors.question_state),
    ("GET", "/security", EBANK, "ebank.security", security.show_security),
    ("GET", "/security/authenticator", EBANK, "ebank.authenticator", security.show_authenticator),
    ("POST", "/security/authenticator", EBANK, "ebank.authenticator", security.begin_authenticator),
    ("POST", "/security/authenticator/confirm", EBANK, "ebank.authenticator", security.confirm_authenticator),
    ("POST", "/security/phone", EBANK, "ebank.phone", security.add_phone),
    ("GET", "/security/key", EBANK, "ebank.security_key", security.show_security_key),
    ("POST", "/security/key", EBANK, "ebank.security_key", security.add_security_key),
    ("GET", "/security/<factor_id>/remove", EBANK, "ebank.factor.remove", security.ask_removal),
    ("POST", "/security/<factor_id>/remove", EBANK, "ebank.factor.remove", security.remove),
    ("GET", "/consents", EBANK, "ebank.consents", consents.show_consents),
    ("GET", "/consents/<consent_id>", EBANK, "ebank.consent", consents.show_consent),
    ("POST", "/consents/<consent_id>/revoke", EBANK, "ebank.revoke", consents.revoke),
    ("POST", "/consents/<consent_id>/withdraw", EBANK, "ebank.withdraw", consents.withdraw),
    ("GET", "/services", EBANK, "ebank.services", services.show_services),
    ("POST", "/services/close", EBANK, "ebank.services.close", services.close_services),
    ("POST", "/services/reopen", EBANK, "ebank.services.reopen", services.reopen_services),
    ("GET", "/data", EBANK, "ebank.data", own_data.show_data),
    ("POST", "/data/export", EBANK, "ebank.data.export", own_data.export_data),
    ("POST", "/data/delete", EBANK, "ebank.data.delete", own_data.delete_data),
    ("POST", REPORTS, EBANK, "ebank.framing", take_report),
    ("POST", "/logout", EBANK, "ebank.logout", centre.log_out),
    ("GET", "/authorize", AUTHORIZE, "oauth.authorize", authorize.begin),
    ("GET", "/authorize/step", AUTHORIZE, "oauth.authorize.step", authorize.step),
    ("POST", "/authorize/login", AUTHORIZE, "oauth.authorize.login", authorize.taking(authorize.login)),
    ("POST", "/authorize/notice", AUTHORIZE, "oauth.authorize.notice", authorize.taking(authorize.notice)),
    ("POST", "/authorize/code", AUTHORIZE, "oauth.authorize.code", authorize.taking(authorize.code)),
    ("POST", "/authorize/choose", AUTHORIZE, "oauth.authorize.choose", authorize.taking(authorize.choose)),
    ("GET", "/authorize/approval", AUTHORIZE, "oauth.authorize.approval", factors.question_state),
    ("POST", "/authorize/factor", AUTHORIZE, "oauth.authorize.factor", authorize.taking(authorize.factor)),
    ("POST", "/authorize/decision", AUTHORIZE, "oauth.authorize.decision", authorize.taking(authorize.decision)),
)
_PHONES = (
    ("/device/activations", "device.activate", device_door.activate),
    ("/device/approvals", "device.approvals", device_door.list_waiting),
    ("/device/decisions", "device.decide", device_door.decide),
)


def create_app(bank: Bank) -> Flask:
    """The pages as a web application of their own, with the error page for whatever path there is not."""
    app = Flask("bank_sim.pages", static_folder=None)
    app.register_blueprint(blueprint(bank))
    app.register_blueprint(shared_pages())
    app.after_request(_as_declared)
    # A defect reaches the edge, which answers it opaquely, instead of becoming one of the refusals below.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    refuse_strays(app, bank.config.pages_url, lambda handler: served(bank, EBANK, "ebank.unknown", handler))
    return app


def blueprint(bank: Bank) -> Blueprint:
    """Every page with its access record's API_ID, and their style sheet under ``/ebank/``."""
    pages = Blueprint("ebank", __name__, template_folder="templates", static_folder="static", static_url_path="/ebank")
    for method, path, door, api_id, handler in _PAGES:
        endpoint = f"{method}-{path.strip('/').replace('/', '-').replace('<', '').replace('>', '') or 'front'}"
        view = served(bank, door, api_id, handler)
        pages.add_url_rule(path, endpoint, view, methods=[method], provide_automatic_options=False)
    for path, api_id, handler in _PHONES:
        view = served(bank, EBANK, api_id, handler, device_door.refused)
        pages.add_url_rule(path, api_id.replace(".", "-"), view, methods=["POST"], provide_automatic_options=False)
    frame = served(bank, AUTHORIZE, "oauth.embedded.frame", embedded.show, embedded.refused)
    pages.add_url_rule(embedded.PATH, "embedded", frame, methods=["GET"], provide_automatic_options=False)
    return pages


def _as_declared(response: Response) -> Response:
    """No browser may guess another type than the declared one, of the style sheet either."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
