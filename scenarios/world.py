"""One started sandbox: three party processes over TLS on loopback, in one home.

Used by ``up``, by ``demo`` and ``run``, and by tests. It founds the home if need be, starts the parties, and leaves no
process behind however the block ends. What goes on between the parties it does not touch.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scenarios import founding, processes
from scenarios.addresses import Addresses
from scenarios.authority import Authority
from scenarios.control import Control
from scenarios.facts import Marker, RunFacts
from scenarios.failures import BrokenSurroundings, WrongUsage
from scenarios.home import PARTIES, Home
from scenarios.passphrase import PartyPassphrases, Passphrase
from scenarios.payees import write_payees
from scenarios.ports import PORT_BASE_DEFAULT, Ports, ports_from, require_free
from scenarios.processes import Party, PartyProcess
from scenarios.registry import Suite
from scenarios.signals import undisturbed

if TYPE_CHECKING:
    from scenarios.middlebox import Middlebox
    from user_sim.people import Person

SEED_DEFAULT = 2020
PEOPLE_DEFAULT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of a world.

    ``port_base``    0 takes any free ports
    ``weakened``     defences that the bank leaves out from the start
    ``aids``         marked comforts on the pages that no real bank or application has, auto-fill for one
    ``discreet``     the bank's pages say that a defence is out, but not which
    ``production_like``  nothing that only a sandbox has: no aids, no switches, no clock to move, no faults, no trace
    ``trace``        each party writes down the messages that it sees, for the theatre
    ``tapped``       put a middlebox in front of the gateway, for scenarios that watch or hold the wire
    ``traces``       where all parties send spans: a file, or the address of an OpenTelemetry collector; "" is nowhere
    ``log_format``   of the parties' logs: ``json`` is an object a line
    ``bounds``       numbers of the bank's policy that are not its own, for a world in which much shall happen soon
    ``environment``  what the party processes inherit; the passphrase is not in it
    """

    home: Path
    passphrase: Passphrase
    suite: Suite = "gm"
    workers: int = 1
    port_base: int = PORT_BASE_DEFAULT
    seed: int = SEED_DEFAULT
    people: int = PEOPLE_DEFAULT
    weakened: frozenset[str] = frozenset()
    tapped: bool = False
    aids: bool = False
    discreet: bool = False
    production_like: bool = False
    trace: bool = False
    traces: str = ""
    log_format: Literal["text", "json"] = "text"
    bounds: Mapping[str, int] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """``WrongUsage`` for a plan that contradicts itself."""
        if self.production_like and (self.weakened or self.aids or self.trace or self.tapped):
            raise WrongUsage("What is production-like has no weakened defence, no aids, no trace and no middlebox.")


@dataclass(frozen=True, slots=True)
class World:
    """What a started sandbox offers to those who look at it from outside. ``issuer`` certifies further listeners."""

    plan: Plan
    home: Home
    addresses: Addresses
    people: list[Person]
    control: Control
    parties: list[PartyProcess]
    middlebox: Middlebox | None
    issuer: Authority

    @property
    def authority(self) -> Path:
        """The certificate that every client of this world trusts."""
        return self.home.authority / "ca.crt"

    def server_certificates(self) -> list[Path]:
        """The certificates that the servers of this world show, for browsers that trust these alone."""
        return sorted(self.home.path.glob("*/tls.crt"))

    def require_alive(self) -> None:
        """``BrokenSurroundings`` with the obituary of a party that ended on its own."""
        if (ended := self.ended()) is not None:
            raise BrokenSurroundings(ended.obituary())

    def ended(self) -> PartyProcess | None:
        """A party that ended on its own; None while all are well."""
        return next((each for each in self.parties if each.ended() is not None), None)


