"""Which port each listener of the sandbox takes, and whether it is free: asked before anything is started."""

from __future__ import annotations

import os
import socket
from dataclasses import asdict, dataclass, fields
from itertools import count, islice
from typing import Annotated

import msgspec

from scenarios.failures import BrokenSurroundings

PORT_BASE_DEFAULT = 8440
LOOPBACK = "127.0.0.1"
_FREE_FROM, _FREE_COUNT = 20_000, 12_000
# Neighbouring process ids look this far apart: more than one process takes at a time, and prime to the count.
_STRIDE = 97
_looks = count()
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


@dataclass(frozen=True, slots=True)
class Ports:
    """One port a listener, all on 127.0.0.1. ``behind``: the gateway's own, where a middlebox has its public one."""

    gateway: Port
    pages: Port
    wallet: Port
    phone: Port
    theatre: Port
    portal: Port
    console: Port
    behind: Port
    control: Port


def ports_from(base: int) -> Ports:
    """The fixed ports above ``base``; 0 means any free ones, as tests want them."""
    if base == 0:
        return free_ports()
    if not 1024 <= base <= 65535 - 9:
        raise BrokenSurroundings(f"--port-base {base} is outside 1024 to 65526.")
    return Ports(
        gateway=base,
        pages=base + 1,
        wallet=base + 2,
        phone=base + 3,
        theatre=base + 4,
        portal=base + 5,
        console=base + 6,
        behind=base + 7,
        control=base + 9,
    )


def free_ports() -> Ports:
    """Ports that are free at this moment, found below those that systems hand out to clients.

    Between this look and the moment when the listeners take them nobody holds them. So each process looks in a place
    of its own, and each time a little further: two sandboxes that start at the same time find different ones.
    """
    begin = os.getpid() * _STRIDE + next(_looks) * len(fields(Ports))
    candidates = (_FREE_FROM + (begin + step) % _FREE_COUNT for step in range(_FREE_COUNT))
    found = list(islice(filter(_is_free, candidates), len(fields(Ports))))
    if len(found) < len(fields(Ports)):
        raise BrokenSurroundings(f"No ports are free from {_FREE_FROM} to {_FREE_FROM + _FREE_COUNT - 1}.")
    return Ports(*found)


def require_free(ports: Ports, *, tapped: bool) -> None:
    """Refuse with one line that names the port, its listener and the way out."""
    for name, port in asdict(ports).items():
        if name == "behind" and not tapped:
            continue
        if not _is_free(port):
            raise BrokenSurroundings(
                f"Port {port} ({name}) is in use; stop what listens there, or choose another --port-base."
            )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the listeners do it: a port in TIME_WAIT is free, one that somebody listens on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
