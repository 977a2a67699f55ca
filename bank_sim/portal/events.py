"""An application's events: what the bank told it, every try to deliver, and the way to have some posted again.

GET  /application/events                     the log, by where events stand
POST /application/events/address             where they are to be posted; "" takes the address back
POST /application/events/replay              a range of sequence numbers, or all dead letters
GET  /application/events/<event_id>          one event: the body as it is posted, its tries
POST /application/events/<event_id>/replay   post it once more
"""

from __future__ import annotations

from flask import Response

from bank_sim.events import Selection, endpoint_of, subscribe, unsubscribe
from bank_sim.events.message import document_of
from bank_sim.events.model import STATES
from bank_sim.portal.rendering import page
from bank_sim.portal.visit import Visit
from bank_sim.registry.registration import require_events_url
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import see

LISTED = 50
_LIST = "/application/events"
_BY = "portal"
_DIGITS_MAX = 12
_URL_CHARS_MAX = 500


def show_list(visit: Visit, problem: Problem | None = None) -> Response:
    """The newest first; ``state`` shows those alone that stand so, ``before`` goes on to older ones."""
    bank, app_id = visit.premises.bank, visit.entered.party.app_id
    state = visit.request.args.get("state", "")
    events = bank.events.of_application(
        app_id, LISTED, before=_number(visit.request.args.get("before", "")), state=state if state in STATES else None
    )
    endpoint = endpoint_of(bank.store, app_id)
    application = bank.registry.application(app_id)
    return page(
        visit,
        "events",
        problem.kind.status if problem else 200,
        problem=problem,
        events=events,
        shown=state,
        full=LISTED,
        counts=bank.events.counts(app_id),
        states=STATES,
        address=endpoint.url if endpoint else "",
        origins=application.redirect_uris if application else (),
    )


def show_one(visit: Visit, event_id: str) -> Response:
    """RESOURCE_NOT_FOUND, also for somebody else's."""
    bank, app_id = visit.premises.bank, visit.entered.party.app_id
    event = bank.events.find(app_id, event_id)
    return page(
        visit,
        "event",
        event=event,
        body=document_of(event),
        attempts=bank.events.attempts(event_id),
        endpoint=endpoint_of(bank.store, app_id),
    )


def set_address(visit: Visit) -> Response:
    """PARAM_INVALID for an address that is not of the origin of a redirect URI."""
    bank, app_id = visit.premises.bank, visit.entered.party.app_id
    url = visit.form("url")[: _URL_CHARS_MAX + 1]
    application = bank.registry.application(app_id)
    if application is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    try:
        if url:
            require_events_url(url, application.redirect_uris)
    except Problem as problem:
        return _refused(visit, problem)
    with bank.store.write() as db:
        if url:
            subscribe(db, app_id, url, application.suite)
        else:
            unsubscribe(db, app_id)
    return see(_LIST)


def replay_one(visit: Visit, event_id: str) -> Response:
    return _replayed(visit, Selection(event_id=event_id), f"{_LIST}/{event_id}")


def replay_some(visit: Visit) -> Response:
    """All dead letters, or those from ``first`` to ``last``. PARAM_INVALID for what is no range."""
    if visit.form("which") == "dead":
        return _replayed(visit, Selection(dead_only=True), _LIST)
    first, last = _number(visit.form("first")), _number(visit.form("last"))
    if first is None or last is None or first > last:
        return _refused(visit, problems.PARAM_INVALID.problem("Give two sequence numbers, the lesser one first."))
    return _replayed(visit, Selection(first=first, last=last), _LIST)


def _replayed(visit: Visit, selection: Selection, back: str) -> Response:
    bank = visit.premises.bank
    try:
        with bank.store.write() as db:
            bank.events.replay(db, visit.entered.party.app_id, selection, _BY)
    except Problem as problem:
        return _refused(visit, problem)
    return see(back)


def _refused(visit: Visit, problem: Problem) -> Response:
    visit.refusal, visit.here = problem, _LIST
    return show_list(visit, problem)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else None
