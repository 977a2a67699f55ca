"""What the bank makes of something that is tried: it serves it, or it refuses with a code."""

from __future__ import annotations

from collections.abc import Callable

from bank_sim.sdk.protocol.problems import Problem

SERVED = "served"


def outcome(act: Callable[[], object]) -> str:
    """``served``, or the code of the refusal."""
    try:
        act()
    except Problem as problem:
        return code_of(problem)
    return SERVED


def code_of(problem: Problem) -> str:
    """The bank's own code; what the SDK makes of a refusal (RESULT_UNKNOWN) is put aside."""
    return str(problem.members.get("answer_code", problem.code))
