"""The wallet's process: ``python -m app_sim --config FILE``.

Reads its passphrase from the first line of standard input, settles what an earlier run left open, and prints ``ready``
once it accepts connections. It ends on SIGTERM, on Ctrl-C, and when standard input closes, which means that whoever
started it is gone.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask

from app_sim.bank import Problem
from app_sim.config import AppConfig, from_file
from app_sim.pages.accounts import AskAll
from app_sim.pages.app import create_app
from app_sim.trace import noting
from app_sim.vault import VaultClosed
from app_sim.wallet import Wallet, open_wallet

_THREADS = 8
# Of all pages together: as many calls as keep a small bank busy, whoever else is asking.
_CALLS_AT_ONCE = 4
# A payment that is under way for longer is found by ``recover`` at the next start.
_DRAIN_S = 4
_DUE_EVERY_S = 1
# After the last of these a payment is asked for when its page is opened.
_SETTLE_AFTER_S = (0.5, 1, 2, 4, 8, 16, 32)


class _Server(uvicorn.Server):
    """uvicorn that says when it accepts connections and stops with its parent."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print("ready", flush=True)

    def stop_at_end_of_stdin(self) -> None:
        # The descriptor itself: a thread that holds sys.stdin's lock would disturb the interpreter's end.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        self.should_exit = True


def main() -> None:
    """Serve until told to stop. Ends with one line and code 1 when settings, passphrase or files will not do."""
    parser = argparse.ArgumentParser(prog="python -m app_sim", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="the wallet's settings, a JSON file without secrets")
    try:
        config = from_file(parser.parse_args().config)
        passphrase = sys.stdin.buffer.readline().rstrip(b"\n")
        wallet = open_wallet(config, passphrase)
    except (ValueError, OSError, VaultClosed, Problem) as error:
        sys.exit(f"wallet: {error}")
    with closing(wallet), _asking_at_once() as ask_all:
        wallet.payments.recover()
        stopped = Event()
        # The bank may be starting too: the first pages need not wait until it answers.
        Thread(target=_settle_what_was_left, args=(wallet, stopped), daemon=True).start()
        Thread(target=_take_what_is_due, args=(wallet, stopped), daemon=True).start()
        app = create_app(wallet, ask_all)
        with noting(app, config.trace_file, lambda: int(wallet.clock.now_s() * 1000)):
            _serve(config, passphrase, app)
        stopped.set()


@contextmanager
def _asking_at_once() -> Iterator[AskAll]:
    """Calls to the bank side by side. At the end whoever still waits for an answer is not waited for."""
    pool = ThreadPoolExecutor(_CALLS_AT_ONCE)
    try:
        yield pool.map
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _settle_what_was_left(wallet: Wallet, stopped: Event) -> None:
    for wait_s in _SETTLE_AFTER_S:
        if stopped.wait(wait_s) or wallet.payments.settle_all():
            return


def _take_what_is_due(wallet: Wallet, stopped: Event) -> None:
    """Recurring payments, by the wallet's own clock. Whoever has none costs nothing."""
    while not stopped.wait(_DUE_EVERY_S):
        if wallet.agreements.any_active():
            # One that fails, as on a full disk, must not keep the next ones from being taken.
            with suppress(Exception):
                wallet.clock.refresh()
                wallet.debits.run_due()


def _serve(config: AppConfig, passphrase: bytes, app: Flask) -> None:
    server = _Server(
        uvicorn.Config(
            WSGIMiddleware(cast(Any, app), workers=_THREADS),
            host=config.host,
            port=config.port,
            ssl_certfile=config.certificate,
            ssl_keyfile=config.certificate_key,
            ssl_keyfile_password=passphrase.decode(),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=_DRAIN_S,
        )
    )
    # uvicorn raises the signal that stopped it again once it has drained; the wallet then still has files to close.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: None)
    Thread(target=server.stop_at_end_of_stdin, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
