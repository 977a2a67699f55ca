"""Try it: a form for one interface, the exchange that came of it, and every step between.

    GET  /try/<api_id>         the form, filled with what is known from earlier answers
    POST /try/<api_id>         compose and send, or compose only
    GET  /exchange/<serial>    what was signed, sealed, sent, answered and verified
    POST /exchange/<serial>    send what waited for a signature made elsewhere

A wrong value is not refused here: the gateway's own refusal is what a developer wants to see.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping

from flask import Response

from bank_sim.portal import advice, recipes
from bank_sim.portal.composing import Order, with_signature
from bank_sim.portal.description import Operation
from bank_sim.portal.exchange import Exchange
from bank_sim.portal.filling import defaults, members_of, offered, order_of, read_fields
from bank_sim.portal.mistakes import Mistake, fitting, mistake_named
from bank_sim.portal.rendering import page
from bank_sim.portal.sessions import Session, Tried
from bank_sim.portal.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.strict_base64 import from_base64
from bank_sim.sdk.protocol.suites import SUITES
from bank_sim.web import see

REMEMBERED = ("account_ref", "transfer_id", "product_id", "next_cursor")
_NONCE_BYTES = 18


def show_form(visit: Visit, api_id: str) -> Response:
    """The form of one interface. Whoever has no application yet is shown how to get one."""
    operation = operation_named(visit, api_id)
    if visit.session is None:
        return page(visit, "try", operation=operation, fields={}, members=[])
    again = visit.session.tried(_number(visit.request.args.get("again", "")))
    fields = dict(again.fields) if again and again.api_id == api_id else defaults(operation, visit.session)
    return _form(visit, operation, fields, visit.request.args.get("mistake", again.mistake if again else ""))


def send(visit: Visit, api_id: str) -> Response:
    """Compose the call from the form, send it unless it shall only be composed, and show it."""
    operation, session = operation_named(visit, api_id), visit.entered
    fields = read_fields(operation, visit.request.form)
    mistake = mistake_named(visit.form("mistake"))
    order = order_of(operation, fields, session)
    if mistake not in fitting(order, session.party):
        mistake = None
    try:
        exchange = perform(visit, order, mistake=mistake, sending=visit.form("act") != "compose")
    except Problem as problem:
        # A value that cannot stand in a message at all, such as Chinese in a header.
        visit.refusal, visit.here = problem, f"/try/{api_id}"
        return _form(visit, operation, fields, visit.form("mistake"), problem)
    keep(session, Tried(exchange, api_id, fields, mistake.name if mistake else ""))
    return see(f"/exchange/{exchange.serial}")


def sign(visit: Visit, serial: str) -> Response:
    """Send a message that waited, with the signature that the developer made: PARAM_INVALID for what is no base64."""
    session = visit.entered
    tried = session.tried(_number(serial))
    if tried is None or not tried.exchange.message.awaits_signature:
        raise problems.RESOURCE_NOT_FOUND.problem()
    try:
        value = from_base64("".join(visit.form("signature").split()))
    except ValueError as error:
        raise problems.PARAM_INVALID.problem("The signature must be base64, padded.") from error
    message = with_signature(tried.exchange.message, value)
    now_s = visit.premises.bank.clock.now_s()
    exchange = visit.premises.counter().dispatch(session.next_serial(), message, now_s)
    keep(session, Tried(exchange, tried.api_id, tried.fields))
    return see(f"/exchange/{exchange.serial}")


def show_exchange(visit: Visit, serial: str) -> Response:
    """One exchange of this session, in full."""
    tried = visit.entered.tried(_number(serial))
    if tried is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    exchange = tried.exchange
    return page(
        visit,
        "exchange",
        tried=tried,
        exchange=exchange,
        raw=exchange.message.raw.decode("utf-8", "replace").replace("\r\n", "\n"),
        mistake=mistake_named(tried.mistake),
        advice=advice.of(exchange.code, visit.language) if exchange.code else "",
        algorithm=_algorithm(exchange),
        sign_command=recipes.signing(exchange.message),
        curl=recipes.curl(exchange.message),
        python=recipes.python(exchange.message) if tried.api_id else "",
        claims=recipes.assertion(exchange.message),
        flow=visit.entered.flow if exchange.message.order.name == "oauth.par" and exchange.succeeded else None,
        newest=visit.entered.tries[0].exchange.serial == exchange.serial,
    )


def _form(
    visit: Visit, operation: Operation, fields: Mapping[str, str], mistake: str, problem: Problem | None = None
) -> Response:
    """``problem``: why no message could be made of these fields."""
    session = visit.entered
    return page(
        visit,
        "try",
        problem.kind.status if problem else 200,
        problem=problem,
        operation=operation,
        members=list(members_of(operation)),
        fields=fields,
        mistakes=fitting(order_of(operation, fields, session), session.party),
        mistake=mistake,
        tokens=[each for each in session.tokens if (each.what != "A1") == operation.needs_user],
        seen=offered(operation, session),
    )


def _algorithm(exchange: Exchange) -> str:
    """What signs the message, at hand or elsewhere."""
    key, suite = exchange.message.key, SUITES[exchange.message.party.suite]
    return key.signature_algorithm if key is not None else suite.signature_algorithm


def operation_named(visit: Visit, api_id: str) -> Operation:
    operation = visit.premises.description(visit.request.values.get("version", "")).operations.get(api_id)
    if operation is None:
        raise problems.API_NOT_FOUND.problem()
    return operation


def perform(visit: Visit, order: Order, *, mistake: Mistake | None = None, sending: bool = True) -> Exchange:
    """One exchange with the gateway in the name of the session's application."""
    premises, session = visit.premises, visit.entered
    return premises.counter().exchange(
        session.next_serial(),
        order,
        session.party,
        premises.bank.clock.now_s(),
        secrets.token_urlsafe(_NONCE_BYTES),
        mistake,
        send=sending,
        twice=mistake is not None and mistake.twice,
    )


def keep(session: Session, tried: Tried) -> None:
    """The newest first; what a verified answer names is offered in later forms."""
    session.tries.appendleft(tried)
    exchange = tried.exchange
    if exchange.succeeded and exchange.trusted:
        session.remember(_references({**exchange.document, **exchange.opened}))


def _references(value: object) -> Iterator[tuple[str, str]]:
    """Members of an answer that later calls refer to, the first one last, so that it ends up on top."""
    if isinstance(value, list):
        for each in reversed(value):
            yield from _references(each)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in REMEMBERED and isinstance(inner, str):
                yield name, inner
            else:
                yield from _references(inner)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
