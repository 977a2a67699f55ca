"""Which application party calls, and whether its credential may be used here and now (JR/T 0185 7.2.1 a, 9.2.1).

``strength``, ``identity`` and ``key_usage`` judge claims, and must answer nothing that tells which App_IDs there are;
the others speak to whoever has proven possession of the key.
"""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.sdk.protocol import problems

_SIGNING_USES = frozenset({"sig", "mac"})


def strength(call: Call) -> None:
    """A2 takes a certificate or key pair only; App_Secret with a MAC is for A1: CREDENTIAL_TOO_WEAK.

    Judged by what the keyid claims, so that it is the same answer whether or not there is such an application.
    """
    if call.claims_secret:
        raise problems.CREDENTIAL_TOO_WEAK.problem("Sign with the registered private key; App_Secret serves A1 only.")


def identity(call: Call) -> None:
    """The keyid names a registered key: KEY_UNKNOWN, the same for an unknown application and an unknown key of one.

    An App_Secret may be missing here, for anybody can name one: ``message.holds`` answers that as it does a wrong MAC.
    """
    keyid = call.known_signature.keyid
    call.application, call.credential = call.bank.registry.caller(keyid.partition(".")[0], keyid)
    if call.credential is None and not call.claims_secret:
        raise problems.KEY_UNKNOWN.problem("keyid names no registered key; it is <App_ID>.<kid> or <App_ID>.secret.")


def status(call: Call) -> None:
    """APP_SUSPENDED."""
    call.known_application.require_active()


def blacklist(call: Call) -> None:
    """APP_BLACKLISTED."""
    call.bank.blacklist.require_application(call.known_application.app_id, call.now_ms)


def certificate(call: Call) -> None:
    """The client certificate is this App_ID's, and is there if one is registered: CERT_REQUIRED, CERT_APP_MISMATCH."""
    registered, presented = call.known_application.certificate_sha256, call.certificate_sha256
    if registered is not None and presented is None:
        raise problems.CERT_REQUIRED.problem()
    if not call.bank.certificates.serves(call.known_application, presented, call.now_ms):
        raise problems.CERT_APP_MISMATCH.problem()


def certificate_state(call: Call) -> None:
    """A certificate that was revoked or has ended proves nothing, whoever presents it: CERT_REVOKED, CERT_EXPIRED."""
    if call.certificate_sha256 is not None:
        call.bank.certificates.require_standing(call.certificate_sha256, call.now_ms)


def key_state(call: Call) -> None:
    """Neither revoked nor outside its validity on the bank's clock: KEY_REVOKED, KEY_NOT_YET_VALID, KEY_EXPIRED."""
    call.known_credential.require_valid(call.now_ms)


def key_usage(call: Call) -> None:
    """The key is registered for signing messages, not for sealing or for client assertions: KEY_USAGE_MISMATCH."""
    if call.credential is not None and call.credential.use not in _SIGNING_USES:
        raise problems.KEY_USAGE_MISMATCH.problem()
