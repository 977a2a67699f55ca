"""Pushed authorization requests (RFC 9126): the only way into an authorization here. Checks, then the request's URI.

Everything the user will be shown was validated before a browser is involved; the browser carries a reference only.
"""

from __future__ import annotations

import re
from typing import Any

from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.form import required
from bank_sim.sdk.protocol import problems
from bank_sim.store import Transaction
from bank_sim.tokens import PushedRequest

_CODE_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_STATE_CHARS_MAX = 512


def response_is_a_code(call: OAuthCall) -> None:
    """``response_type=code``, and no request object or reference inside the pushed request (RFC 9126 section 2.1)."""
    if required(call, "response_type") != "code":
        raise problems.OAUTH_UNSUPPORTED_RESPONSE_TYPE.problem()
    if "request" in call.form or "request_uri" in call.form:
        raise problems.OAUTH_INVALID_REQUEST.problem("Push plain parameters: no request and no request_uri.")
    if len(call.form.get("state", "")) > _STATE_CHARS_MAX:
        raise problems.OAUTH_INVALID_REQUEST.problem(f"state is longer than {_STATE_CHARS_MAX} characters.")


def redirect_uri_is_registered(call: OAuthCall) -> None:
    """Compared as whole strings (RFC 9700 section 2.1): no prefixes, no patterns, no ports left open."""
    if required(call, "redirect_uri") not in call.client.redirect_uris:
        raise problems.OAUTH_INVALID_REQUEST.problem("redirect_uri is not registered.")


def code_challenge_is_s256(call: OAuthCall) -> None:
    """PKCE with S256 always, for confidential clients too (RFC 9700 section 2.1.1); ``plain`` and none are refused."""
    if call.form.get("code_challenge_method") != "S256":
        raise problems.OAUTH_INVALID_REQUEST.problem("code_challenge_method must be S256.")
    if not _CODE_CHALLENGE.fullmatch(required(call, "code_challenge")):
        raise problems.OAUTH_INVALID_REQUEST.problem("code_challenge is 43 base64url characters.")


def scope_is_within_the_details(call: OAuthCall) -> None:
    """``scope`` may be left out: the details say all. Where it stands it must not ask for more."""
    if call.asked is not None and not set(call.form.get("scope", "").split()) <= set(call.asked.apis):
        raise problems.OAUTH_INVALID_SCOPE.problem("scope names more than the authorization details; leave it out.")


def application_stays(call: OAuthCall) -> None:
    """An application that leaves asks for nothing new; a payment ordered before may be confirmed: APP_LEAVING."""
    ordered = call.asked is not None and call.asked.payment is not None and call.asked.payment.transfer_id is not None
    if not ordered and call.bank.exits.is_leaving(call.client.app_id):
        raise problems.APP_LEAVING.problem()


def push(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """Keep the request and the consent it asks for; answer ``request_uri`` and ``expires_in``."""
    if call.asked is None:
        raise AssertionError("pushed before its details were checked")
    call.consent_id = call.bank.consents.request(db, call.asked)
    request_uri, expires_in_s = call.bank.tokens.codes.push(
        db,
        PushedRequest(
            app_id=call.client.app_id,
            consent_id=call.consent_id,
            consent_type=call.asked.type,
            redirect_uri=call.form["redirect_uri"],
            code_challenge=_challenge(call),
            state=call.form.get("state"),
        ),
    )
    return {"request_uri": request_uri, "expires_in": expires_in_s}


def _challenge(call: OAuthCall) -> str:
    """What a code will be held against; "" only at a bank without ``pkce``, for ``plain`` is as good as none."""
    return call.form.get("code_challenge", "") if call.form.get("code_challenge_method") == "S256" else ""
