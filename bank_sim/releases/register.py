"""The register of SDK builds, their states with history, and the least version that may be used.

    allowed ──withdraw──▶ withdrawn ──admit again──▶ allowed

A build is named by the SM3 of its manifest, so that two builds of one version are two. Changes run within the caller's
write transaction and tell the applications that attest their SDK.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from bank_sim.clock import Clock
from bank_sim.events import Events, EventType
from bank_sim.sdk.manifest import Attestation, Manifest
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, Transaction, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS sdk_releases (
    fingerprint TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    files TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('allowed', 'withdrawn')),
    released_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sdk_minimum (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    version TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sdk_history (
    entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    subject TEXT NOT NULL,
    came_from TEXT NOT NULL,
    went_to TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
""" + append_only("sdk_history")

MINIMUM = "minimum"
"""What the history calls the least version."""


@dataclass(frozen=True, slots=True)
class Release:
    """A published build. ``files``: path below the SDK's folder -> SM3 of its content in hex."""

    fingerprint: str
    version: str
    files: dict[str, str]
    state: str
    released_ms: int

    @property
    def manifest(self) -> Manifest:
        return Manifest(self.version, self.files)

    def is_below(self, minimum: str | None) -> bool:
        """It is too old for a least version; nothing is where there is none."""
        return minimum is not None and _ordered(self.version) < _ordered(minimum)


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the history. ``subject``: a fingerprint, or ``minimum``, whose states are versions."""

    at_ms: int
    subject: str
    came_from: str
    went_to: str
    by: str
    reason: str


class Releases:
    """The builds of one bank."""

    def __init__(self, store: Store, clock: Clock, events: Events) -> None:
        self._store = store
        self._clock = clock
        self._events = events

    def publish(self, db: Transaction, build: Manifest, by: str, reason: str = "") -> bool:
        """Publish a build, unless it is known already, in whatever state; whether it was new."""
        fingerprint = build.fingerprint
        added = db.execute(
            "INSERT INTO sdk_releases (fingerprint, version, files, state, released_ms)"
            " VALUES (?, ?, ?, 'allowed', ?) ON CONFLICT DO NOTHING",
            (fingerprint, build.version, msgspec.json.encode(dict(build.files)).decode(), self._clock.now_ms()),
        ).rowcount
        if added:
            self._note(db, fingerprint, "", "allowed", by, reason)
            self._tell(db, "sdk.released", fingerprint, build.version)
        return bool(added)

    def withdraw(self, db: Transaction, fingerprint: str, by: str, reason: str) -> None:
        """From now on calls of this build are refused: RESOURCE_NOT_FOUND, ILLEGAL_TRANSITION where it is already."""
        version = self._move(db, fingerprint, "allowed", "withdrawn", by, reason)
        self._tell(db, "sdk.withdrawn", fingerprint, version)

    def admit_again(self, db: Transaction, fingerprint: str, by: str, reason: str) -> None:
        """A withdrawn build may be used again: RESOURCE_NOT_FOUND, ILLEGAL_TRANSITION where it may be already."""
        version = self._move(db, fingerprint, "withdrawn", "allowed", by, reason)
        self._tell(db, "sdk.released", fingerprint, version)

    def set_minimum(self, db: Transaction, version: str, by: str, reason: str) -> None:
        """Builds of lesser versions are refused from now on. RESOURCE_NOT_FOUND for a version that is not published,
        ILLEGAL_TRANSITION for the least version as it is."""
        if not db.execute("SELECT 1 FROM sdk_releases WHERE version = ?", (version,)).fetchone():
            raise problems.RESOURCE_NOT_FOUND.problem()
        before = self.minimum()
        if before == version:
            raise problems.ILLEGAL_TRANSITION.problem()
        db.execute(
            "INSERT INTO sdk_minimum (only, version) VALUES (1, ?)"
            " ON CONFLICT DO UPDATE SET version = excluded.version",
            (version,),
        )
        self._note(db, MINIMUM, before or "", version, by, reason)

    def require_usable(self, attested: Attestation) -> None:
        """What a call attests may be used: SDK_INTEGRITY_FAILED for no published build, SDK_VERSION_WITHDRAWN."""
        rows = self._store.read(
            "SELECT version, state, (SELECT version FROM sdk_minimum) FROM sdk_releases WHERE fingerprint = ?",
            (attested.fingerprint,),
        )
        if not rows or rows[0][0] != attested.version:
            raise problems.SDK_INTEGRITY_FAILED.problem("No build of these files was published.")
        version, state, minimum = rows[0]
        if state == "withdrawn":
            raise problems.SDK_VERSION_WITHDRAWN.problem(f"Version {version} was withdrawn.")
        if minimum is not None and _ordered(version) < _ordered(minimum):
            raise problems.SDK_VERSION_WITHDRAWN.problem(f"Version {version} is too old; use {minimum} or later.")

    def listed(self) -> list[Release]:
        """All builds, the newest first."""
        rows = self._store.read(
            "SELECT fingerprint, version, files, state, released_ms FROM sdk_releases ORDER BY released_ms DESC"
        )
        return [Release(row[0], row[1], msgspec.json.decode(row[2]), row[3], row[4]) for row in rows]

    def find(self, fingerprint: str) -> Release:
        """RESOURCE_NOT_FOUND."""
        found = next((each for each in self.listed() if each.fingerprint == fingerprint), None)
        if found is None:
            raise problems.RESOURCE_NOT_FOUND.problem()
        return found

    def minimum(self) -> str | None:
        """The least version that may be used; None while any may."""
        rows = self._store.read("SELECT version FROM sdk_minimum")
        return rows[0][0] if rows else None

    def history(self, limit: int = 50) -> list[Change]:
        """What was done, the newest first."""
        rows = self._store.read(
            "SELECT at_ms, subject, came_from, went_to, by, reason FROM sdk_history ORDER BY entry_id DESC LIMIT ?",
            (limit,),
        )
        return [Change(*row) for row in rows]

    def _move(self, db: Transaction, fingerprint: str, came_from: str, went_to: str, by: str, reason: str) -> str:
        """The build's version."""
        rows = db.execute("SELECT version FROM sdk_releases WHERE fingerprint = ?", (fingerprint,)).fetchall()
        if not rows:
            raise problems.RESOURCE_NOT_FOUND.problem()
        moved = db.execute(
            "UPDATE sdk_releases SET state = ? WHERE fingerprint = ? AND state = ?", (went_to, fingerprint, came_from)
        ).rowcount
        if moved != 1:
            raise problems.ILLEGAL_TRANSITION.problem()
        self._note(db, fingerprint, came_from, went_to, by, reason)
        return str(rows[0][0])

    def _note(self, db: Transaction, subject: str, came_from: str, went_to: str, by: str, reason: str) -> None:
        db.execute(
            "INSERT INTO sdk_history (at_ms, subject, came_from, went_to, by, reason) VALUES (?, ?, ?, ?, ?, ?)",
            (self._clock.now_ms(), subject, came_from, went_to, by, reason),
        )

    def _tell(self, db: Transaction, event_type: EventType, fingerprint: str, version: str) -> None:
        """Every application that attests its SDK and has not left."""
        rows = db.execute("SELECT app_id FROM applications WHERE sdk_attested = 1 AND status <> 'exited'").fetchall()
        for (app_id,) in rows:
            self._events.publish(db, app_id, event_type, fingerprint, {"version": version})


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
