"""What the head of a request must be beyond what the parser demands, so that no two readers can read it differently.

Sources: RFC 9112 sections 3.2 and 6.1, RFC 9110 section 7.2. It judges the head alone and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.sdk.protocol.problems import HEADER_DUPLICATED, MALFORMED_HTTP

_VERSIONS = frozenset({"1.0", "1.1"})
# RFC 9112 section 3.2: a server must take the absolute form as well; authority and asterisk forms have no use here.
_ABSOLUTE = (b"https://", b"http://")
_TARGETS = (b"/", *_ABSOLUTE)


@dataclass(frozen=True, slots=True)
class Head:
    """The head as it was parsed; names of headers are in lower case."""

    version: str
    wants_upgrade: bool
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]

    def values(self, wanted: bytes) -> list[bytes]:
        return [value for name, value in self.headers if name == wanted]


def require_strict(head: Head) -> None:
    """MALFORMED_HTTP, or HEADER_DUPLICATED for a second Host.

    1. HTTP/1.0 or 1.1, without upgrade;
    2. the target is a path, or a URL of the authority that Host names;
    3. HTTP/1.1 comes with one Host;
    4. a body is plain or chunked, and coded in no other way.
    """
    if head.wants_upgrade or head.version not in _VERSIONS:
        raise MALFORMED_HTTP.problem("This listener speaks HTTP/1.1; CONNECT and Upgrade are refused.")
    if not head.target.startswith(_TARGETS):
        raise MALFORMED_HTTP.problem("The request target must be a path.")
    _require_one_authority(head)
    _require_plain_body(head)


def _require_one_authority(head: Head) -> None:
    hosts = head.values(b"host")
    if len(hosts) > 1:
        raise HEADER_DUPLICATED.problem("Host stands twice.")
    if not hosts and head.version == "1.1":
        raise MALFORMED_HTTP.problem("Host is missing.")
    if head.target.startswith(_ABSOLUTE):
        # RFC 9112 section 3.2.2 lets the target win; what signatures cover must be what the caller reads in Host.
        authority = head.target.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0]
        if [each.lower() for each in hosts] != [authority.lower()]:
            raise MALFORMED_HTTP.problem("The request target names another authority than Host.")


def _require_plain_body(head: Head) -> None:
    codings = head.values(b"transfer-encoding")
    if codings and (head.version == "1.0" or [each.lower() for each in codings] != [b"chunked"]):
        raise MALFORMED_HTTP.problem("The only transfer coding here is chunked, once, in HTTP/1.1.")
