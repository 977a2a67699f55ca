"""The authorization endpoint as the user sees it: login, second factor or risk notice, consent or payment, and back.

    GET  /authorize           takes a pushed request (RFC 9126), opens a session for it
    GET  /authorize/step      the page of the step that is due
    POST /authorize/login     login_name password
    POST /authorize/notice    read_notice=the version that the page showed
    POST /authorize/code      sends a new code
    POST /authorize/choose    by=another way to verify
    POST /authorize/factor    by, and what this way asks for: otp, totp, security_key
    POST /authorize/decision  decision=approve|deny agree account… (a payment: what /factor takes)

Which step is due, and whether a form may be taken, the step table of identity decides. This module must not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Response

from bank_sim.authorization import RISK_NOTICE_VERSION, give
from bank_sim.consent import PAYMENT
from bank_sim.ebank.asking import Asking, asking, core, data_named
from bank_sim.ebank.factors import address, factor_facts, prompt
from bank_sim.ebank.factors import take as take_factor
from bank_sim.ebank.keypad import login_facts, password_of
from bank_sim.ebank.one_time_text import code_text
from bank_sim.ebank.progress import progress
from bank_sim.ebank.rendering import back_to_application, page
from bank_sim.ebank.visit import Visit
from bank_sim.identity import Column, first_unmet
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.tokens import PushedRequest
from bank_sim.web import see

STEP = "/authorize/step"

# A factor that is not strong enough is asked for again on the page that asked for one.
_FACTOR_STEPS = ("second_factor", "step_up")
_PAGES = {"password": "login", "risk_notice": "notice", "second_factor": "factor", "agreement": "consent"}


def begin(visit: Visit) -> Response:
    """Open a pushed request, once, for the browser that brings it."""
    if visit.request.method != "GET":
        # Flask lets HEAD in wherever GET is; a link scanner's look must not use the request up.
        raise problems.METHOD_NOT_ALLOWED.problem()
    client_ids, request_uris = (visit.request.args.getlist(name) for name in ("client_id", "request_uri"))
    if len(client_ids) != 1 or len(request_uris) != 1:
        raise problems.OAUTH_INVALID_REQUEST.problem("Push the request first: client_id and request_uri, once each.")
    with visit.bank.store.write() as db:
        pushed = visit.bank.tokens.codes.take_request(db, request_uris[0], client_ids[0])
        column: Column = "payment" if pushed.consent_type == PAYMENT else "account_information"
        secret = visit.bank.identity.sessions.open(db, column, pushed, visit.device_sha256)
    visit.app_id, visit.consent_id = pushed.app_id, pushed.consent_id
    response = see(STEP)
    visit.set_cookie(response, secret)
    return response


def step(visit: Visit) -> Response:
    """The page of the step that is due."""
    visit.enter()
    return _show(visit, asking(visit))


def login(visit: Visit) -> Response:
    login_name, password = visit.form("login_name"), password_of(visit)
    visit.secret = visit.bank.identity.log_in(visit.entered, login_name, password, visit.source) or visit.secret
    visit.enter()
    _prompt_if_due(visit)
    response = see(STEP)
    visit.set_cookie(response, visit.secret)
    return response


def notice(visit: Visit) -> Response:
    visit.bank.identity.read_notice(asking(visit).case, visit.form("read_notice"))
    visit.enter()
    _prompt_if_due(visit)
    return see(STEP)


def code(visit: Visit) -> Response:
    asked = asking(visit)
    visit.bank.identity.send_code(asked.case, code_text(visit, asked))
    return see(address(visit, STEP))


def factor(visit: Visit) -> Response:
    take_factor(visit, asking(visit).case)
    return see(STEP)


def choose(visit: Visit) -> Response:
    """Another way to verify was chosen."""
    asked = asking(visit)
    prompt(visit, asked.case, asked)
    return see(address(visit, STEP))


def decision(visit: Visit) -> Response:
    """The user's word. ``approve`` needs every step; ``deny`` needs none."""
    if visit.form("decision") == "deny":
        return _deny(visit)
    if visit.form("decision") != "approve":
        raise problems.PARAM_INVALID.problem("decision is approve or deny.")
    case = asking(visit).case
    due = first_unmet(case, visit.weakened)
    if due is not None and due[0] in _FACTOR_STEPS:
        take_factor(visit, case)
        visit.enter()
    return _approve(visit)


def taking(form: Callable[[Visit], Response]) -> Callable[[Visit], Response]:
    """A form of this session only (FORM_FORGED). A refusal that the user can mend shows the page that is due again."""

    def take(visit: Visit) -> Response:
        visit.enter_by_form()
        try:
            return form(visit)
        except Problem as problem:
            if problem.kind in _FINAL:
                raise
            visit.refusal = problem
            visit.enter()
            response = _show(visit, asking(visit), problem)
            visit.set_cookie(response, visit.secret)
            return response

    return take


