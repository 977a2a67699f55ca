"""The page that asks before an action acts, and the act: judged, done and written into the journal as one.

GET   the subject's facts, what will happen, a field for the reason
POST  1. the form is this session's own; 2. the staff's rules allow it; 3. deed and journal entry in one transaction;
      4. what must follow the commit; 5. back to where it shows. A refusal leaves a journal entry too.
"""

from __future__ import annotations

from flask import Response

from bank_sim.console.actions import ACTIONS, Action
from bank_sim.console.deeds.order import Order
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import see

_HOUR_MS = 3_600_000
DURATIONS_MS = {"1h": _HOUR_MS, "24h": 24 * _HOUR_MS, "7d": 7 * 24 * _HOUR_MS, "30d": 30 * 24 * _HOUR_MS, "": None}
"""How long an entry of the blacklist may last; "": until it is removed."""
_SUBJECT_CHARS_MAX = 128
_FIELD_CHARS_MAX = 300
# Wrong or missing input, or something that is not so yet: whoever asked can mend it, and keeps what they typed.
_MENDED_ON_THE_FORM = frozenset({400, 409, 422})


def ask(visit: Visit, name: str, subject: str) -> Response:
    """RESOURCE_NOT_FOUND for what there is not, STAFF_ROLE_REQUIRED for whom it is not."""
    action = _action(name)
    try:
        visit.require(name, "look")
    except Problem as problem:
        _note_refusal(visit, name, subject, problem)
        raise
    return _asking_page(visit, name, action, subject)


def act(visit: Visit, name: str, subject: str) -> Response:
    action = _action(name)
    order = _order(visit, subject, action)
    try:
        # Whoever may not do it is told nothing of what there is to do it to.
        visit.require(name, "look")
        action.facts(visit, order.subject)
        visit.require(name, action.kind, order.reason, action.proposed_by(visit, order.subject))
        with visit.store.write() as db:
            action.act(visit, db, order)
            visit.note(db, name, order.subject, order.reason)
    except Problem as problem:
        _note_refusal(visit, name, order.subject, problem)
        if problem.kind.status not in _MENDED_ON_THE_FORM and problem.kind is not problems.FOUR_EYES_REQUIRED:
            raise
        visit.refusal = problem
        return _asking_page(visit, name, action, subject, problem)
    action.after(visit)
    return see(f"{action.back(order.subject)}?done={name}")


def _action(name: str) -> Action:
    if name not in ACTIONS:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return ACTIONS[name]


def _order(visit: Visit, subject: str, action: Action) -> Order:
    lasts_ms = DURATIONS_MS.get(visit.form("lasts"))
    until_ms = visit.now_ms + lasts_ms if lasts_ms is not None else None
    fields = {name: " ".join(visit.form(name).split())[:_FIELD_CHARS_MAX] for name in action.fields}
    return Order(subject[:_SUBJECT_CHARS_MAX], " ".join(visit.form("reason").split()), until_ms, fields)


def _asking_page(visit: Visit, name: str, action: Action, subject: str, problem: Problem | None = None) -> Response:
    return page(
        visit,
        "ask",
        problem.kind.status if problem else 200,
        problem=problem,
        action=action,
        name=name,
        subject=subject,
        shown=action.facts(visit, subject),
        durations=tuple(DURATIONS_MS),
        back=action.back(subject),
        typed=visit.form("reason"),
        entered={each: visit.form(each) for each in action.fields},
    )


def _note_refusal(visit: Visit, name: str, subject: str, problem: Problem) -> None:
    with visit.store.write() as db:
        visit.note(db, name, subject[:_SUBJECT_CHARS_MAX], result=problem.code)
