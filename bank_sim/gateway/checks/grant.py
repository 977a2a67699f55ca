"""What this caller may do: interface by App_ID, token by key, consent by user, object by consent (JR/T 0185 9.3.2).

Four dimensions, each denied by default. What is not there and what is somebody else's are refused alike.
"""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import parse_fen


def api_grant(call: Call) -> None:
    """The interface is granted to this App_ID: API_NOT_GRANTED."""
    if not call.bank.registry.granted(call.known_application.app_id, call.known_api.api_id):
        raise problems.API_NOT_GRANTED.problem()


def integration_mode(call: Call) -> None:
    """A2 needs the bank's SDK, a read-only interface of 7.2.2, or an assessed exemption (6.2): LEVEL_NOT_ALLOWED."""
    application = call.known_application
    direct = application.integration_mode == "server-direct" and application.direct_assessment is None
    if direct and not call.known_api.direct_allowed:
        raise problems.LEVEL_NOT_ALLOWED.problem("Direct access to this interface needs a risk assessment.")


def token_state(call: Call) -> None:
    """The access token, where one is needed or sent, is active: TOKEN_REQUIRED, _INVALID, _REVOKED, _EXPIRED."""
    token = call.token
    if token is None:
        if call.known_api.consent_types:
            raise problems.TOKEN_REQUIRED.problem()
        if "authorization" in call.headers:
            raise problems.TOKEN_INVALID.problem("Authorization must be: Bearer <access token>.")
        return
    call.bank.tokens.require_active(call.grant)


def token_binding(call: Call) -> None:
    """The token was issued to this application, for this key and certificate: TOKEN_APP_MISMATCH."""
    grant = call.grant
    if grant is None:
        return
    binding = grant.binding
    if grant.app_id != call.known_application.app_id:
        raise problems.TOKEN_APP_MISMATCH.problem()
    # App_Secret names the application and no key; where it may serve at all is for ``credential_strength`` to say.
    with_key = call.known_credential.use != "mac"
    if with_key and binding.kid is not None and binding.kid != call.known_credential.kid:
        raise problems.TOKEN_APP_MISMATCH.problem("The token is bound to another key of this application.")
    if binding.certificate_sha256 is not None and binding.certificate_sha256 != call.certificate_sha256:
        raise problems.TOKEN_APP_MISMATCH.problem("The token is bound to another client certificate.")


def consent_state(call: Call) -> None:
    """The user's consent stands: CONSENT_REQUIRED, CONSENT_REVOKED, CONSENT_EXPIRED."""
    if call.consent is None:
        raise problems.CONSENT_REQUIRED.problem()
    call.consent.require_live()


def consent_scope(call: Call) -> None:
    """Consent and token cover this interface: SCOPE_INSUFFICIENT."""
    api, grant, consent = call.known_api, call.grant, call.consent
    if grant is None or consent is None:
        raise problems.CONSENT_REQUIRED.problem()
    covered = consent.type in api.consent_types and consent.covers(api.api_id)
    if not covered or api.api_id not in grant.scope.split():
        raise problems.SCOPE_INSUFFICIENT.problem()


def object_owner(call: Call) -> None:
    """The account or transfer lies under this consent: RESOURCE_NOT_AUTHORIZED, also for what does not exist."""
    if call.account_ref is not None:
        consent_id = call.consent.consent_id if call.consent is not None else None
        if call.account is None or call.account[0] != consent_id:
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()
    if "transfer_id" in call.parameters:
        terms = call.consent.payment if call.consent is not None else None
        paid = terms.transfer_id if terms is not None else None
        # A consent to one payment shows that payment only. Executing another is a matter of its confirmation.
        if paid not in (None, call.transfer["transfer_id"]) and not call.known_api.confirmed:
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()


def confirmation(call: Call) -> None:
    """The user confirmed this very payee and amount with a second factor: TRANSACTION_NOT_CONFIRMED and its kin."""
    if not call.known_api.confirmed:
        return
    if call.consent is None:
        raise problems.TRANSACTION_NOT_CONFIRMED.problem()
    call.consent.require_confirmed(
        call.transfer["transfer_id"], call.transfer["creditor_account_id"], parse_fen(call.document["amount"])
    )
    # A standing order takes from the accounts that the user chose for it, whatever else the user owns.
    if call.transfer["debtor_account_id"] not in call.bank.consents.account_refs(call.consent.consent_id):
        raise problems.TRANSACTION_NOT_CONFIRMED.problem()
