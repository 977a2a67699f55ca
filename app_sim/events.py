"""What the bank tells the wallet unasked: believed only when it is the bank's, acted upon once, and written down.

An event is taken in this order, so that whatever breaks in between is mended by the bank's next try: verify, act, keep.
Acting twice does no harm; keeping first could lose an act. A refused message leaves a record in the journal and nothing
else (JR/T 0185 9.3.3-1, 10.4). An event moves no money: what it says of money is asked of the bank again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from app_sim.agreements import Agreements
from app_sim.bank import Bank, BankEvent, Problem
from app_sim.evidence import Evidence
from app_sim.journal import Journal
from app_sim.links import Links
from app_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS bank_events (
    event_id TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    received_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS bank_events_by_sequence ON bank_events (sequence);
CREATE TABLE IF NOT EXISTS event_nonces (nonce TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) STRICT;
"""

# Twice the window within which a message may be fresh, either way.
_NONCE_KEPT_MS = 4 * 300_000
_LEFT = ("exit", "voided")
_ENDS = frozenset({"consent.revoked", "consent.expired"})


@dataclass(frozen=True, slots=True)
class Kept:
    """An event as the wallet keeps it."""

    event_id: str
    sequence: int
    type: str
    subject: str
    data: Mapping[str, Any]
    occurred_at: str
    received_ms: int


class Events:
    """The wallet's end of the bank's events."""

    def __init__(
        self,
        store: Store,
        bank: Bank,
        links: Links,
        agreements: Agreements,
        journal: Journal,
        heed_key_warning: Callable[[str, str], None],
        leave: Callable[[], object],
        settle: Callable[[str], None],
        evidence: Evidence,
        now_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._bank = bank
        self._links = links
        self._agreements = agreements
        self._journal = journal
        self._heed_key_warning = heed_key_warning
        self._leave = leave
        self._settle = settle
        self._evidence = evidence
        self._now_ms = now_ms

    def take(self, headers: Mapping[str, str], body: bytes) -> BankEvent:
        """Take what was posted; header names are lower-case. A ``Problem`` says why it is refused, or must come again.

        1. Verify it by the SDK's table; a refusal is journalled.
        2. An event that came before is answered like the first time, and nothing is done.
        3. Act upon it, then keep it. Where its number shows that earlier ones never came, fetch those.
        """
        try:
            event = self._bank.believe_event(headers, body, self._is_new_nonce)
        except Problem as problem:
            self.refuse(problem)
            raise
        self._heed(event)
        if event.sequence and self.missing():
            self._catch_up()
        return event

    def refuse(self, problem: Problem) -> None:
        """Write down that something was posted which is none of the bank's events."""
        with self._store.write() as db:
            self._journal.event(db, "refused", None, problem)

    def _heed(self, event: BankEvent) -> None:
        if not self._came_before(event.event_id):
            self._act(event)
            self._keep(event)

    def _catch_up(self) -> None:
        """Fetch what was given up while the wallet was away; a bank that is silent is asked at the next event."""
        with suppress(Problem):
            for each in self._bank.events_after(self.missing()[0] - 1):
                self._heed(each)

    def newest(self, limit: int, like: str = "") -> list[Kept]:
        """The newest events whose type begins with ``like``, newest first."""
        rows = self._store.read(
            "SELECT * FROM bank_events WHERE type LIKE ? || '%' ORDER BY received_ms DESC, sequence DESC LIMIT ?",
            (like, limit),
        )
        return [Kept(**{**dict(row), "data": json.loads(row["data"])}) for row in rows]

    def refused(self) -> int:
        """How many messages were refused because they were not the bank's, or came twice."""
        rows = self._store.read("SELECT count(*) AS many FROM journal WHERE kind = 'event' AND event = 'refused'")
        return int(rows[0]["many"])

    def missing(self) -> list[int]:
        """Sequence numbers below the newest that have not come, the first twenty: the bank replays them on request."""
        rows = self._store.read(
            "SELECT sequence + 1 AS first, next - 1 AS last FROM (SELECT sequence, LEAD(sequence) OVER (ORDER BY"
            " sequence) AS next FROM (SELECT 0 AS sequence UNION SELECT sequence FROM bank_events WHERE sequence > 0))"
            " WHERE next > sequence + 1 LIMIT 20"
        )
        gaps = [number for row in rows for number in range(row["first"], min(row["last"], row["first"] + 20) + 1)]
        return gaps[:20]

    def _act(self, event: BankEvent) -> None:
        if event.type in _ENDS:
            self._links.end_by_bank(event.subject, event.type)
            self._agreements.end_by_bank(event.subject, event.type)
        elif event.type.startswith("key.") and event.data.get("holder") == "bank":
            self._bank.refresh_keys()
        elif event.type in ("transfer.executed", "transfer.rejected"):
            self._settle(event.subject)
        elif event.type == "interface.deprecated":
            self._bank.sign_end_notices()
        elif event.type == "application.notice" and event.data.get("notice") == "key_expiring":
            self._heed_key_warning(event.subject, str(event.data.get("use")))
        elif event.type == "application.notice" and (event.data.get("notice"), event.data.get("stage")) == _LEFT:
            self._leave()
        elif event.type == "application.notice" and event.data.get("notice") == "evidence":
            self._evidence.hand_in(event.subject, event.data)

    def _came_before(self, event_id: str) -> bool:
        return self._store.row("SELECT 1 FROM bank_events WHERE event_id = ?", (event_id,)) is not None

    def _keep(self, event: BankEvent) -> None:
        with self._store.write() as db:
            db.execute(
                "INSERT OR IGNORE INTO bank_events (event_id, sequence, type, subject, data, occurred_at, received_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    event.event_id, event.sequence, event.type, event.subject, json.dumps(event.data),
                    event.occurred_at, self._now_ms(),
                ),
            )  # fmt: skip
            self._journal.event(db, event.type, event.event_id)

    def _is_new_nonce(self, nonce: str) -> bool:
        """Note it. Two copies at once are decided by the database: one of them is new."""
        now_ms = self._now_ms()
        with self._store.write() as db:
            db.execute("DELETE FROM event_nonces WHERE until_ms < ?", (now_ms,))
            noted = db.execute(
                "INSERT OR IGNORE INTO event_nonces (nonce, until_ms) VALUES (?, ?)", (nonce, now_ms + _NONCE_KEPT_MS)
            )
            return noted.rowcount == 1
