"""How a failure is written down: what it was and where, never its message, which may quote what a user sent."""

from __future__ import annotations

import logging
import traceback
from typing import Any


def whereabouts(error: BaseException) -> str:
    """Type and places of an exception, newest first, without its message: ``KeyError at ledger.py:40 in post``."""
    frames = traceback.extract_tb(error.__traceback__)[::-1]
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}" for frame in frames)
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__} at {places}" + (f"; from {whereabouts(cause)}" if cause is not None else "")


class DiscreetFormatter(logging.Formatter):
    """For the bank's log file: a traceback becomes one line without the exception's message."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return whereabouts(ei[1])
