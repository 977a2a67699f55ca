"""The user's word becomes a consent and a code: all steps judged, in the caller's one write transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bank_sim.authorization.asking import Asking
from bank_sim.authorization.versions import TEXT_VERSION
from bank_sim.bank import Bank
from bank_sim.consent import Authorisation
from bank_sim.identity import require_all
from bank_sim.sdk.protocol import problems
from bank_sim.store import Transaction
from bank_sim.tokens import AuthorizationCode


def give(bank: Bank, db: Transaction, asked: Asking, weakened: frozenset[str], evidence: Mapping[str, Any]) -> str:
    """Authorise the consent, end the session, and return the code for the application.

    ``evidence``: how the word was given. The first step that was not taken is the refusal; nothing is changed then.
    """
    require_all(asked.case, weakened)
    session = asked.case.session
    if session.request is None or session.customer_id is None:
        raise problems.SESSION_REQUIRED.problem()
    if "application_limits" not in weakened:
        _require_room(bank, asked)
    bank.consents.authorise(db, asked.consent.consent_id, _authorisation(asked, session.customer_id, evidence))
    issued = bank.tokens.codes.issue(
        db,
        AuthorizationCode(
            app_id=session.request.app_id,
            consent_id=session.request.consent_id,
            customer_id=session.customer_id,
            redirect_uri=session.request.redirect_uri,
            code_challenge=session.request.code_challenge,
            not_after_s=asked.consent.valid_to_s,
        ),
    )
    bank.identity.sessions.end(db, session)
    return issued


def _require_room(bank: Bank, asked: Asking) -> None:
    """APP_LIMIT_EXCEEDED where the application's risk grade allows no more linked accounts (JR/T 0185 10.2.1 c)."""
    replaced = asked.replaced.consent_id if asked.replaced is not None else None
    bank.app_limits.require_room(
        asked.application.app_id, asked.case.account_ids, bank.clock.now_s(), in_place_of=replaced
    )


def _authorisation(asked: Asking, customer_id: str, evidence: Mapping[str, Any]) -> Authorisation:
    session = asked.case.session
    return Authorisation(
        customer_id=customer_id,
        account_ids=asked.case.account_ids,
        factors=("password", session.factor or "sms_code") if session.factor_sm3 else ("password",),
        # What the code was bound to; a bank that asks for no second factor has no confirmation to show.
        confirmed_sm3=asked.case.confirms_sm3 if session.factor_sm3 else None,
        evidence={
            "text_version": TEXT_VERSION,
            "notice_version": session.notice_version,
            "agreed": asked.case.agreed,
            "visit_id": session.visit_id,
            **evidence,
        },
    )
