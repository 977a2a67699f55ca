"""The phone process: ``python -m user_sim --config FILE``.

Reads the run's passphrase from the first line of stdin, prints ``ready`` once the listener accepts, and ends on
SIGTERM, on Ctrl-C, or when stdin closes: no phone outlives whoever started it.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

import httpx
import msgspec
import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask

from bank_sim.sdk import browser
from bank_sim.sdk.clock import FollowingClock
from bank_sim.sdk.device import DeviceClient
from bank_sim.sdk.log_lines import log_as_json, logged
from bank_sim.sdk.tracing import TracingUnavailable, open_spans, require_tracing
from user_sim.apps import Apps
from user_sim.bank_app import BankApp
from user_sim.config import Config, from_file
from user_sim.http_browser import LoopbackTransport
from user_sim.inbox import Inbox
from user_sim.phone import create_app
from user_sim.trace import noting

CLOCK_TIMEOUT_S = 2.0
BANK_TIMEOUT_S = 5.0


class _Server(uvicorn.Server):
    """uvicorn that says when it accepts connections and stops with its parent."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print("ready", flush=True)

    def stop_at_end_of_stdin(self) -> None:
        # Unbuffered: a thread that holds a buffer's lock would keep the interpreter from shutting down.
        while os.read(0, 4096):
            pass
        self.should_exit = True


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m user_sim", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    try:
        config = from_file(parser.parse_args().config)
        require_tracing(config.traces)
    except (OSError, msgspec.MsgspecError, TracingUnavailable) as error:
        sys.exit(f"The phone's settings cannot be used: {error}")
    for each in (signal.SIGTERM, signal.SIGINT):
        # uvicorn drains first and then raises the signal again: the inbox is to be closed, the exit orderly.
        signal.signal(each, lambda *_: sys.exit(0))
    passphrase = sys.stdin.buffer.readline().decode().rstrip("\n")
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(Inbox(config.home / "user.db")) as inbox, closing(Apps(config.home / "apps.db")) as apps:
        now_ms = _clock(config)
        bank_app = _bank_app(config, passphrase, apps, now_ms)
        app = create_app(config, inbox, apps, bank_app, now_ms, browser.FOLDER, browser.version)
        with noting(app, config.home / "trace.db" if config.trace else None, now_ms), _watched(config, app):
            _serve(config, passphrase, app)


@contextmanager
def _watched(config: Config, app: Flask) -> Iterator[None]:
    """Each request is a span and a line of the log, where the settings ask for it."""
    log = log_as_json(config.home / "log" / "phone.log", "phone") if config.log_format == "json" else None
    spans = open_spans("phone", config.traces)
    serve = spans.served(app.wsgi_app) if spans else app.wsgi_app
    app.wsgi_app = logged(serve) if log else serve  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        if spans:
            spans.close()
        if log:
            log.close()


def _serve(config: Config, passphrase: str, app: Flask) -> None:
    server = _Server(
        uvicorn.Config(
            # Flask and a2wsgi spell the types of WSGI differently.
            WSGIMiddleware(app),  # type: ignore[arg-type]
            host=config.host,
            port=config.port,
            ssl_certfile=config.certificate,
            ssl_keyfile=config.certificate_key,
            ssl_keyfile_password=passphrase,
            # Below TLS 1.3 forward secrecy and sealed records only, as at the bank.
            ssl_ciphers="ECDHE+AESGCM:ECDHE+CHACHA20",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            # The bank's SMS gateway keeps its connection.
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
        )
    )
    Thread(target=server.stop_at_end_of_stdin, daemon=True).start()
    try:
        server.run()
    except ssl.SSLError as error:
        sys.exit(f"The passphrase does not open {config.certificate_key}, or it is no key: {error.reason or error}")


def _bank_app(config: Config, passphrase: str, apps: Apps, now_ms: Callable[[], int]) -> BankApp | None:
    """The bank's app, with a line to the bank; None where there is no bank to call."""
    if config.bank_pages_url is None:
        return None
    http = httpx.Client(
        transport=LoopbackTransport(config.ca_certificate), base_url=config.bank_pages_url, timeout=BANK_TIMEOUT_S
    )
    return BankApp(DeviceClient(http, passphrase.encode()), apps, now_ms)


def _clock(config: Config) -> Callable[[], int]:
    """Tells the time in ms: the sandbox's virtual time where there is a control listener to ask."""
    if config.control_url is None:
        return lambda: time.time_ns() // 1_000_000
    context = ssl.create_default_context(cafile=config.ca_certificate)
    http = httpx.Client(verify=context, timeout=CLOCK_TIMEOUT_S, trust_env=False)
    clock = FollowingClock(config.control_url, http.get)

    def now_ms() -> int:
        clock.refresh()
        return int(clock.now_s() * 1000)

    return now_ms


if __name__ == "__main__":
    main()
