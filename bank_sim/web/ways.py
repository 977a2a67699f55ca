"""How a visitor is sent on."""

from __future__ import annotations

from flask import Response, redirect


def see(location: str) -> Response:
    """After a form: look there now (303), so that a reload repeats nothing."""
    response = redirect(location, 303)
    if not isinstance(response, Response):
        raise AssertionError("flask redirects with its own responses")
    return response