@contextmanager
def running_world(plan: Plan) -> Iterator[World]:
    """Found the home if need be, start the three parties, and stop them when the block ends.

    Raises ``BrokenSurroundings`` with one line for a port in use, a foreign, damaged or busy home, a wrong passphrase.
    """
    home = Home(plan.home)
    with ExitStack() as stack:
        stack.enter_context(home.lock())
        ports = _ports(home, plan)
        require_free(ports, tapped=plan.tapped)
        token = secrets.token_urlsafe(32)
        marker, passphrases = founding.opened(home, fresh_marker(plan, ports), plan.passphrase)
        site = founding.Site(
            home=home,
            passphrases=passphrases,
            addresses=Addresses.at(ports),
            ports=ports,
            control_token_sha256=sha256(token.encode()).hexdigest(),
            workers=plan.workers,
            tapped=plan.tapped,
            aids=plan.aids,
            discreet=plan.discreet,
            production_like=plan.production_like,
            trace=plan.trace,
            traces=plan.traces,
            log_format=plan.log_format,
            bounds=plan.bounds,
        )
        foundation = founding.prepare(site, marker)
        parties = _spawned(stack, home, passphrases, plan.environment)
        foundation.lay({each.party.name: each.hand_over_passphrase for each in parties})
        processes.make_ready(parties)
        write_payees(home, foundation.people, aids=plan.aids)
        control = Control(site.addresses.control, token, home.authority / "ca.crt")
        stack.callback(control.close)
        stack.enter_context(home.running(_facts(plan, site.addresses, token, parties)))
        _weaken(control, plan.weakened)
        box = _tapped(stack, site) if plan.tapped else None
        yield World(plan, home, site.addresses, foundation.people, control, parties, box, foundation.authority)


def _ports(home: Home, plan: Plan) -> Ports:
    """The ports asked for; a home that is opened again keeps those on which its wallet is registered."""
    marker = home.marker()
    if marker is not None and marker.reopens and plan.port_base == marker.port_base:
        return marker.ports
    return ports_from(plan.port_base)


def _weaken(control: Control, names: frozenset[str]) -> None:
    if not names:
        return
    known = control.weakened()["known"]
    if unknown := sorted(names.difference(known)):
        raise WrongUsage(f"There is no defence {', '.join(unknown)}; there are: {', '.join(known)}.")
    control.weaken(names)


def _spawned(
    stack: ExitStack, home: Home, passphrases: PartyPassphrases, environment: Mapping[str, str]
) -> list[PartyProcess]:
    folders = {name: home.party(name) for name in PARTIES}
    asked = [
        Party(name, f"{name}_sim", folder / "config.json", folder / "errors.log", passphrases.of(name))
        for name, folder in folders.items()
    ]
    parties = processes.spawn(asked, dict(environment))
    stack.callback(_stop, parties)
    return parties


def _stop(parties: list[PartyProcess]) -> None:
    with undisturbed():
        processes.stop(parties)


def _tapped(stack: ExitStack, site: founding.Site) -> Middlebox:
    from scenarios.middlebox import middlebox

    folder = site.home.party("bank")
    identity = (folder / "tls.crt", folder / "tls.key", site.passphrases.of("bank"))
    trust = site.home.authority / "ca.crt", folder / "keys" / "client-ca.crt"
    box = stack.enter_context(middlebox(site.ports.gateway, site.ports.behind, *identity, *trust))
    box.entrusted.give(site.home.party("app") / "keys" / "client.pem", site.passphrases.of("app"))
    return box


def _facts(plan: Plan, addresses: Addresses, token: str, parties: list[PartyProcess]) -> RunFacts:
    return {
        "pid": os.getpid(),
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "suite": plan.suite,
        "workers": plan.workers,
        "urls": addresses.urls(),
        "control_token": token,
        "parties": {each.party.name: each.pid for each in parties},
    }


def fresh_marker(plan: Plan, ports: Ports) -> Marker:
    """The marker of a home that this plan founds."""
    return Marker(
        suite=plan.suite,
        port_base=plan.port_base,
        ports=ports,
        seed=plan.seed,
        people=plan.people,
        passphrase="kept" if plan.passphrase.kept else "ephemeral",
        salt=secrets.token_hex(16),
        workers=plan.workers,
    )
