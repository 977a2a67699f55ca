"""What applications usually do: from which networks they call, how many customers they ask about, when and how much.

Only calls that were served count: whoever made them has proven to be the application, so that strangers cannot give it
a habit. An application without a past has none, and cannot depart from one (JR/T 0185 10.1.2 a 2, 12.2 c).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address, ip_network

from sqlite_utils import Database

from bank_sim.monitor.traffic import Record, decode, is_of_an_interface
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS traffic_origins (
    app_id TEXT NOT NULL,
    network TEXT NOT NULL,
    minute INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    last_serial INTEGER NOT NULL,
    PRIMARY KEY (app_id, network, minute)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS traffic_origins_in_time ON traffic_origins (minute);
CREATE TABLE IF NOT EXISTS traffic_customers (
    hour INTEGER NOT NULL,
    app_id TEXT NOT NULL,
    customer TEXT NOT NULL,
    PRIMARY KEY (hour, app_id, customer)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS traffic_reach (
    app_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    customers INTEGER NOT NULL,
    PRIMARY KEY (app_id, hour)
) STRICT, WITHOUT ROWID;
"""

BASE_DAYS = 14
"""Ours: two weeks are what is usual, so that each day of the week counts twice."""
ORIGIN_MINUTES_KEPT = 31 * 1440
"""Ours: a network that nobody called from for a month is as good as new."""
_HOUR_MIN, _DAY_MIN, _SPAN = 60, 1440, 15
# Beijing's hours begin with those of UTC; its days do not.
_BEIJING_HOURS = 8
_CUSTOMER_HOURS_KEPT = 2


@lru_cache(maxsize=1024)
def network_of(source: str) -> str:
    """The neighbourhood of an address, which one party's servers share: /24 of IPv4, /48 of IPv6."""
    try:
        prefix = 24 if ip_address(source).version == 4 else 48
        return str(ip_network(f"{source}/{prefix}", strict=False))
    except ValueError:
        return source


@dataclass(slots=True)
class Delta:
    """New records, added up."""

    origins: dict[tuple[str, str, int], tuple[int, int]] = field(default_factory=dict)
    customers: dict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, record: Record) -> None:
        if record.result != "success" or record.app_id == "-":
            return
        if not is_of_an_interface(record.api_id, record.u_api_id):
            return
        key = (record.app_id, network_of(record.source), record.minute)
        self.origins[key] = (self.origins.get(key, (0, 0))[0] + 1, record.serial)
        if record.customer_ref:
            self.customers[(record.minute // _HOUR_MIN, record.app_id)].add(record.customer_ref)


def keep(db: Database, delta: Delta) -> None:
    """Add new records, within the caller's write transaction."""
    db.conn.executemany(
        "INSERT INTO traffic_origins VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, last_serial = excluded.last_serial",
        [(*key, *found) for key, found in delta.origins.items()],
    )
    for (hour, app_id), customers in delta.customers.items():
        new = db.conn.executemany(
            "INSERT OR IGNORE INTO traffic_customers VALUES (?, ?, ?)", [(hour, app_id, each) for each in customers]
        ).rowcount
        if new:
            db.execute(
                "INSERT INTO traffic_reach VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET customers = customers + ?3",
                (app_id, hour, new),
            )


def forget_old(db: Database, newest_minute: int) -> None:
    """Drop what is past its time. Whose data was asked for is known for two hours; how many they were, for longer."""
    hour = newest_minute // _HOUR_MIN
    db.execute("DELETE FROM traffic_origins WHERE minute < ?", (newest_minute - ORIGIN_MINUTES_KEPT,))
    db.execute("DELETE FROM traffic_customers WHERE hour <= ?", (hour - _CUSTOMER_HOURS_KEPT,))
    db.execute("DELETE FROM traffic_reach WHERE hour < ?", (hour - 2 * BASE_DAYS * 24,))


@dataclass(slots=True)
class Usual:
    """One application's past two weeks: its busiest quarter of an hour, its calls by the hour of the day, its days."""

    busiest_quarter: int = 0
    by_hour: list[int] = field(default_factory=lambda: [0] * 24)
    days: set[int] = field(default_factory=set)

    @property
    def calls(self) -> int:
        return sum(self.by_hour)


class Baselines:
    """What is usual for all applications, read off the counters once an hour."""

    def __init__(self) -> None:
        self._hour = -1
        self._usual: Mapping[str, Usual] = {}

    def of(self, store: Store, minute: int) -> Mapping[str, Usual]:
        """By App_ID; of the two weeks before the hour that ``minute`` lies in."""
        if minute // _HOUR_MIN != self._hour:
            self._hour = minute // _HOUR_MIN
            self._usual = _read(store, self._hour * _HOUR_MIN)
        return self._usual


def hour_of_day(minute: int) -> int:
    """The hour of the day in Beijing."""
    return (minute // _HOUR_MIN + _BEIJING_HOURS) % 24


def _read(store: Store, before_minute: int) -> dict[str, Usual]:
    rows = store.read(
        "SELECT name, minute, counted FROM traffic WHERE span = ? AND kind = 'app_id' AND minute >= ? AND minute < ?",
        (_SPAN, before_minute - BASE_DAYS * _DAY_MIN, before_minute),
    )
    found: dict[str, Usual] = defaultdict(Usual)
    for name, minute, counted in rows:
        usual, calls = found[name], decode(counted).success
        usual.busiest_quarter = max(usual.busiest_quarter, calls)
        usual.by_hour[hour_of_day(minute)] += calls
        usual.days.add((minute + _BEIJING_HOURS * _HOUR_MIN) // _DAY_MIN)
    return found
