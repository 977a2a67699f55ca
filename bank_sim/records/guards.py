"""What must hold before an archive may be destroyed, as a check table (JR/T 0185 11-4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row

# China has one time zone and no daylight saving since 1991.
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Destruction:
    """An archive that somebody would like to be gone. ``kept_until_ms``: the end of its time."""

    kept_until_ms: int
    now_ms: int


def its_time_is_over(case: Destruction) -> None:
    """RETENTION_NOT_OVER, with the day."""
    if case.now_ms < case.kept_until_ms:
        until = datetime.fromtimestamp(case.kept_until_ms / 1000, BEIJING).date().isoformat()
        raise problems.RETENTION_NOT_OVER.problem(f"It is kept until {until}.")


DESTRUCTION: CheckTable[Destruction] = CheckTable(
    [row("archive_retention", its_time_is_over, "destroy", "11-4.2 12.3-1.3")]
)

DEFENCES = frozenset(each.name for each in DESTRUCTION.rows)
"""The rows that a training run may leave out."""
