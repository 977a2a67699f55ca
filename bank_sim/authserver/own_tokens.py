"""Revocation (RFC 7009) and introspection (RFC 7662): a client's dealings with its own tokens, and nobody else's."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.form import required
from bank_sim.authserver.grants import authorization_detail
from bank_sim.consent import Consent
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Transaction
from bank_sim.tokens import Grant

_INACTIVE = {"active": False}


def token_is_given(call: OAuthCall) -> None:
    required(call, "token")


def revoke(call: OAuthCall, db: Transaction) -> dict[str, Any] | None:
    """Takes effect at the next call in every worker. Succeeds for unknown tokens too (RFC 7009 section 2.2).

    Who gives its refresh token back gives up the grant itself (RFC 7009 section 2.1): the user's list of consents holds
    none that nobody can use.
    """
    given = call.bank.tokens.find(call.form["token"])
    call.bank.tokens.revoke(db, call.form["token"], call.client.app_id)
    if given is not None and given.kind == "refresh" and given.consent_id is not None:
        call.bank.consents.endings.give_back(db, given.consent_id, call.client.app_id)
    return None


def introspect(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """The state of an own token; unknown, foreign and dead tokens are told apart by nothing."""
    grant = call.bank.tokens.find(call.form["token"])
    if grant is None or grant.app_id != call.client.app_id or not call.bank.tokens.is_active(grant):
        return _INACTIVE
    consent = call.bank.consents.get(grant.consent_id, db) if grant.consent_id else None
    if grant.consent_id and not _is_live(consent):
        return _INACTIVE
    call.consent_id = grant.consent_id
    return _active(call, grant, consent)


def _is_live(consent: Consent | None) -> bool:
    """As an interface would judge it: a consent for one use stays live after it, and so does its token."""
    if consent is None:
        return False
    try:
        consent.require_live()
    except Problem:
        return False
    return True


def _active(call: OAuthCall, grant: Grant, consent: Consent | None) -> dict[str, Any]:
    state: dict[str, Any] = {
        "active": True,
        "iss": call.bank.config.gateway_url,
        "client_id": grant.app_id,
        "scope": grant.scope,
        "iat": grant.issued_at_s,
        "exp": grant.expires_s,
    }
    if grant.kind == "access":
        state |= {"token_type": "Bearer"}
    if confirmation := _confirmation(grant):
        state["cnf"] = confirmation
    if consent is not None:
        state["authorization_details"] = [authorization_detail(call, consent)]
    return state


def _confirmation(grant: Grant) -> dict[str, str]:
    """RFC 7800 section 3.4 ``kid``, RFC 8705 section 3.1 ``x5t#S256``."""
    confirmation = {}
    if grant.binding.kid:
        confirmation["kid"] = grant.binding.kid
    if fingerprint := grant.binding.certificate_sha256:
        confirmation["x5t#S256"] = urlsafe_b64encode(bytes.fromhex(fingerprint)).rstrip(b"=").decode()
    return confirmation
