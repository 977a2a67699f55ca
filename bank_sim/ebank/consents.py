"""The authorization centre: every consent a user ever gave, what was done under it, and the end of one (9.3.2).

    GET  /consents?past=N                 those in force, and a page of those that ended
    GET  /consents/<consent_id>           one, with its uses from the access log
    POST /consents/<consent_id>/revoke

Revoking takes effect at the next call of the application, in every worker. This module must not judge steps.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from bank_sim.audit import CallUnderConsent
from bank_sim.consent import Consent
from bank_sim.ebank.asking import core, data_named
from bank_sim.ebank.centre import CONSENTS, case_of, due_before
from bank_sim.ebank.data_words import in_words
from bank_sim.ebank.rendering import page, see
from bank_sim.ebank.visit import Visit
from bank_sim.identity import require_all
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import format_fen

_CALLS_SHOWN = 50
# Every single payment leaves a consent behind.
_PAST_SHOWN = 20


def show_consents(visit: Visit) -> Response:
    visit.enter()
    if elsewhere := due_before(visit):
        return elsewhere
    bank, customer_id = visit.bank, _customer_id(visit)
    accounts = _accounts(visit)
    given = bank.consents.of_customer(customer_id)
    past = [each for each in given if each.state != "authorised"]
    number = min(max(visit.request.args.get("past", 1, type=int), 1), -(-len(past) // _PAST_SHOWN) or 1)
    shown = past[(number - 1) * _PAST_SHOWN : number * _PAST_SHOWN]
    return page(
        visit,
        "centre",
        here_is=CONSENTS,
        live=[_entry(visit, each, accounts) for each in given if each.state == "authorised"],
        ended=[_entry(visit, each, accounts) for each in shown],
        ended_count=len(past),
        ended_page=number,
        ended_more=number * _PAST_SHOWN < len(past),
        closed=bank.services.closed(customer_id),
    )


def show_consent(visit: Visit, consent_id: str) -> Response:
    """One consent of the user's own: RESOURCE_NOT_AUTHORIZED for any other."""
    visit.enter()
    if elsewhere := due_before(visit):
        return elsewhere
    visit.consent_id = consent_id[:64]
    consent = visit.bank.consents.get(consent_id)
    if consent is None or consent.customer_id != _customer_id(visit):
        raise problems.RESOURCE_NOT_AUTHORIZED.problem()
    calls = visit.bank.access_log.calls_under(consent_id, _CALLS_SHOWN)
    return page(
        visit,
        "one_consent",
        here_is=CONSENTS,
        each=_entry(visit, consent, _accounts(visit)),
        calls=[_call(visit, each) for each in calls],
        calls_shown_max=_CALLS_SHOWN,
    )


def revoke(visit: Visit, consent_id: str) -> Response:
    """The user withdraws a consent of their own."""
    visit.enter_by_form()
    require_all(case_of(visit), visit.weakened)
    visit.consent_id = consent_id[:64]
    with visit.bank.store.write() as db:
        visit.bank.consents.revoke(db, consent_id, _customer_id(visit))
    return see(CONSENTS)


def _customer_id(visit: Visit) -> str:
    return visit.entered.customer_id or ""


def _accounts(visit: Visit) -> dict[str, str]:
    """account_id -> masked number."""
    listed = core(visit.bank, "accounts.of_customer", "", _customer_id(visit))["accounts"]
    return {each["account_id"]: each["account_masked"] for each in listed}


def _entry(visit: Visit, consent: Consent, accounts: dict[str, str]) -> dict[str, Any]:
    bank = visit.bank
    application = bank.registry.application(consent.app_id)
    refs = bank.consents.account_refs(consent.consent_id)
    terms = consent.payment
    return {
        "consent": consent,
        "live": consent.state == "authorised",
        "app": application.name_in(visit.language) if application else consent.app_id,
        "accounts": [masked for account_id, masked in accounts.items() if account_id in refs],
        "data": data_named(visit, consent),
        "uses": bank.access_log.uses_of(consent.consent_id),
        "used": format_fen(consent.used_fen) if consent.used_fen else "",
        "per_payment": format_fen(terms.per_payment_fen) if terms and terms.per_payment_fen else "",
        "total": format_fen(terms.total_fen) if terms and terms.total_fen else "",
    }


def _call(visit: Visit, call: CallUnderConsent) -> dict[str, Any]:
    api = visit.bank.catalogue.by_id.get(call.api_id)
    kind = problems.CATALOGUE.get(call.code) if call.code else None
    meaning = (kind.title_zh if visit.language == "zh" else kind.title) if kind else ""
    return {"call": call, "name": in_words(api, visit.language).name if api else call.api_id, "meaning": meaning}
