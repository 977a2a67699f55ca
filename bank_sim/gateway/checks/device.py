"""What the machine that calls may be trusted with, by what its SDK says of it (JR/T 0185 7.3.2-3.1, 7.2.2-3.1.1).

Public information is for anybody. Where a debugger, a rooted or simulated device or an overlay is told of, no money
moves, and a user's data is shown only under a consent that was confirmed with a key which the machine does not hold.
"""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.sdk.manifest import ATTESTATION_HEADER, read_attestation
from bank_sim.sdk.protocol import problems

_TELLS = ";env="
_ANOTHER_DEVICE = frozenset({"device_key", "security_key"})


def risk(call: Call) -> None:
    """DEVICE_RISK for money, STEP_UP_REQUIRED for a user's data under a consent without a key of its own."""
    header = call.headers.get(ATTESTATION_HEADER)
    if header is None or _TELLS not in header:
        return
    signs = ", ".join(read_attestation(header).environment)
    if call.known_api.funds:
        raise problems.DEVICE_RISK.problem(f"The SDK tells of: {signs}.")
    if call.consent is not None and _ANOTHER_DEVICE.isdisjoint(call.consent.factors):
        raise problems.STEP_UP_REQUIRED.problem(
            f"The SDK tells of: {signs}. Ask for a consent confirmed with the phone's key or a security key."
        )
