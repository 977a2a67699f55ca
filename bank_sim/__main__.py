"""Starts the bank: ``python -m bank_sim --config FILE``, with the passphrase as one line on standard input.

The composition root: it alone puts faces, parts and core together, one listener for each network zone of figure 2.
It prints ``ready`` when every listener accepts, and stops on SIGTERM, on Ctrl-C, and at the end of standard input,
which stays open for as long as the bank shall run. Whatever keeps it from starting is one line on standard error.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from secrets import token_bytes

from flask import Flask

from bank_sim import admission as admissions
from bank_sim import (
    authorization,
    authserver,
    console,
    events,
    gateway,
    identity,
    interfaces,
    portal,
    records,
    risk,
    staff,
    supervision,
    tokens,
)
from bank_sim.audit import AccessRecord
from bank_sim.background import access_log_watched, duties_performed, events_going_out, messages_going_out
from bank_sim.bank import Bank, admission, open_bank, unlock
from bank_sim.clock import Clock
from bank_sim.config import Config, ConfigError
from bank_sim.core import guards
from bank_sim.core.operations import core_operations
from bank_sim.duties import Duties
from bank_sim.ebank import DEFENCES as PAGE_DEFENCES
from bank_sim.ebank import create_app as create_pages
from bank_sim.edge import bounds, tls
from bank_sim.edge.bridge import WsgiApp
from bank_sim.edge.listening import StartFailed, bind
from bank_sim.edge.log_file import open_log
from bank_sim.edge.refusals import Refusal, Report
from bank_sim.edge.serving import Door, serve
from bank_sim.edge.tls import TlsFilesUnusable, server_context
from bank_sim.edge.workers import Role, Supervisor
from bank_sim.keys import SealBroken, WrongPassphrase
from bank_sim.monitor import Watch
from bank_sim.monitor.folding import FOLDED_MAX
from bank_sim.monitor.machine import Machine
from bank_sim.monitor.metrics import Circumstances, metrics_page, render
from bank_sim.premises import Premises
from bank_sim.registry.generation import Generation
from bank_sim.registry.registration import read_registration
from bank_sim.risk import Risk
from bank_sim.sandbox import ControlBlock, Switches
from bank_sim.sandbox.faults import forget
from bank_sim.sandbox.listener import create_bare_app, create_control_app
from bank_sim.sandbox.watching import watched
from bank_sim.sdk.checks import APPLICATION_CHECKS
from bank_sim.sdk.log_lines import logged
from bank_sim.sdk.manifest import this_build
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.secret_scan import require_no_secret
from bank_sim.sdk.tracing import TracingUnavailable, require_tracing
from bank_sim.throttle import SharedCounters

GATEWAY, PAGES, PORTAL, CONSOLE, CONTROL = "gateway", "pages", "portal", "console", "control"
OFFICES = "offices"
_STDIN = 0
_PASSPHRASE_BYTES_MAX = 1024
_DEFENCES = gateway.DEFENCES | authserver.DEFENCES | identity.DEFENCES | portal.DEFENCES | staff.DEFENCES
_DEFENCES |= admissions.DEFENCES | interfaces.DEFENCES | supervision.DEFENCES | records.DEFENCES
_DEFENCES |= authorization.DEFENCES | events.DEFENCES | risk.DEFENCES | tokens.DEFENCES | guards.DEFENCES
_DEFENCES |= bounds.DEFENCES
_DEFENCES |= PAGE_DEFENCES
_DEFENCES |= tls.DEFENCES
# An application of the sandbox asks here which of its own checks a training leaves out.
_DEFENCES |= APPLICATION_CHECKS

_START_FAILURES = (
    ConfigError, WrongPassphrase, SealBroken, TlsFilesUnusable, StartFailed, TracingUnavailable, OSError,
)  # fmt: skip

_log = logging.getLogger("bank")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop. 0 after an orderly end, 1 with one line on standard error if the start failed."""
    parser = argparse.ArgumentParser(prog="python -m bank_sim", description=__doc__)
    parser.add_argument("--config", required=True, type=Path, help="the bank's settings, a JSON file")
    try:
        config = Config.from_file(parser.parse_args(arguments).config)
        premises = _open_premises(config, _read_passphrase(_STDIN))
        # What is shared from now on must not be written to by the garbage collector's marks.
        gc.freeze()
        Supervisor(_roles(premises), ready=_say_ready, watched=_STDIN).run()
    except _START_FAILURES as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _open_premises(config: Config, passphrase: bytes) -> Premises:
    if not config.database.exists():
        raise StartFailed(f"There is no bank in {config.folder}.")
    _require_no_secret(config)
    open_log(config)
    require_tracing(config.traces)
    # First of all, so that a wrong passphrase is called by its name.
    secrets = unlock(config, passphrase)
    sockets = {
        name: bind(name, config.host, port)
        for name, port in (
            (GATEWAY, config.port_gateway),
            (PAGES, config.port_pages),
            (PORTAL, config.port_portal),
            (CONSOLE, config.port_console),
            (CONTROL, config.port_control),
        )
    }
    contexts = {
        GATEWAY: server_context(config.tls_certificate, config.tls_key, passphrase, config.client_authority_file),
        PAGES: server_context(config.tls_certificate, config.tls_key, passphrase),
    }
    keys_max = config.policy.counted_keys_max
    with closing(SharedCounters(config.counters_file, Clock().now_ms, keys_max=keys_max)) as counters:
        counters.vacate_all()
    block = ControlBlock(config.control_file)
    if config.production_like and block.offset_s():
        raise StartFailed("The clock of this bank was moved; a production-like bank goes by the machine's time alone.")
    # What cannot be named cannot be left out, whatever the file comes to say.
    switches = Switches(block, config.weakened_file, frozenset() if config.production_like else _DEFENCES)
    switches.weaken([])
    forget(config.faults_file)
    return Premises(config, secrets, block, Clock(block.offset_s), switches, sockets, contexts)


