"""The records that an application hands to the bank when both look into an incident, signed with its own key.

It tells of calls to the bank only: which one, named by the trace id that both have, and how it ended. No user, account
or amount is in it (JR/T 0185 10.5, 12.3 b). A signature makes somebody answerable for what was said; whether it is true
shows when the bank lays its own records beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.statements import state

EVIDENCE_TYP = "evidence-statement+jwt"
CALLS_MAX = 250
"""Of one statement, which is bounded in size; the newest of the time that is asked about."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One call as the application's log has it. ``code``: of the refusal, None for a success."""

    trace_id: str
    api_id: str
    code: str | None


def state_evidence(
    signing: PrivateKey, app_id: str, request_id: str, calls: Sequence[Logged], unanswered: int, stated_at_s: int
) -> str:
    """``unanswered``: calls of that time to which no answer came, and which so have no trace id.

    ``stated_at_s``: seconds since 1970, by the bank's clock. Returns a JWS compact text.
    """
    claims = {
        "app_id": app_id,
        "request_id": request_id,
        "calls": [[each.trace_id, each.api_id, each.code] for each in calls[-CALLS_MAX:]],
        "unanswered": unanswered,
        "stated_at": stated_at_s,
    }
    return state(signing, EVIDENCE_TYP, claims)
