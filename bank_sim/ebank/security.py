"""The user's second factors: which are set up, adding one, removing one (JR/T 0185 7.2.1 b).

    GET  /security                        POST /security/phone
    GET  /security/authenticator          POST /security/authenticator           starts anew
                                          POST /security/authenticator/confirm   totp
    GET  /security/key                    POST /security/key                     security_key
    GET  /security/<factor_id>/remove     POST /security/<factor_id>/remove

Every page here belongs to whoever has taken all steps of a login; identity asks for them again at each act.
"""

from __future__ import annotations

from typing import Any

from flask import Response
from markupsafe import Markup

from bank_sim.ebank.asking import core
from bank_sim.ebank.centre import case_of, due_before
from bank_sim.ebank.factor_texts import FACTOR_WORDS
from bank_sim.ebank.factors import SCRIPT
from bank_sim.ebank.rendering import page
from bank_sim.ebank.visit import Visit
from bank_sim.identity import PAYMENT_KINDS, Factor
from bank_sim.identity.time_codes import provisioning_uri, typed_secret
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import see

SECURITY, AUTHENTICATOR = "/security", "/security/authenticator"


def show_security(visit: Visit) -> Response:
    visit.enter()
    return due_before(visit) or _security_page(visit)


def begin_authenticator(visit: Visit) -> Response:
    """A fresh secret, in place of one that was never confirmed."""
    visit.enter_by_form()
    visit.bank.identity.second.begin_authenticator(case_of(visit), "")
    return see(AUTHENTICATOR)


def show_authenticator(visit: Visit) -> Response:
    visit.enter()
    return due_before(visit) or _authenticator_page(visit)


def confirm_authenticator(visit: Visit) -> Response:
    visit.enter_by_form()
    try:
        visit.bank.identity.second.confirm_authenticator(case_of(visit), visit.form("totp"), _added(visit, "totp"))
    except Problem as problem:
        if problem.kind not in (problems.OTP_INVALID, problems.OTP_REPLAYED, problems.OTP_LOCKED):
            raise
        visit.refusal = problem
        return _authenticator_page(visit, problem)
    return see(f"{SECURITY}?added=totp")


def add_phone(visit: Visit) -> Response:
    """The activation code, which only this answer ever shows."""
    visit.enter_by_form()
    code = visit.bank.identity.second.issue_activation(case_of(visit))
    visit.shown_at = SECURITY
    minutes = visit.bank.config.policy.activation_lifetime_s // 60
    return page(visit, "security_phone", fw=_words(visit), here_is="/security", code=code, minutes=minutes)


def show_security_key(visit: Visit) -> Response:
    visit.enter()
    return due_before(visit) or _key_page(visit)


def add_security_key(visit: Visit) -> Response:
    visit.enter_by_form()
    try:
        visit.bank.identity.second.add_security_key(
            case_of(visit), visit.form("security_key"), "", _added(visit, "security_key")
        )
    except Problem as problem:
        if problem.kind not in (problems.SECURITY_KEY_INVALID, problems.CONFIRMATION_MISMATCH):
            raise
        visit.refusal = problem
        return _key_page(visit, problem)
    return see(f"{SECURITY}?added=security_key")


def ask_removal(visit: Visit, factor_id: str) -> Response:
    """Nothing is removed by a link: the page asks first."""
    visit.enter()
    if elsewhere := due_before(visit):
        return elsewhere
    factor = next((each for each in _mine(visit) if each.factor_id == factor_id), None)
    if factor is None:
        raise problems.FACTOR_NOT_ENROLLED.problem()
    return page(visit, "security_remove", fw=_words(visit), here_is="/security", factor=factor)


def remove(visit: Visit, factor_id: str) -> Response:
    visit.enter_by_form()
    fw = _words(visit)
    visit.bank.identity.second.remove(
        case_of(visit), factor_id, lambda factor: fw["sms_removed"].format(kind=fw[f"way_{factor.kind}"])
    )
    return see(SECURITY)


def _security_page(visit: Visit) -> Response:
    mine = [each for each in _mine(visit) if each.active]
    fw, added = _words(visit), visit.request.args.get("added")
    return page(
        visit,
        "security",
        fw=fw,
        here_is="/security",
        mine=mine,
        done=fw["now_added"].format(kind=fw[f"way_{added}"]) if any(each.kind == added for each in mine) else "",
        phone=_phone(visit),
        for_payments=PAYMENT_KINDS,
    )


def _authenticator_page(visit: Visit, problem: Problem | None = None) -> Response:
    """The secret of the authenticator that waits; without one there is nothing to show."""
    pending = visit.bank.identity.second.pending_authenticator(case_of(visit))
    if pending is None:
        return see(SECURITY)
    visit.shown_at = AUTHENTICATOR
    # Imported where it draws: every start of the bank would pay for it.
    import segno

    drawn = segno.make(provisioning_uri(pending.material, "Sandbox Bank", _phone(visit)), error="l", boost_error=False)
    facts: dict[str, Any] = {
        # A QR code is read in dark on light, whatever the page's colours.
        "qr": Markup(drawn.svg_inline(scale=4, border=3, dark="#000", light="#fff", omitsize=False)),  # noqa: S704
        "secret": typed_secret(pending.material),
    }
    return page(
        visit,
        "security_authenticator",
        problem.kind.status if problem else 200,
        problem=problem,
        fw=_words(visit),
        here_is="/security",
        **facts,
    )


def _key_page(visit: Visit, problem: Problem | None = None) -> Response:
    visit.shown_at = "/security/key"
    return page(
        visit,
        "security_key",
        problem.kind.status if problem else 200,
        scripts=[SCRIPT],
        problem=problem,
        fw=_words(visit),
        here_is="/security",
        creation=visit.bank.identity.second.security_key_creation(case_of(visit)),
    )


def _mine(visit: Visit) -> list[Factor]:
    return visit.bank.identity.second.factors.of_customer(visit.entered.customer_id or "")


def _phone(visit: Visit) -> str:
    return str(core(visit.bank, "customers.describe", "", visit.entered.customer_id)["phone_masked"])


def _words(visit: Visit) -> dict[str, str]:
    return FACTOR_WORDS[visit.language]


def _added(visit: Visit, kind: str) -> str:
    fw = _words(visit)
    return fw["sms_added"].format(kind=fw[f"way_{kind}"])
