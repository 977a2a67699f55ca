"""What is over its time in the live tables moves into archives: a month of a chain at a time, by the virtual clock.

It may be cut off anywhere and is taken up again: the file is written and verified, the anchor is taken, the rows are
deleted in small transactions. The newest record of a chain always stays, so that the chain goes on from it. What does
not hold does not move: the break is an alarm, and everything stays as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bank_sim.audit import anchors
from bank_sim.config import Config
from bank_sim.records import files
from bank_sim.records.archives import require_heads
from bank_sim.records.chains import CHAINS, Chain
from bank_sim.records.files import ArchiveBroken, Part
from bank_sim.records.guards import BEIJING
from bank_sim.store import Store

_DELETED_AT_ONCE = 2_000

_log = logging.getLogger("bank.records")


@dataclass(slots=True)
class Archiving:
    """``before`` is called when something is due, so that nothing leaves unseen by those who read on in a chain;
    ``broken`` of the first record of a part that does not hold, and so does not move.

    ``epoch``: another number once the sandbox was put back to a snapshot, whose records are others.
    """

    config: Config
    before: Callable[[Store], None]
    broken: Callable[[Store, int], None]
    epoch: Callable[[], int] = lambda: 0
    _refused: set[tuple[str, int]] = field(default_factory=set)
    _refused_in: int = 0

    def perform(self, store: Store, now_ms: int) -> None:
        """Move what is over its time; a duty (``bank_sim.duties``), cheap where nothing is."""
        if self._refused_in != (epoch := self.epoch()):
            self._refused.clear()
            self._refused_in = epoch
        for chain in CHAINS:
            self._delete_archived(store, chain)
            if self._due(store, chain, now_ms):
                self.before(store)
            while (part := self._due(store, chain, now_ms)) and self._move(store, part, now_ms):
                _log.info("archived as %s", part.file)

    def _due(self, store: Store, chain: Chain, now_ms: int) -> Part | None:
        """The oldest whole month of live records, once all of it is over its time; None while it is not."""
        oldest = store.read(f"SELECT serial, at_ms FROM {chain.name} ORDER BY serial LIMIT 1")  # noqa: S608
        if not oldest or (chain.name, oldest[0][0]) in self._refused:
            return None
        first, at_ms = oldest[0]
        month = datetime.fromtimestamp(at_ms / 1000, BEIJING).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        end_ms = round((month + timedelta(days=32)).replace(day=1).timestamp() * 1000)
        if end_ms > now_ms - self.config.policy.log_online_s * 1000:
            return None
        last = store.read(
            f"SELECT min((SELECT max(serial) FROM {chain.name}),"  # noqa: S608 - our own tables
            f" ifnull((SELECT serial FROM {chain.name} WHERE at_ms >= ? ORDER BY serial LIMIT 1), 1 << 62)) - 1",
            (end_ms,),
        )[0][0]
        start = anchors.end_of_archived(store, chain.name)[1]
        return Part(chain, first, last, start, f"{month:%Y-%m}") if last >= first else None

    def _move(self, store: Store, part: Part, now_ms: int) -> bool:
        self.config.archive_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self.config.archive_folder / part.file
        try:
            end = files.write(store, part, target, self._facts(store, part, now_ms))
            require_heads(store, target, part.chain, part.first, part.last)
        except ArchiveBroken as error:
            # It stays where it is, for whoever looks into it; asking again twice a second would find the same.
            self._refused.add((part.chain.name, part.first))
            _log.error("nothing is archived: %s", error)
            target.unlink(missing_ok=True)
            self.broken(store, part.first)
            return False
        # Computed before the write lock is taken: nobody shall wait for a digest.
        anchor = (
            part.chain.name, part.last, end, part.first, self._until_ms(store, part), now_ms, part.file,
            files.sm3(target),
        )  # fmt: skip
        with store.write() as db:
            db.execute("INSERT INTO chain_anchors VALUES (?, ?, ?, ?, ?, ?, ?, ?)", anchor)
        self._delete_archived(store, part.chain)
        return True

    def _facts(self, store: Store, part: Part, now_ms: int) -> dict[str, str]:
        kept_until = self._until_ms(store, part) / 1000 + self.config.policy.archive_kept_s
        return {
            "institution": self.config.institution_code,
            "archived_at": _instant(now_ms / 1000),
            "kept_until": _instant(kept_until),
            "standard": "JR/T 0185-2020 11-4, 12.3",
        }

    @staticmethod
    def _until_ms(store: Store, part: Part) -> int:
        sql = f"SELECT max(at_ms) FROM {part.chain.name} WHERE serial BETWEEN ? AND ?"  # noqa: S608 - our own tables
        return int(store.read(sql, (part.first, part.last))[0][0])

    @staticmethod
    def _delete_archived(store: Store, chain: Chain) -> None:
        """In transactions of a millisecond or two, so that no call waits for them."""
        through, _ = anchors.end_of_archived(store, chain.name)
        sql = (
            f"DELETE FROM {chain.name} WHERE serial IN"  # noqa: S608 - our own tables
            f" (SELECT serial FROM {chain.name} WHERE serial <= ? ORDER BY serial LIMIT {_DELETED_AT_ONCE})"
        )
        while store.read(f"SELECT 1 FROM {chain.name} WHERE serial <= ? LIMIT 1", (through,)):  # noqa: S608
            with store.write() as db:
                db.execute(sql, (through,))


def _instant(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
