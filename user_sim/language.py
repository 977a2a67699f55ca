"""Which of two languages the phone speaks: its owner's choice first, then what their browser prefers.

The choice is a cookie that says ``zh`` or ``en``. Going back to where somebody came from must not lead elsewhere,
however the address is written.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlencode

from flask import Request, Response

Language = Literal["zh", "en"]

COOKIE, PATH = "language", "/language"
_YEAR_S = 365 * 86_400
_LANGUAGES: dict[str, Language] = {"zh": "zh", "en": "en"}
# Printable ASCII without blank and backslash, which browsers read as a slash.
_LOCAL = re.compile(r"/[\x21-\x5b\x5d-\x7e]{0,1000}")


def language_of(request: Request) -> Language:
    """``zh`` or ``en``: cookie, then Accept-Language (any Chinese is ``zh``), then English."""
    chosen = _LANGUAGES.get(request.cookies.get(COOKIE, ""))
    best = request.accept_languages.best or ""
    return chosen or ("zh" if best.lower().startswith("zh") else "en")


def switch_url(request: Request) -> str:
    """Where the page shown speaks the other language. After a form, that is the page which the form stood on."""
    other = "en" if language_of(request) == "zh" else "zh"
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return f"{PATH}?{urlencode({'lang': other, 'to': local_target(here)})}"


def chosen(request: Request) -> Response | None:
    """The answer to ``GET /language?lang=zh|en&to=/path``; None for another language."""
    wanted = _LANGUAGES.get(request.args.get("lang", ""))
    if wanted is None:
        return None
    response = Response(status=303, headers={"Location": local_target(request.args.get("to", ""))})
    response.autocorrect_location_header = False
    response.set_cookie(COOKIE, wanted, max_age=_YEAR_S, path="/", secure=True, httponly=True, samesite="Lax")
    return response


def local_target(to: str) -> str:
    """``to`` if it is a path of this site, else ``/``."""
    return to if _LOCAL.fullmatch(to) and "//" not in to else "/"
