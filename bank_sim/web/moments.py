"""Times as the bank's visitors read them: Beijing time, whatever zone a machine runs in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_BEIJING = timezone(timedelta(hours=8))


def moment(time_s: float) -> str:
    """``2026-01-31 10:00``, from seconds since 1970 (UTC)."""
    return datetime.fromtimestamp(time_s, UTC).astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")


def moment_iso(time_s: float) -> str:
    """The same for machines, as ``<time datetime>`` wants it: ``2026-01-31T10:00:05+08:00``."""
    return datetime.fromtimestamp(int(time_s), UTC).astimezone(_BEIJING).isoformat()
