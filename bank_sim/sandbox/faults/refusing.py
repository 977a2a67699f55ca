"""Faults that strike instead of the work: nothing is done, and the call ends as a refusal, sent or not."""

from __future__ import annotations

from collections.abc import Iterable

from bank_sim.sandbox.faults.fault import Strike
from bank_sim.sdk.protocol.problems import INTERNAL_ERROR, SERVICE_UNAVAILABLE, Problem

_RETRY_AFTER_S = 1
_REASON = "a fault of the sandbox: nothing is done"


def refusal_of(strikes: Iterable[Strike]) -> Problem | None:
    """What is recorded, and answered if anything is; None where the work may be done."""
    struck = {each.name: each for each in strikes}
    if "hang" in struck or "reset" in struck:
        return SERVICE_UNAVAILABLE.problem(reason=_REASON)
    if "server_error" not in struck:
        return None
    if struck["server_error"].parameters["status"] == INTERNAL_ERROR.status:
        return INTERNAL_ERROR.problem(reason=_REASON)
    return SERVICE_UNAVAILABLE.problem(reason=_REASON, retry_after_s=_RETRY_AFTER_S)
