"""Who is calling: the checks by which a client proves itself, by private_key_jwt or by its TLS certificate.

Standards: RFC 7523 (assertions), RFC 8705 (certificates), RFC 9421 (the message's own signature, verified where there
is one). The registered key decides the algorithm. Until the proof holds, what is answered follows from the message
alone: an unknown client, one without proof, an unknown key and a wrong signature are one refusal, so that nobody learns
which App_IDs exist or how they stand. These functions must not touch grants, consents or tokens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from bank_sim.authserver.call import OAuthCall
from bank_sim.registry.parties import Application, Credential
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.assertions import (
    ASSERTION_TYPE,
    LEEWAY_S,
    NOT_PROVEN,
    Assertion,
    read_assertion,
    verify_assertion,
)
from bank_sim.sdk.protocol.digests import require_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PublicKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.rsa_keys import RsaPublicKey
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.signatures import require_coverage, require_fresh, verify_request
from bank_sim.sdk.protocol.suites import SUITES
from bank_sim.throttle import Caller

# Authlib, among others, writes an hour. What counts is _usable_until_s.
_EXP_AHEAD_S_MAX = 3600
_CLIENTS_SECRET, _USERS_SECRETS = "client_secret", ("username", "password")
_COVERED = frozenset({"content-digest"})
ASSERTION_REPLAYED = "a client assertion came a second time"
"""For the bank's own ears: the refusal is the same as for any other assertion that is not taken."""
_SUITE_OF_ALG = {suite.jws_alg: name for name, suite in SUITES.items()}


def message_is_for_this_server(call: OAuthCall) -> None:
    """AUTHORITY_MISMATCH: what was signed for another server's host is not taken here."""
    own = call.bank.config.authority
    if call.message.authority.lower().removesuffix(":443") != own:
        raise problems.AUTHORITY_MISMATCH.problem(f"This server is {own}.")


def source_is_welcome(call: OAuthCall) -> None:
    """SOURCE_BLACKLISTED for an address that the bank's staff has shut out."""
    call.bank.blacklist.require_source(call.source, call.bank.clock.now_ms())


def source_is_no_guesser(call: OAuthCall) -> None:
    """Asked before any cryptography: an address that keeps failing to authenticate waits (RATE_LIMITED)."""
    call.failures.require_open(call.source, call.bank.clock.now_s())


def source_calls_in_measure(call: OAuthCall) -> None:
    """RATE_LIMITED for an address that calls too often, whatever it calls."""
    call.bank.throttle.require_source(call.source)
    call.bank.throttle.count_source(call.source)


def client_calls_in_measure(call: OAuthCall) -> None:
    """QUOTA_EXCEEDED: what an application does here counts as its calls do, each endpoint as an interface."""
    caller = Caller(call.client.app_id, f"oauth.{call.endpoint}", None, call.source)
    call.bank.throttle.count_call(caller).require_rates()


def one_kind_of_proof(call: OAuthCall) -> None:
    """No shared secret and no user's password travels here, in the form or as HTTP Basic; at most one assertion.

    But for the password grant, where tokens are asked for: ``grant_type`` refuses that by its name, once it is known
    who asks for it.
    """
    is_password_grant = call.endpoint == "token" and call.form.get("grant_type") == "password"
    of_a_user = not is_password_grant and any(name in call.form for name in _USERS_SECRETS)
    if "authorization" in call.message.headers or _CLIENTS_SECRET in call.form or of_a_user:
        raise problems.OAUTH_INVALID_CLIENT.problem("Use private_key_jwt or a client certificate, no shared secret.")
    if ("client_assertion" in call.form) != ("client_assertion_type" in call.form):
        raise problems.OAUTH_INVALID_CLIENT.problem("client_assertion and client_assertion_type go together.")
    if call.form.get("client_assertion_type", ASSERTION_TYPE) != ASSERTION_TYPE:
        raise problems.OAUTH_INVALID_CLIENT.problem(f"client_assertion_type must be {ASSERTION_TYPE}.")


