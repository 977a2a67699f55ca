"""The yardstick that speed is stated in: a bare Flask JSON route behind the bank's own server edge and TLS.

``python -m loadtests.yardstick --config FILE`` with a bank's settings serves it on the gateway's port with as many
workers. It signs nothing, checks nothing and stores nothing: what it costs is what every call pays before the bank
does any work. Passphrase, ``ready`` and end-of-file on stdin are as for the bank.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from bank_sim.config import Config
from bank_sim.edge.listening import bind
from bank_sim.edge.serving import Door, serve
from bank_sim.edge.tls import server_context
from bank_sim.edge.workers import Role, Supervisor

PATH = "/yardstick"


def create_app() -> Flask:
    """One route, as a newcomer to Flask writes it."""
    app = Flask("yardstick", static_folder=None)

    @app.get(PATH)
    def answer() -> dict[str, str]:
        return {"status": "ok", "currency": "CNY"}

    return app


def main() -> None:
    """Serve until SIGTERM or the end of stdin."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.yardstick", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    config = Config.from_file(parser.parse_args().config)
    passphrase = sys.stdin.buffer.readline().rstrip(b"\n")
    context = server_context(config.tls_certificate, config.tls_key, passphrase, config.ca_certificate)
    listener = bind("yardstick", config.host, config.port_gateway)
    roles = [Role(f"yardstick-{number}", _worker(config, listener, context)) for number in range(config.workers)]
    Supervisor(roles, ready=lambda: print("ready", flush=True), watched=sys.stdin.fileno()).run()


def _worker(
    config: Config, listener: socket.socket, context: ssl.SSLContext
) -> Callable[[int, Callable[[], None]], None]:
    def run(lifeline: int, ready: Callable[[], None]) -> None:
        door = Door("yardstick", listener, context, create_app().wsgi_app, report=lambda _: None)
        asyncio.run(serve([door], config.policy, lifeline, ready))

    return run


if __name__ == "__main__":
    main()
