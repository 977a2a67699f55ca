"""What befalls a call of the authorization server where a sandbox was told to let it: on its line, or by a refusal.

As at the gateway it is struck once its checks have let it through. Its answers are not spoilt: a party that could not
get a token would never come to the call whose fault it wants to see.
"""

from __future__ import annotations

from bank_sim.authserver.call import OAuthCall
from bank_sim.sandbox.faults import HEADER, Strike, asked_for
from bank_sim.sandbox.faults.refusing import refusal_of
from bank_sim.sdk.protocol.problems import PARAM_INVALID


def befall(call: OAuthCall) -> None:
    """Settle what strikes this call. Raises the ``Problem`` of a fault that strikes instead of the work."""
    bank = call.bank
    call.strikes = bank.faults.strikes(call.client.app_id, f"oauth.{call.endpoint}", bank.clock.now_ms())
    if bank.config.aids and (text := call.message.headers.get(HEADER)):
        call.strikes += _asked(text)
    if (refusal := refusal_of(call.strikes)) is not None:
        raise refusal


def _asked(text: str) -> tuple[Strike, ...]:
    strikes = asked_for(text)
    if foreign := [each.name for each in strikes if not each.kind.oauth]:
        raise PARAM_INVALID.problem(f"{', '.join(foreign)} does not befall the authorization server's endpoints.")
    return strikes
