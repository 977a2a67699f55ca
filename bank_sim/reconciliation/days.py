"""Calendar days of Beijing, by which files are made. Pure: the instant is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


def day_of(at_ms: int) -> str:
    """The calendar day, ``2026-01-31``."""
    return datetime.fromtimestamp(at_ms / 1000, BEIJING).date().isoformat()


def end_ms(day: str) -> int:
    """When the next day begins. ``ValueError`` for what is no day."""
    begins = datetime.combine(date.fromisoformat(day), datetime.min.time(), BEIJING)
    return int((begins + timedelta(days=1)).timestamp() * 1000)


def days_after(day: str, last: str) -> Iterator[str]:
    """The days after one, up to and including the last."""
    each, until = date.fromisoformat(day), date.fromisoformat(last)
    while each < until:
        each += timedelta(days=1)
        yield each.isoformat()


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
