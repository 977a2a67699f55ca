"""What happened, counted by the minute and by the quarter of an hour: calls, outcomes, times of answer, and signs.

``folding`` takes in what the access log has gained; counters can always be made anew from the log. Asking costs what
the minutes cost, not the records: a million calls in an hour are as cheap to look at as a thousand.

Counted are the interfaces (published ones and OAuth's), for they are what the bank has agreed to serve; signs of
trouble are taken from all records, those of people's pages among them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from sqlite_utils import Database

from bank_sim.monitor.latency import latency_class
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS traffic (
    span INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('all', 'api_id', 'app_id')),
    minute INTEGER NOT NULL,
    name TEXT NOT NULL,
    counted BLOB NOT NULL,
    PRIMARY KEY (span, kind, minute, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS traffic_signs (
    minute INTEGER NOT NULL,
    sign TEXT NOT NULL,
    app_id TEXT NOT NULL,
    source TEXT NOT NULL,
    calls INTEGER NOT NULL,
    last_serial INTEGER NOT NULL,
    PRIMARY KEY (minute, sign, app_id, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS traffic_minutes (
    minute INTEGER PRIMARY KEY,
    first_serial INTEGER NOT NULL,
    last_serial INTEGER NOT NULL
) STRICT;
"""

MINUTE_MS = 60_000
WEAKENED_SIGN = "WEAKENED"
"""The sign of a call that was served while a defence was left out; all other signs are codes of refusals."""
KINDS = ("all", "api_id", "app_id")
SPANS = (1, 15)
"""Minutes that one counter stands for."""
MINUTES_KEPT, SIGN_MINUTES_KEPT = 2 * 1440, 31 * 1440
"""Ours: how long the finest counters and the signs are kept. The quarters of an hour stay; all follow from the log."""

_OAUTH, _OAUTH_PAGES = "oauth.", "oauth.authorize"


class Record(NamedTuple):
    """What is read of an access record; the fields are named as its columns."""

    serial: int
    at_ms: int
    app_id: str
    api_id: str
    u_api_id: str
    source: str
    elapsed_us: int
    result: str
    status: int
    code: str | None
    customer_ref: str | None
    weakened: str

    @property
    def minute(self) -> int:
        return self.at_ms // MINUTE_MS

    @property
    def outcome(self) -> str:
        return "success" if self.result == "success" else "fault" if self.status >= 500 else "refused"


class Counted(msgspec.Struct, array_like=True):
    """One counter's content: calls by outcome and by class of the time of answer, and these times summed up."""

    success: int = 0
    refused: int = 0
    fault: int = 0
    classes: dict[int, int] = {}
    elapsed_us: int = 0

    def add(self, other: Counted) -> None:
        self.success += other.success
        self.refused += other.refused
        self.fault += other.fault
        self.elapsed_us += other.elapsed_us
        for each, calls in other.classes.items():
            self.classes[each] = self.classes.get(each, 0) + calls


decode = msgspec.msgpack.Decoder(Counted).decode
"""What a row of ``traffic`` holds."""


@dataclass(slots=True)
class Delta:
    """New records, added up."""

    calls: dict[tuple[int, str, str, str, int], list[int]] = field(default_factory=dict)
    signs: dict[tuple[Any, ...], tuple[int, int]] = field(default_factory=dict)
    minutes: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        minute, code = record.minute, record.code
        for sign in ((code,) if code else ()) + ((WEAKENED_SIGN,) if record.weakened else ()):
            key = (minute, sign, record.app_id, record.source)
            self.signs[key] = (self.signs.get(key, (0, 0))[0] + 1, record.serial)
        self.minutes[minute] = (self.minutes.get(minute, (record.serial, 0))[0], record.serial)
        if is_of_an_interface(record.api_id, record.u_api_id):
            slowness = latency_class(record.elapsed_us)
            found = self.calls.setdefault((minute, record.app_id, record.api_id, record.outcome, slowness), [0, 0])
            found[0] += 1
            found[1] += record.elapsed_us

    def counters(self) -> dict[tuple[int, str, int, str], Counted]:
        """By key of the table, what is to be added there."""
        found: dict[tuple[int, str, int, str], Counted] = defaultdict(Counted)
        for (minute, app_id, api_id, outcome, slowness), (calls, elapsed_us) in self.calls.items():
            new = counted(outcome, slowness, calls, elapsed_us)
            for span in SPANS:
                for kind, name in zip(KINDS, ("", api_id, app_id), strict=True):
                    found[(span, kind, minute - minute % span, name)].add(new)
        return found


def counted(outcome: str, slowness: int, calls: int, elapsed_us: int) -> Counted:
    """So many calls of one outcome and one class of the time of answer."""
    return Counted(**{outcome: calls}, classes={slowness: calls}, elapsed_us=elapsed_us)


def is_of_an_interface(api_id: str, u_api_id: str) -> bool:
    """Whether a record is of a call by an application, and not of a person's visit or of the edge."""
    if u_api_id != "-" or api_id == "-":
        return True
    return api_id.startswith(_OAUTH) and not api_id.startswith(_OAUTH_PAGES)


def keep(db: Database, delta: Delta, counters: Mapping[tuple[int, str, int, str], Counted]) -> None:
    """Add new records to the counters, within the caller's write transaction. ``counters``: those of ``delta``, made
    before the lock was taken."""
    many = db.conn.executemany
    for key, new in counters.items():
        kept = db.execute(
            "SELECT counted FROM traffic WHERE span = ? AND kind = ? AND minute = ? AND name = ?", key
        ).fetchone()
        if kept:
            new.add(decode(kept[0]))
        db.execute("INSERT OR REPLACE INTO traffic VALUES (?, ?, ?, ?, ?)", (*key, msgspec.msgpack.encode(new)))
    many(
        "INSERT INTO traffic_signs VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, last_serial = excluded.last_serial",
        [(*key, *found) for key, found in delta.signs.items()],
    )
    many(
        "INSERT INTO traffic_minutes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last_serial = excluded.last_serial",
        [(minute, *serials) for minute, serials in delta.minutes.items()],
    )


def forget_old(db: Database, newest_minute: int) -> None:
    """Drop the counters that are past their time, once what they gave rise to has been judged."""
    for kind in KINDS:
        db.execute(
            "DELETE FROM traffic WHERE span = 1 AND kind = ? AND minute < ?", (kind, newest_minute - MINUTES_KEPT)
        )
    db.execute("DELETE FROM traffic_signs WHERE minute < ?", (newest_minute - SIGN_MINUTES_KEPT,))


def signs_of(store: Store, app_id: str, first_minute: int, last_minute: int) -> list[tuple[str, int, int]]:
    """What an application was refused with: code, how often, and the newest record of it; the most frequent first."""
    return store.read(
        "SELECT sign, sum(calls), max(last_serial) FROM traffic_signs WHERE minute BETWEEN ? AND ? AND app_id = ?"
        " GROUP BY sign ORDER BY 2 DESC",
        (first_minute, last_minute, app_id),
    )


def sources_since(store: Store, minute: int) -> list[str]:
    """The addresses that were refused something since then."""
    return [
        source for (source,) in store.read("SELECT DISTINCT source FROM traffic_signs WHERE minute >= ?", (minute,))
    ]
