"""What a page says when its handler raises: the refusal as it stands, or one that tells nothing of what broke."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.exceptions import HTTPException

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem


def refusal_of(error: Exception, log_defect: Callable[[Exception], None]) -> Problem:
    """A refusal as it is. MALFORMED_HTTP for a form that the framework cannot read: too many parts, say.

    Anything else is a defect and not the visitor's fault: ``log_defect`` is told, the visitor reads INTERNAL_ERROR.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return problems.MALFORMED_HTTP.problem(reason=type(error).__name__)
    log_defect(error)
    return problems.INTERNAL_ERROR.problem()
