"""Tickets: what went wrong, whose it is, what was done, and when it was closed (JR/T 0185 10.1.1 b, 10.1.2 b 2).

    open ──somebody takes it──▶ taken ──its owner says what was done──▶ closed
      └── nobody in time, or not done in time: escalated, once for each

What happens again while a ticket is open is counted on it. That it is over is noted by itself; that somebody looked
into it is not. A ticket holds no personal data: subjects are interfaces, order numbers and random user numbers.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from app_sim.bank import problems
from app_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS tickets (
    ticket_id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'closed')),
    code TEXT,
    times INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    over_ms INTEGER,
    due_ms INTEGER NOT NULL,
    escalated_ms INTEGER,
    owner TEXT,
    action TEXT,
    closed_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_ticket_a_subject ON tickets (rule, subject) WHERE state <> 'closed';
CREATE TABLE IF NOT EXISTS ticket_deeds (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id TEXT NOT NULL REFERENCES tickets,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    deed TEXT NOT NULL CHECK (deed IN ('opened', 'over', 'again', 'taken', 'escalated', 'closed')),
    note TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS deeds_of_ticket ON ticket_deeds (ticket_id, serial);
"""

Severity = Literal["high", "low"]
WALLET = "wallet"
"""Who did what no person did."""

_ACTION_CHARS = (3, 400)
_SHOWN_CLOSED = 50
_MINUTE_MS = 60_000
_log = logging.getLogger("wallet.tickets")


@dataclass(frozen=True, slots=True)
class Rule:
    """How soon somebody has to take a ticket of this kind, and to close it after that. Ours: the standard asks for "in
    time" and leaves the hours open."""

    severity: Severity
    taken_min: int
    closed_min: int