def client_is_named(call: OAuthCall) -> None:
    """``client_id``, the assertion's subject, or both alike.

    Establishes the application and, where the assertion names one, its key: both are claims until the proof holds, and
    may be missing. That is for ``assertion_holds`` and ``certificate_is_the_clients`` to refuse, as a wrong proof.
    """
    claimed, kid = call.form.get("client_id"), None
    if text := call.form.get("client_assertion"):
        call.assertion = read_assertion(text)
        if claimed is not None and claimed != call.assertion.client_id:
            raise problems.OAUTH_INVALID_CLIENT.problem("client_id is not the assertion's subject.")
        claimed, kid = call.assertion.client_id, call.assertion.kid
    if claimed is None:
        raise problems.OAUTH_INVALID_CLIENT.problem("client_id or client_assertion is missing.")
    call.application, call.credential = call.bank.registry.caller(claimed, f"{claimed}.{kid}")


def assertion_holds(call: OAuthCall) -> None:
    """The assertion is signed by a valid key of the client and addressed to this server alone (RFC 7523 section 3)."""
    assertion = call.assertion
    if assertion is None:
        return
    # A second audience would be a second server that could pass the assertion on.
    if isinstance(addressed := assertion.claims.get("aud"), list) and len(addressed) != 1:
        raise problems.OAUTH_INVALID_CLIENT.problem("aud must name this authorization server alone.")
    call.credential = credential = _credential(call, assertion)
    if credential is None or not isinstance(credential.key, PublicKey | RsaPublicKey):
        _verify_in_vain(call, assertion)
        _not_proven("no such client, or no such key for assertions")
    issuer = call.bank.config.gateway_url
    verify_assertion(
        assertion,
        credential.key,
        client_id=call.client.app_id,
        audiences=(issuer, f"{issuer}/oauth/token", issuer + call.message.path),
        now_s=call.bank.clock.now_s(),
        lifetime_s_max=_EXP_AHEAD_S_MAX,
    )
    call.proven = True
    credential.require_valid(call.bank.clock.now_ms())
    _usable_until_s(call, assertion)
    if credential.use == "sig":
        call.binding = replace(call.binding, kid=credential.kid)


def certificate_is_the_clients(call: OAuthCall) -> None:
    """A certificate bound to another App_ID is never this client; one that is registered must be presented.

    Without an assertion it is the proof. CERT_APP_MISMATCH may be told before there is any: TLS has shown whose the
    certificate is. CERT_REQUIRED tells what is registered, and so comes behind an assertion only; whose certificate is
    over orders another one without it, by a signed order.
    """
    presented, application = call.certificate_sha256, call.application
    owner = call.bank.registry.certificate_owner(presented) if presented else None
    if owner is not None and (application is None or owner != application.app_id):
        if not call.proven:
            # On record as what TLS has shown, and not as the name that was claimed: nobody is accused by a stranger.
            call.application = call.bank.registry.application(owner)
        raise problems.CERT_APP_MISMATCH.problem()
    registered = application.certificate_sha256 if application is not None else None
    if application is not None and presented is not None and _is_bound(call, application, presented):
        call.binding = replace(call.binding, certificate_sha256=presented)
        call.proven = True
    elif call.assertion is None or application is None:
        _not_proven("neither assertion nor certificate, or no such client")
    elif registered is not None and not _orders_another(call, registered):
        raise problems.CERT_REQUIRED.problem()


def certificate_stands(call: OAuthCall) -> None:
    """CERT_REVOKED, CERT_EXPIRED, told to whoever has shown in TLS that the certificate is theirs."""
    if call.certificate_sha256 is not None:
        call.bank.certificates.require_standing(call.certificate_sha256, call.bank.clock.now_ms())


def _orders_another(call: OAuthCall, registered: str) -> bool:
    """Whether a certificate is asked for in the place of one that is over."""
    return call.endpoint == "keys.certificate" and call.bank.certificates.is_over(registered, call.bank.clock.now_ms())


def _is_bound(call: OAuthCall, application: Application, presented: str) -> bool:
    return call.bank.certificates.serves(application, presented, call.bank.clock.now_ms())


def assertion_is_fresh(call: OAuthCall) -> None:
    """Its ``jti`` is used up: the same assertion proves nothing twice (RFC 7523 section 3, item 7)."""
    if call.assertion is None:
        return
    scope, now_s = f"jti:{call.client.app_id}", call.bank.clock.now_s()
    until_s = _usable_until_s(call, call.assertion) + LEEWAY_S
    if not call.bank.replay.burn(scope, call.assertion.claims["jti"], until_s, now_s):
        raise problems.OAUTH_INVALID_CLIENT.problem("The client assertion was used before.", reason=ASSERTION_REPLAYED)


