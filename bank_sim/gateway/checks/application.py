"""Which application party calls, and whether its credential may be used here and now (JR/T 0185 7.2.1 a, 9.2.1)."""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.sdk.protocol import problems

_SIGNING_USES = frozenset({"sig", "mac"})


def identity(call: Call) -> None:
    """The keyid names a registered application and one of its keys: APP_AUTH_FAILED, KEY_UNKNOWN."""
    keyid = call.known_signature.keyid
    app_id, _, kid = keyid.partition(".")
    call.application, call.credential = call.bank.registry.caller(app_id, keyid)
    if not kid:
        raise problems.APP_AUTH_FAILED.problem("keyid must be <App_ID>.<kid>, or <App_ID>.secret.")
    if call.application is None:
        raise problems.APP_AUTH_FAILED.problem("keyid names no registered application.")
    if call.credential is None:
        raise problems.KEY_UNKNOWN.problem()


def status(call: Call) -> None:
    """APP_SUSPENDED."""
    call.known_application.require_active()


def strength(call: Call) -> None:
    """A2 takes a certificate or key pair only; App_Secret with a MAC is for A1: CREDENTIAL_TOO_WEAK."""
    if call.known_credential.use == "mac":
        raise problems.CREDENTIAL_TOO_WEAK.problem("Sign with the registered private key; App_Secret serves A1 only.")


def certificate(call: Call) -> None:
    """The client certificate is this App_ID's, and is there if one is registered: CERT_REQUIRED, CERT_APP_MISMATCH."""
    registered, presented = call.known_application.certificate_sha256, call.certificate_sha256
    if registered is not None and presented is None:
        raise problems.CERT_REQUIRED.problem()
    if presented != registered:
        raise problems.CERT_APP_MISMATCH.problem()


def key_state(call: Call) -> None:
    """Neither revoked nor outside its validity on the bank's clock: KEY_REVOKED, KEY_NOT_YET_VALID, KEY_EXPIRED."""
    call.known_credential.require_valid(call.now_ms)


def key_usage(call: Call) -> None:
    """The key is registered for signing messages, not for sealing or for client assertions: KEY_USAGE_MISMATCH."""
    if call.known_credential.use not in _SIGNING_USES:
        raise problems.KEY_USAGE_MISMATCH.problem()
