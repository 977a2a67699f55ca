"""Where the bank posts its events: a door for a machine, without session, cookie or form.

2xx says that the event is taken and need not come again; 4xx refuses it, with the code of the catalogue; 503 asks for
it later.
"""

from __future__ import annotations

from flask import Flask, request
from flask.wrappers import Response
from werkzeug.exceptions import RequestEntityTooLarge

from app_sim.bank import EVENTS_PATH, Problem, problems
from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.post(EVENTS_PATH, endpoint="event_door")
    def take() -> Response:
        wallet.clock.refresh()
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            wallet.events.take(headers, request.get_data())
        except RequestEntityTooLarge:
            problem = problems.BODY_TOO_LARGE.problem()
            wallet.events.refuse(problem)
            return _refused(problem)
        except Problem as problem:
            return _refused(problem)
        return Response(status=204)


def _refused(problem: Problem) -> Response:
    return Response(problem.code, problem.kind.status, content_type="text/plain")
