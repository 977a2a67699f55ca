"""One effect for one Idempotency-Key, however often and however simultaneously its request arrives.

A row is written in the transaction that has the effect, so that both are there or neither is; the write lock makes
concurrent duplicates wait, and then find the row. What is kept of the request is a keyed digest, of the answer its
masked clear part: nothing here may be sensitive. A refused request leaves no row, for it had no effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlite_utils import Database

from bank_sim.keys import Vault
from bank_sim.sdk.protocol import problems

SCHEMA = """
CREATE TABLE IF NOT EXISTS idempotency (
    app_id TEXT NOT NULL,
    api_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_mac BLOB NOT NULL,
    answer BLOB NOT NULL,
    answered_at_ms INTEGER NOT NULL,
    PRIMARY KEY (app_id, api_id, idempotency_key)
) STRICT, WITHOUT ROWID;
"""

_CANONICAL = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a caller wants done once. ``request_mac`` digests everything that makes two requests the same."""

    app_id: str
    api_id: str
    key: str
    request_mac: bytes


def intent_of(vault: Vault, app_id: str, api_id: str, key: str, request: object) -> Intent:
    """``request``: the opened request as plain JSON values. Keyed, because account numbers could be guessed."""
    return Intent(app_id, api_id, key, vault.mac(_CANONICAL.encode(request)))


def earlier_answer(db: Database, intent: Intent) -> bytes | None:
    """The answer to the same request under this key, None for a fresh key; else IDEMPOTENCY_KEY_REUSED."""
    row = db.execute(
        "SELECT request_mac, answer FROM idempotency WHERE app_id = ? AND api_id = ? AND idempotency_key = ?",
        (intent.app_id, intent.api_id, intent.key),
    ).fetchone()
    if row is None:
        return None
    request_mac, answer = row
    if request_mac != intent.request_mac:
        raise problems.IDEMPOTENCY_KEY_REUSED.problem()
    return bytes(answer)


def remember(db: Database, intent: Intent, answer: bytes, now_ms: int) -> None:
    """Keep the answer, in the transaction of the effect."""
    db.execute(
        "INSERT INTO idempotency (app_id, api_id, idempotency_key, request_mac, answer, answered_at_ms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (intent.app_id, intent.api_id, intent.key, intent.request_mac, answer, now_ms),
    )
