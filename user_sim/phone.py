"""The phone as a web application: takes messages from a bank's SMS gateway, shows them, and holds its apps.

Like a real phone it believes any sender, which is why a bank's code must name the payee and the amount (JR/T 0185
8.3-b). Must not interpret messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import msgspec
from flask import Flask, Response, abort, render_template, request
from markupsafe import Markup, escape
from werkzeug.routing import BaseConverter

from user_sim.apps import Apps
from user_sim.assets import design_pages
from user_sim.bank_app import BankApp
from user_sim.codes import CODE
from user_sim.config import Config
from user_sim.inbox import Inbox
from user_sim.language import PATH, chosen, language_of, switch_url
from user_sim.phone_apps import app_pages
from user_sim.texts import TEXTS

BODY_BYTES_MAX = 4096
_BEIJING = timezone(timedelta(hours=8))
NUMBER = re.compile("1[0-9]{10}")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
}


class Sms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``POST /sms`` takes: an 11-digit mobile number, and up to 500 characters without control characters."""

    to: Annotated[str, msgspec.Meta(pattern=f"^{NUMBER.pattern}$", max_length=11)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]+$")]


class _Mobile(BaseConverter):
    regex = NUMBER.pattern


def create_app(
    config: Config, inbox: Inbox, apps: Apps, bank_app: BankApp | None, now_ms: Callable[[], int],
    design: Path, version: Callable[[str], str],
) -> Flask:  # fmt: skip
    """The phone's pages and its aerial. ``now_ms`` stamps the messages received.

    ``design`` is the folder of the published design system, ``version`` hashes a file in it.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    # A page of another host that is rebound to 127.0.0.1 must not read messages.
    app.config["TRUSTED_HOSTS"] = ["phone.localhost", "localhost", "127.0.0.1"]
    app.url_map.converters["mobile"] = _Mobile
    app.jinja_env.filters["code"] = _with_code_marked
    owners = {phone.number: phone.owner for phone in config.phones}
    app.register_blueprint(design_pages(design, version))
    app.register_blueprint(app_pages(apps, bank_app, now_ms))

    @app.before_request
    def _own_forms_only() -> None:
        """A page of another site must not press the phone's buttons (Fetch Metadata: every browser says where from)."""
        if (
            request.method == "POST"
            and request.path != "/sms"
            and request.headers.get("Sec-Fetch-Site") != "same-origin"
        ):
            abort(HTTPStatus.FORBIDDEN)

    @app.context_processor
    def _facts() -> dict[str, object]:
        number = (request.view_args or {}).get("number", "")
        words = TEXTS[language_of(request)]
        return {"t": words, "switch_url": switch_url(request), "owner": owners.get(number, "")}

    @app.after_request
    def _guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.post("/sms")
    def _receive() -> tuple[str, HTTPStatus]:
        sms = _sms()
        inbox.receive(sms.to, sms.text, now_ms())
        return "", HTTPStatus.NO_CONTENT

    @app.get(PATH)
    def _language() -> Response:
        return chosen(request) or abort(HTTPStatus.BAD_REQUEST)

    @app.get("/")
    def _picker() -> str:
        counts = inbox.counts()
        numbers = [*owners, *(number for number in counts if number not in owners)]
        phones = [(number, owners.get(number, ""), counts.get(number, 0)) for number in numbers]
        return render_template("phones.html", phones=phones)

    @app.get("/phone/<mobile:number>")
    def _inbox(number: str) -> str:
        messages = [(message, _beijing(message.received_ms)) for message in inbox.messages(number)]
        bound = bank_app is not None and bank_app.bound(number)
        return render_template("inbox.html", number=number, here="messages", messages=messages, bound=bound)

    @app.errorhandler(HTTPStatus.NOT_FOUND)
    def _not_found(_: Exception) -> tuple[str, HTTPStatus]:
        return render_template("not_found.html"), HTTPStatus.NOT_FOUND

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
