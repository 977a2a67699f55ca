"""Calendar days and years of Beijing, by which limits and daily totals count. Pure: the instant is handed in."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

# China has one time zone and no daylight saving since 1991.
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


def day(at_ms: int) -> str:
    """The calendar day, ``2026-01-31``."""
    return datetime.fromtimestamp(at_ms / 1000, BEIJING).date().isoformat()


def year(at_ms: int) -> str:
    """The calendar year, ``2026``."""
    return day(at_ms)[:4]


def bounds_ms(a_day: str) -> tuple[int, int]:
    """When a calendar day begins, and when the next one does. ``ValueError`` for what is no day."""
    begins = datetime.fromisoformat(a_day).replace(tzinfo=BEIJING)
    return int(begins.timestamp() * 1000), int((begins + timedelta(days=1)).timestamp() * 1000)
