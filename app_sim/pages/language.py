"""Which language a visitor reads, and how they change it: a cookie that says ``zh`` or ``en`` and nothing else.

Going back to where the visitor came from must not lead to another site, however the address is written.
"""

from __future__ import annotations

import re
from typing import Literal

from flask import Flask, Request, current_app, request
from werkzeug import Response

from app_sim.bank import problems

Lang = Literal["en", "zh"]

HTML_LANG: dict[Lang, str] = {"en": "en", "zh": "zh-CN"}
"""The ``lang`` attribute: it decides which glyphs a browser takes for characters that China and Japan share."""

OTHER: dict[Lang, Lang] = {"en": "zh", "zh": "en"}
OWN_NAME: dict[Lang, str] = {"en": "English", "zh": "中文"}

COOKIE = "language"
_YEAR_S = 365 * 86_400
# Printable ASCII without blank and backslash, which browsers read as a slash.
_LOCAL = re.compile(r"/[\x21-\x5b\x5d-\x7e]{0,1000}")
# A way back from the bank is good once: changing the language must not go it again.
_ONCE = ("/callback",)


def add_routes(app: Flask) -> None:
    @app.get("/language")
    def language() -> Response:
        """Remember the choice for a year and go back; PARAM_INVALID for a language that the wallet does not speak."""
        wanted = request.args.get("lang", "")
        if wanted not in HTML_LANG:
            raise problems.PARAM_INVALID.problem("lang is zh or en.")
        response = Response(status=303, headers={"Location": local_target(request.args.get("to", ""))})
        response.autocorrect_location_header = False
        response.set_cookie(COOKIE, wanted, max_age=_YEAR_S, path="/", secure=True, httponly=True, samesite="Lax")
        return response


def language_of(asked: Request) -> Lang:
    """Cookie, then the browser's first choice (any Chinese is ``zh``), then English."""
    chosen = asked.cookies.get(COOKIE)
    for lang in HTML_LANG:
        if chosen == lang:
            return lang
    return "zh" if (asked.accept_languages.best or "").lower().startswith("zh") else "en"


def local_target(to: str) -> str:
    """``to`` if it is a path of this site, else ``/``: one slash first, no second one anywhere, nothing invisible."""
    return to if _LOCAL.fullmatch(to) and "//" not in to else "/"


def here() -> str:
    """The address that shows the visitor's page again: of a form's answer, the form's own page."""
    if request.path in _ONCE:
        return "/"
    if request.method == "GET":
        return local_target(request.full_path.rstrip("?"))
    shows_a_page = current_app.url_map.bind("").test(request.path, "GET")
    return local_target(request.path) if shows_a_page else "/"
