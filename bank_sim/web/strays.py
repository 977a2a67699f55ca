"""Requests that no page of a face answers: under another name, to no page, by another method, or not to be read.

Each face words and records them like everything else: it passes how a handler becomes one of its views.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from bank_sim.sdk.protocol import problems
from bank_sim.web.hosts import is_own_host

View = Callable[..., Response]


def refuse_strays(app: Flask, site_url: str, view_of: Callable[[Callable[..., Any]], View]) -> None:
    """AUTHORITY_MISMATCH for whatever is asked for under another name than the site's, files too; API_NOT_FOUND,
    METHOD_NOT_ALLOWED and MALFORMED_HTTP for what Flask finds no page for."""
    under_another_name = view_of(_not_this_host)

    def stand_at_the_door() -> Response | None:
        return None if is_own_host(request, site_url) else under_another_name()

    app.before_request(stand_at_the_door)
    app.register_error_handler(404, view_of(_no_such_page))
    app.register_error_handler(405, view_of(_not_so))
    app.register_error_handler(HTTPException, view_of(_not_readable))


def _not_this_host(_visit: object) -> NoReturn:
    raise problems.AUTHORITY_MISMATCH.problem()


def _no_such_page(_visit: object, _error: Exception) -> NoReturn:
    raise problems.API_NOT_FOUND.problem()


def _not_so(_visit: object, _error: Exception) -> NoReturn:
    raise problems.METHOD_NOT_ALLOWED.problem()


def _not_readable(_visit: object, _error: Exception) -> NoReturn:
    raise problems.MALFORMED_HTTP.problem()
