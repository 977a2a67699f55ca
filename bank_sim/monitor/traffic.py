"""What happened, counted by the minute and by the quarter of an hour: calls, outcomes, times of answer, and signs.

``fold`` reads on in the access log where it last stopped and adds what is new to the counters, in the transaction that
moves its mark; so each record is counted once, whoever folds, and counters can always be made anew from the log. Asking
costs what the minutes cost, not the records: a million calls in an hour are as cheap to look at as a thousand.

Counted are the interfaces (published ones and OAuth's), for they are what the bank has agreed to serve; signs of
trouble are taken from all records, those of people's pages among them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlite_utils import Database

from bank_sim.monitor.latency import latency_class
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS traffic_mark (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    serial INTEGER NOT NULL
) STRICT;
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
FOLDED_MAX = 5_000
KINDS = ("all", "api_id", "app_id")
SPANS = (1, 15)
"""Minutes that one counter stands for."""
MINUTES_KEPT, SIGN_MINUTES_KEPT = 2 * 1440, 31 * 1440
"""Ours: how long the finest counters and the signs are kept. The quarters of an hour stay; all follow from the log."""

_NEW = (
    "SELECT serial, at_ms, app_id, api_id, u_api_id, source, elapsed_us, result, status, code, weakened"
    " FROM access_log WHERE serial > ? ORDER BY serial LIMIT ?"
)
_OAUTH, _OAUTH_PAGES = "oauth.", "oauth.authorize"


@dataclass(frozen=True, slots=True)
class Folded:
    """What one ``fold`` took in: how many records, and the minutes that they lie in."""

    records: int
    minutes: tuple[int, ...] = ()


class Counted(msgspec.Struct, array_like=True):
    """One counter's content: calls by outcome, and by class of the time of answer."""

    success: int = 0
    refused: int = 0
    fault: int = 0
    classes: dict[int, int] = {}

    def add(self, other: Counted) -> None:
        self.success += other.success
        self.refused += other.refused
        self.fault += other.fault
        for each, calls in other.classes.items():
            self.classes[each] = self.classes.get(each, 0) + calls


decode = msgspec.msgpack.Decoder(Counted).decode
"""What a row of ``traffic`` holds."""


@dataclass(slots=True)
class _Delta:
    """New records, added up."""

    calls: Counter[tuple[int, str, str, str, int]] = field(default_factory=Counter)
    signs: dict[tuple[Any, ...], tuple[int, int]] = field(default_factory=dict)
    minutes: dict[int, tuple[int, int]] = field(default_factory=dict)
    last_serial: int = 0

    def add(self, row: tuple[Any, ...]) -> None:
        serial, at_ms, app_id, api_id, u_api_id, source, elapsed_us, result, status, code, weakened = row
        minute = at_ms // MINUTE_MS
        for sign in ((code,) if code else ()) + ((WEAKENED_SIGN,) if weakened else ()):
            key = (minute, sign, app_id, source)
            self.signs[key] = (self.signs.get(key, (0, 0))[0] + 1, serial)
        self.minutes[minute] = (self.minutes.get(minute, (serial, 0))[0], serial)
        self.last_serial = serial
        if is_of_an_interface(api_id, u_api_id):
            outcome = "success" if result == "success" else "fault" if status >= 500 else "refused"
            self.calls[(minute, app_id, api_id, outcome, latency_class(elapsed_us))] += 1

    def counters(self) -> dict[tuple[int, str, int, str], Counted]:
        """By key of the table, what is to be added there."""
        found: dict[tuple[int, str, int, str], Counted] = defaultdict(Counted)
        for (minute, app_id, api_id, outcome, slowness), calls in self.calls.items():
            new = Counted(**{outcome: calls}, classes={slowness: calls})
            for span in SPANS:
                for kind, name in zip(KINDS, ("", api_id, app_id), strict=True):
                    found[(span, kind, minute - minute % span, name)].add(new)
        return found


def is_of_an_interface(api_id: str, u_api_id: str) -> bool:
    """Whether a record is of a call by an application, and not of a person's visit or of the edge."""
    if u_api_id != "-" or api_id == "-":
        return True
    return api_id.startswith(_OAUTH) and not api_id.startswith(_OAUTH_PAGES)


def fold(store: Store, records_max: int = FOLDED_MAX) -> Folded:
    """Take in what the access log has gained, the oldest first, up to ``records_max`` records.

    They are read and added up before the write lock is taken, which is then held for a millisecond or two. Who finds
    that somebody else has folded meanwhile leaves it at that.
    """
    mark = _mark(store)
    delta = _Delta()
    rows = store.read(_NEW, (mark, records_max))
    for row in rows:
        delta.add(row)
    if not rows:
        return Folded(0)
    with store.write() as db:
        if _mark(store) != mark:
            return Folded(0)
        _keep(db, delta)
    return Folded(len(rows), tuple(sorted(delta.minutes)))


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


def _mark(store: Store) -> int:
    rows = store.read("SELECT serial FROM traffic_mark")
    return rows[0][0] if rows else 0


def _keep(db: Database, delta: _Delta) -> None:
    many = db.conn.executemany
    for key, counted in delta.counters().items():
        kept = db.execute(
            "SELECT counted FROM traffic WHERE span = ? AND kind = ? AND minute = ? AND name = ?", key
        ).fetchone()
        if kept:
            counted.add(decode(kept[0]))
        db.execute("INSERT OR REPLACE INTO traffic VALUES (?, ?, ?, ?, ?)", (*key, msgspec.msgpack.encode(counted)))
    many(
        "INSERT INTO traffic_signs VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, last_serial = excluded.last_serial",
        [(*key, *found) for key, found in delta.signs.items()],
    )
    many(
        "INSERT INTO traffic_minutes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last_serial = excluded.last_serial",
        [(minute, *serials) for minute, serials in delta.minutes.items()],
    )
    db.execute("INSERT OR REPLACE INTO traffic_mark VALUES (1, ?)", (delta.last_serial,))