def _require_no_secret(config: Config) -> None:
    """Nothing beside the vault holds a key or secret, or the bank does not start (JR/T 0185 7.3.4-2)."""
    try:
        require_no_secret((config.folder,))
    except Problem as problem:
        raise StartFailed(f"{problem.code}: {problem.detail}") from problem


def _roles(premises: Premises) -> list[Role]:
    """N workers for the gateway, one for the users' pages, one for developers and staff, who must not hold up a user.

    The pages' worker also serves the sandbox's own listener and sends the messages.
    """
    workers = [
        Role(f"{GATEWAY} {number + 1}", partial(_work_at_the_gateway, premises, number))
        for number in range(premises.config.workers)
    ]
    return [
        *workers,
        Role(PAGES, lambda lifeline, ready: _work_at_the_pages(premises, lifeline, ready)),
        Role(OFFICES, lambda lifeline, ready: _work_in_the_offices(premises, lifeline, ready)),
    ]


def _work_at_the_gateway(premises: Premises, number: int, lifeline: int, ready: Callable[[], None]) -> None:
    with closing(_bank(premises, number)) as bank:
        # Whoever had this number before was killed with these calls under way.
        bank.throttle.counters.vacate(number)
        app = gateway.create_app(bank, authserver.blueprint(bank))
        doors = [_door(premises, bank, GATEWAY, app.wsgi_app)]
        asyncio.run(serve(doors, premises.config.policy, lifeline, ready))


def _work_at_the_pages(premises: Premises, lifeline: int, ready: Callable[[], None]) -> None:
    config = premises.config
    with (
        closing(_bank(premises)) as bank,
        messages_going_out(premises, bank),
        events_going_out(premises, bank),
        duties_performed(premises, bank) as duties,
    ):
        machine = Machine()
        control = create_bare_app() if config.production_like else _knobs(premises, bank, duties)
        control.register_blueprint(metrics_page(lambda: render(bank.store, _circumstances(premises, bank, machine))))
        with bank.store.write() as db:
            bank.releases.publish(db, this_build(), "bank")
        doors = [
            _door(premises, bank, PAGES, create_pages(bank).wsgi_app),
            _door(premises, bank, CONTROL, control.wsgi_app),
        ]
        asyncio.run(serve(doors, config.policy, lifeline, ready))


