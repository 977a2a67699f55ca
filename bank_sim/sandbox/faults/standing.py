"""The faults in force, the same for all processes of the bank, and how many calls each has met and hit.

They lie in an SQLite file of their own, which no fault befalls. A process reads it when a shared number says that
something has changed; while nothing is switched on, a call pays for reading that number and no more. Counting is exact
across processes, so that a fault for three calls hits three. A bank always starts without any.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bank_sim.sandbox.faults.fault import Fault, FaultOrder, Strike
from bank_sim.sdk.protocol.problems import PARAM_INVALID, RESOURCE_NOT_FOUND

FAULTS_MAX = 50
_SCHEMA = """
CREATE TABLE IF NOT EXISTS faults (
    fault_id TEXT PRIMARY KEY,
    document BLOB NOT NULL,
    met INTEGER NOT NULL DEFAULT 0,
    hit INTEGER NOT NULL DEFAULT 0
)
"""
_log = logging.getLogger("bank.faults")


@dataclass(frozen=True, slots=True)
class Standing:
    """A fault with its counts: how many calls it concerned, and how many of them it hit."""

    fault: Fault
    met: int
    hit: int

    def is_in_force(self, now_ms: int) -> bool:
        """It may still hit somebody, now or by its schedule later."""
        return not self.fault.is_over(now_ms) and (self.fault.count is None or self.hit < self.fault.count)


class Faults:
    """One process's hand on the faults. Threads may share it."""

    def __init__(
        self,
        path: Path,
        changes: Callable[[], int],
        announce: Callable[[], None],
        targets: Collection[str] | None = None,
    ) -> None:
        """``changes``: a number that grows with every change; ``announce`` makes it grow.

        ``targets``: the interfaces and types of events that there are; None where that is not known.
        """
        self._path = path
        self._changes = changes
        self._announce = announce
        self._targets = targets
        # Nothing was ever switched on under the number that a bank begins with: no file need be looked into.
        self._seen = 0
        self._faults: tuple[Fault, ...] = ()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def add(self, order: FaultOrder, now_ms: int) -> Fault:
        """Switch one on, ordered as ``read_order`` reads it.

        PARAM_INVALID for an interface that there is not, which would never be hit, and where there are too many.
        """
        self._require_target(order.api_id)
        fault = _begun(order, now_ms)
        with self._lock:
            db = self._db()
            if db.execute("SELECT count(*) FROM faults").fetchone()[0] >= FAULTS_MAX:
                raise PARAM_INVALID.problem(f"At most {FAULTS_MAX} faults stand at once; clear some first.")
            db.execute(
                "INSERT INTO faults (fault_id, document) VALUES (?, ?)", (fault.fault_id, msgspec.json.encode(fault))
            )
        self._announce()
        _log.warning("FAULT ON: %s %s", fault.fault_id, _described(fault))
        return fault

    def clear(self, fault_id: str | None = None) -> int:
        """Switch one off, or all; how many. RESOURCE_NOT_FOUND for a name that none has."""
        with self._lock:
            done = self._db().execute("DELETE FROM faults WHERE fault_id = ifnull(?, fault_id)", (fault_id,)).rowcount
        if fault_id is not None and not done:
            raise RESOURCE_NOT_FOUND.problem()
        self._announce()
        if done:
            _log.warning("faults off: %s", fault_id or "all")
        return done

    def listed(self) -> list[Standing]:
        """All that stand, over or not, the oldest first."""
        if not self._current():
            return []
        with self._lock:
            rows = self._db().execute("SELECT document, met, hit FROM faults ORDER BY rowid").fetchall()
        return [Standing(msgspec.json.decode(document, type=Fault), met, hit) for document, met, hit in rows]

    def in_force(self, now_ms: int) -> tuple[str, ...]:
        """The kinds of those that may still hit somebody, for those who are to be warned."""
        return tuple(sorted({each.fault.kind for each in self.listed() if each.is_in_force(now_ms)}))

    def strikes(self, app_id: str, api_id: str, now_ms: int) -> tuple[Strike, ...]:
        """What befalls this call. Asking counts: ask once."""
        faults = [each for each in self._current() if each.what.place != "event"]
        return self._struck(faults, app_id, api_id, now_ms) if faults else ()

    def strike_of(self, kind: str, app_id: str, event_type: str, now_ms: int) -> Strike | None:
        """What a kind of fault does to an event. Asking counts: ask once."""
        faults = [each for each in self._current() if each.kind == kind]
        return next(iter(self._struck(faults, app_id, event_type, now_ms)), None)

    def _struck(self, faults: Iterable[Fault], app_id: str, api_id: str, now_ms: int) -> tuple[Strike, ...]:
        drawn = [self._drawn(each) for each in faults if each.concerns(app_id, api_id, now_ms)]
        return tuple(each for each in drawn if each is not None)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _require_target(self, api_id: str | None) -> None:
        if api_id is None or self._targets is None or api_id in self._targets or api_id.startswith("oauth."):
            return
        raise PARAM_INVALID.problem(
            f"No interface or event is called {api_id}. Known: {', '.join(sorted(self._targets))}."
        )

    def _drawn(self, fault: Fault) -> Strike | None:
        """Count the call and draw; the write lock keeps two processes from having the same number."""
        with self._lock:
            db = self._db()
            db.execute("BEGIN IMMEDIATE")
            try:
                row = db.execute("SELECT met, hit FROM faults WHERE fault_id = ?", (fault.fault_id,)).fetchone()
                if row is None or (fault.count is not None and row[1] >= fault.count):
                    return None
                strike = fault.drawn(row[0] + 1)
                db.execute(
                    "UPDATE faults SET met = met + 1, hit = hit + ? WHERE fault_id = ?",
                    (strike is not None, fault.fault_id),
                )
                return strike
            finally:
                db.execute("COMMIT")

    def _current(self) -> tuple[Fault, ...]:
        """What stands now. The number is read first: nothing old is kept under a new one."""
        changes = self._changes()
        if changes != self._seen:
            with self._lock:
                rows = self._db().execute("SELECT document FROM faults ORDER BY rowid").fetchall()
            self._faults = tuple(msgspec.json.decode(each, type=Fault) for (each,) in rows)
            self._seen = changes
        return self._faults

    def _db(self) -> sqlite3.Connection:
        """Opened when it is first needed, in the process that needs it."""
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, 5.0, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA synchronous=OFF")
            # A worker may be killed in here: its journal is left for the next one to undo by.
            self._connection.execute("PRAGMA journal_mode=PERSIST")
            self._connection.execute(_SCHEMA)
        return self._connection


def forget(path: Path) -> None:
    """A bank that starts has no faults, whatever the last run left behind."""
    for each in (path, path.with_name(path.name + "-journal")):
        each.unlink(missing_ok=True)


def _begun(order: FaultOrder, now_ms: int) -> Fault:
    return Fault(
        fault_id=f"flt_{secrets.token_hex(4)}",
        kind=order.kind,
        parameters=order.parameters,
        app_id=order.app_id,
        api_id=order.api_id,
        share_percent=order.share_percent,
        seed=order.seed,
        count=order.count,
        from_ms=now_ms + order.after_s * 1000,
        for_ms=_ms(order.for_s),
        every_ms=_ms(order.every_s),
        until_ms=now_ms + order.until_s * 1000 if order.until_s is not None else None,
    )


def _ms(span_s: int | None) -> int | None:
    return None if span_s is None else span_s * 1000


def _described(fault: Fault) -> str:
    whom = f"{fault.app_id or 'every application'}, {fault.api_id or 'every interface'}"
    return f"{Strike(fault.what, fault.parameters).shown}, {fault.share_percent} % of {whom}"
