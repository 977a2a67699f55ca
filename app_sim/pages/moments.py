"""Moments as people read them: in Beijing time, like the bank's, so that a payment has one hour on every page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_BEIJING = timezone(timedelta(hours=8))


def beijing(moment: int | str) -> str:
    """Milliseconds since the epoch, or RFC 3339 text, as ``2026-01-31 16:00:00``."""
    if isinstance(moment, str):
        return _written(datetime.fromisoformat(moment))
    return _written(datetime.fromtimestamp(moment / 1000, UTC))


def beijing_s(moment_s: float) -> str:
    """Seconds since the epoch, likewise."""
    return beijing(int(moment_s * 1000))


def seconds_of(moment: str) -> float:
    """RFC 3339 text as seconds since the epoch."""
    return datetime.fromisoformat(moment).timestamp()


def _written(instant: datetime) -> str:
    return instant.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")
