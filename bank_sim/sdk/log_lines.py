"""A party's log as one object of JSON a line, for whoever collects the logs of many parties.

``at``, ``level``, ``service``, ``pid``, ``logger``, ``message``; ``trace_id`` by which bank and application name it;
``trace`` of its ``traceparent``; for a request also ``method``, ``path``, ``status``, ``elapsed_us``. Times are the
machine's, whatever the sandbox's clock says. Of an exception it holds type and places, never the message, which may
quote what a user sent; of a path no identifier; no query, no body, no address.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bank_sim.sdk.protocol.trace_context import read_traceparent
from bank_sim.sdk.tracing import WsgiApp, plain_path

_NAMED = re.compile(r"([0-9a-f]{32}) ")
_log = logging.getLogger("requests")


def whereabouts(error: BaseException) -> str:
    """Type and places of an exception, newest first, without its message: ``KeyError at ledger.py:40 in post``."""
    frames = traceback.extract_tb(error.__traceback__)[::-1]
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}" for frame in frames)
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__} at {places}" + (f"; from {whereabouts(cause)}" if cause is not None else "")


class JsonLines(logging.Formatter):
    """A record as one line. ``extra={"facts": {...}}`` adds members; a message's leading trace id becomes one."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        named = _NAMED.match(message)
        facts: Mapping[str, Any] = getattr(record, "facts", {})
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "pid": record.process,
            "logger": record.name,
            "message": message[named.end() :] if named else message,
        }
        if named:
            line["trace_id"] = named[1]
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = whereabouts(record.exc_info[1])
        return json.dumps({**line, **facts}, ensure_ascii=False)


def log_as_json(path: Path, service: str) -> logging.Handler:
    """Everything of note goes into this file from now on, a line each; returns what is to be closed at the end."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handler = logging.FileHandler(path)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # Clients name the whole address of what they ask for.
    for library in ("httpx", "httpcore"):
        logging.getLogger(library).setLevel(logging.WARNING)
    return handler


def logged(app: WsgiApp) -> WsgiApp:
    """The same application, each of its requests a line of the log."""

    def logging_it(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started_ns = time.perf_counter_ns()
        facts: dict[str, Any] = {"method": environ["REQUEST_METHOD"], "path": plain_path(environ.get("PATH_INFO", ""))}
        if context := read_traceparent(environ.get("HTTP_TRACEPARENT")):
            facts["trace"] = context.trace_id

        def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            facts["status"] = int(status[:3])
            facts.update(("trace_id", value) for name, value in headers if name.lower() == "x-trace-id")
            return start_response(status, headers, *more)

        try:
            return app(environ, answer)
        finally:
            facts["elapsed_us"] = (time.perf_counter_ns() - started_ns) // 1000
            _log.info("request", extra={"facts": facts})

    return logging_it
