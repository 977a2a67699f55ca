"""What the wallet's pages were asked for lately, for whoever looks on in a sandbox: names of fields, never a value.

Kept only while the settings say ``trace``, in a file of its own that nothing in the wallet reads. It must not hold
anything about a user: neither what they typed, nor what a page showed them, nor which of their things it was about.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

VISITS_KEPT = 2_000
_SWEEP_EVERY = 64
_SCENERY = ("text/css", "image/", "font/", "text/javascript", "application/javascript")
_NUMBER = re.compile(r"\d{4,}")
_TITLE = re.compile(rb"<title>([^<]{0,200})</title>")

SCHEMA = """
CREATE TABLE IF NOT EXISTS visits (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    started_ns INTEGER NOT NULL,
    elapsed_ns INTEGER NOT NULL,
    method TEXT NOT NULL,
    rule TEXT NOT NULL,
    fields TEXT NOT NULL,
    status INTEGER NOT NULL,
    title TEXT NOT NULL,
    leads_to TEXT NOT NULL
)
"""
_INSERT = "INSERT INTO visits VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@contextmanager
def noting(app: Flask, path: Path | None, now_ms: Callable[[], int]) -> Iterator[None]:
    """Note the visits of the block in ``path``; None notes nothing. ``now_ms``: the party's time."""
    if path is None:
        yield
        return
    with closing(Trace(path, now_ms)) as trace:
        trace.watch(app)
        yield


class Trace:
    """The file, shared by the threads that serve pages."""

    def __init__(self, path: Path, now_ms: Callable[[], int]) -> None:
        """``now_ms``: the wallet's time; how long a visit lasts is the machine's."""
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(SCHEMA)

    def watch(self, app: Flask) -> None:
        """Note every visit of a page; style sheets, scripts and pictures are no pages."""

        @app.before_request
        def begin() -> None:
            g.visit_started_ns = time.time_ns()

        @app.after_request
        def note(response: Response) -> Response:
            if not (response.mimetype or "").startswith(_SCENERY):
                self._note(response)
            return response

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _note(self, response: Response) -> None:
        started_ns = g.get("visit_started_ns", time.time_ns())
        visit = (
            self._now_ms(),
            started_ns,
            time.time_ns() - started_ns,
            request.method,
            # The rule, not the path, which may name somebody's things.
            request.url_rule.rule if request.url_rule is not None else "",
            json.dumps(sorted({*request.args, *_typed()})),
            response.status_code,
            _title(response),
            _shape(response.headers.get("Location", "")),
        )
        # A page is worth more than the note of it.
        with self._lock, suppress(sqlite3.Error):
            serial = self._connection.execute(_INSERT, visit).lastrowid
            if serial and serial % _SWEEP_EVERY == 0:
                self._connection.execute("DELETE FROM visits WHERE serial <= ?", (serial - VISITS_KEPT,))


def _typed() -> Iterable[str]:
    """The names of the form's fields; none of a form that is too large to be read, whose refusal is noted here."""
    try:
        return request.form
    except RequestEntityTooLarge:
        return ()


def _title(response: Response) -> str:
    if response.mimetype != "text/html":
        return ""
    found = _TITLE.search(response.get_data()[:4096])
    return _NUMBER.sub("…", found[1].decode(errors="replace").strip()) if found else ""


def _shape(location: str) -> str:
    """Where a redirect leads: host, path, and the names of its parameters."""
    parts = urlsplit(location)
    names = "&".join(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return parts.netloc + parts.path + (f"?{names}" if names else "")
