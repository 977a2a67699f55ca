"""A listener for pages of this process's own, served from a thread: the theatre's, the range's.

The same TLS as everybody's; whoever asks for it brings the certificate. It must not outlive the block.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware

from scenarios.failures import BrokenSurroundings
from scenarios.ports import LOOPBACK

if TYPE_CHECKING:
    from flask import Flask

    from scenarios.authority import Authority

READY_S = 10.0
_GOODBYE_S = 1


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate and its key, which live as long as this run, and so does what opens the key."""

    certificate: Path
    key: Path
    passphrase: str = field(repr=False)


def certified(issuer: Authority, folder: Path, host: str) -> Certified:
    """A certificate for ``host``, issued into ``folder``."""
    folder.mkdir(mode=0o700, exist_ok=True)
    passphrase = secrets.token_urlsafe(24)
    issuer.issue_server(folder, "tls", (host,), passphrase.encode(), datetime.now(UTC))
    return Certified(folder / "tls.crt", folder / "tls.key", passphrase)


def in_threads(app: Flask, threads: int) -> Any:
    """The application as an ASGI one, at most so many of its requests at once."""
    # Flask and a2wsgi spell the types of WSGI differently.
    return WSGIMiddleware(cast(Any, app), workers=threads)


@contextmanager
def listening(
    name: str, app: Any, port: int, shown: Certified, ending: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Serve an ASGI application for as long as the block runs; ``ending`` is called before the end is waited for.

    ``BrokenSurroundings`` when the listener does not come up.
    """
    server = uvicorn.Server(_config(app, port, shown))
    thread = threading.Thread(target=server.run, name=name, daemon=True)
    thread.start()
    try:
        _wait_until_ready(name, server, thread)
        yield
    finally:
        ending()
        server.should_exit = True
        thread.join()


def _config(app: Any, port: int, shown: Certified) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=LOOPBACK,
        port=port,
        ssl_certfile=shown.certificate,
        ssl_keyfile=shown.key,
        ssl_keyfile_password=shown.passphrase,
        ssl_ciphers="ECDHE+AESGCM:ECDHE+CHACHA20",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GOODBYE_S,
    )


def _wait_until_ready(name: str, server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + READY_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise BrokenSurroundings(f"The {name}'s listener did not come up; its port may be in use.")
        time.sleep(0.01)
