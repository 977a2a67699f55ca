"""My application: sign in or make one, see its credentials once, its keys and permissions, and its calls at the bank.

GET/POST /sign-in            App_ID and App_Secret
GET/POST /register           a test application, its keys made here
GET  /issued                 what registration handed out, until it is saved
POST /issued/download        the same as a file
POST /issued/saved           forget it
GET  /application            keys, validity, permissions
GET  /application/calls      the request log; /application/calls/<trace_id> one call
POST /sign-out
"""

from __future__ import annotations

from flask import Response

from bank_sim.portal import advice
from bank_sim.portal.admission import admit
from bank_sim.portal.checks import forgive, secret_mark
from bank_sim.portal.composing import Party
from bank_sim.portal.rendering import page
from bank_sim.portal.suspicions import wrong_readings
from bank_sim.portal.visit import Visit
from bank_sim.registry.parties import Application
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import MacKey
from bank_sim.sdk.protocol.problems import CATALOGUE, Problem
from bank_sim.throttle.quotas import Limit
from bank_sim.web import see

CALLS_PAGE = 50
SUITES = ("gm", "intl")
_NO_INTERFACE = "-"
_APP_ID_CHARS_MAX = 64
_SECRET_CHARS_MAX = 256


def show_sign_in(visit: Visit) -> Response:
    ended = "ended" in visit.request.args
    return page(visit, "sign_in", problem=problems.SESSION_EXPIRED.problem() if ended else None, app_id="")


def sign_in(visit: Visit) -> Response:
    """App_ID and App_Secret open a session. The private keys stay with the developer."""
    visit.here = "/sign-in"
    app_id, secret = visit.form("app_id")[:_APP_ID_CHARS_MAX], visit.form("app_secret")[:_SECRET_CHARS_MAX]
    try:
        # What is refused for being empty is counted like any wrong secret.
        entrance = visit.pass_the("sign_in", (app_id or "-", secret))
        application = entrance.application
        if application is None:
            raise problems.APP_AUTH_FAILED.problem()
        forgive(entrance)
        suite = application.suite
        party = Party(app_id, suite, MacKey(suite, secret.encode()), signing_kid=_signing_kid(visit, app_id))
    except Problem as problem:
        visit.refusal = problem
        return page(visit, "sign_in", problem.kind.status, problem=problem, app_id=app_id)
    return _with_session(
        visit, visit.premises.sessions.open(party, wrong_readings(party.suite, secret)), "/application"
    )


def show_register(visit: Visit) -> Response:
    return page(visit, "register", problem=None, given={"name": "", "suite": visit.premises.bank.config.suite})


def register(visit: Visit) -> Response:
    """A test application with keys made here; its developer is signed in at once."""
    visit.here = "/register"
    given = {name: visit.form(name) for name in ("name", "name_zh", "suite", "profile", "redirect_uri")}
    uris = [visit.premises.callback, *([given["redirect_uri"]] if given["redirect_uri"] else [])]
    try:
        visit.pass_the("register")
        names = (given["name"], given["name_zh"] or None)
        party, issued = admit(visit.premises.bank, names, given["suite"], given["profile"], uris)
    except Problem as problem:
        visit.refusal = problem
        return page(visit, "register", problem.kind.status, problem=problem, given=given)
    wrong = wrong_readings(party.suite, issued.app_secret)
    return _with_session(visit, visit.premises.sessions.open(party, wrong, issued), "/issued")


def show_issued(visit: Visit) -> Response:
    """Shown until the developer says that it is saved."""
    issued = visit.entered.issued
    return page(visit, "issued", issued=issued) if issued else see("/application")


def download(visit: Visit) -> Response:
    """The credentials as one JSON file."""
    issued = visit.entered.issued
    if issued is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    headers = {"Content-Disposition": 'attachment; filename="credentials.json"'}
    return Response(issued.document, content_type="application/json", headers=headers)


def saved(visit: Visit) -> Response:
    """App_Secret and the private keys are shown no more; their use in *try it* lasts as long as the session."""
    visit.entered.issued = None
    return see("/try/rates.list")


def sign_out(visit: Visit) -> Response:
    visit.premises.sessions.end(visit.secret)
    visit.session = None
    response = see("/")
    visit.set_cookie(response, None)
    return response


def show_application(visit: Visit) -> Response:
    """Status, keys and their validity, permissions, limits and their use, and the newest calls."""
    bank, app_id = visit.premises.bank, visit.entered.party.app_id
    now_ms = bank.clock.now_ms()
    application = _application(visit)
    granted = bank.registry.grants(app_id)
    secret = bank.registry.credential(f"{app_id}.secret")
    keys = [*bank.registry.credentials(app_id, "sig", "enc", "assertion"), *([secret] if secret else [])]
    return page(
        visit,
        "application",
        application=application,
        keys=keys,
        now_ms=now_ms,
        apis=[(each, each.api_id in granted) for each in bank.catalogue],
        limits=[*bank.throttle.standing(app_id, _NO_INTERFACE), *_of_each_user(visit, app_id, now_ms)],
        rests=bank.throttle.suspensions.of(app_id, now_ms),
        calls=bank.access_log.of_application(app_id, 5),
        titles=CATALOGUE,
    )


def show_calls(visit: Visit) -> Response:
    """The application's calls as the bank recorded them, newest first; refused ones with what to mend."""
    arguments = visit.request.args
    before = arguments.get("before", "")
    failures, trace_id = arguments.get("show") == "refused", arguments.get("trace", "").strip()[:64]
    calls = visit.premises.bank.access_log.of_application(
        visit.entered.party.app_id,
        CALLS_PAGE,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
        trace_id=trace_id,
        failures=failures,
    )
    return page(visit, "calls", calls=calls, failures=failures, trace=trace_id, titles=CATALOGUE, full=CALLS_PAGE)


def show_call(visit: Visit, trace_id: str) -> Response:
    """Everything that was recorded of one call, and what to mend."""
    found = visit.premises.bank.access_log.of_application(visit.entered.party.app_id, 1, trace_id=trace_id[:64])
    if not found:
        raise problems.RESOURCE_NOT_FOUND.problem()
    serial, record = found[0]
    kind = CATALOGUE.get(record.code or "")
    mend = advice.of(record.code or "", visit.language)
    return page(visit, "call", serial=serial, record=record, kind=kind, advice=mend)


def _of_each_user(visit: Visit, app_id: str, now_ms: int) -> list[tuple[Limit, None]]:
    """The limits that count for each user by themselves: there is no one figure of their use."""
    limits = visit.premises.bank.throttle.quotas.of(app_id, _NO_INTERFACE, now_ms).all
    return [(each, None) for each in limits if each.scope == "user"]


def _signing_kid(visit: Visit, app_id: str) -> str:
    """The newest registered signing key that is not revoked; "" where there is none."""
    keys = visit.premises.bank.registry.credentials(app_id, "sig")
    return next((each.kid for each in keys if each.status != "revoked"), "")


def _application(visit: Visit) -> Application:
    application = visit.premises.bank.registry.application(visit.entered.party.app_id)
    if application is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return application


def _with_session(visit: Visit, secret: str, location: str) -> Response:
    """Signed in under a new secret, whatever the browser brought."""
    visit.premises.sessions.end(visit.secret)
    visit.session = session = visit.premises.sessions.enter(secret)
    session.secret_mark = secret_mark(visit.premises.bank, session.party.app_id)
    response = see(location)
    visit.set_cookie(response, secret)
    return response
