"""Hands a letter to a web application as the bank's edge does, and takes down the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from bank_sim.edge.connection import Connection
from bank_sim.edge.environ import environ_of
from scenarios.simulation.wire import Answer, Letter

# One network of users, one of the application, one of the attacker: whom the bank's limits by address tell apart.
_SOURCES = {"wallet": "192.0.2.10", "rogue": "198.51.100.66", "wiretap": "203.0.113.7"}
_HOME_NETWORK = "192.0.2.200"


def served(app: Flask, letter: Letter, origin: str) -> Answer:
    """The application's answer; whatever it is that it raises comes through."""
    parts, (path, _, query) = urlsplit(origin), letter.target.partition("?")
    source = _SOURCES.get(letter.sender, _HOME_NETWORK)
    scope = {
        "method": letter.method,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in letter.headers],
        "client": (source, 4711),
        "server": (parts.hostname, parts.port or 443),
        "http_version": "1.1",
        "scheme": "https",
        "state": {
            "peer_certificate": None,
            "received_ns": time.perf_counter_ns(),
            "connection": Connection.begun(source, None),
        },
    }
    afterwards: list[Callable[[], None]] = []
    started: list[Any] = []
    serve: Any = app.wsgi_app
    answered = serve(environ_of(scope, letter.body, afterwards), lambda *given: started.extend(given))
    body = b"".join(answered)
    if close := getattr(answered, "close", None):
        close()
    for each in afterwards:
        each()
    return Answer(int(started[0][:3]), started[1], body)
