"""Which page answers at which address, behind which column of the portal's check table, under which name in the log."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request

from bank_sim.portal import (
    application,
    applying,
    authorizing,
    checking,
    events,
    front,
    handbook,
    interfaces,
    notices,
    own_keys,
    releases,
    supervision,
    trying,
)
from bank_sim.portal.exchange import pretty
from bank_sim.portal.premises import Premises
from bank_sim.portal.rendering import inline
from bank_sim.portal.serving import served
from bank_sim.web import choose_language, refuse_strays

_STATIC = Path(__file__).parent / "static"
_VERSION_CHARS = 12

_PAGES = (
    ("GET", "/", "open", "front", front.show),
    ("GET", "/apis", "open", "apis", interfaces.show_list),
    ("GET", "/apis.json", "open", "openapi", interfaces.show_document),
    ("GET", "/apis/<api_id>", "open", "api", interfaces.show_one),
    ("GET", "/notices", "open", "notices", notices.show_public),
    ("GET", "/interfaces.json", "open", "notices.list", notices.show_list),
    ("GET", "/ca.crt", "open", "ca", interfaces.authority_certificate),
    ("GET", "/handbook", "open", "handbook", handbook.show_contents),
    ("GET", "/handbook/<name>", "open", "handbook", handbook.show_chapter),
    ("GET", "/problems", "open", "problems", handbook.show_problems),
    ("GET", "/sign-in", "open", "sign_in", application.show_sign_in),
    ("POST", "/sign-in", "open", "sign_in", application.sign_in),
    ("GET", "/register", "open", "register", application.show_register),
    ("POST", "/register", "open", "register", application.register),
    ("POST", "/sign-out", "form", "sign_out", application.sign_out),
    ("GET", "/apply", "open", "apply", applying.show_start),
    ("POST", "/apply", "open", "apply", applying.enquire),
    ("POST", "/apply/enter", "open", "apply.enter", applying.enter),
    ("POST", "/apply/leave", "open", "apply.leave", applying.leave),
    ("GET", "/apply/case", "open", "apply.case", applying.show_case),
    ("GET", "/apply/case/challenge.txt", "open", "apply.challenge", applying.show_challenge),
    ("GET", "/apply/case/agreement.txt", "open", "apply.agreement", applying.show_agreement),
    ("GET", "/apply/case/certificate.pem", "open", "apply.certificate", applying.show_certificate),
    ("GET", "/apply/case/client-ca.pem", "open", "apply.client_authority", applying.show_client_authority),
    ("POST", "/apply/case/credentials", "open", "apply.credentials", applying.collect),
    ("POST", "/apply/case/<step>", "open", "apply.step", applying.take_step),
    ("GET", "/issued", "developer", "issued", application.show_issued),
    ("POST", "/issued/download", "form", "issued", application.download),
    ("POST", "/issued/saved", "form", "issued", application.saved),
    ("GET", "/application", "developer", "application", application.show_application),
    ("GET", "/application/keys", "developer", "keys", own_keys.show_keys),
    ("POST", "/application/keys/secret", "form", "keys.secret", own_keys.renew_secret),
    ("POST", "/application/keys/revoke", "form", "keys.revoke", own_keys.revoke),
    ("GET", "/application/calls", "developer", "calls", application.show_calls),
    ("GET", "/application/calls/<trace_id>", "developer", "calls", application.show_call),
    ("GET", "/application/notices", "developer", "notices.mine", notices.show_mine),
    ("POST", "/application/notices/<subject>/seen", "form", "notices.seen", notices.seen),
    ("GET", "/application/notices/<subject>/agreement", "developer", "notices.agreement", notices.download_agreement),
    ("POST", "/application/notices/<subject>/sign", "form", "notices.sign", notices.sign),
    ("GET", "/application/supervision", "developer", "supervision", supervision.show_mine),
    ("POST", "/application/supervision/answer/<task_id>", "form", "supervision.answer", supervision.answer),
    ("POST", "/application/supervision/change", "form", "supervision.change", supervision.announce_change),
    ("POST", "/application/supervision/weakness", "form", "supervision.weakness", supervision.report_weakness),
    ("GET", "/application/supervision/leave", "developer", "supervision.leave", supervision.show_leaving),
    ("POST", "/application/supervision/leave", "form", "supervision.leave", supervision.leave),
    ("POST", "/application/supervision/stay", "form", "supervision.stay", supervision.stay),
    ("GET", "/exit", "open", "exit", supervision.show_exit),
    ("POST", "/exit", "open", "exit", supervision.state_deletion),
    ("GET", "/application/events", "developer", "events", events.show_list),
    ("POST", "/application/events/address", "form", "events.address", events.set_address),
    ("POST", "/application/events/replay", "form", "events.replay", events.replay_some),
    ("GET", "/application/events/<event_id>", "developer", "events", events.show_one),
    ("POST", "/application/events/<event_id>/replay", "form", "events.replay", events.replay_one),
    ("GET", "/sdk", "open", "sdk", releases.show_list),
    ("GET", "/sdk/<fingerprint>.json", "open", "sdk", releases.show_manifest),
    ("GET", "/try/<api_id>", "open", "try", trying.show_form),
    ("POST", "/try/<api_id>", "send", "try", trying.send),
    ("GET", "/exchange/<serial>", "developer", "exchange", trying.show_exchange),
    ("POST", "/exchange/<serial>", "send", "exchange", trying.sign),
    ("GET", "/check", "developer", "check", checking.show_form),
    ("POST", "/check", "form", "check", checking.check),
    ("GET", "/tokens", "developer", "tokens", authorizing.show_tokens),
    ("POST", "/tokens/accounts", "send", "tokens.accounts", authorizing.ask_for_accounts),
    ("POST", "/tokens/payment", "send", "tokens.payment", authorizing.ask_for_payment),
    ("POST", "/tokens/application", "send", "tokens.application", authorizing.ask_for_application),
    ("POST", "/tokens/own", "form", "tokens.own", authorizing.bring),
    ("POST", "/tokens/<name>/<act>", "send", "tokens.act", authorizing.act),
    ("GET", "/callback", "developer", "callback", authorizing.come_back),
    ("GET", "/language", "open", "language", lambda visit: choose_language(visit.request)),
)


def pages(app: Flask, premises: Premises) -> None:
    """Add every page to the application, with the error page for whatever there is not."""
    portal = Blueprint("portal", __name__, template_folder="templates")
    for method, path, column, api_id, handler in _PAGES:
        view = served(premises, column, api_id, handler)
        portal.add_url_rule(path, f"{method} {path}".replace(".", "-"), view, methods=[method],
                            provide_automatic_options=False)  # fmt: skip
    portal.add_url_rule("/portal/<name>", "static", _static, methods=["GET"], provide_automatic_options=False)
    portal.add_app_template_filter(pretty, "pretty")
    portal.add_app_template_filter(inline, "inline")
    portal.add_app_template_global(version, "portal_version")
    app.register_blueprint(portal)
    site = premises.bank.config.portal_url
    refuse_strays(app, site, lambda handler: served(premises, "open", "unknown", handler))


@cache
def version(name: str) -> str:
    """The start of a static file's SHA-256, for its address."""
    return sha256(_file(name)).hexdigest()[:_VERSION_CHARS]


@cache
def _file(name: str) -> bytes:
    return (_STATIC / name).read_bytes()


def _static(name: str) -> Response:
    types = {"portal.css": "text/css", "portal.js": "text/javascript"}
    if name not in types:
        abort(404)
    kept = "public, max-age=31536000, immutable" if request.args.get("v") == version(name) else "no-cache"
    headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff"}
    return Response(_file(name), content_type=f"{types[name]}; charset=utf-8", headers=headers)
