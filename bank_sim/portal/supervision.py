"""What an application owes the bank by a date and what it tells it: answers, changes of its own, weaknesses, its exit.

GET  /application/supervision                       what is under way, with forms
POST /application/supervision/answer/<task_id>      its answer
POST /application/supervision/change                a change of its own, ahead of time
POST /application/supervision/weakness              a weakness of an interface
GET  /application/supervision/leave                 what its leaving means, asked before anything happens
POST /application/supervision/leave                 it asks to leave
POST /application/supervision/stay                  it takes that back
GET  /exit, POST /exit                              the signed statement of deletion, after the credentials are void

The last page is open: nobody who has left can sign in, and the statement proves by itself whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from flask import Response

from bank_sim.portal.rendering import page
from bank_sim.portal.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.statements import STATEMENT_CHARS_MAX
from bank_sim.store import Transaction
from bank_sim.supervision import evidence, ratings, states, tasks
from bank_sim.supervision.supervisor import CHANGE_FIELDS
from bank_sim.web import see

_MINE, _EXIT = "/application/supervision", "/exit"
_APP_ID_CHARS_MAX = 64
_BEIJING = timedelta(hours=8)
_TELLING = (problems.EXIT_STEPS_PENDING, problems.ILLEGAL_TRANSITION, problems.DELETION_UNPROVEN)
_Act = Callable[[str, Transaction], object]


def show_mine(visit: Visit, problem: Problem | None = None, typed: Mapping[str, str] | None = None) -> Response:
    """Everything under way between this application and the bank, and what it may tell the bank."""
    visit.here = _MINE
    bank, app_id = visit.premises.bank, visit.entered.party.app_id
    return page(
        visit,
        "supervision",
        problem.kind.status if problem else 200,
        problem=problem,
        tasks=[(each, tasks.history(bank.store, each.task_id)) for each in tasks.of_application(bank.store, app_id)],
        evidence=evidence.of_application(bank.store, app_id),
        exit=states.current(bank.store, app_id),
        limits=bank.app_limits.of(app_id),
        unrated=ratings.standing_of(bank.store, app_id) == ratings.UNRATED,
        lead_days=bank.config.policy.change_lead_s // 86_400,
        change_fields=CHANGE_FIELDS,
        typed=typed or {},
    )


def answer(visit: Visit, task_id: str) -> Response:
    """RESOURCE_NOT_FOUND for somebody else's, ILLEGAL_TRANSITION where it is not this side's turn."""
    return _told(visit, lambda app_id, db: visit.premises.bank.supervisor.answer(db, app_id, task_id, _typed(visit)))


def announce_change(visit: Visit) -> Response:
    """PARAM_INVALID, LEAD_TIME_RUNNING."""
    said = {name: visit.form(name) for name in CHANGE_FIELDS}
    supervisor = visit.premises.bank.supervisor
    starts = visit.form("starts")
    return _told(visit, lambda app_id, db: supervisor.announce_change(db, app_id, said, _day(starts)), said)


def report_weakness(visit: Visit) -> Response:
    supervisor = visit.premises.bank.supervisor
    return _told(visit, lambda app_id, db: supervisor.report_weakness(db, app_id, _typed(visit)))


def show_leaving(visit: Visit, problem: Problem | None = None) -> Response:
    """What it means to leave, and the question why. STATE_CHANGED where an exit is under way."""
    visit.here = f"{_MINE}/leave"
    bank, app_id = visit.premises.bank, visit.entered.party.app_id
    found = states.current(bank.store, app_id)
    if found is not None and problem is None:
        return see(_MINE)
    days = bank.config.policy.exit_lead_s // 86_400
    status = problem.kind.status if problem else 200
    return page(visit, "leave", status, problem=problem, days=days, reason=_typed(visit))


def leave(visit: Visit) -> Response:
    """PARAM_INVALID without a reason, STATE_CHANGED where it leaves already."""
    try:
        with visit.premises.bank.store.write() as db:
            visit.premises.bank.exits.ask(db, visit.entered.party.app_id, _typed(visit))
    except Problem as problem:
        visit.refusal = problem
        return show_leaving(visit, problem)
    return see(_MINE)


def stay(visit: Visit) -> Response:
    """ILLEGAL_TRANSITION once the bank has begun."""
    return _told(visit, lambda app_id, db: visit.premises.bank.exits.withdraw(db, app_id))


def show_exit(visit: Visit) -> Response:
    return page(visit, "exit", problem=None, app_id="", done="done" in visit.request.args)


def state_deletion(visit: Visit) -> Response:
    """The statement of an application that has left; whoever brings it. EXIT_STEPS_PENDING, DELETION_UNPROVEN."""
    visit.here = _EXIT
    bank, app_id = visit.premises.bank, visit.form("app_id")[:_APP_ID_CHARS_MAX]
    try:
        visit.pass_the("exit")
        with bank.store.write() as db:
            bank.exits.prove(db, app_id, "".join(visit.form("statement")[: STATEMENT_CHARS_MAX + 1].split()))
    except Problem as problem:
        visit.refusal = problem
        # Strangers do not learn here who is leaving; the access record tells the staff.
        shown = problems.DELETION_UNPROVEN.problem() if problem.kind in _TELLING else problem
        return page(visit, "exit", shown.kind.status, problem=shown, app_id=app_id, done=False)
    return see(f"{_EXIT}?done=1")


def _told(visit: Visit, act: _Act, typed: Mapping[str, str] | None = None) -> Response:
    """Done in one transaction and shown; a refusal shows the page with what was typed."""
    try:
        with visit.premises.bank.store.write() as db:
            act(visit.entered.party.app_id, db)
    except Problem as problem:
        visit.refusal = problem
        return show_mine(visit, problem, typed)
    return see(_MINE)


def _typed(visit: Visit) -> str:
    return visit.form("text")[: tasks.TEXT_CHARS_MAX]


def _day(text: str) -> int:
    """The beginning of a Beijing day, in ms since 1970: PARAM_INVALID for what is no date."""
    try:
        start = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) - _BEIJING
    except (ValueError, OverflowError) as error:
        raise problems.PARAM_INVALID.problem("The date is written as 2026-01-31.") from error
    return int(start.timestamp() * 1000)
