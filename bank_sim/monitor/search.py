"""The access log by its facts, the newest first, in steps of bounded cost.

A step reads at most ``READ_MAX`` records on from where the last one stopped, so that no question, however rare what it
asks for, holds up the bank; who wants to know more goes on. Times become serial numbers by the minutes' counters, so
that the log needs no index that every call would pay for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from bank_sim.audit import COLUMNS
from bank_sim.monitor.traffic import MINUTE_MS
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

READ_MAX = 100_000
SHOWN_MAX = 50
EXACT = ("app_id", "api_id", "code", "source", "consent_id", "customer_ref", "trace_id", "result", "key_id")
"""The facts that a search may name."""
FACES = {
    "calls": "(u_api_id <> '-' OR api_id = '-' OR api_id GLOB 'edge:gateway*'"
    " OR (api_id GLOB 'oauth.*' AND api_id NOT GLOB 'oauth.authorize*'))",
    "pages": "(api_id GLOB 'ebank.*' OR api_id GLOB 'oauth.authorize*')",
    "portal": "api_id GLOB 'portal.*'",
    "console": "api_id GLOB 'console.*'",
}
"""By which of the bank's faces a record came: calls of applications, customers' pages, developers', the staff's own."""

# A trace is found by the bank's own name for it, or by the caller's.
_TRACE = "trace_id, substr(traceparent, 4, 32)"


class Sought(msgspec.Struct, frozen=True):
    """``facts``: column -> value, of ``EXACT``. Times count to the minute. ``below``: the serial to go on from.

    ``face``: one of ``FACES``; "" for all.
    """

    facts: dict[str, str] = {}
    face: str = ""
    from_ms: int | None = None
    to_ms: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """``records``: column -> value, without the hash. ``below``: where to go on; None when all has been read."""

    records: list[dict[str, Any]]
    below: int | None


def search(store: Store, sought: Sought) -> Found:
    """One step. PARAM_INVALID for a fact that cannot be searched for."""
    if unknown := set(sought.facts) - set(EXACT):
        raise problems.PARAM_INVALID.problem(f"There is no such fact: {', '.join(sorted(unknown))}.")
    first, last = _serials(store, sought)
    if sought.below is not None:
        last = min(last, sought.below - 1)
    lowest = max(first, last - READ_MAX + 1)
    facts = "".join(f" AND ? IN ({_TRACE if name == 'trace_id' else name})" for name in sought.facts)
    face = f" AND {FACES[sought.face]}" if sought.face in FACES else ""
    rows = store.read(
        f"SELECT {', '.join(COLUMNS)} FROM access_log WHERE serial BETWEEN ? AND ?{facts}{face}"  # noqa: S608 - of EXACT
        " ORDER BY serial DESC LIMIT ?",
        (lowest, last, *sought.facts.values(), SHOWN_MAX),
    )
    records = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    if len(records) == SHOWN_MAX:
        lowest = records[-1]["serial"]
    return Found(records, lowest if lowest > first else None)


def record(store: Store, serial: int) -> dict[str, Any]:
    """One record. RESOURCE_NOT_FOUND."""
    rows = store.read(f"SELECT {', '.join(COLUMNS)}, hex(hash) FROM access_log WHERE serial = ?", (serial,))  # noqa: S608
    if not rows:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return dict(zip((*COLUMNS, "hash"), rows[0], strict=True))


def newest_serial(store: Store) -> int:
    """How many records there are; they are counted without a gap."""
    return int(store.read("SELECT ifnull(max(serial), 0) FROM access_log")[0][0])


def _serials(store: Store, sought: Sought) -> tuple[int, int]:
    """The serial numbers that a stretch of time can lie in; (1, 0) where nothing happened then."""
    newest = newest_serial(store)
    if sought.from_ms is None and sought.to_ms is None:
        return 1, newest
    first, last = store.read(
        "SELECT min(first_serial), max(last_serial) FROM traffic_minutes"
        " WHERE minute BETWEEN ifnull(?, minute) AND ifnull(?, minute)",
        tuple(each // MINUTE_MS if each is not None else None for each in (sought.from_ms, sought.to_ms)),
    )[0]
    return (first, last) if first is not None else (1, 0)


def stretch(store: Store, first: int, last: int) -> Iterator[dict[str, Any]]:
    """The records from one serial to another, with their hashes (hex), oldest first."""
    sql = f"SELECT {', '.join(COLUMNS)}, lower(hex(hash)) FROM access_log WHERE serial BETWEEN ? AND ? ORDER BY serial"  # noqa: S608
    for row in store.read(sql, (first, last)):
        yield dict(zip((*COLUMNS, "hash"), row, strict=True))
