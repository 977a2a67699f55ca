"""The ring: which keys the bank has, for what, and in which state of their lives (JR/T 0185 7.3.4).

    next ──→ active ──→ retiring ──→ retired        planned: announced, in force, still understood, gone
      └────────┴───────────┴──────→ revoked         emergency: gone at once

For each suite and use one key is ``active`` and one ``next``: made, published and vouched for beforehand, so that an
emergency finds applications prepared. Public halves and states only; private halves are ``custodian``'s. Every change
is a conditional UPDATE within the caller's write transaction and a line of the custody log.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from bank_sim.keys import custody
from bank_sim.keys.custody import THE_BANK, Change
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import PublicKey, Use
from bank_sim.sdk.protocol.suites import SUITES
from bank_sim.store import Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS bank_keys (
    kid TEXT PRIMARY KEY,
    suite TEXT NOT NULL,
    use TEXT NOT NULL CHECK (use IN ('sig', 'enc')),
    state TEXT NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'retired', 'revoked')),
    jwk TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    due_ms INTEGER,
    voucher TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS bank_keys_one ON bank_keys (suite, use, state) WHERE state IN ('next', 'active');
"""

State = Literal["next", "active", "retiring", "retired", "revoked"]
KINDS: tuple[tuple[str, Use], ...] = tuple((suite, use) for suite in SUITES for use in ("sig", "enc"))

TRANSITIONS: dict[State, tuple[State, ...]] = {
    "active": ("next",),
    "retiring": ("active",),
    "retired": ("retiring",),
    "revoked": ("next", "active", "retiring"),
}
"""What a key may become, and from which states."""

LIVING: tuple[State, ...] = ("active", "next", "retiring")
"""States in which the bank holds the private half, in the order in which keys are published."""

_COLUMNS = "kid, suite, use, state, jwk, since_ms, due_ms, voucher"
Read = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key of the bank. ``since_ms``: of its state; ``due_ms``: when it moves on, None while nothing is planned.

    ``voucher``: the JWS by which the signing key before it vouches for it; None for the first ones and sealing keys.
    """

    kid: str
    suite: str
    use: Use
    state: State
    jwk: str
    since_ms: int
    due_ms: int | None
    voucher: str | None

    def public(self) -> dict[str, Any]:
        """Its public JWK."""
        jwk: dict[str, Any] = json.loads(self.jwk)
        return jwk


def keys_of(read: Read, suite: str | None = None) -> list[RingKey]:
    """All keys there ever were, by suite and use, the living ones first and in the order of publishing."""
    rows = read(
        f"SELECT {_COLUMNS} FROM bank_keys WHERE suite = ifnull(?, suite) ORDER BY suite, use DESC,"  # noqa: S608
        " CASE state WHEN 'active' THEN 0 WHEN 'next' THEN 1 WHEN 'retiring' THEN 2 ELSE 3 END, since_ms DESC, kid",
        (suite,),
    )
    return [RingKey(*row) for row in rows]


def one(db: Transaction, kid: str) -> RingKey:
    """RESOURCE_NOT_FOUND."""
    row = db.execute(f"SELECT {_COLUMNS} FROM bank_keys WHERE kid = ?", (kid,)).fetchone()  # noqa: S608
    if row is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return RingKey(*row)


def the(db: Transaction, suite: str, use: str, state: Literal["next", "active"]) -> RingKey:
    """The one key of this suite and use in this state. RESOURCE_NOT_FOUND for a suite or use that there is not."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM bank_keys WHERE suite = ? AND use = ? AND state = ?",  # noqa: S608
        (suite, use, state),
    ).fetchone()
    if row is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return RingKey(*row)


def enter(
    db: Transaction, key: PublicKey, state: Literal["next", "active"], change: Change, voucher: str | None
) -> None:
    """A key that has just been made."""
    db.execute(
        "INSERT INTO bank_keys (kid, suite, use, state, jwk, since_ms, due_ms, voucher)"
        " VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
        (key.kid, key.suite, key.use, state, json.dumps(key.jwk()), change.at_ms, voucher),
    )
    custody.note(db, THE_BANK, key.kid, "generated", change)


def move(db: Transaction, kid: str, to: State, change: Change, due_ms: int | None = None) -> None:
    """Let a key's life go on. ILLEGAL_TRANSITION where no way leads there from the state that it is in."""
    origins = TRANSITIONS[to]
    marks = ", ".join("?" * len(origins))
    moved = db.execute(
        f"UPDATE bank_keys SET state = ?, since_ms = ?, due_ms = ? WHERE kid = ? AND state IN ({marks})",  # noqa: S608
        (to, change.at_ms, due_ms, kid, *origins),
    ).rowcount
    if moved != 1:
        raise problems.ILLEGAL_TRANSITION.problem(f"A key becomes {to} from {' or '.join(origins)} only.")
    custody.note(db, THE_BANK, kid, to, change)


def schedule(db: Transaction, kid: str, due_ms: int, change: Change) -> None:
    """Announce when the next key comes into force. STATE_CHANGED where that is announced already."""
    if not db.execute(
        "UPDATE bank_keys SET due_ms = ? WHERE kid = ? AND state = 'next' AND due_ms IS NULL", (due_ms, kid)
    ).rowcount:
        raise problems.STATE_CHANGED.problem()
    custody.note(db, THE_BANK, kid, "announced", change)


def due(read: Read, now_ms: int) -> list[RingKey]:
    """What has fallen due, the earliest first."""
    rows = read(
        f"SELECT {_COLUMNS} FROM bank_keys WHERE due_ms <= ? AND state IN ('next', 'retiring')"  # noqa: S608
        " ORDER BY due_ms, kid",
        (now_ms,),
    )
    return [RingKey(*row) for row in rows]


def serial(read: Read) -> int:
    """Grows with every change of the ring: by it a published set is told from an older one."""
    return int(read("SELECT ifnull(max(serial), 0) FROM key_custody WHERE holder = ?", (THE_BANK,))[0][0])
