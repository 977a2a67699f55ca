"""The design system that the bank publishes with its SDK, served to its own pages under ``/sdk/``.

Only what is listed when the process starts is served, from memory: no request names a file, so none can name another
one. An address carries the content's version, and the answer may be kept for ever.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, abort

from bank_sim.sdk import browser
from bank_sim.web.moments import moment, moment_iso

# Of the folder's parts those that pages use; sources and build tools stay inside.
_PUBLISHED = ("design", "built")
_TYPES = {".css", ".svg", ".js", ".mjs", ".txt", ".map", ".woff2"}
_KEPT = "public, max-age=31536000, immutable"


class _Asset(NamedTuple):
    content: bytes
    media_type: str
    version: str


def shared_pages(name: str = "web") -> Blueprint:
    """``/sdk/<path>``, and for templates: ``web-page.html`` and its parts, ``asset(path)``, the filters of times."""
    listed = _listed()
    pages = Blueprint(name, __name__, template_folder="templates")

    def serve(path: str) -> Response:
        found = listed.get(path)
        if found is None:
            abort(404)
        headers = {"Cache-Control": _KEPT, "X-Content-Type-Options": "nosniff"}
        return Response(found.content, mimetype=found.media_type, headers=headers)

    def asset(path: str) -> str:
        """The address of a published file; "" where it was not built, so that a page can do without.

        A face's own file, whose address begins with a slash, is served by the face: its address is the answer.
        """
        if path.startswith("/"):
            return path
        found = listed.get(path)
        return f"/sdk/{path}?v={found.version}" if found else ""

    pages.add_url_rule("/sdk/<path:path>", "sdk", serve, methods=["GET"], provide_automatic_options=False)
    pages.add_app_template_global(asset, "asset")
    pages.add_app_template_filter(moment, "moment")
    pages.add_app_template_filter(moment_iso, "moment_iso")
    return pages


def _listed() -> dict[str, _Asset]:
    found = (each for part in _PUBLISHED for each in sorted((browser.FOLDER / part).rglob("*")))
    files = {each.relative_to(browser.FOLDER).as_posix(): each for each in found if each.suffix in _TYPES}
    return {name: _read(name, file) for name, file in files.items()}


def _read(name: str, file: Path) -> _Asset:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return _Asset(file.read_bytes(), media_type, browser.version(name))
