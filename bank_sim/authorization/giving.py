"""The user's word becomes a consent and a code: all steps judged, in the caller's one write transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bank_sim.authorization.asking import Asking
from bank_sim.authorization.versions import TEXT_VERSION
from bank_sim.bank import Bank
from bank_sim.consent import Authorisation
from bank_sim.identity import require_all
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.store import Transaction
from bank_sim.tokens import AuthorizationCode


@dataclass(frozen=True, slots=True)
class Gift:
    """What a user who has taken every step is about to give."""

    bank: Bank
    asked: Asking


def accounts_have_room(gift: Gift) -> None:
    """APP_LIMIT_EXCEEDED where the application's risk grade allows no more linked accounts (JR/T 0185 10.2.1 c).

    Asked with the write lock held: of two users who link at once one comes too late.
    """
    asked = gift.asked
    replaced = asked.replaced.consent_id if asked.replaced is not None else None
    gift.bank.app_limits.require_room(
        asked.application.app_id, asked.case.account_ids, gift.bank.clock.now_s(), in_place_of=replaced
    )


GIVING: CheckTable[Gift] = CheckTable([row("linked_accounts", accounts_have_room, "give", "10.2.1-3.2")])
"""What may still keep the user's word from becoming a consent: nothing about the user, but about the application."""

DEFENCES = frozenset(each.name for each in GIVING.rows)
"""The rows that a training run may leave out."""


def give(bank: Bank, db: Transaction, asked: Asking, weakened: frozenset[str], evidence: Mapping[str, Any]) -> str:
    """Authorise the consent, end the session, and return the code for the application.

    ``evidence``: how the word was given. The first step that was not taken is the refusal; nothing is changed then.
    """
    require_all(asked.case, weakened)
    session = asked.case.session
    if session.request is None or session.customer_id is None:
        raise problems.SESSION_REQUIRED.problem()
    GIVING.run(Gift(bank, asked), "give", weakened)
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
