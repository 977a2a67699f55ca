"""Whether a call comes from a build of the bank's SDK that may be used (JR/T 0185 9.3.5-3)."""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.sdk.manifest import ATTESTATION_HEADER, read_attestation
from bank_sim.sdk.protocol import problems


def attestation(call: Call) -> None:
    """Where the application is held to it: SDK_REQUIRED, SDK_INTEGRITY_FAILED, SDK_VERSION_WITHDRAWN.

    The header is covered by the message's signature, as the profile demands of it wherever it stands.
    """
    if not call.known_application.sdk_attested:
        return
    header = call.headers.get(ATTESTATION_HEADER)
    if header is None:
        raise problems.SDK_REQUIRED.problem()
    call.bank.releases.require_usable(read_attestation(header))
