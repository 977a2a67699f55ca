"""The token endpoint's three grants (RFC 6749 sections 4.1.3, 6, 4.4): what each takes and what it gives.

Each runs inside the one write transaction that also holds the access record. A refusal that was written before it is
raised (a used code, a revoked family) is committed with that record. There is no password grant, and none can be
added here: the user's password is the bank's pages' business (JR/T 0185 7.2.1 b).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.form import required
from bank_sim.clock import rfc3339
from bank_sim.consent import PAYMENT, Consent, PaymentTerms
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import format_fen
from bank_sim.store import Transaction
from bank_sim.tokens import AuthorizationCode, Issued

_CODE_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def grant_type_is_known(call: OAuthCall) -> None:
    if required(call, "grant_type") not in GRANTS:
        raise problems.OAUTH_UNSUPPORTED_GRANT_TYPE.problem(f"grant_type is one of {', '.join(GRANTS)}.")


def issue(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """The token response of the grant that was asked for."""
    return GRANTS[call.form["grant_type"]](call, db)


def _authorization_code(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """``code``, ``redirect_uri`` and ``code_verifier``; the user's consent must still stand."""
    code, redirect_uri, verifier = (required(call, name) for name in ("code", "redirect_uri", "code_verifier"))
    if not _CODE_VERIFIER.fullmatch(verifier):
        raise problems.OAUTH_INVALID_REQUEST.problem("code_verifier is 43 to 128 unreserved characters.")
    granted, family_id = call.bank.tokens.codes.redeem(db, code, call.client.app_id, redirect_uri, verifier)
    return _for_user(call, db, granted, family_id)


def _refresh_token(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """``refresh_token``, which is replaced; ``scope``, where it stands, must be the one that was granted."""
    grant = call.bank.tokens.take_refresh(db, required(call, "refresh_token"), call.client.app_id)
    if grant.consent_id is None or grant.customer_id is None or grant.family_id is None:
        raise AssertionError("a refresh token without a user")
    if set(call.form.get("scope", grant.scope).split()) != set(grant.scope.split()):
        raise problems.OAUTH_INVALID_SCOPE.problem("scope cannot be changed on refresh.")
    consent = _live_consent(call, db, grant.consent_id)
    granted = AuthorizationCode(
        grant.app_id, grant.consent_id, grant.customer_id, redirect_uri="", code_challenge="",
        not_after_s=consent.valid_to_s,
    )  # fmt: skip
    return _for_user(call, db, granted, grant.family_id)


def _client_credentials(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """A token without a user: the A1 interfaces granted to the application, or those of them that ``scope`` names."""
    grants = call.bank.registry.grants(call.client.app_id)
    public = [each.api_id for each in call.bank.catalogue if each.level == "A1" and each.api_id in grants]
    if not public:
        raise problems.OAUTH_UNAUTHORIZED_CLIENT.problem("The application is granted no A1 interface.")
    asked = call.form["scope"].split() if "scope" in call.form else public
    if not set(asked) <= set(public):
        raise problems.OAUTH_INVALID_SCOPE.problem("Without a user only granted A1 interfaces can be had.")
    issued = call.bank.tokens.issue_for_application(
        db, call.client.app_id, call.binding, " ".join(asked), call.bank.config.policy.access_token_a1_s
    )
    return _token_response(issued)


def _for_user(call: OAuthCall, db: Transaction, granted: AuthorizationCode, family_id: str) -> dict[str, Any]:
    consent = _live_consent(call, db, granted.consent_id)
    call.customer_id = granted.customer_id
    policy = call.bank.config.policy
    issued = call.bank.tokens.issue_for_user(
        db,
        granted,
        family_id,
        call.binding,
        scope=" ".join(sorted(consent.apis)),
        lifetime_s=policy.access_token_funds_s if consent.type == PAYMENT else policy.access_token_query_s,
        refreshable=consent.validity != "once",
    )
    return _token_response(issued) | {"authorization_details": [authorization_detail(call, consent)]}


def _live_consent(call: OAuthCall, db: Transaction, consent_id: str) -> Consent:
    call.consent_id = consent_id
    consent = call.bank.consents.get(consent_id, db)
    if consent is None:
        raise problems.OAUTH_INVALID_GRANT.problem("The consent is gone.")
    consent.require_usable()
    return consent


def _token_response(issued: Issued) -> dict[str, Any]:
    response = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in_s,
        "scope": issued.scope,
    }
    return response | ({"refresh_token": issued.refresh_token} if issued.refresh_token else {})


def authorization_detail(call: OAuthCall, consent: Consent) -> dict[str, Any]:
    """What was granted (RFC 9396 section 7): as asked, with the consent's id and the references of its accounts."""
    detail: dict[str, Any] = {
        "type": consent.type,
        "validity": consent.validity,
        "valid_to": rfc3339(consent.valid_to_s),
        "consent_id": consent.consent_id,
        "account_refs": sorted(call.bank.consents.account_refs(consent.consent_id).values()),
    }
    terms = consent.payment
    if terms is None:
        return detail | {"apis": sorted(consent.apis)}
    if terms.transfer_id is not None:
        return detail | {"transfer_id": terms.transfer_id}
    return detail | {
        "limits": _limits(terms),
        "creditor_account_masked": terms.payee_account_masked,
        "creditor_name_masked": terms.payee_name_masked,
    }


def _limits(terms: PaymentTerms) -> dict[str, str]:
    limits = {"per_payment": format_fen(terms.per_payment_fen or 0), "total": format_fen(terms.total_fen or 0)}
    if terms.period is None or terms.per_period_fen is None:
        return limits
    return limits | {"period": terms.period, "per_period": format_fen(terms.per_period_fen)}


GRANTS: dict[str, Callable[[OAuthCall, Transaction], dict[str, Any]]] = {
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
}
