"""Which of two languages a page speaks: the visitor's choice first, then what their browser prefers.

The choice is a cookie that says ``zh`` or ``en`` and nothing else, so nothing of the visitor can be read from it. Going
back to where the visitor came from must not lead to another site, however the address is written.
"""

from __future__ import annotations

import re
from typing import Literal

from flask import Request, Response

from bank_sim.sdk.protocol import problems

Language = Literal["zh", "en"]

HTML_LANGUAGE: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
"""The ``lang`` attribute: it decides which glyphs a browser takes for characters that China and Japan share."""

COOKIE = "language"
PATH = "/language"
_YEAR_S = 365 * 86_400
# Printable ASCII without blank and backslash, which browsers read as a slash.
_LOCAL = re.compile(r"/[\x21-\x5b\x5d-\x7e]{0,1000}")


def language_of(request: Request) -> Language:
    """``zh`` or ``en``: cookie, then Accept-Language (any Chinese is ``zh``), then English."""
    chosen = request.cookies.get(COOKIE)
    if chosen in HTML_LANGUAGE:
        return chosen
    best = request.accept_languages.best or ""
    return "zh" if best.lower().startswith("zh") else "en"


def choose_language(request: Request) -> Response:
    """``GET /language?lang=zh|en&to=/path``: remember the choice for a year and go back (303).

    PARAM_INVALID for any other language. An address that is not a path of this site becomes ``/``.
    """
    wanted = request.args.get("lang", "")
    if wanted not in HTML_LANGUAGE:
        raise problems.PARAM_INVALID.problem("lang is zh or en.")
    response = Response(status=303, headers={"Location": local_target(request.args.get("to", ""))})
    response.autocorrect_location_header = False
    response.set_cookie(COOKIE, wanted, max_age=_YEAR_S, path="/", secure=True, httponly=True, samesite="Lax")
    return response


def local_target(to: str) -> str:
    """``to`` if it is a path of this site, else ``/``: one slash first, no second one anywhere, nothing invisible."""
    return to if _LOCAL.fullmatch(to) and "//" not in to else "/"