RULES: dict[str, Rule] = {
    # An interface is not asked any more, or payments are not taken any more.
    "breaker_open": Rule("high", 15, 240),
    "payments_paused": Rule("high", 15, 120),
    # A signature, a certificate or a time did not hold, the bank's or ours.
    "proof_failed": Rule("high", 15, 240),
    # Many refusals of one interface within a minute.
    "error_burst": Rule("low", 60, 480),
    # The bank refused because we asked too much.
    "asked_to_wait": Rule("low", 60, 480),
    # What became of a payment has not been found out for minutes.
    "result_unknown": Rule("high", 30, 480),
    # One user had the wallet ask the bank more often than a person does.
    "user_storm": Rule("low", 240, 1440),
    # A reconciliation file that is not the bank's, or was changed.
    "file_refused": Rule("high", 30, 480),
    # The bank's file of a day and the wallet's books tell differently.
    "books_differ": Rule("high", 60, 1440),
    # The watch over the bank's interfaces was set and does not run.
    "watch_stopped": Rule("high", 15, 240),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """``who``: an operator's name, or ``WALLET``."""

    at_ms: int
    who: str
    deed: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """``code``: of the newest refusal. ``over_ms``: since when it does not happen any more, as far as is known."""

    ticket_id: str
    rule: str
    subject: str
    state: str
    code: str | None
    times: int
    opened_ms: int
    last_ms: int
    over_ms: int | None
    due_ms: int
    escalated_ms: int | None
    owner: str | None
    action: str | None
    closed_ms: int | None

    @property
    def severity(self) -> Severity:
        """An escalated one is grave, whatever it was."""
        return "high" if self.escalated_ms is not None else RULES[self.rule].severity


_FACTS = ", ".join(Ticket.__dataclass_fields__)


class Tickets:
    """Reported by the wallet, taken and closed by its operators."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms

    def report(self, rule: str, subject: str, code: str | None = None) -> None:
        """Something happened: a new ticket, or once more on the one that is open."""
        now_ms = self._now_ms()
        with self._store.write(outlasts_power_cut=False) as db:
            known = db.execute(
                "SELECT ticket_id, over_ms FROM tickets WHERE rule = ? AND subject = ? AND state <> 'closed'",
                (rule, subject),
            ).fetchone()
            if known is None:
                self._open(db, rule, subject, code, now_ms)
                return
            db.execute(
                "UPDATE tickets SET times = times + 1, last_ms = ?, code = ifnull(?, code), over_ms = NULL"
                " WHERE ticket_id = ?",
                (now_ms, code, known["ticket_id"]),
            )
            if known["over_ms"] is not None:
                self._note(db, known["ticket_id"], WALLET, "again", code)

    def over(self, rule: str, subject: str) -> None:
        """It does not happen any more. The ticket stays until somebody has looked into it."""
        with self._store.write(outlasts_power_cut=False) as db:
            found = db.execute(
                "UPDATE tickets SET over_ms = ? WHERE rule = ? AND subject = ? AND state <> 'closed'"
                " AND over_ms IS NULL RETURNING ticket_id",
                (self._now_ms(), rule, subject),
            ).fetchone()
            if found is not None:
                self._note(db, found["ticket_id"], WALLET, "over", None)

    def take(self, ticket_id: str, who: str) -> None:
        """An operator takes it on, also from a colleague. STATE_CHANGED when it is closed, or not there."""
        with self._store.write() as db:
            row = db.execute(
                "SELECT rule FROM tickets WHERE ticket_id = ? AND state <> 'closed'", (ticket_id,)
            ).fetchone()
            if row is None:
                raise problems.STATE_CHANGED.problem("This ticket is closed, or there is none of that number.")
            due_ms = self._now_ms() + RULES[row["rule"]].closed_min * _MINUTE_MS
            db.execute(
                "UPDATE tickets SET state = 'taken', owner = ?, due_ms = ? WHERE ticket_id = ?",
                (who, due_ms, ticket_id),
            )
            self._note(db, ticket_id, who, "taken", None)

    def close(self, ticket_id: str, who: str, action: str) -> None:
        """Its owner says what was done. PARAM_INVALID: that says nothing; STATE_CHANGED: it is not theirs."""
        action = action.strip()
        if not _ACTION_CHARS[0] <= len(action) <= _ACTION_CHARS[1]:
            raise problems.PARAM_INVALID.problem("Say in 3 to 400 characters what was done.")
        with self._store.write() as db:
            closed = db.execute(
                "UPDATE tickets SET state = 'closed', action = ?, closed_ms = ?"
                " WHERE ticket_id = ? AND state = 'taken' AND owner = ?",
                (action, self._now_ms(), ticket_id, who),
            )
            if closed.rowcount != 1:
                raise problems.STATE_CHANGED.problem("Only who has taken a ticket closes it, and once.")
            self._note(db, ticket_id, who, "closed", action)

    def escalate(self) -> int:
        """Raise what nobody took, or finished, in time; returns how many. To be called as time passes."""
        now_ms = self._now_ms()
        if self._store.row(f"SELECT 1 FROM tickets WHERE {_OVERDUE} LIMIT 1", (now_ms,)) is None:  # noqa: S608
            return 0
        with self._store.write() as db:
            raised = db.execute(
                f"UPDATE tickets SET escalated_ms = ? WHERE {_OVERDUE} RETURNING ticket_id, rule, state",  # noqa: S608
                (now_ms, now_ms),
            ).fetchall()
            for row in raised:
                self._note(db, row["ticket_id"], WALLET, "escalated", row["state"])
        for row in raised:
            _log.warning("ticket %s (%s) is overdue", row["ticket_id"], row["rule"])
        return len(raised)

    def any_open(self) -> bool:
        return self._store.row("SELECT 1 FROM tickets WHERE state <> 'closed' LIMIT 1") is not None

    def open(self) -> list[Ticket]:
        """Those that are not closed: the escalated first, then by when they are due."""
        return self._select("state <> 'closed' ORDER BY escalated_ms IS NULL, due_ms, rowid")

    def subjects(self, rule: str) -> set[str]:
        """What open tickets of a kind are about and has not been found to be over."""
        query = "SELECT subject FROM tickets WHERE rule = ? AND state <> 'closed' AND over_ms IS NULL"
        return {row["subject"] for row in self._store.read(query, (rule,))}

    def closed(self) -> list[Ticket]:
        """The fifty closed last, the newest first."""
        return self._select("state = 'closed' ORDER BY closed_ms DESC, rowid DESC LIMIT ?", _SHOWN_CLOSED)

    def ticket(self, ticket_id: str) -> Ticket:
        """RESOURCE_NOT_FOUND."""
        found = self._select("ticket_id = ?", ticket_id)
        if not found:
            raise problems.RESOURCE_NOT_FOUND.problem()
        return found[0]

    def deeds(self, ticket_id: str) -> list[Deed]:
        """What was done with a ticket, the oldest first."""
        query = "SELECT at_ms, who, deed, note FROM ticket_deeds WHERE ticket_id = ? ORDER BY serial"
        return [Deed(*row) for row in self._store.read(query, (ticket_id,))]

    def _open(self, db: Database, rule: str, subject: str, code: str | None, now_ms: int) -> None:
        ticket_id = f"tkt_{secrets.token_hex(5)}"
        due_ms = now_ms + RULES[rule].taken_min * _MINUTE_MS
        db.execute(
            "INSERT INTO tickets (ticket_id, rule, subject, state, code, times, opened_ms, last_ms, due_ms)"
            " VALUES (?, ?, ?, 'open', ?, 1, ?, ?, ?)",
            (ticket_id, rule, subject, code, now_ms, now_ms, due_ms),
        )
        self._note(db, ticket_id, WALLET, "opened", code)
        _log.warning("ticket %s: %s, %s", ticket_id, rule, subject)

    def _note(self, db: Database, ticket_id: str, who: str, deed: str, note: str | None) -> None:
        db.execute(
            "INSERT INTO ticket_deeds (ticket_id, at_ms, who, deed, note) VALUES (?, ?, ?, ?, ?)",
            (ticket_id, self._now_ms(), who, deed, note),
        )

    def _select(self, condition: str, *parameters: object) -> list[Ticket]:
        query = f"SELECT {_FACTS} FROM tickets WHERE {condition}"  # noqa: S608 - constant conditions
        return [Ticket(*row) for row in self._store.read(query, parameters)]


# Once when nobody took it in time, and once more when whoever took it did not finish in time.
_OVERDUE = "state <> 'closed' AND due_ms < ? AND (escalated_ms IS NULL OR escalated_ms < due_ms)"
