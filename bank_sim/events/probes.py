"""Probes: events that a sound application must refuse, and how an application took them (JR/T 0185 10.4-1.3).

Ordered by the bank's staff or by an inspection, performed by the thread that delivers events, kept as evidence. What
follows from a finding is for whoever inspects: nothing here suspends anybody.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal, get_args

from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS event_probes (
    probe_id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    ordered_by TEXT NOT NULL,
    ordered_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ordered', 'done')),
    finished_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS event_probes_once ON event_probes (app_id) WHERE state = 'ordered';
CREATE INDEX IF NOT EXISTS event_probes_of ON event_probes (app_id, ordered_ms);
CREATE TABLE IF NOT EXISTS event_probe_findings (
    probe_id TEXT NOT NULL REFERENCES event_probes,
    defect TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    is_sound INTEGER NOT NULL,
    PRIMARY KEY (probe_id, defect)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event_probe_addresses (
    probe_id TEXT PRIMARY KEY REFERENCES event_probes,
    url TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

Defect = Literal["none", "unsigned", "forged", "foreign_key", "altered", "stale", "replayed"]
"""``none``: an event of the bank as it should be. ``forged``: in the bank's name, with a key that is not the bank's."""

DEFECTS: tuple[Defect, ...] = get_args(Defect)

Gravity = Literal["high", "medium", "low"]
_OF_A_STRANGER = frozenset({"unsigned", "forged", "foreign_key", "altered"})


@dataclass(frozen=True, slots=True)
class Finding:
    """How one probe was answered. ``is_sound``: accepted where nothing was wrong, refused (4xx) where something was."""

    defect: str
    outcome: str
    status: int | None
    is_sound: bool

    @property
    def gravity(self) -> Gravity | None:
        """None where it is sound. Ours: to believe a stranger is grave; to believe the bank's old words, or not to
        hear the bank at all, is less so; what was answered neither way may be a matter of the network.
        """
        if self.is_sound:
            return None
        if self.defect == "none":
            return "medium"
        if self.outcome != "delivered":
            return "low"
        return "high" if self.defect in _OF_A_STRANGER else "medium"


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """``url``: what was probed. ``finished_ms`` is None while that is under way; then there are no findings yet."""

    probe_id: str
    app_id: str
    ordered_by: str
    ordered_ms: int
    finished_ms: int | None
    url: str
    findings: tuple[Finding, ...]

    def tells_of(self, url: str, since_ms: int) -> bool:
        """It is over, was ordered no earlier, and looked at this address: another one may be another program."""
        return self.finished_ms is not None and self.ordered_ms >= since_ms and self.url == url

    @property
    def passed(self) -> bool:
        """All probes came back, and each was taken as a sound application takes it."""
        return len(self.findings) == len(DEFECTS) and all(each.is_sound for each in self.findings)


def order(db: Transaction, app_id: str, by: str, now_ms: int) -> str:
    """Have an application probed soon, within the caller's write transaction; returns the probe's identifier.

    EVENTS_NOT_WANTED for an application without an address; STATE_CHANGED while an earlier order is under way.
    """
    address = db.execute("SELECT url FROM event_endpoints WHERE app_id = ?", (app_id,)).fetchone()
    if not address:
        raise problems.EVENTS_NOT_WANTED.problem()
    probe_id = f"prb_{secrets.token_hex(8)}"
    ordered = db.execute(
        "INSERT INTO event_probes (probe_id, app_id, ordered_by, ordered_ms, state) VALUES (?, ?, ?, ?, 'ordered')"
        " ON CONFLICT DO NOTHING",
        (probe_id, app_id, by, now_ms),
    ).rowcount
    if ordered != 1:
        raise problems.STATE_CHANGED.problem()
    db.execute("INSERT INTO event_probe_addresses VALUES (?, ?)", (probe_id, address[0]))
    return probe_id


def latest(store: Store, app_id: str) -> ProbeReport | None:
    """The newest probe of an application, finished or not; None where it was never probed."""
    rows = store.read(
        "SELECT probe_id, app_id, ordered_by, ordered_ms, finished_ms, ifnull(url, '') FROM event_probes"
        " LEFT JOIN event_probe_addresses USING (probe_id) WHERE app_id = ?"
        " ORDER BY ordered_ms DESC, state DESC LIMIT 1",
        (app_id,),
    )
    if not rows:
        return None
    probe_id, whose, ordered_by, ordered_ms, finished_ms, url = rows[0]
    return ProbeReport(probe_id, whose, ordered_by, ordered_ms, finished_ms, url, _findings(store, probe_id))


def ordered(store: Store) -> list[tuple[str, str]]:
    """Probes that wait to be performed: their identifier and the App_ID."""
    rows = store.read("SELECT probe_id, app_id FROM event_probes WHERE state = 'ordered'")
    return [(probe_id, app_id) for probe_id, app_id in rows]


def finish(db: Transaction, probe_id: str, findings: list[Finding], now_ms: int) -> None:
    """Keep what a probe found, once."""
    finished = db.execute(
        "UPDATE event_probes SET state = 'done', finished_ms = ? WHERE probe_id = ? AND state = 'ordered'",
        (now_ms, probe_id),
    ).rowcount
    if finished != 1:
        raise problems.ILLEGAL_TRANSITION.problem()
    for each in findings:
        db.execute(
            "INSERT INTO event_probe_findings (probe_id, defect, outcome, status, is_sound) VALUES (?, ?, ?, ?, ?)",
            (probe_id, each.defect, each.outcome, each.status, int(each.is_sound)),
        )


def _findings(store: Store, probe_id: str) -> tuple[Finding, ...]:
    rows = store.read(
        "SELECT defect, outcome, status, is_sound FROM event_probe_findings WHERE probe_id = ?", (probe_id,)
    )
    found = {row[0]: Finding(row[0], row[1], row[2], bool(row[3])) for row in rows}
    return tuple(found[each] for each in DEFECTS if each in found)
