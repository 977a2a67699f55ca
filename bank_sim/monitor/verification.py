"""The access log's chain walked through while the bank runs, and the outcomes kept for whoever comes after.

A million records take some seconds, so the walk goes on in a thread and on a database connection of its own, and the
page that started it shows how it stands. Each outcome keeps the head of the chain and its serial; a later walk that
holds but no longer passes through an earlier head has found a log that was rewritten as a whole.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from bank_sim import audit
from bank_sim.audit.anchors import end_of_archived
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS verifications (
    verification_id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    by_whom TEXT NOT NULL,
    records INTEGER NOT NULL,
    first_bad INTEGER,
    head TEXT NOT NULL
) STRICT;
"""


# Heads of the chain that were seen: by a walk that found it whole, and by an application that keeps the head since.
_KEPT = (
    "SELECT records AS serial, head FROM verifications WHERE first_bad IS NULL"
    " UNION SELECT serial, lower(hex(hash)) FROM log_checkpoints WHERE log = 'access_log' AND serial > 0"
)


@dataclass(frozen=True, slots=True)
class Verified:
    """``first_bad``: the first record that does not hold; None when all do. ``head``: the chain's newest hash, hex."""

    at_ms: int
    by_whom: str
    records: int
    first_bad: int | None
    head: str


class Verifier:
    """One walk at a time. ``open_store`` opens the database for the thread that walks."""

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._open_store = open_store
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, by: str, at_ms: int, found: Callable[[Store, Verified], None], wait_s: float) -> None:
        """Begin, unless one is under way, and wait a moment: a short log is verified by then.

        ``found`` is called in the walking thread with its store, once the outcome is kept.
        """
        if self.is_running:
            return
        self._thread = threading.Thread(target=self._walk, args=(by, at_ms, found), name="verification", daemon=True)
        self._thread.start()
        self._thread.join(wait_s)

    def _walk(self, by: str, at_ms: int, found: Callable[[Store, Verified], None]) -> None:
        store = self._open_store()
        try:
            verified = verify(store, by, at_ms)
            with store.write() as db:
                db.execute(
                    "INSERT INTO verifications (at_ms, by_whom, records, first_bad, head) VALUES (?, ?, ?, ?, ?)",
                    (verified.at_ms, verified.by_whom, verified.records, verified.first_bad, verified.head),
                )
            found(store, verified)
        finally:
            store.close()


def verify(store: Store, by: str, at_ms: int) -> Verified:
    """Walk the chain, and hold it against the heads that were seen before.

    1. The chain holds from the first record to the newest (``audit.verify``).
    2. The record at which each earlier walk ended still has the hash that it had then.
    """
    verdict = audit.verify(store)
    first_bad = verdict.first_bad_serial
    if first_bad is None:
        first_bad = _rewritten_before(store)
    return Verified(at_ms, by, verdict.count, first_bad, verdict.head)


def outcomes(store: Store, limit: int = 20) -> list[Verified]:
    """The latest first."""
    rows = store.read(
        "SELECT at_ms, by_whom, records, first_bad, head FROM verifications ORDER BY verification_id DESC LIMIT ?",
        (limit,),
    )
    return [Verified(*row) for row in rows]


def _rewritten_before(store: Store) -> int | None:
    """The serial of the earliest kept head that the log no longer has; None when it has them all."""
    rows = store.read(
        f"SELECT min(k.serial) FROM ({_KEPT}) k LEFT JOIN access_log l ON l.serial = k.serial"  # noqa: S608
        " WHERE k.serial > ? AND ifnull(lower(hex(l.hash)), '') <> k.head",
        (end_of_archived(store, "access_log")[0],),
    )
    return rows[0][0] if rows else None


def heads(store: Store, first: int, last: int) -> dict[int, str]:
    """The heads seen at these serials: what an archive of them must hold, too."""
    return dict(store.read(f"SELECT serial, head FROM ({_KEPT}) WHERE serial BETWEEN ? AND ?", (first, last)))  # noqa: S608
