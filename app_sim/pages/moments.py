"""Moments as people read them, in the time zone of the machine that shows them."""

from __future__ import annotations

from datetime import UTC, datetime


def local(moment: int | str) -> str:
    """Milliseconds since the epoch, or RFC 3339 text, as ``2026-01-31 16:00:00``."""
    if isinstance(moment, str):
        return _written(datetime.fromisoformat(moment))
    return _written(datetime.fromtimestamp(moment / 1000, UTC))


def _written(instant: datetime) -> str:
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S")
