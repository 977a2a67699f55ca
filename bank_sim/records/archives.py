"""The archives of one bank: which there are, whether they hold, and when one may be destroyed (JR/T 0185 11-4).

    live table  --``moving``, past ``log_online_s``-->  archive  --two people, past ``archive_kept_s``-->  gone

Early destruction is refused. Of a destroyed archive the anchor stays, so that the chain goes on across the gap.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from bank_sim.audit import anchors
from bank_sim.audit.anchors import Anchor
from bank_sim.monitor import verification
from bank_sim.policy import Policy
from bank_sim.records import files
from bank_sim.records.chains import ACCESS_LOG, CHAINS, Chain
from bank_sim.records.files import ArchiveBroken
from bank_sim.records.guards import DESTRUCTION, Destruction
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.hashchain import GENESIS
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS archive_destructions (
    file TEXT PRIMARY KEY REFERENCES chain_anchors (file),
    at_ms INTEGER NOT NULL,
    by_whom TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive. ``kept_until_ms``: it may not be destroyed earlier; ``destroyed_ms``: None while it is there."""

    anchor: Anchor
    bytes: int
    kept_until_ms: int
    destroyed_ms: int | None

    @property
    def records(self) -> int:
        return self.anchor.through_serial - self.anchor.first_serial + 1


@dataclass(frozen=True, slots=True)
class Judged:
    """An archive after its verification. ``why``: None for one that holds."""

    file: str
    records: int
    why: str | None


class Archives:
    """``folder`` holds the files; which there are says the database."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self.folder = folder
        self._policy = policy

    def listed(self, store: Store) -> list[Archive]:
        """Every archive that there is or was, the newest first."""
        destroyed = dict(store.read("SELECT file, at_ms FROM archive_destructions"))
        found = [each for chain in CHAINS for each in anchors.of_chain(store, chain.name)]
        found.sort(key=lambda each: (-each.until_ms, each.chain, -each.through_serial))
        return [
            Archive(
                each,
                self._size(each.file),
                each.until_ms + self._policy.archive_kept_s * 1000,
                destroyed.get(each.file),
            )
            for each in found
        ]

    def verify(self, store: Store) -> list[Judged]:
        """Walk through every archive, chain by chain and the oldest first; one that was destroyed is passed over."""
        destroyed = {each.anchor.file for each in self.listed(store) if each.destroyed_ms is not None}
        judged: list[Judged] = []
        for chain in CHAINS:
            start, after = GENESIS, 0
            for anchor in anchors.of_chain(store, chain.name):
                if anchor.file not in destroyed:
                    judged.append(self._judge(store, chain, anchor, start, after))
                start, after = anchor.hash, anchor.through_serial
        return judged

    def path(self, store: Store, file: str) -> Path:
        """Where an archive lies. RESOURCE_NOT_FOUND for a name that is none, or of one that is gone."""
        if not any(each.anchor.file == file and each.destroyed_ms is None for each in self.listed(store)):
            raise problems.RESOURCE_NOT_FOUND.problem()
        return self.folder / file

    def require_over(self, store: Store, file: str, now_ms: int, weakened: frozenset[str] = frozenset()) -> None:
        """The archive is there, and its time is over: RESOURCE_NOT_FOUND, RETENTION_NOT_OVER."""
        found = [each for each in self.listed(store) if each.anchor.file == file and each.destroyed_ms is None]
        if not found:
            raise problems.RESOURCE_NOT_FOUND.problem()
        DESTRUCTION.run(Destruction(found[0].kept_until_ms, now_ms), "destroy", weakened)

    def note_destruction(
        self, store: Store, db: Database, file: str, by: str, now_ms: int, weakened: frozenset[str] = frozenset()
    ) -> None:
        """That an archive whose time is over is destroyed, by whom; ``remove_destroyed`` does it after the commit."""
        self.require_over(store, file, now_ms, weakened)
        db.execute("INSERT INTO archive_destructions VALUES (?, ?, ?)", (file, now_ms, by))

    def remove_destroyed(self, store: Store) -> None:
        """Delete the files of the archives that are noted as destroyed."""
        for (file,) in store.read("SELECT file FROM archive_destructions"):
            (self.folder / file).unlink(missing_ok=True)

    def _judge(self, store: Store, chain: Chain, anchor: Anchor, start: bytes, after: int) -> Judged:
        path = self.folder / anchor.file
        try:
            if anchor.first_serial != after + 1:
                raise ArchiveBroken(f"{anchor.file} does not follow from the one before")
            records = files.verify(path, chain, anchor, start)
            require_heads(store, path, chain, anchor.first_serial, anchor.through_serial)
        except ArchiveBroken as error:
            return Judged(anchor.file, 0, str(error))
        return Judged(anchor.file, records, None)

    def _size(self, file: str) -> int:
        try:
            return (self.folder / file).stat().st_size
        except FileNotFoundError:
            return 0


def require_heads(store: Store, path: Path, chain: Chain, first: int, last: int) -> None:
    """The heads that a verification of the access log has seen are there: it was not rewritten as a whole."""
    if chain is not ACCESS_LOG:
        return
    with closing(files.reading(path)) as db:
        for serial, head in verification.heads(store, first, last).items():
            row = db.execute("SELECT hash FROM access_log WHERE serial = ?", (serial,)).fetchone()
            if row is None or row[0].hex() != head:
                raise ArchiveBroken(f"record {serial} is not the one that was seen when the log was verified")
