"""The design system that the bank publishes, served by the phone under ``/sdk/`` from memory.

Only what is listed at the start is served: no request names a file. Where the files lie is handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, abort

_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
_KEPT = "public, max-age=31536000, immutable"


def design_pages(folder: Path, version: Callable[[str], str]) -> Blueprint:
    """``/sdk/design/<name>``; ``asset(path)`` for templates. ``version`` hashes a file named as under ``folder``."""
    files = [each for each in sorted((folder / "design").iterdir()) if each.suffix in _TYPES]
    listed = {f"design/{each.name}": (each.read_bytes(), _TYPES[each.suffix]) for each in files}
    pages = Blueprint("design", __name__)

    def serve(path: str) -> Response:
        if path not in listed:
            abort(404)
        content, media_type = listed[path]
        return Response(content, mimetype=media_type, headers={"Cache-Control": _KEPT})

    pages.add_url_rule("/sdk/<path:path>", "sdk", serve, methods=["GET"], provide_automatic_options=False)
    pages.add_app_template_global(lambda path: f"/sdk/{path}?v={version(path)}", "asset")
    return pages
