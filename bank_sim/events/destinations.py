"""Where the bank posts nothing, whoever names it: its own listeners, and networks that are nobody's but their owner's.

An application chooses the address, and the bank's network reaches further than the application's (OWASP SSRF). So the
address is judged that a name leads to at the moment of sending, not the name. A loopback address is served under a name
of this machine only: that is where the sandbox's applications live. It judges; sending is the courier's.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row

# RFC 6052 section 2.1: what is sent there comes out at the IPv4 address in its last 32 bits.
_TRANSLATED = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Destination:
    """``host`` as the application wrote it, ``address`` what it leads to now; ``own_ports``: the bank's listeners."""

    host: str
    address: str
    port: int
    own_ports: frozenset[int] = frozenset()

    @property
    def found(self) -> IPv4Address | IPv6Address:
        """The address at which a message comes out, whatever it is wrapped in on the way."""
        outer = ip_address(self.address.partition("%")[0])
        if not isinstance(outer, IPv6Address):
            return outer
        translated = IPv4Address(int(outer) & 0xFFFFFFFF) if outer in _TRANSLATED else None
        return outer.ipv4_mapped or outer.sixtofour or translated or outer


def is_this_machine(host: str) -> bool:
    """A name or address that stands for this machine by itself (RFC 6761 section 6.3), asking no resolver."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def a_server_is_there(destination: Destination) -> None:
    """Neither the bank's own listener nor an address that belongs to no server: PARAM_INVALID."""
    found = destination.found
    nobody = found.is_multicast or found.is_unspecified
    if nobody or (found.is_loopback and destination.port in destination.own_ports):
        raise problems.PARAM_INVALID.problem("The address of events leads to where the bank posts nothing.")


def the_network_is_public(destination: Destination) -> None:
    """No private, link-local or otherwise inner address: PARAM_INVALID.

    A cloud's metadata service, a router and a printer believe whoever stands in their network.
    """
    found = destination.found
    # What counts as global includes prefixes that lead inside: site-local, and forms that wrap an IPv4 address.
    inner = not found.is_global or found.is_reserved or (isinstance(found, IPv6Address) and found.is_site_local)
    if inner and not (found.is_loopback and is_this_machine(destination.host)):
        raise problems.PARAM_INVALID.problem("The address of events leads into a private network.")


DESTINATIONS: CheckTable[Destination] = CheckTable(
    [
        row("events_to_a_server", a_server_is_there, "post", "7.3.2-1"),
        row("events_to_the_public", the_network_is_public, "post", "7.3.2-1"),
    ]
)

DEFENCES = frozenset(each.name for each in DESTINATIONS.rows)
"""The rows that a training run may leave out."""


def require_public_literal(host: str) -> None:
    """An address written as numbers is judged where it is registered: PARAM_INVALID. A name is, when it is used."""
    try:
        ip_address(host)
    except ValueError:
        return
    the_network_is_public(Destination(host, host, 0))
