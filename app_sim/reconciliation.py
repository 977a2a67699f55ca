"""The wallet's books beside the bank's, day by day: imported, compared, open orders settled, differences shown.

A file counts only when the bank has signed every byte of it, whichever way it came; one that is not believed changes
nothing and raises a ticket. Kept are order numbers, states and amounts; of accounts nothing (JR/T 0185 9.3.3-2.1).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from app_sim.bank import Bank, DayFile, Problem, SignedFile, format_fen, problems
from app_sim.comparing import Comparison, Held, Settled, compare
from app_sim.debits import Debits
from app_sim.journal import Journal
from app_sim.orderbook import OrderBook
from app_sim.store import Store
from app_sim.tickets import Tickets

SCHEMA = """
CREATE TABLE IF NOT EXISTS reconciled_days (
    day TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('imported', 'refused')),
    source TEXT NOT NULL CHECK (source IN ('bank', 'hand')),
    code TEXT,
    lines INTEGER NOT NULL DEFAULT 0,
    executed INTEGER NOT NULL DEFAULT 0,
    executed_amount TEXT NOT NULL DEFAULT '0.00',
    matched INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0,
    told_ms INTEGER,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS reconciled_orders (order_no TEXT PRIMARY KEY, day TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS differences (
    order_no TEXT NOT NULL,
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    held TEXT NOT NULL,
    filed TEXT NOT NULL,
    found_ms INTEGER NOT NULL,
    over_ms INTEGER,
    PRIMARY KEY (order_no, kind)
) STRICT;
"""

Source = Literal["bank", "hand"]
_BEIJING = timezone(timedelta(hours=8))
# The bank closes a day some minutes after its end; a question before that is refused and harmless.
_CLOSED_AFTER_MS = 15 * 60_000
_LOOKED_BACK_DAYS = 7
_AGAIN_AFTER_MS = 3_600_000
_SHOWN_DAYS = 31
_LOOKED_FOR_MS = 60_000
_DAY_OF = "strftime('%Y-%m-%d', {} / 1000, 'unixepoch', '+8 hours')"


@dataclass(frozen=True, slots=True)
class ReconciledDay:
    """``settled``: open orders that the file settled; ``told_ms``: when the bank was told the result."""

    day: str
    state: str
    source: str
    code: str | None
    lines: int
    executed: int
    executed_amount: str
    matched: int
    settled: int
    told_ms: int | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class KeptDifference:
    """``over_ms``: since when a later file has explained it."""

    order_no: str
    kind: str
    day: str
    held: str
    filed: str
    found_ms: int
    over_ms: int | None


class Reconciliation:
    """Imports files, and settles by them what was open."""

    def __init__(
        self, store: Store, bank: Bank, book: OrderBook, debits: Debits, journal: Journal, tickets: Tickets,
        now_ms: Callable[[], int],
    ) -> None:  # fmt: skip
        self._store = store
        self._bank = bank
        self._book = book
        self._debits = debits
        self._journal = journal
        self._tickets = tickets
        self._now_ms = now_ms
        self._looked = ("", 0)

    def last_day(self) -> str:
        """The newest day whose file there should be."""
        now = datetime.fromtimestamp((self._now_ms() - _CLOSED_AFTER_MS) / 1000, _BEIJING)
        return (now.date() - timedelta(days=1)).isoformat()

    def has_to_look(self) -> bool:
        """Whether ``run_due`` could find anything: a day has ended since, or a minute has passed."""
        day, at_ms = self._looked
        return day != self.last_day() or not 0 <= self._now_ms() - at_ms < _LOOKED_FOR_MS

    def due(self) -> list[str]:
        """The days to import, oldest first: those with orders of the wallet, and the last seven since its first.

        A file that was refused is asked for again after an hour.
        """
        begun, ended = (_DAY_OF.format(each) for each in ("created_ms", "updated_ms"))
        rows = self._store.read(
            f"SELECT DISTINCT {begun} AS day FROM payments UNION SELECT DISTINCT {ended} FROM payments"  # noqa: S608
            f" UNION SELECT DISTINCT {_DAY_OF.format('due_ms')} FROM debits"
            f" UNION SELECT DISTINCT {ended} FROM debits ORDER BY day"
        )
        own = [str(row["day"]) for row in rows]
        if not own:
            return []
        last = date.fromisoformat(self.last_day())
        newest = [(last - timedelta(days=back)).isoformat() for back in range(_LOOKED_BACK_DAYS)]
        wanted = {each for each in (*own, *newest) if own[0] <= each <= last.isoformat()}
        return sorted(wanted - self._done())

    def run_due(self) -> None:
        """Import what is due. A bank that does not answer now is asked again the next time."""
        self._looked = (self.last_day(), self._now_ms())
        for day in self.due():
            with suppress(Problem):
                self.fetch(day)

    def fetch(self, day: str) -> None:
        """Import a day's file from the bank. Whatever it refuses, or the file's checks do, is raised.

        STATE_CHANGED where a snapshot was put back meanwhile, in whose past the file tells of other orders.
        """
        past, signed = self._bank.past(), self._bank.fetch_file(day)
        if self._bank.past() != past:
            raise problems.STATE_CHANGED.problem()
        self.take(day, signed, "bank")

    def take(self, day: str, signed: SignedFile, source: Source) -> None:
        """Believe, compare, settle, keep; then tell the bank.

        A ``Problem`` says why the file is not believed: a ticket is raised, and nothing else is changed.
        """
        try:
            file = self._bank.believe_file(signed, day)
        except Problem as problem:
            self._refuse(day, source, problem)
            raise
        self._tickets.over("file_refused", day)
        found = self._compared(file)
        for each in found.settled:
            self._settle(each)
        self._keep(file, found, source)
        self._report()
        self._tell(day, found)

    def days(self) -> list[ReconciledDay]:
        """The newest days first."""
        rows = self._store.read("SELECT * FROM reconciled_days ORDER BY day DESC LIMIT ?", (_SHOWN_DAYS,))
        return [ReconciledDay(*row) for row in rows]

    def differences(self) -> list[KeptDifference]:
        """Those that nothing has explained first, then the newest."""
        rows = self._store.read("SELECT * FROM differences ORDER BY over_ms IS NOT NULL, day DESC, order_no LIMIT 100")
        return [KeptDifference(*row) for row in rows]

    def _compared(self, file: DayFile) -> Comparison:
        begins = datetime.combine(date.fromisoformat(file.day), datetime.min.time(), _BEIJING)
        begins_ms = int(begins.timestamp() * 1000)
        held = self._held()
        seen = {row["order_no"] for row in self._store.read("SELECT order_no FROM reconciled_orders")}
        ended_ms = begins_ms + 86_400_000
        unseen = [
            each for each in held.values()
            if each.state == "executed" and each.updated_ms < ended_ms and each.order_no not in seen
        ]  # fmt: skip
        return compare(file.lines, held, unseen, begins_ms)

    def _held(self) -> dict[str, Held]:
        rows = self._store.read(
            "SELECT order_no, state, amount_fen, serial, updated_ms FROM payments UNION ALL"
            " SELECT order_no, state, amount_fen, serial, updated_ms FROM debits"
        )
        return {row[0]: Held(row[0], row[1], format_fen(row[2]), row[3], row[4]) for row in rows}

    def _settle(self, told: Settled) -> None:
        problem = problems.TRANSFER_STATE.problem() if told.state == "rejected" else None
        payment = self._book.of_order(told.order_no)
        if payment is None:
            self._debits.settle_by_file(told.order_no, told.state, told.serial, problem)
            return
        self._book.move(payment, told.state, serial=told.serial, problem=problem)

    def _keep(self, file: DayFile, found: Comparison, source: Source) -> None:
        now_ms = self._now_ms()
        executed = {each.order_no for each in file.lines if each.state == "executed"}
        with self._store.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO reconciled_days (day, state, source, lines, executed, executed_amount, matched,"
                " settled, at_ms) VALUES (?, 'imported', ?, ?, ?, ?, ?, ?, ?)",
                (file.day, source, *file.totals, len(found.matched), len(found.settled), now_ms),
            )
            # A file that is imported anew says again what differs, or no longer says it.
            db.execute("DELETE FROM differences WHERE day = ? AND over_ms IS NULL", (file.day,))
            for order_no in sorted(executed):
                db.execute(
                    "INSERT OR IGNORE INTO reconciled_orders (order_no, day) VALUES (?, ?)", (order_no, file.day)
                )
                db.execute(
                    "UPDATE differences SET over_ms = ? WHERE order_no = ? AND over_ms IS NULL"
                    " AND kind IN ('late', 'missing_there')",
                    (now_ms, order_no),
                )
            for each in found.differences:
                if each.kind == "missing_there":
                    db.execute("DELETE FROM differences WHERE order_no = ? AND kind = 'late'", (each.order_no,))
                db.execute(
                    "INSERT INTO differences (order_no, kind, day, held, filed, found_ms) VALUES (?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (each.order_no, each.kind, file.day, each.held, each.filed, now_ms),
                )
            self._journal.event(db, "reconciliation", file.day)

    def _refuse(self, day: str, source: Source, problem: Problem) -> None:
        with self._store.write() as db:
            db.execute(
                "INSERT INTO reconciled_days (day, state, source, code, at_ms) VALUES (?1, 'refused', ?2, ?3, ?4)"
                " ON CONFLICT DO UPDATE SET source = ?2, code = ?3, at_ms = ?4 WHERE state = 'refused'",
                (day, source, problem.code, self._now_ms()),
            )
            self._journal.event(db, "reconciliation", day, problem)
        self._tickets.report("file_refused", day, problem.code)

    def _report(self) -> None:
        """A ticket a day with differences that nothing explains; ``late`` ones wait for the next file."""
        rows = self._store.read("SELECT DISTINCT day FROM differences WHERE over_ms IS NULL AND kind <> 'late'")
        standing, reported = {str(row["day"]) for row in rows}, self._tickets.subjects("books_differ")
        for day in sorted(standing - reported):
            self._tickets.report("books_differ", day)
        for day in sorted(reported - standing):
            self._tickets.over("books_differ", day)

    def _tell(self, day: str, found: Comparison) -> None:
        """The bank's own people then see the same. That it does not answer now takes nothing away."""
        with suppress(Problem):
            self._bank.tell_reconciliation(day, len(found.matched), found.differences)
            with self._store.write() as db:
                db.execute("UPDATE reconciled_days SET told_ms = ? WHERE day = ?", (self._now_ms(), day))

    def _done(self) -> set[str]:
        rows = self._store.read(
            "SELECT day FROM reconciled_days WHERE state = 'imported' OR at_ms BETWEEN ?1 - ?2 AND ?1",
            (self._now_ms(), _AGAIN_AFTER_MS),
        )
        return {str(row["day"]) for row in rows}
