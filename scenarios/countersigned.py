"""Logs held against what the other party keeps of them: what no chain shows by itself (JR/T 0185 12.3).

Whoever rewrites a log from some record on, or cuts its end off, leaves a whole chain. The other party still has the
checkpoint that it countersigned before. Offline and read-only; it believes no checkpoint that its keeper's key did not
sign, and no key that is not registered.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bank_sim.sdk.protocol.checkpoints import Checkpoint, Log, is_countersigned, read_checkpoint
from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_jwk

if TYPE_CHECKING:
    from scenarios.home import Home


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it. ``first_bad``: the earliest record that is not the one that was countersigned; ``log``: whose.

    ``forged``: checkpoints that no key of their keeper has signed, or whose countersignature is nobody's.
    """

    compared: int
    log: Log | None = None
    first_bad: int | None = None
    forged: int = 0

    @property
    def holds(self) -> bool:
        return self.first_bad is None and not self.forged


@dataclass(frozen=True, slots=True)
class _Kept:
    checkpoint: str
    countersignature: str | None


def held(home: Home, shown: Sequence[str] = ()) -> Held:
    """Both logs against every checkpoint that the other party keeps, and against those that somebody shows.

    1. Each is signed by a key of its keeper, and countersigned by one of its witness.
    2. The record that it names is in the log, or was its newest archived one, with the same hash.
    """
    bank, wallet = home.party("bank") / "bank.db", home.party("app") / "wallet.db"
    with closing(_reading(bank)) as bank_db, closing(_reading(wallet)) as wallet_db:
        keys, wallet_id = _Keys(bank_db), json.loads((home.party("app") / "membership.json").read_bytes())["app_id"]
        of_log = [
            *_kept(wallet_db, "access_log"),
            *_kept(bank_db, "access_log"),
            *(_Kept(text, None) for text in shown),
        ]
        of_journal = [*_kept(bank_db, "journal"), *_kept(wallet_db, "journal")]
        found = [
            _compared("access_log", of_log, keys, _access_log(bank_db)),
            _compared("journal", of_journal, keys, _journal(wallet_db), wallet_id),
        ]
    worst = next((each for each in found if not each.holds), found[0])
    return Held(sum(each.compared for each in found), worst.log, worst.first_bad, sum(each.forged for each in found))


class _Keys:
    """Every signing key that the bank and its applications ever had, by kid."""

    def __init__(self, bank_db: sqlite3.Connection) -> None:
        own = bank_db.execute("SELECT jwk FROM bank_keys WHERE use = 'sig'").fetchall()
        rows = bank_db.execute("SELECT app_id, material FROM application_keys WHERE use = 'sig'").fetchall()
        self._by_owner: dict[str, list[PublicKey]] = {"bank": [public_from_jwk(json.loads(jwk)) for (jwk,) in own]}
        for app_id, material in rows:
            self._by_owner.setdefault(app_id, []).append(public_from_jwk(json.loads(material)))

    def of(self, owner: str) -> list[PublicKey]:
        return self._by_owner.get(owner, [])


@dataclass(frozen=True, slots=True)
class _Chain:
    """A log as it lies there: the hash of one record, and how far it has moved to archives or was forgotten."""

    db: sqlite3.Connection
    one: str
    gone: str

    def has(self, said: Checkpoint) -> bool:
        """What is archived is held against its checkpoints by whoever verifies the archive."""
        if said.serial <= self.db.execute(self.gone).fetchone()[0]:
            return True
        row = self.db.execute(self.one, (said.serial,)).fetchone()
        return row is not None and bytes(row[0]) == said.hash


def _access_log(db: sqlite3.Connection) -> _Chain:
    gone = "SELECT ifnull(max(through_serial), 0) FROM chain_anchors WHERE chain = 'access_log'"
    return _Chain(db, "SELECT hash FROM access_log WHERE serial = ?", gone)


def _journal(db: sqlite3.Connection) -> _Chain:
    return _Chain(
        db, "SELECT hash FROM journal WHERE seq = ?", "SELECT ifnull(max(through_seq), 0) FROM journal_anchors"
    )


def _compared(log: Log, kept: Iterable[_Kept], keys: _Keys, chain: _Chain, of: str | None = None) -> Held:
    compared, forged, bad = 0, 0, []
    for each in kept:
        said = _believed(each, log, keys)
        if said is None:
            forged += 1
        elif of is None or said.keeper == of:
            compared += 1
            if not chain.has(said):
                bad.append(said.serial)
    return Held(compared, log, min(bad, default=None), forged)


def _believed(kept: _Kept, log: Log, keys: _Keys) -> Checkpoint | None:
    try:
        said = read_checkpoint(kept.checkpoint)
    except ValueError:
        return None
    by_keeper = any(said.is_by(each) for each in keys.of(said.keeper))
    word = kept.countersignature
    seen = word is None or any(is_countersigned(said.text, word, said.to, each) for each in keys.of(said.to))
    return said if by_keeper and seen and said.log == log else None


def _kept(db: sqlite3.Connection, log: Log) -> list[_Kept]:
    sql = "SELECT checkpoint, countersignature FROM log_checkpoints WHERE log = ? ORDER BY serial"
    return [_Kept(*row) for row in db.execute(sql, (log,))]


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
