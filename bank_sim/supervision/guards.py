"""What must hold before a step of an exit is taken, as a table: rows in order, columns the steps. They only look.

What a row misses it names. A weakened bank is this table with rows left out: it throws applications out while their
users do not know and their money is under way, and closes files that nobody could ever answer for.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.sdk.deletion import DELETION_TYP
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.statements import Statement, read_statement
from bank_sim.store import Store
from bank_sim.supervision import archive, notices, states
from bank_sim.supervision.states import Exit, ExitStep

_OPEN_TRANSFERS = (
    "SELECT count(*) FROM transfers WHERE app_id = ? AND (state = 'held' OR state = 'created' AND expires_at_ms > ?)"
)


@dataclass(frozen=True, slots=True)
class ExitCase:
    """A step that somebody is about to take. ``statement``: what the application brought, "" where it brings none."""

    step: ExitStep
    exit: Exit
    store: Store
    now_ms: int
    statement: str = ""


def is_due(case: ExitCase) -> None:
    """EXIT_STEPS_PENDING, ILLEGAL_TRANSITION."""
    states.require_due(case.exit, case.step)


def nothing_is_in_flight(case: ExitCase) -> None:
    """Every transfer that the application ordered has ended, one way or another: TRANSFERS_PENDING."""
    pending = open_transfers(case.store, case.exit.app_id, case.now_ms)
    if pending:
        raise problems.TRANSFERS_PENDING.problem(f"Orders that are still open: {pending}.")


def users_are_told(case: ExitCase) -> None:
    """Everybody whose consent ends with it has had a message: NOTICE_MISSING."""
    untold = notices.untold(case.store, case.exit, case.now_ms)
    if untold:
        raise problems.NOTICE_MISSING.problem(f"Users who were not told: {len(untold)}.")


def lead_time_is_over(case: ExitCase) -> None:
    """LEAD_TIME_RUNNING before the day that users were told."""
    if case.now_ms < case.exit.ends_ms:
        raise problems.LEAD_TIME_RUNNING.problem()


def statement_holds(case: ExitCase) -> None:
    """A registered key of the application, good until it was voided, signed that all is deleted: DELETION_UNPROVEN."""
    try:
        statement = read_statement(case.statement)
    except ValueError as error:
        raise problems.DELETION_UNPROVEN.problem(f"The statement cannot be read: {error}.") from error
    if statement.typ != DELETION_TYP or not isinstance(statement.claims.get("deleted"), dict):
        raise problems.DELETION_UNPROVEN.problem(f"It is no statement of the type {DELETION_TYP}.")
    if statement.claims.get("app_id") != case.exit.app_id or not _is_by_its_key(case, statement):
        raise problems.DELETION_UNPROVEN.problem("No key of this application signed it.")


def statement_is_fresh(case: ExitCase) -> None:
    """It was made after the exit took effect, and not in the future: DELETION_UNPROVEN."""
    stated_s = read_statement(case.statement).claims.get("stated_at")
    voided_s = (case.exit.voided_ms or 0) // 1000
    if type(stated_s) is not int or not voided_s <= stated_s <= case.now_ms // 1000 + 300:
        raise problems.DELETION_UNPROVEN.problem("It was not made after the exit took effect.")


def archive_is_whole(case: ExitCase) -> None:
    """The archived record is as it was written, and knows every credential that was voided: ARCHIVE_BROKEN."""
    archive.require_whole(case.store, case.exit)


def open_transfers(store: Store, app_id: str, now_ms: int) -> int:
    """Orders of an application that money may still move for."""
    return int(store.read(_OPEN_TRANSFERS, (app_id, now_ms))[0][0])


_EVERY = "stop settle void archive prove close call_off withdraw"

# fmt: off
EXIT: CheckTable[ExitCase] = CheckTable([
    row("exit_order",       is_due,               _EVERY,        "9.4-1.1"),
    row("exit_in_flight",   nothing_is_in_flight, "settle void", "9.4-1.2"),
    row("exit_users_told",  users_are_told,       "void",        "9.4-1.2"),
    row("exit_lead_time",   lead_time_is_over,    "void",        "9.4-1.2"),
    row("exit_statement",   statement_holds,      "prove",       "9.4-2.1"),
    row("exit_freshness",   statement_is_fresh,   "prove",       "9.4-2.1"),
    row("exit_archive",     archive_is_whole,     "prove close", "9.4-1.4"),
])
# fmt: on

FOUNDATIONS = frozenset({"exit_order", "exit_statement"})
"""Without the first no step would know from where it leads, without the second there is nothing to judge."""

DEFENCES = frozenset(each.name for each in EXIT.rows) - FOUNDATIONS
"""The rows that a training run may leave out."""


def _is_by_its_key(case: ExitCase, statement: Statement) -> bool:
    return any(statement.is_by(key) for key in archive.signing_keys(case.store, case.exit))
