"""What this caller may do: interface by App_ID, token by key, consent by user, object by consent (JR/T 0185 9.3.2).

Four dimensions, each denied by default. What is not there and what is somebody else's are refused alike.
"""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.reconciliation import RECONCILIATION
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import parse_fen
from bank_sim.tokens import Binding


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


def test_environment(call: Call) -> None:
    """No money moves for an application that is not live yet (JR/T 0185 9.3.4 b): TEST_ENVIRONMENT_ONLY."""
    if call.known_application.is_testing:
        raise problems.TEST_ENVIRONMENT_ONLY.problem()


def leaving(call: Call) -> None:
    """An application that leaves brings its orders to their end and takes down no new ones: APP_LEAVING."""
    api = call.known_api
    begins = api.method == "POST" and "transfer_id" not in call.parameters
    if begins and call.bank.exits.is_leaving(call.known_application.app_id):
        raise problems.APP_LEAVING.problem()


def application_limits(call: Call) -> None:
    """No payment above what the application's risk grade allows: APP_LIMIT_EXCEEDED. The day's is claimed with it."""
    if "amount" in call.document:
        call.bank.app_limits.require_payment(call.known_application.app_id, parse_fen(call.document["amount"]))


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
    if with_key and binding.kid not in (None, call.known_credential.kid) and not _is_rotated(call, binding.kid):
        raise problems.TOKEN_APP_MISMATCH.problem("The token is bound to another key of this application.")
    if binding.certificate_sha256 not in (None, call.certificate_sha256) and not _is_renewed(call, binding):
        raise problems.TOKEN_APP_MISMATCH.problem("The token is bound to another client certificate.")


def _is_rotated(call: Call, bound_kid: str | None) -> bool:
    """The key that the token is bound to made way for this one; a revoked key takes its tokens with it."""
    caller = call.known_credential
    return bound_kid is not None and call.bank.registry.succeeds(caller.app_id, caller.kid, bound_kid)


def _is_renewed(call: Call, binding: Binding) -> bool:
    """The certificate that the token is bound to made way for the one that was presented."""
    return call.bank.certificates.succeeds(call.certificate_sha256, binding.certificate_sha256 or "")


def consent_state(call: Call) -> None:
    """The user's consent stands: CONSENT_REQUIRED, CONSENT_REVOKED, CONSENT_EXPIRED."""
    if call.consent is None:
        raise problems.CONSENT_REQUIRED.problem()
    call.consent.require_live()


def consent_scope(call: Call) -> None:
    """Consent and token cover this interface: SCOPE_INSUFFICIENT. That there must be both, earlier rows have said."""
    api, grant, consent = call.known_api, call.grant, call.consent
    if grant is None or consent is None:
        return
    covered = consent.type in api.consent_types and consent.covers(api.api_id)
    if not covered or api.api_id not in grant.scope.split():
        raise problems.SCOPE_INSUFFICIENT.problem()


def object_owner(call: Call) -> None:
    """The account or transfer lies under this consent: RESOURCE_NOT_AUTHORIZED, also for what does not exist.

    Without a consent, which ``consent_state`` refuses, there is nothing to hold an account against.
    """
    if call.account_ref is not None:
        consent_id = call.consent.consent_id if call.consent is not None else None
        if call.account is None or consent_id not in (None, call.account[0]):
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()
    if "transfer_id" in call.parameters:
        terms = call.consent.payment if call.consent is not None else None
        paid = terms.transfer_id if terms is not None else None
        # A consent to one payment shows that payment only. Executing another is a matter of its confirmation.
        if paid not in (None, call.transfer["transfer_id"]) and not call.known_api.confirmed:
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()


def purpose(call: Call) -> None:
    """Account numbers in full only where the bank has granted the purpose (7.2.2): PURPOSE_NOT_GRANTED."""
    if call.parameters.get("accounts") == "full":
        call.bank.purposes.require(call.known_application.app_id, RECONCILIATION)


def confirmation(call: Call) -> None:
    """The user confirmed this very payee and amount with a second factor: TRANSACTION_NOT_CONFIRMED and its kin."""
    if not call.known_api.confirmed:
        return
    if call.consent is None:
        raise problems.TRANSACTION_NOT_CONFIRMED.problem()
    if not call.names_transfer:
        # The payee is the agreement's, and so is the account, which ``object_owner`` has seen to.
        call.consent.require_agreement()
        return
    call.consent.require_confirmed(
        call.transfer["transfer_id"], call.transfer["creditor_account_id"], parse_fen(call.document["amount"])
    )
    # A standing order takes from the accounts that the user chose for it, whatever else the user owns.
    if call.transfer["debtor_account_id"] not in call.bank.consents.account_refs(call.consent.consent_id):
        raise problems.TRANSACTION_NOT_CONFIRMED.problem()


def agreement_limits(call: Call) -> None:
    """No limit that the user agreed to is below this amount: CONSENT_LIMIT_EXCEEDED. Totals are claimed with it."""
    if call.known_api.confirmed and call.consent is not None:
        call.consent.require_within_limits(parse_fen(call.document["amount"]))
