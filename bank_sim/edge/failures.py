"""How a failure is written down: what it was and where, never its message, which may quote what a user sent."""

from __future__ import annotations

import logging
from typing import Any

from bank_sim.sdk.log_lines import whereabouts

__all__ = ["DiscreetFormatter", "whereabouts"]


class DiscreetFormatter(logging.Formatter):
    """For the bank's log file: a traceback becomes one line without the exception's message."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return whereabouts(ei[1])
