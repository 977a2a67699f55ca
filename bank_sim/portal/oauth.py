"""The OAuth messages of a developer's application as orders to compose: push, token, refresh, revoke, introspect.

Each proves the client by ``private_key_jwt`` and is signed like any other message. What the answers mean for the
session is ``authorizing``'s business.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from bank_sim.clock import rfc3339
from bank_sim.portal.composing import Order, Party
from bank_sim.sdk.pkce import Pkce
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.assertions import ASSERTION_TYPE, make_assertion

CONSENT_S = 30 * 86_400
_JTI_BYTES = 18


def account_details(apis: list[str], once: bool, now_s: float) -> list[dict[str, Any]]:
    """Authorization details (RFC 9396) for account information, good for one call or for thirty days."""
    detail: dict[str, Any] = {"type": "account_information", "validity": "once" if once else "period", "apis": apis}
    return [detail if once else detail | {"valid_to": rfc3339(now_s + CONSENT_S)}]


def payment_details(transfer_id: str) -> list[dict[str, Any]]:
    """Authorization details for one transfer, which the user confirms at the bank with payee and amount."""
    return [{"type": "payment", "validity": "once", "transfer_id": transfer_id}]


def push(
    party: Party, issuer: str, now_s: float, details: list[dict[str, Any]], redirect_uri: str, state: str, pkce: Pkce
) -> Order:
    """RFC 9126: what the user shall be asked goes to the bank directly; the browser carries a reference only."""
    return _order(
        party,
        issuer,
        now_s,
        "par",
        {
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": pkce.challenge,
            "code_challenge_method": "S256",
            "authorization_details": strict_json.dump(details).decode(),
        },
    )


def redeem(party: Party, issuer: str, now_s: float, code: str, redirect_uri: str, pkce: Pkce) -> Order:
    """The code for tokens, once (RFC 6749 section 4.1.3, RFC 7636)."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": pkce.verifier,
    }
    return _order(party, issuer, now_s, "token", form)


def refresh(party: Party, issuer: str, now_s: float, refresh_token: str) -> Order:
    """Fresh tokens; the old refresh token is spent."""
    return _order(party, issuer, now_s, "token", {"grant_type": "refresh_token", "refresh_token": refresh_token})


def client_credentials(party: Party, issuer: str, now_s: float) -> Order:
    """A token without a user, for A1 (RFC 6749 section 4.4)."""
    return _order(party, issuer, now_s, "token", {"grant_type": "client_credentials"})


def revoke(party: Party, issuer: str, now_s: float, token: str) -> Order:
    """Give a token back (RFC 7009)."""
    return _order(party, issuer, now_s, "revoke", {"token": token})


def introspect(party: Party, issuer: str, now_s: float, token: str) -> Order:
    """What the bank says of a token (RFC 7662)."""
    return _order(party, issuer, now_s, "introspect", {"token": token})


def _order(party: Party, issuer: str, now_s: float, endpoint: str, form: Mapping[str, str]) -> Order:
    if party.signing is None:
        raise problems.KEY_UNKNOWN.problem("The signing key of this application is not at hand here.")
    jti = secrets.token_urlsafe(_JTI_BYTES)
    proof = {
        "client_id": party.app_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": make_assertion(party.signing, party.app_id, issuer, int(now_s), jti),
    }
    return Order(
        name=f"oauth.{endpoint}", method="POST", path=f"/oauth/{endpoint}", form={**form, **proof}, version=None
    )