def _approve(visit: Visit) -> Response:
    """All steps judged, consent authorised, code issued, session ended: in one transaction."""
    evidence = {"language": visit.language, "source": visit.source, "trace_id": visit.trace_id}
    with visit.bank.store.write() as db:
        issued = give(visit.bank, db, asking(visit, agreed=bool(visit.form("agree"))), visit.weakened, evidence)
    return _leave(visit, code=issued)


def _deny(visit: Visit) -> Response:
    """The consent is declined. A transfer that this payer declines is rejected; for anybody else it stays as it is."""
    asked = asking(visit)
    with visit.bank.store.write() as db:
        visit.bank.consents.decline(db, asked.consent.consent_id)
        if asked.payment and asked.payment.transfer_id and asked.case.payer_id == visit.entered.customer_id:
            params = {"transfer_id": asked.payment.transfer_id}
            core(visit.bank, "transfers.reject", asked.consent.app_id, asked.case.payer_id, params=params)
        visit.bank.identity.second.approvals.withdraw(db, visit.entered.visit_id)
        visit.bank.identity.sessions.end(db, visit.entered)
    visit.refusal = problems.OAUTH_ACCESS_DENIED.problem()
    return _leave(visit, error="access_denied")


def _prompt_if_due(visit: Visit) -> None:
    asked = asking(visit)
    due = first_unmet(asked.case, visit.weakened)
    if due is not None and due[0] in _FACTOR_STEPS:
        prompt(visit, asked.case, asked)


def _show(visit: Visit, asked: Asking, problem: Problem | None = None) -> Response:
    """The page that is due. A step without a page is no step but a wall: its refusal is the answer."""
    due = first_unmet(asked.case, visit.weakened)
    name, unmet = due if due is not None else ("agreement", None)
    name = "second_factor" if name in _FACTOR_STEPS else name
    template = _PAGES.get(name)
    if template is None and unmet is not None:
        raise unmet
    if asked.payment is not None and name in ("second_factor", "agreement"):
        template = "payment"
    return page(
        visit,
        template or "consent",
        problem.kind.status if problem else 200,
        problem=problem,
        asked=asked,
        app=asked.application.name_in(visit.language),
        progress=progress(asked.case.session.column, name),
        action="/authorize",
        needs_code=name == "second_factor",
        notice_version=RISK_NOTICE_VERSION,
        **_details(visit, asked),
        **(login_facts(visit) if name == "password" else {}),
        **(_factor_facts(visit, asked) if name == "second_factor" else {}),
    )


def _factor_facts(visit: Visit, asked: Asking) -> dict[str, Any]:
    visit.shown_at = address(visit, STEP)
    risks = [each.told(visit.language) for each in asked.risks]
    return factor_facts(visit, asked.case) | {"risks": risks}


def _details(visit: Visit, asked: Asking) -> dict[str, Any]:
    customer_id = visit.entered.customer_id
    return {
        "data": data_named(visit, asked.consent),
        "changes": _changes(visit, asked),
        "returns_to": urlsplit(_pushed(visit).redirect_uri).netloc,
        "phone": core(visit.bank, "customers.describe", "", customer_id)["phone_masked"] if customer_id else "",
        "minutes": visit.bank.config.policy.otp_lifetime_s // 60,
    }


def _changes(visit: Visit, asked: Asking) -> dict[str, Any] | None:
    """How the consent asked for differs from the one whose place it would take."""
    if asked.replaced is None:
        return None
    held = visit.bank.consents.account_refs(asked.replaced.consent_id)
    now, then = (data_named(visit, each) for each in (asked.consent, asked.replaced))
    return {
        "added": [each.name for each in now if each not in then],
        "removed": [each.name for each in then if each not in now],
        "accounts": [each.masked for each in asked.choices if each.account_id in held],
        "old_until": asked.replaced.valid_to_s,
    }


# Refusals that end the authorization rather than one try: they lead to the error page.
_FINAL = frozenset(
    {
        problems.APP_SUSPENDED,
        problems.APP_EXITED,
        problems.TEST_ENVIRONMENT_ONLY,
        problems.APP_BLACKLISTED,
        problems.API_SERVICES_CLOSED,
        problems.CONSENT_EXPIRED,
        problems.CONSENT_REVOKED,
        problems.TRANSFER_STATE,
        problems.TRANSFER_EXPIRED,
        problems.RESOURCE_NOT_AUTHORIZED,
        problems.STEP_OUT_OF_ORDER,
        problems.SESSION_EXPIRED,
    }
)


def _leave(visit: Visit, **answer: str) -> Response:
    response = see(back_to_application(visit, **answer))
    visit.set_cookie(response, None)
    return response


def _pushed(visit: Visit) -> PushedRequest:
    request = visit.entered.request
    if request is None:
        raise AssertionError("an authorization session without a request")
    return request
