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
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from contextvars import copy_context
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask

from app_sim.bank import Problem, Spans, log_as_json, logged, open_spans, require_no_secret, untraced
from app_sim.config import AppConfig, from_file
from app_sim.operators import Operators
from app_sim.pages.accounts import AskAll
from app_sim.pages.app import create_app
from app_sim.trace import noting
from app_sim.vault import Vault, VaultClosed
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
    parser.add_argument("--operators-code", action="store_true", help="print what lets operators in, and end")
    given = parser.parse_args()
    try:
        config = from_file(given.config)
        passphrase = sys.stdin.buffer.readline().rstrip(b"\n")
        if given.operators_code:
            print(Operators(Vault(config.keys, passphrase), time.time).code())
            return
        # Before anything is served: what lies in settings is copied with them (JR/T 0185 7.3.4-2).
        require_no_secret((given.config, config.home), config.weakened)
        spans = open_spans("wallet", config.traces)
        wallet = open_wallet(config, passphrase, tracing=spans.calling if spans else untraced)
    except (ValueError, OSError, VaultClosed, Problem) as error:
        sys.exit(f"wallet: {error}")
    with closing(wallet), _asking_at_once() as ask_all, _watched(config, spans) as watched:
        wallet.payments.recover()
        stopped = Event()
        # The bank may be starting too: the first pages need not wait until it answers.
        Thread(target=_settle_what_was_left, args=(wallet, stopped), daemon=True).start()
        Thread(target=_take_what_is_due, args=(wallet, stopped), daemon=True).start()
        app = watched(create_app(wallet, ask_all))
        with noting(app, config.trace_file, lambda: int(wallet.clock.now_s() * 1000)):
            _serve(config, passphrase, app)
        stopped.set()


@contextmanager
def _asking_at_once() -> Iterator[AskAll]:
    """Calls to the bank side by side. At the end whoever still waits for an answer is not waited for."""
    pool = ThreadPoolExecutor(_CALLS_AT_ONCE)
    try:
        # Each in the surroundings of whoever asks, so that a span of the page has those of its questions below it.
        yield lambda questions: pool.map(_asked, [partial(copy_context().run, each) for each in questions])
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _watched(config: AppConfig, spans: Spans | None) -> Iterator[Callable[[Flask], Flask]]:
    """What lets each request be a span and a line of the log, where the settings ask for it."""
    log = log_as_json(config.log_file, "wallet") if config.log_format == "json" else None

    def watched(app: Flask) -> Flask:
        serve = cast(Any, app.wsgi_app)
        serve = spans.served(serve) if spans else serve
        app.wsgi_app = logged(serve) if log else serve  # type: ignore[method-assign, assignment]
        return app

    try:
        yield watched
    finally:
        if spans:
            spans.close()
        if log:
            log.close()


def _asked(question: Callable[[], Any]) -> Any:
    return question()


def _settle_what_was_left(wallet: Wallet, stopped: Event) -> None:
    for wait_s in _SETTLE_AFTER_S:
        if stopped.wait(wait_s) or wallet.payments.settle_all():
            return


def _take_what_is_due(wallet: Wallet, stopped: Event) -> None:
    """Recurring payments, probes, overdue tickets and files of days, by the wallet's own clock. Whoever has none costs
    nothing."""
    duties = (
        (wallet.agreements.any_active, wallet.debits.run_due),
        (wallet.heartbeat.is_set, wallet.heartbeat.run_due),
        (wallet.watch.has_to_look, wallet.watch.look),
        (wallet.reconciliation.has_to_look, wallet.reconciliation.run_due),
        (wallet.diagnostics.is_over, wallet.diagnostics.stop),
        (wallet.witnessing.has_to_look, wallet.witnessing.run_due),
    )
    while not stopped.wait(_DUE_EVERY_S):
        for has_any, perform in duties:
            # One that fails, as on a full disk, must not keep the next ones from being performed.
            with suppress(Exception):
                if has_any():
                    wallet.clock.refresh()
                    perform()


def _serve(config: AppConfig, passphrase: bytes, app: Flask) -> None:
    server = _Server(
        uvicorn.Config(
            WSGIMiddleware(cast(Any, app), workers=_THREADS),
            host=config.host,
            port=config.port,
            ssl_certfile=config.certificate,
            ssl_keyfile=config.certificate_key,
            ssl_keyfile_password=passphrase.decode(),
            # Below TLS 1.3 forward secrecy and sealed records only, as at the bank.
            ssl_ciphers="ECDHE+AESGCM:ECDHE+CHACHA20",
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
