"""The authorization centre: every consent a user ever gave, what was done under it, and the end of one (9.3.2).

    GET  /consents?past=N                 those in force, and a page of those that ended
    GET  /consents/<consent_id>           one, with its uses from the access log
    POST /consents/<consent_id>/revoke
    POST /consents/<consent_id>/withdraw  account=… or api=…: one of several

Revoking takes effect at the next call of the application, in every worker. This module must not judge steps.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from bank_sim.audit import CallUnderConsent
from bank_sim.consent import ACCOUNT_INFORMATION, Consent, Happening
from bank_sim.ebank.asking import core, data_named
from bank_sim.ebank.centre import CONSENTS, case_of, due_before
from bank_sim.ebank.data_texts import in_words
from bank_sim.ebank.rendering import page
from bank_sim.ebank.texts import TEXTS
from bank_sim.ebank.visit import Visit
from bank_sim.identity import require_all
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import format_fen
from bank_sim.web import see

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
        parts=_parts(visit, consent),
        narrowed="narrowed" in visit.request.args,
        history=[_line(visit, each) for each in visit.bank.consents.history(consent_id)],
    )


def revoke(visit: Visit, consent_id: str) -> Response:
    """The user withdraws a consent of their own."""
    visit.enter_by_form()
    require_all(case_of(visit), visit.weakened)
    visit.consent_id = consent_id[:64]
    with visit.bank.store.write() as db:
        visit.bank.consents.revoke(db, consent_id, _customer_id(visit))
    return see(CONSENTS)


def withdraw(visit: Visit, consent_id: str) -> Response:
    """The user takes one account or one interface back: CONSENT_WOULD_BE_EMPTY for the last of its kind."""
    visit.enter_by_form()
    require_all(case_of(visit), visit.weakened)
    visit.consent_id = consent_id[:64]
    narrowing, customer_id = visit.bank.consents.narrowing, _customer_id(visit)
    with visit.bank.store.write() as db:
        if account_ref := visit.form("account"):
            known = visit.bank.consents.account_of(account_ref)
            account_id = known[1] if known is not None and known[0] == consent_id else ""
            narrowing.withdraw_account(db, consent_id, customer_id, account_id)
        else:
            narrowing.withdraw_api(db, consent_id, customer_id, visit.form("api"))
    return see(f"{CONSENTS}/{consent_id}?narrowed=1")


def _customer_id(visit: Visit) -> str:
    return visit.entered.customer_id or ""


def _accounts(visit: Visit) -> dict[str, str]:
    """account_id -> masked number."""
    listed = core(visit.bank, "accounts.of_customer", "", _customer_id(visit))["accounts"]
    return {each["account_id"]: each["account_masked"] for each in listed}


def _entry(visit: Visit, consent: Consent, accounts: dict[str, str]) -> dict[str, Any]:
    bank = visit.bank
    application = bank.registry.application(consent.app_id)
    # What is over shows what it was about, what is in force what it still is about.
    live = consent.stands
    held = bank.consents.account_refs(consent.consent_id) if live else bank.consents.accounts_once(consent.consent_id)
    terms = consent.payment
    return {
        "consent": consent,
        "live": live,
        "app": application.name_in(visit.language) if application else consent.app_id,
        "accounts": [masked for account_id, masked in accounts.items() if account_id in held],
        "data": data_named(visit, consent),
        "uses": bank.access_log.uses_of(consent.consent_id),
        "leaves_s": bank.exits.ends_s(consent.app_id),
        "used": format_fen(consent.used_fen) if consent.used_fen else "",
        "per_payment": format_fen(terms.per_payment_fen) if terms and terms.per_payment_fen else "",
        "per_period": format_fen(terms.per_period_fen) if terms and terms.per_period_fen else "",
        "used_in_period": format_fen(bank.consents.used_in_period(consent)),
        "total": format_fen(terms.total_fen) if terms and terms.total_fen else "",
    }


def _parts(visit: Visit, consent: Consent) -> list[dict[str, str]]:
    """What can be taken back by itself: one of several accounts, one of several interfaces of account information."""
    if not consent.stands:
        return []
    accounts, refs = _accounts(visit), visit.bank.consents.account_refs(consent.consent_id)
    parts = [
        {"kind": "account", "value": ref, "name": accounts[account_id]}
        for account_id, ref in refs.items()
        if len(refs) > 1 and account_id in accounts
    ]
    if consent.type == ACCOUNT_INFORMATION and len(consent.apis) > 1:
        covered = [each for each in visit.bank.catalogue if consent.covers(each.api_id)]
        parts += [
            {"kind": "api", "value": each.api_id, "name": in_words(each, visit.language).name} for each in covered
        ]
    return parts


def _line(visit: Visit, line: Happening) -> dict[str, Any]:
    """A line of the history, in words; which interface was taken back is named."""
    words = TEXTS[visit.language]
    what = words.get(f"step_{line.step}_{line.reason}", words[f"step_{line.step}"])
    api = visit.bank.catalogue.by_id.get(line.reason) if line.step == "narrow" else None
    named = f"{what} · {in_words(api, visit.language).name}" if api is not None else what
    return {"at_ms": line.at_ms, "actor": line.actor, "what": named}


def _call(visit: Visit, call: CallUnderConsent) -> dict[str, Any]:
    api = visit.bank.catalogue.by_id.get(call.api_id)
    kind = problems.CATALOGUE.get(call.code) if call.code else None
    meaning = (kind.title_zh if visit.language == "zh" else kind.title) if kind else ""
    return {"call": call, "name": in_words(api, visit.language).name if api else call.api_id, "meaning": meaning}
