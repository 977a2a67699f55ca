"""The life of a consent as a table: which step leads from which states to which, and one way to take a step.

    requested ──authorise──▶ authorised ──use (once)──▶ used
        ├──decline──▶ declined     ├──replace──▶ replaced   another consent took its place
        └──expire──▶ expired       ├──revoke──▶ revoked     the user, the application or the bank ended it
                                   └──expire──▶ expired     the clock did

``used`` can be revoked and expires too. What is not in the table cannot happen. A step is a conditional update inside
the caller's write transaction, and leaves a line in an append-only history (JR/T 0185 9.3.2, 7.3.3). Must not know
what follows from a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from bank_sim.consent.model import State
from bank_sim.store import Store, append_only

Step = Literal["request", "authorise", "decline", "use", "narrow", "revoke", "replace", "expire", "remind"]
Actor = Literal["user", "application", "bank", "clock"]

TRANSITIONS: dict[Step, tuple[frozenset[State], State]] = {
    "authorise": (frozenset({"requested"}), "authorised"),
    "decline": (frozenset({"requested"}), "declined"),
    "use": (frozenset({"authorised"}), "used"),
    "replace": (frozenset({"authorised"}), "replaced"),
    "revoke": (frozenset({"authorised", "used"}), "revoked"),
    "expire": (frozenset({"requested", "authorised", "used"}), "expired"),
}
"""Step -> the states it may be taken in, and the state it leads to. The other steps of the history change no state."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS consent_history (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, consent_id TEXT NOT NULL, at_ms INTEGER NOT NULL, actor TEXT NOT NULL,
  step TEXT NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS history_of_consent ON consent_history (consent_id, seq);
""" + append_only("consent_history")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a consent's history. ``reason``: a word of the code, or what was narrowed; never personal data."""

    at_ms: int
    actor: Actor
    step: Step
    from_state: State
    to_state: State
    reason: str


def move(db: Database, consent_id: str, step: Step, at_ms: int, actor: Actor, reason: str = "") -> State | None:
    """Take a step; the state it was taken in. None, and nothing done, where the table does not allow it."""
    rows = db.execute("SELECT state FROM consents WHERE consent_id = ?", (consent_id,)).fetchall()
    allowed, to_state = TRANSITIONS[step]
    if not rows or rows[0][0] not in allowed:
        return None
    from_state: State = rows[0][0]
    ended = None if to_state in ("authorised", "used") else at_ms
    moved = db.execute(
        "UPDATE consents SET state = ?, ended_at_ms = ? WHERE consent_id = ? AND state = ?",
        (to_state, ended, consent_id, from_state),
    )
    if moved.rowcount != 1:
        return None
    note(db, consent_id, Happening(at_ms, actor, step, from_state, to_state, reason))
    return from_state


def note(db: Database, consent_id: str, happening: Happening) -> None:
    """A line of history, within the caller's write transaction."""
    db.execute(
        "INSERT INTO consent_history (consent_id, at_ms, actor, step, from_state, to_state, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            consent_id, happening.at_ms, happening.actor, happening.step, happening.from_state, happening.to_state,
            happening.reason,
        ),
    )  # fmt: skip


def history(store: Store, consent_id: str) -> list[Happening]:
    """Everything that became of a consent, the oldest first."""
    rows = store.read(
        "SELECT at_ms, actor, step, from_state, to_state, reason FROM consent_history"
        " WHERE consent_id = ? ORDER BY seq",
        (consent_id,),
    )
    return [Happening(*row) for row in rows]
