"""The phone as a web application: takes messages from a bank's SMS gateway and shows them to its owner.

Like a real phone it believes any sender, which is why a bank's code must name the payee and the amount (JR/T 0185
8.3-b). Must not interpret messages, and has no door but these three routes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import Annotated

import msgspec
from flask import Flask, Response, abort, render_template, request
from markupsafe import Markup, escape

from user_sim.codes import CODE
from user_sim.config import Config
from user_sim.inbox import Inbox
from user_sim.texts import texts_for

BODY_BYTES_MAX = 4096
_BEIJING = timezone(timedelta(hours=8))
NUMBER = re.compile("1[0-9]{10}")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Sms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``POST /sms`` takes: an 11-digit mobile number, and up to 500 characters without control characters."""

    to: Annotated[str, msgspec.Meta(pattern=f"^{NUMBER.pattern}$", max_length=11)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]+$")]


def create_app(config: Config, inbox: Inbox, now_ms: Callable[[], int]) -> Flask:
    """The phone's pages and its aerial. ``now_ms`` stamps the messages received."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    # A page of another host that is rebound to 127.0.0.1 must not read messages.
    app.config["TRUSTED_HOSTS"] = ["phone.localhost", "localhost", "127.0.0.1"]
    app.jinja_env.filters["code"] = _with_code_marked
    owners = {phone.number: phone.owner for phone in config.phones}

    @app.after_request
    def _guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    @app.post("/sms")
    def _receive() -> tuple[str, HTTPStatus]:
        sms = _sms()
        inbox.receive(sms.to, sms.text, now_ms())
        return "", HTTPStatus.NO_CONTENT

    @app.get("/")
    def _picker() -> str:
        counts = inbox.counts()
        numbers = [*owners, *(number for number in counts if number not in owners)]
        phones = [(number, owners.get(number, ""), counts.get(number, 0)) for number in numbers]
        return render_template("phones.html", t=texts_for(request), phones=phones)

    @app.get("/phone/<number>")
    def _inbox(number: str) -> str:
        if not NUMBER.fullmatch(number):
            abort(HTTPStatus.NOT_FOUND)
        messages = [(message, _beijing(message.received_ms)) for message in inbox.messages(number)]
        owner = owners.get(number, "")
        return render_template("inbox.html", t=texts_for(request), number=number, owner=owner, messages=messages)

    @app.errorhandler(HTTPStatus.NOT_FOUND)
    def _not_found(_: Exception) -> tuple[str, HTTPStatus]:
        return render_template("not_found.html", t=texts_for(request)), HTTPStatus.NOT_FOUND

    return app


def _sms() -> Sms:
    """The message posted. 415 for another media type, so that a page of another origin needs a preflight; 400 else."""
    if request.mimetype != "application/json":
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        return msgspec.json.decode(request.get_data(), type=Sms)
    except (msgspec.DecodeError, UnicodeDecodeError):
        abort(HTTPStatus.BAD_REQUEST)


def _beijing(received_ms: int) -> datetime:
    return datetime.fromtimestamp(received_ms / 1000, _BEIJING)


def _with_code_marked(text: str) -> Markup:
    """Make the first six-digit code stand out; digits inside amounts and account numbers are left alone."""
    parts = CODE.split(text, maxsplit=1)
    if len(parts) == 1:
        return escape(text)
    before, code, after = parts
    return Markup('{}<strong class="code">{}</strong>{}').format(before, code, after)
