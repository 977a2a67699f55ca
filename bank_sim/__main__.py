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
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from ssl import SSLContext

from bank_sim import admission as admissions
from bank_sim import authserver, console, gateway, identity, interfaces, portal, records, staff, supervision
from bank_sim.admission.dossiers import agreed_calls_day
from bank_sim.admission.lapsing import Lapsing
from bank_sim.audit import AccessRecord
from bank_sim.authorization.duties import consent_duties
from bank_sim.bank import Bank, Secrets, admission, open_bank, unlock
from bank_sim.clock import Clock
from bank_sim.config import Config, ConfigError
from bank_sim.core.operations import core_operations
from bank_sim.duties import Duties, Duty
from bank_sim.ebank import create_app as create_pages
from bank_sim.edge.bridge import WsgiApp
from bank_sim.edge.failures import DiscreetFormatter
from bank_sim.edge.listening import StartFailed, bind
from bank_sim.edge.refusals import Refusal, Report
from bank_sim.edge.serving import Door, serve
from bank_sim.edge.tls import TlsFilesUnusable, server_context
from bank_sim.edge.workers import Role, Supervisor
from bank_sim.events.courier import Courier
from bank_sim.events.delivery import Delivery
from bank_sim.keys import BankKeys, Custodian, SealBroken, WrongPassphrase
from bank_sim.messages import Dispatcher, SmsGateway
from bank_sim.monitor import Watch, alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.machine import Machine
from bank_sim.monitor.rules import rules_of
from bank_sim.records import archiving
from bank_sim.registry.generation import Generation
from bank_sim.registry.key_warnings import KeyWarnings
from bank_sim.registry.registration import read_registration
from bank_sim.sandbox import ControlBlock, Switches
from bank_sim.sandbox.listener import create_control_app
from bank_sim.sandbox.trace import Trace
from bank_sim.sandbox.watching import watched, watched_delivery, watched_post
from bank_sim.sdk.events import CHECK_NAMES as EVENT_CHECKS_OF_APPLICATIONS
from bank_sim.sdk.manifest import this_build
from bank_sim.store import Store, Transaction

GATEWAY, PAGES, PORTAL, CONSOLE, CONTROL = "gateway", "pages", "portal", "console", "control"
OFFICES = "offices"
_STDIN = 0
_PASSPHRASE_BYTES_MAX = 1024
_DEFENCES = gateway.DEFENCES | authserver.DEFENCES | identity.DEFENCES | portal.DEFENCES | staff.DEFENCES
_DEFENCES |= admissions.DEFENCES | interfaces.DEFENCES | supervision.DEFENCES | records.DEFENCES
# An application of the sandbox asks here which of its own checks a training leaves out.
_DEFENCES |= EVENT_CHECKS_OF_APPLICATIONS

_log = logging.getLogger("bank")


@dataclass(frozen=True)
class Premises:
    """What is opened before the processes fork, and the same in all of them."""

    config: Config
    secrets: Secrets
    block: ControlBlock
    clock: Clock
    switches: Switches
    sockets: dict[str, socket.socket]
    contexts: dict[str, SSLContext]


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
    except (ConfigError, WrongPassphrase, SealBroken, TlsFilesUnusable, StartFailed, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _open_premises(config: Config, passphrase: bytes) -> Premises:
    if not config.database.exists():
        raise StartFailed(f"There is no bank in {config.folder}.")
    _open_log(config)
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
        GATEWAY: server_context(config.tls_certificate, config.tls_key, passphrase, config.ca_certificate),
        PAGES: server_context(config.tls_certificate, config.tls_key, passphrase),
    }
    block = ControlBlock(config.control_file)
    switches = Switches(block, config.weakened_file, _DEFENCES)
    switches.weaken([])
    return Premises(config, secrets, block, Clock(block.offset_s), switches, sockets, contexts)


def _roles(premises: Premises) -> list[Role]:
    """N workers for the gateway, one for the users' pages, one for developers and staff, who must not hold up a user.

    The pages' worker also serves the sandbox's own listener and sends the messages.
    """
    workers = [
        Role(f"{GATEWAY} {number}", lambda lifeline, ready: _work_at_the_gateway(premises, lifeline, ready))
        for number in range(1, premises.config.workers + 1)
    ]
    return [
        *workers,
        Role(PAGES, lambda lifeline, ready: _work_at_the_pages(premises, lifeline, ready)),
        Role(OFFICES, lambda lifeline, ready: _work_in_the_offices(premises, lifeline, ready)),
    ]


def _work_at_the_gateway(premises: Premises, lifeline: int, ready: Callable[[], None]) -> None:
    with closing(_bank(premises)) as bank:
        app = gateway.create_app(bank, authserver.blueprint(bank))
        doors = [_door(premises, bank, GATEWAY, app.wsgi_app)]
        asyncio.run(serve(doors, premises.config.policy, lifeline, ready))


def _work_at_the_pages(premises: Premises, lifeline: int, ready: Callable[[], None]) -> None:
    config = premises.config
    with (
        closing(_bank(premises)) as bank,
        _messages_going_out(premises, bank.trace),
        _events_going_out(premises, bank),
        _duties_performed(premises, bank) as duties,
    ):
        admit = admission(bank.registry, bank.keys)
        control = create_control_app(
            premises.block,
            premises.clock,
            premises.switches,
            config.control_token_sha256,
            lambda body: admit(read_registration(body)),
            lambda: duties.perform(bank.store),
            lambda: _forget(config),
        )
        with bank.store.write() as db:
            bank.releases.publish(db, this_build(), "bank")
        doors = [
            _door(premises, bank, PAGES, create_pages(bank).wsgi_app),
            _door(premises, bank, CONTROL, control.wsgi_app),
        ]
        asyncio.run(serve(doors, config.policy, lifeline, ready))