def _knobs(premises: Premises, bank: Bank, duties: Duties) -> Flask:
    """The sandbox's own listener, with everything that it lets people turn."""
    config = premises.config
    admit, watch = admission(bank.registry, bank.keys), Watch(premises.clock, config.policy)
    return create_control_app(
        premises.block,
        premises.clock,
        premises.switches,
        bank.faults,
        config.control_token_sha256,
        lambda body: admit(read_registration(body)),
        lambda: _catch_up(bank, duties, watch),
        lambda: _forget(config, duties),
    )


def _catch_up(bank: Bank, duties: Duties, watch: Watch) -> None:
    """Whoever moved the clock finds done what fell due, and the alarms raised that were called for."""
    duties.perform(bank.store)
    while watch.look(bank.store).records == FOLDED_MAX:
        pass


def _circumstances(premises: Premises, bank: Bank, machine: Machine) -> Circumstances:
    now_ms, weakened = premises.clock.now_ms(), premises.switches.weakened()
    return Circumstances(now_ms, weakened, machine.processes(), bank.throttle)


def _forget(config: Config, duties: Duties) -> None:
    """No duty goes on over it, and every process reads again what it keeps in memory under a generation number."""
    duties.rest()
    for path in config.folder.glob("*.generation"):
        with closing(Generation(path)) as generation:
            generation.announce()


def _work_in_the_offices(premises: Premises, lifeline: int, ready: Callable[[], None]) -> None:
    with closing(_bank(premises)) as bank, access_log_watched(premises):
        doors = [
            _door(premises, bank, PORTAL, portal.create_app(bank).wsgi_app),
            _door(premises, bank, CONSOLE, console.create_app(bank).wsgi_app),
        ]
        asyncio.run(serve(doors, premises.config.policy, lifeline, ready))


def _bank(premises: Premises, worker: int = 0) -> Bank:
    judge = Risk(premises.config.policy, premises.switches.weakened).judge
    operations = core_operations(premises.config.policy, token_bytes, judge, premises.switches.weakened)
    return open_bank(premises.config, premises.clock, premises.switches, premises.secrets, operations, worker)


def _door(premises: Premises, bank: Bank, name: str, app: WsgiApp) -> Door:
    context = premises.contexts.get(name, premises.contexts[PAGES])
    if bank.trace is not None and name != CONTROL:
        app = watched(app, name, bank.trace, bank.clock)
    if bank.spans is not None and name != CONTROL:
        app = bank.spans.served(app)
    if bank.config.log_format == "json" and name != CONTROL:
        app = logged(app)
    return Door(name, premises.sockets[name], context, app, _recording(bank, name), bank.switches.weakened)


def _recording(bank: Bank, door: str) -> Report:
    """Calls that end at the edge leave their access record like all others (JR/T 0185 7.3.3)."""

    def record(refusal: Refusal) -> None:
        try:
            bank.access_log.record(_edge_record(bank, door, refusal))
        except Exception:
            # The refusal stands, recorded or not: nothing has been done that could be undone.
            _log.exception("the access record of a refusal at the edge is lost")

    return record


def _edge_record(bank: Bank, door: str, refusal: Refusal) -> AccessRecord:
    return AccessRecord(
        trace_id=refusal.trace_id,
        at_ms=bank.clock.now_ms(),
        api_id=f"edge:{door}",
        method=refusal.method,
        path=refusal.path,
        source=refusal.source,
        elapsed_us=refusal.elapsed_us,
        result="failure",
        status=refusal.problem.kind.status,
        code=refusal.problem.code,
        weakened=" ".join(sorted(bank.switches.weakened())),
    )


def _read_passphrase(descriptor: int) -> bytes:
    """One line, byte by byte: what follows on the descriptor is not this function's to swallow."""
    line = b""
    while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
        line += byte
        if len(line) > _PASSPHRASE_BYTES_MAX:
            raise StartFailed("The first line on standard input is too long for a passphrase.")
    if not line:
        raise StartFailed("No passphrase came on standard input.")
    return line


def _say_ready() -> None:
    print("ready", flush=True)


if __name__ == "__main__":
    sys.exit(main())