def client_is_active(call: OAuthCall) -> None:
    """A suspended application gets nothing. Asked last, so that only the application itself learns it."""
    call.client.require_active()


def client_is_not_blacklisted(call: OAuthCall) -> None:
    """APP_BLACKLISTED, told to nobody but the application itself."""
    call.bank.blacklist.require_application(call.client.app_id, call.bank.clock.now_ms())


def signature_holds(call: OAuthCall) -> None:
    """Where the message is signed, the signature must be the client's, whole, timely and over the body's digest."""
    if not call.is_signed:
        return
    signature = read_signature(call.message.headers)
    _, credential = call.bank.registry.caller(call.client.app_id, signature.keyid)
    if credential is None:
        raise problems.KEY_UNKNOWN.problem()
    if isinstance(credential.key, MacKey):
        raise problems.CREDENTIAL_TOO_WEAK.problem("OAuth requests are signed with a key pair.")
    if credential.use != "sig" or not isinstance(credential.key, PublicKey):
        raise problems.KEY_USAGE_MISMATCH.problem()
    credential.require_valid(call.bank.clock.now_ms())
    require_coverage(signature, call.message, _COVERED)
    require_fresh(signature, call.bank.clock.now_s(), call.bank.config.policy.signature_window_s)
    require_digest(call.message.headers.get("content-digest"), call.body, credential.key.suite)
    verify_request(signature, call.message, credential.key)
    call.signature = signature
    call.binding = replace(call.binding, kid=credential.kid)


def nonce_is_fresh(call: OAuthCall) -> None:
    """The signed message is taken once."""
    if call.signature is not None:
        window_s = call.bank.config.policy.signature_window_s
        call.bank.replay.burn_nonce(call.signature, window_s, call.bank.clock.now_s())


def _usable_until_s(call: OAuthCall, assertion: Assertion) -> int:
    """When the assertion ends for this bank: at ``exp``, and no more than the policy's minutes after ``iat``.

    ``exp`` alone, without ``iat``, must itself be that close. So an assertion is usable for minutes whatever it says,
    and clients whose library always writes an hour need not be changed.
    """
    claims = assertion.claims
    lifetime_s, now_s = call.bank.config.policy.client_assertion_lifetime_s_max, call.bank.clock.now_s()
    until_s: int = min(claims["exp"], claims["iat"] + lifetime_s) if "iat" in claims else claims["exp"]
    if not now_s - LEEWAY_S < until_s <= now_s + lifetime_s + LEEWAY_S:
        raise problems.OAUTH_INVALID_CLIENT.problem(f"The client assertion must be younger than {lifetime_s} s.")
    return until_s


def _credential(call: OAuthCall, assertion: Assertion) -> Credential | None:
    """The client's key that the assertion names; without ``kid``, the one valid key that its algorithm leaves."""
    if assertion.kid is not None or call.application is None:
        return call.credential if call.credential is not None and call.credential.use != "enc" else None
    app_id, now_ms = call.application.app_id, call.bank.clock.now_ms()
    alg = assertion.header.get("alg")
    fitting = [
        each
        for each in call.bank.registry.credentials(app_id, "sig", "assertion")
        if _is_valid(each, now_ms) and isinstance(each.key, PublicKey | RsaPublicKey) and each.key.jwk()["alg"] == alg
    ]
    return fitting[0] if len(fitting) == 1 else None


def _verify_in_vain(call: OAuthCall, assertion: Assertion) -> None:
    """Takes the time of a verification, so that an unknown client is not told by the quick answer."""
    suite = _SUITE_OF_ALG.get(str(assertion.header.get("alg")))
    if suite is not None:
        call.bank.keys.signing(suite).public.verify(assertion.signature, assertion.signing_input)


def _is_valid(credential: Credential, now_ms: int) -> bool:
    try:
        credential.require_valid(now_ms)
    except Problem:
        return False
    return True


def _not_proven(reason: str) -> NoReturn:
    raise problems.OAUTH_INVALID_CLIENT.problem(NOT_PROVEN, reason=reason)