def _forget(config: Config) -> None:
    """Every process reads again what it keeps in memory under a generation number."""
    for path in config.folder.glob("*.generation"):
        with closing(Generation(path)) as generation:
            generation.announce()


def _work_in_the_offices(premises: Premises, lifeline: int, ready: Callable[[], None]) -> None:
    with closing(_bank(premises)) as bank, _access_log_watched(premises):
        doors = [
            _door(premises, bank, PORTAL, portal.create_app(bank).wsgi_app),
            _door(premises, bank, CONSOLE, console.create_app(bank).wsgi_app),
        ]
        asyncio.run(serve(doors, premises.config.policy, lifeline, ready))


def _bank(premises: Premises) -> Bank:
    operations = core_operations(premises.config.policy, token_bytes)
    return open_bank(premises.config, premises.clock, premises.switches, premises.secrets, operations)


def _door(premises: Premises, bank: Bank, name: str, app: WsgiApp) -> Door:
    context = premises.contexts.get(name, premises.contexts[PAGES])
    if bank.trace is not None and name != CONTROL:
        app = watched(app, name, bank.trace, bank.clock)
    return Door(name, premises.sockets[name], context, app, _recording(bank, name))


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


@contextmanager
def _messages_going_out(premises: Premises, trace: Trace | None) -> Iterator[None]:
    """A thread that sends what lies in the outbox, for as long as the block runs."""
    config = premises.config
    sms = SmsGateway(config.sms_url, config.ca_certificate)
    deliver = sms.deliver if trace is None else watched_delivery(sms.deliver, trace, premises.clock)
    dispatcher = Dispatcher(premises.secrets.vault, premises.clock, deliver, epoch=lambda: premises.block.epoch)
    thread = threading.Thread(
        target=dispatcher.run, args=(lambda: Store(config.database, config.synchronous),), name="messages"
    )
    thread.start()
    try:
        yield
    finally:
        dispatcher.stop()
        thread.join()


@contextmanager
def _events_going_out(premises: Premises, bank: Bank) -> Iterator[None]:
    """A thread that delivers events to applications, for as long as the block runs."""
    config = premises.config
    courier = Courier(config.ca_certificate, config.own_ports)
    undelivered = next(each for each in rules_of(config.policy) if each.name == "EVENTS_UNDELIVERED")

    def gave_up(db: Transaction, app_id: str, dead: int) -> None:
        alarms.strike(db, Finding(undelivered, app_id, dead), premises.clock.now_ms())

    def keys_in(store: Store) -> BankKeys:
        custodian = Custodian(config.keys_folder, premises.secrets.vault)
        return premises.secrets.keys.following(custodian, store, bank.keys_generation.now)

    post = courier.post if bank.trace is None else watched_post(courier.post, bank.trace, premises.clock)
    delivery = Delivery(keys_in, premises.clock, config.policy, post, gave_up)
    thread = threading.Thread(
        target=delivery.run, args=(lambda: Store(config.database, config.synchronous),), name="events"
    )
    thread.start()
    try:
        yield
    finally:
        delivery.stop()
        thread.join()


def _duties(premises: Premises, bank: Bank) -> list[Duty]:
    """What falls due as virtual time passes, in the order in which it is done."""
    return [
        *interfaces.duties(bank.events, bank.lives, premises.config.policy),
        *consent_duties(bank),
        Duty("bank keys", bank.rotation.perform),
        Duty("admissions that lapse", Lapsing(premises.config.policy).perform),
        Duty("archives", archiving(premises.config, premises.clock).perform),
        *supervision.duties(premises.config.policy, bank.events, bank.standings, agreed_calls_day),
        Duty("warnings of ending keys", KeyWarnings(premises.config.policy, bank.events).perform),
    ]


@contextmanager
def _duties_performed(premises: Premises, bank: Bank) -> Iterator[Duties]:
    """A thread that does what has fallen due, for as long as the block runs."""
    config = premises.config
    duties = Duties(_duties(premises, bank), premises.clock)
    thread = threading.Thread(
        target=duties.run, args=(lambda: Store(config.database, config.synchronous),), name="duties"
    )
    thread.start()
    try:
        yield duties
    finally:
        duties.stop()
        thread.join()


@contextmanager
def _access_log_watched(premises: Premises) -> Iterator[None]:
    """A thread that raises alarms though nobody looks at the console, for as long as the block runs."""
    config = premises.config
    watch = Watch(premises.clock, config.policy, Machine().lost)
    thread = threading.Thread(
        target=watch.run, args=(lambda: Store(config.database, config.synchronous),), name="watch"
    )
    thread.start()
    try:
        yield
    finally:
        watch.stop()
        thread.join()


def _open_log(config: Config) -> None:
    """Everything of note into the bank's log file, warnings also to standard error. Nothing sensitive into either."""
    # A bank that came back from a backup has none.
    config.log_file.parent.mkdir(mode=0o700, exist_ok=True)
    file = logging.FileHandler(config.log_file)
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    for handler in (file, terminal):
        handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[file, terminal])


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
