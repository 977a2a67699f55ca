"""Sums since the bank was founded, which only grow: what a collector of metrics asks for (``metrics``).

One row for each application and interface, and one for each of their refusals' codes: reading all of them costs what
the bank has of these, however many calls there were.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import msgspec
from sqlite_utils import Database

from bank_sim.monitor.latency import latency_class
from bank_sim.monitor.traffic import Counted, Record, counted, decode, is_of_an_interface
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS traffic_totals (
    api_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    counted BLOB NOT NULL,
    PRIMARY KEY (api_id, app_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS traffic_refusals (
    api_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    code TEXT NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (api_id, app_id, code)
) STRICT, WITHOUT ROWID;
"""


@dataclass(slots=True)
class Delta:
    """New records, added up."""

    calls: dict[tuple[str, str], Counted] = field(default_factory=lambda: defaultdict(Counted))
    refusals: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, record: Record) -> None:
        if not is_of_an_interface(record.api_id, record.u_api_id):
            return
        new = counted(record.outcome, latency_class(record.elapsed_us), 1, record.elapsed_us)
        self.calls[(record.api_id, record.app_id)].add(new)
        if record.code:
            self.refusals[(record.api_id, record.app_id, record.code)] += 1


def keep(db: Database, delta: Delta) -> None:
    """Add new records, within the caller's write transaction."""
    for key, new in delta.calls.items():
        kept = db.execute("SELECT counted FROM traffic_totals WHERE api_id = ? AND app_id = ?", key).fetchone()
        if kept:
            new.add(decode(kept[0]))
        db.execute("INSERT OR REPLACE INTO traffic_totals VALUES (?, ?, ?)", (*key, msgspec.msgpack.encode(new)))
    db.conn.executemany(
        "INSERT INTO traffic_refusals VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls",
        [(*key, calls) for key, calls in delta.refusals.items()],
    )


def calls(store: Store) -> list[tuple[str, str, Counted]]:
    """API_ID, App_ID, and all calls of that one by that one."""
    rows = store.read("SELECT api_id, app_id, counted FROM traffic_totals ORDER BY api_id, app_id")
    return [(api_id, app_id, decode(content)) for api_id, app_id, content in rows]


def refusals(store: Store) -> list[tuple[str, str, str, int]]:
    """API_ID, App_ID, code, and how often."""
    return store.read("SELECT api_id, app_id, code, calls FROM traffic_refusals ORDER BY api_id, app_id, code")
