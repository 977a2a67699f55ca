"""Fills the access log of a bank at rest: records like those of a year's calls, each chained to the one before it.

The monitor then takes them in, as it would have done while they came. Nothing is left out of the chain, so that
``audit verify`` walks through a log that was filled as through any other.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bank_sim.audit import COLUMNS, AccessRecord
from bank_sim.monitor import folding
from bank_sim.sdk.protocol import hashchain
from bank_sim.store import Store

SPAN_MS = 300 * 86_400_000
"""How far back the oldest lies: well within the time that records stay in the live database."""
_APPLICATIONS, _CUSTOMERS, _CONSENTS = 20, 5_000, 8_000
_APIS = (
    ("accounts.balance", "A2", "GET", "/api/accounts/ar_0000000000000000/balance"),
    ("accounts.list", "A2", "GET", "/api/accounts"),
    ("transfers.create", "A2", "POST", "/api/transfers"),
    ("rates.list", "A1", "GET", "/api/rates"),
)
_REFUSED_PERCENT = 2
_CHUNK = 50_000
_INSERT = f"INSERT INTO access_log VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"  # noqa: S608 - our own columns
_LAST = "SELECT serial, hash, at_ms FROM access_log ORDER BY serial DESC LIMIT 1"


def fill(database: Path, records: int, now_ms: int, seed: int = 2020) -> None:
    """Append so many records, the newest of now, evenly over ``SPAN_MS``, and have the monitor count them."""
    dice = random.Random(seed)  # noqa: S311 - invents calls, guards nothing
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")
        for first in range(0, records, _CHUNK):
            numbers = range(first, min(records, first + _CHUNK))
            times_ms = [now_ms - SPAN_MS + SPAN_MS * (number + 1) // records for number in numbers]
            db.execute("BEGIN IMMEDIATE")
            db.executemany(_INSERT, _chained(db, dice, times_ms))
            db.execute("COMMIT")
    with closing(Store(database, "OFF")) as store:
        while folding.fold(store).records:
            pass
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _chained(db: sqlite3.Connection, dice: random.Random, times_ms: list[int]) -> Iterator[tuple[object, ...]]:
    serial, previous, _ = db.execute(_LAST).fetchone() or (0, hashchain.GENESIS, 0)
    for at_ms in times_ms:
        serial += 1
        record = _record(dice, at_ms)
        values = (serial, *(getattr(record, name) for name in COLUMNS[1:]))
        previous = hashchain.link(previous, dict(zip(COLUMNS, values, strict=True)))
        yield (*values, previous)


def _record(dice: random.Random, at_ms: int) -> AccessRecord:
    """A signed call of some application for some customer; one in fifty refused."""
    api_id, level, method, path = _APIS[dice.randrange(len(_APIS))]
    refused = dice.randrange(100) < _REFUSED_PERCENT
    number, app_id = dice.getrandbits(128), f"app_fill{dice.randrange(_APPLICATIONS):04d}"
    is_users = level == "A2"
    return AccessRecord(
        trace_id=f"{number:032x}",
        at_ms=at_ms,
        app_id=app_id,
        api_id=api_id,
        u_api_id=f"C99999{api_id:.>20}",
        level=level,
        method=method,
        path=path,
        source=f"203.0.113.{dice.randrange(1, 255)}",
        elapsed_us=dice.randrange(800, 4_000),
        result="failure" if refused else "success",
        status=409 if refused else 200,
        code="TRANSFER_STATE" if refused else None,
        consent_id=f"cs_fill{dice.randrange(_CONSENTS):020d}" if is_users else None,
        customer_ref=f"cu_fill_{dice.randrange(_CUSTOMERS):07d}" if is_users else None,
        key_id=f"{app_id}.{number % 10**43:043d}",
        nonce=f"{number % 10**24:024d}",
        content_digest="sm3=:" + "A" * 43 + "=:" if method == "POST" else None,
        signature="sig=(" + "x" * 150 + ")" if is_users else None,
    )
