"""The bank's published design system under ``/sdk/``, and addresses of files that carry their content's version.

Only what is listed when the process starts is served, from memory: no request names a file, so none can name another.
"""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, abort, url_for

from app_sim.bank import browser

SCENERY = frozenset({"static", "sdk"})
"""Endpoints that are nobody's visit."""

_KEPT = "public, max-age=31536000, immutable"
_PUBLISHED = ("design", "built")
_TYPES = frozenset({".css", ".svg", ".js", ".mjs", ".txt"})
_VERSION_CHARS = 12


class _Asset(NamedTuple):
    content: bytes
    media_type: str
    version: str


def add_routes(app: Flask) -> None:
    published = _published()
    own = {each.name: _hash(each.read_bytes()) for each in Path(str(app.static_folder)).iterdir()}

    @app.get("/sdk/<path:name>")
    def sdk(name: str) -> Response:
        found = published.get(name)
        if found is None:
            abort(404)
        return Response(found.content, mimetype=found.media_type)

    def asset(name: str) -> str:
        """The address of a published file, or of one of the wallet's own where the name has no folder."""
        if "/" in name:
            return url_for("sdk", name=name, v=published[name].version)
        return url_for("static", filename=name, v=own[name])

    app.jinja_env.globals["asset"] = asset


def keeping(status: int, version: str | None) -> str:
    """Cache-Control of a file: for ever under an address with a version, never without asking otherwise."""
    return _KEPT if status < 300 and version else "no-cache"


def _published() -> dict[str, _Asset]:
    found = (each for part in _PUBLISHED for each in (browser.FOLDER / part).rglob("*") if each.suffix in _TYPES)
    return {each.relative_to(browser.FOLDER).as_posix(): _read(each) for each in found}


def _read(file: Path) -> _Asset:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return _Asset(file.read_bytes(), media_type, browser.version(file.relative_to(browser.FOLDER).as_posix()))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_VERSION_CHARS]
