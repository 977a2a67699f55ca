"""What a call's place under the limits brings about, beside its refusal: the ladder, the connection, the place itself.

It judges nothing; that is ``checks.throttle``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from bank_sim.gateway.call import Call
from bank_sim.gateway.ladder import climb
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem

_TO_WAIT = frozenset({problems.QUOTA_EXCEEDED, problems.CONCURRENCY_LIMIT, problems.QUOTA_SUSPENDED})


@contextmanager
def heeded(call: Call, environ: dict[str, Any]) -> Iterator[None]:
    """Around the judging of a call; whatever it ends with.

    1. The connection learns who is on it, and whether they were told to wait.
    2. A call that came to nothing before it took a place is counted for its address.
    3. A place among the calls under way is given back when the answer has left.
    4. The ladder is climbed where a limit is near or met.
    """
    try:
        yield
    except Problem as problem:
        _remember(call, problem)
        raise
    else:
        _remember(call, None)
    finally:
        _settle(call, environ)


def _remember(call: Call, problem: Problem | None) -> None:
    if not call.proven:
        return
    call.connection.party = call.known_application.app_id
    keyid = call.known_signature.keyid
    if problem is None:
        call.connection.admitted(keyid)
    elif problem.kind in _TO_WAIT:
        wait_s: int = problem.members["retry_after_s"]
        passage = call.passed
        wait_ms = passage.wait_ms if passage is not None and not passage.taken.admitted else wait_s * 1000
        call.connection.told_to_wait(keyid, call.now_ms, call.now_ms + wait_ms, call.bank.throttle_generation.now())


def _settle(call: Call, environ: dict[str, Any]) -> None:
    passage, throttle = call.passed, call.bank.throttle
    if passage is None:
        throttle.count_source(call.source)
        return
    if passage.taken.admitted and passage.way.flights:
        environ["sandbox.afterwards"].append(partial(throttle.counters.give_back, passage.way.flights))
    climb(call.bank, call.known_application.app_id, passage, call.now_ms, call.weakened)
