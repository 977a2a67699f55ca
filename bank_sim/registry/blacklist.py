"""The blacklist: source addresses and applications that the bank does not serve (JR/T 0185 10.1.2 a, 9.2.1 b 4).

Every call asks it, so each process keeps it in memory and reads it again only when ``Generation`` says that somebody
has changed it; a change holds in every worker from its commit on. Entries may end by themselves on the virtual clock.
Who may change it, and that somebody else must agree to a removal, is the staff's business.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.registry.generation import Generation
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS blacklist (
    kind TEXT NOT NULL CHECK (kind IN ('source', 'application')),
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at_ms INTEGER NOT NULL,
    until_ms INTEGER,
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
"""

BlacklistKind = Literal["source", "application"]
_VERDICTS_KEPT = 4096
_NOT_LISTED = -1.0


@dataclass(frozen=True, slots=True)
class BlacklistEntry:
    """``subject``: an address, a network such as ``192.0.2.0/24``, or an App_ID. ``until_ms`` None: until removed."""

    kind: BlacklistKind
    subject: str
    reason: str
    added_by: str
    added_at_ms: int
    until_ms: int | None


class Blacklist:
    """``generation`` is asked at each call; the table only after a change."""

    def __init__(self, store: Store, clock: Clock, generation: Generation) -> None:
        self._store = store
        self._clock = clock
        self._generation = generation
        self._known = -1
        self._applications: dict[str, float] = {}
        self._networks: list[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, float]] = []
        # When each address that called lately stops being listed; a flood from many addresses cannot fill the memory.
        self._until_ms_of = lru_cache(maxsize=_VERDICTS_KEPT)(self._until_ms_of_source)

    def require_source(self, source: str, now_ms: int) -> None:
        """SOURCE_BLACKLISTED for an address that is listed, by itself or within a network."""
        self._refresh()
        if self._networks and now_ms < self._until_ms_of(source):
            raise problems.SOURCE_BLACKLISTED.problem()

    def require_application(self, app_id: str, now_ms: int) -> None:
        """APP_BLACKLISTED. To be asked once the application has proven itself: others must not learn it."""
        self._refresh()
        if now_ms < self._applications.get(app_id, _NOT_LISTED):
            raise problems.APP_BLACKLISTED.problem()

    def entries(self) -> list[BlacklistEntry]:
        """What is listed now, the newest first."""
        rows = self._store.read(
            "SELECT kind, subject, reason, added_by, added_at_ms, until_ms FROM blacklist"
            " WHERE ifnull(until_ms, ?1) >= ?1 ORDER BY added_at_ms DESC, subject",
            (self._clock.now_ms(),),
        )
        return [BlacklistEntry(*row) for row in rows]

    def add(self, db: Database, entry: BlacklistEntry) -> None:
        """List somebody, in place of an entry that ends no later. After the caller's commit comes ``announce``.

        FOUR_EYES_REQUIRED where it would end sooner than what is listed: that takes an entry away, if only in part.
        """
        listed = db.execute(
            "INSERT INTO blacklist VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET reason = excluded.reason,"
            " added_by = excluded.added_by, added_at_ms = excluded.added_at_ms, until_ms = excluded.until_ms"
            " WHERE excluded.until_ms IS NULL OR excluded.until_ms >= blacklist.until_ms",
            (entry.kind, entry.subject, entry.reason, entry.added_by, entry.added_at_ms, entry.until_ms),
        ).rowcount
        if listed != 1:
            raise problems.FOUR_EYES_REQUIRED.problem()

    def remove(self, db: Database, kind: str, subject: str) -> None:
        """STATE_CHANGED where there is no such entry. After the caller's commit comes ``announce``."""
        gone = db.execute("DELETE FROM blacklist WHERE kind = ? AND subject = ?", (kind, subject)).rowcount
        if not gone:
            raise problems.STATE_CHANGED.problem()

    def announce(self) -> None:
        """Tell all processes that the list has changed; the change must be committed."""
        self._generation.announce()

    def _refresh(self) -> None:
        generation = self._generation.now()
        if generation == self._known:
            return
        rows = self._store.read("SELECT kind, subject, until_ms FROM blacklist")
        self._applications = {subject: _end(until_ms) for kind, subject, until_ms in rows if kind == "application"}
        self._networks = [
            (ipaddress.ip_network(subject), _end(until_ms)) for kind, subject, until_ms in rows if kind == "source"
        ]
        self._until_ms_of.cache_clear()
        self._known = generation

    def _until_ms_of_source(self, source: str) -> float:
        """The latest end among the entries that hold the address; what is no address is in no network."""
        try:
            address = ipaddress.ip_address(source)
        except ValueError:
            return _NOT_LISTED
        mapped = getattr(address, "ipv4_mapped", None) or address
        return max((until_ms for network, until_ms in self._networks if mapped in network), default=_NOT_LISTED)


def source_subject(text: str) -> str:
    """An address or network in its one spelling. PARAM_INVALID for anything else, and for more than a /8 or /32."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise problems.PARAM_INVALID.problem(
            "Write an address such as 192.0.2.7, or a network: 192.0.2.0/24."
        ) from error
    if network.prefixlen < (8 if network.version == 4 else 32):
        raise problems.PARAM_INVALID.problem("This network is too large to be blocked as a whole.")
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def _end(until_ms: Any) -> float:
    return math.inf if until_ms is None else float(until_ms)
