"""The gateway as a web application: one handler for whatever comes, and the published description.

Calls of interfaces are routed by the catalogue; Flask serves the paths beside them. Requests come from the edge,
whose WSGI environment holds the raw headers and the client certificate.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Any

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from bank_sim import audit
from bank_sim.authorization.probing import note_wrong
from bank_sim.bank import Bank
from bank_sim.edge.bridge import WsgiApp
from bank_sim.edge.failures import whereabouts
from bank_sim.gateway import answers, exchange, mishaps, records, throttling
from bank_sim.gateway.answers import Answer
from bank_sim.gateway.call import Call, Gateway
from bank_sim.gateway.describing import Descriptions
from bank_sim.gateway.pipeline import PIPELINE
from bank_sim.gateway.receiving import receive
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.throttle import COUNTED, FailureGate

_log = logging.getLogger("bank.gateway")


def create_app(bank: Bank, *beside: Blueprint) -> Flask:
    """The gateway's listener: its own paths, and what serves ``beside`` it (the authorization server's endpoints).

    ``ValueError`` when the core lacks the operation of a design.
    """
    missing = bank.corelink.missing(each.operation for each in bank.lives.designs.values())
    if missing:
        raise ValueError(f"the core lacks the operations {', '.join(sorted(missing))}")
    gateway = Gateway(bank, FailureGate(bank.store, bank.config.policy), bank.config.authority)
    app = Flask("bank_sim.gateway", static_folder=None)
    # No redirects that repair a path, and no HTML for what escapes: the edge answers that, opaquely.
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.config["PROPAGATE_EXCEPTIONS"] = True
    for blueprint in (_own_pages(gateway), *beside):
        app.register_blueprint(blueprint)
    app.wsgi_app = _calls_first(gateway, app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def _own_pages(gateway: Gateway) -> Blueprint:
    """``/openapi.json``, and the answer to every path of the listener that nobody else serves."""
    descriptions = Descriptions(gateway.bank)
    routes = Blueprint("gateway", __name__)

    def describe() -> Response:
        content, changed_s = descriptions.of(request.args.get("version"))
        headers = {"Last-Modified": formatdate(changed_s, usegmt=True)}
        return Response(content, content_type="application/json", headers=headers)

    def refuse(error: HTTPException) -> Response:
        if isinstance(error, NotFound):
            answer = handle(gateway, request.environ)
        elif isinstance(error, MethodNotAllowed):
            problem = problems.METHOD_NOT_ALLOWED.problem(allow=sorted(error.valid_methods or ()))
            answer = _refused(receive(gateway, request.environ), problem)
        else:
            answer = _refused(receive(gateway, request.environ), problems.MALFORMED_HTTP.problem())
        return Response(answer.body, answer.status, answer.headers)

    routes.add_url_rule("/openapi.json", view_func=describe, provide_automatic_options=False)
    routes.app_errorhandler(HTTPException)(refuse)
    return routes


def _calls_first(gateway: Gateway, others: WsgiApp) -> WsgiApp:
    """Hands ``/api/…`` to the pipeline as it came, before a framework has read, merged or repaired any of it.

    What is signed is the message on the wire. It also spares an A1 call a third of its cost: the routing and contexts
    of a framework, where the catalogue routes.

    Other paths have one spelling too: what a framework would decode or strip to a path that is served does not exist.
    """

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == environ["sandbox.raw_path"] and not path.startswith(("/api/", "//")):
            return others(environ, start_response)
        answer = handle(gateway, environ)
        start_response(str(answer.status), [*answer.headers.items(), ("content-length", str(len(answer.body)))])
        return (answer.body if environ["REQUEST_METHOD"] != "HEAD" else b"",)

    return app


def handle(gateway: Gateway, environ: dict[str, Any]) -> Answer:
    """One call, from its WSGI environment to its answer. It never raises for what a caller can send.

    1. The facts at hand are gathered; nothing is judged yet.
    2. The pipeline's rows of the interface's column run in order. In a sandbox a fault may be in store for the call.
    3. The core acts, the answer is composed, recorded, sealed, signed.
    4. A refusal on the way is recorded and answered; what was not foreseen is opaque.
    """
    call = receive(gateway, environ)
    try:
        with throttling.heeded(call, environ):
            PIPELINE.run(call, call.column, call.weakened)
        mishaps.befall(call, environ)
        return mishaps.told(call, exchange.respond(call))
    except Problem as problem:
        return _refused(call, problem)
    except Exception as error:
        _log.error("%s %s", call.trace_id, whereabouts(error))
        return _refused(call, problems.INTERNAL_ERROR.problem(), error)


def _refused(call: Call, problem: Problem, error: Exception | None = None) -> Answer:
    answer = mishaps.told(call, answers.refusal(call, problem, error))
    if problem.reason:
        _log.info("%s %s: %s", call.trace_id, problem.code, problem.reason)
    with call.bank.store.write() as db:
        audit.append(db, records.record_of(call, answer.status, problem.code))
        if problem.kind in COUNTED:
            call.gateway.failures.count(db, call.source, call.now_s)
        if problem.kind is problems.PAYEE_MISMATCH:
            note_wrong(db, exchange.naming(call))
    if problem.kind is problems.APP_AUTH_FAILED and call.signature is not None:
        call.bank.throttle.count_guess(call.source, call.signature.keyid)
    return answer
