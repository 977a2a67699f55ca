"""The bank's chained tables: their columns, and a walk through their records wherever these lie."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from bank_sim import audit
from bank_sim.staff import journal


@dataclass(frozen=True, slots=True)
class Chain:
    """A table with ``serial``, ``at_ms`` and ``hash``. ``columns``: those that the hash covers, in their order.

    ``sought``: those by which an archive of it is searched.
    """

    name: str
    columns: tuple[str, ...]
    sought: tuple[str, ...]


ACCESS_LOG = Chain("access_log", audit.COLUMNS, ("app_id", "api_id", "trace_id", "consent_id", "code"))
STAFF_JOURNAL = Chain("staff_journal", journal.COLUMNS, ("subject", "action", "login_name", "trace_id"))
CHAINS = (ACCESS_LOG, STAFF_JOURNAL)


class _Executes(Protocol):
    def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor: ...


def walk(
    db: _Executes, chain: Chain, first: int = 1, last: int | None = None
) -> Iterator[tuple[int, dict[str, Any], bytes]]:
    """Serial, record and hash of each, in order, from ``first`` through ``last`` (None: to the end)."""
    listed = ", ".join((*chain.columns, "hash"))
    rows = db.execute(
        f"SELECT {listed} FROM {chain.name} WHERE serial >= ? AND serial <= ifnull(?, serial) ORDER BY serial",  # noqa: S608
        (first, last),
    )
    for row in rows:
        yield row[0], dict(zip(chain.columns, row[:-1], strict=True)), row[-1]
