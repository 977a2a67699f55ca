"""What an application found when it compared a day's file with its own books, as it has told the bank.

The bank cannot look into an application's books. It keeps what it was told, by day, the last word counting, so that
both sides talk of the same differences.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bank_sim.sdk.reconciliation import Difference
from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS reconciliation_results (
    app_id TEXT NOT NULL REFERENCES applications,
    day TEXT NOT NULL,
    told_ms INTEGER NOT NULL,
    matched INTEGER NOT NULL,
    differences TEXT NOT NULL,
    PRIMARY KEY (app_id, day)
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Told:
    """``matched``: how many lines agreed."""

    day: str
    told_ms: int
    matched: int
    differences: tuple[Difference, ...]


def take(db: Transaction, app_id: str, day: str, matched: int, differences: Sequence[Difference], now_ms: int) -> None:
    """Keep it, in the place of what was told of that day before."""
    kept = json.dumps([list(each) for each in differences])
    db.execute(
        "INSERT INTO reconciliation_results (app_id, day, told_ms, matched, differences) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT DO UPDATE SET told_ms = ?3, matched = ?4, differences = ?5",
        (app_id, day, now_ms, matched, kept),
    )


def of_application(store: Store, app_id: str) -> dict[str, Told]:
    """What an application has told, by day."""
    rows = store.read(
        "SELECT day, told_ms, matched, differences FROM reconciliation_results WHERE app_id = ?", (app_id,)
    )
    return {row[0]: _told(*row) for row in rows}


def _told(day: str, told_ms: int, matched: int, differences: str) -> Told:
    return Told(day, told_ms, matched, tuple(Difference(*each) for each in json.loads(differences)))
