"""Users on their way to the bank and back: who left from which session, with which PKCE verifier, for what.

A way back is good once, for the session it began in, and for a while (RFC 6749 section 10.12, RFC 7636, RFC 9700
section 2.1). Everything else that arrives at the callback is STATE_MISMATCH, whatever it says.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from app_sim.bank import Pkce, problems, require_own_state
from app_sim.config import AppConfig
from app_sim.sessions import session_id
from app_sim.store import Store
from app_sim.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS flows (
    state_sha256 TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    order_no TEXT,
    verifier_sealed BLOB NOT NULL,
    started_ms INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """A finished way back. ``order_no``: the payment or agreement that was to be confirmed; None: linking accounts."""

    user_id: str
    order_no: str | None
    pkce: Pkce


class Flows:
    """Opens ways to the bank and closes them behind those who return."""

    def __init__(
        self,
        config: AppConfig,
        store: Store,
        vault: Vault,
        now_ms: Callable[[], int],
        left_out: Callable[[], frozenset[str]],
    ) -> None:
        """``left_out``: the checks that a training leaves out at this moment."""
        self._left_out = left_out
        self._lifetime_ms = config.flow_s * 1000
        self._store = store
        self._vault = vault
        self._now_ms = now_ms

    def leave(self, session: str, user_id: str, order_no: str | None) -> tuple[str, Pkce]:
        """``state`` and PKCE pair for one authorization request."""
        state, pkce = secrets.token_urlsafe(32), Pkce.fresh()
        key = _key(state)
        with self._store.write() as db:
            db.execute("DELETE FROM flows WHERE started_ms <= ?", (self._now_ms() - self._lifetime_ms,))
            db.execute(
                "INSERT INTO flows (state_sha256, session_id, user_id, order_no, verifier_sealed, started_ms)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    key,
                    session_id(session),
                    user_id,
                    order_no,
                    self._vault.seal(f"flow {key}", pkce.verifier.encode()),
                    self._now_ms(),
                ),
            )
        return state, pkce

    def come_back(self, session: str, user_id: str, state: str | None) -> Flow:
        """Close the way that ``state`` names and tell what it was for, or STATE_MISMATCH."""
        key = _key(state or "")
        with self._store.write() as db:
            row = db.execute(
                "SELECT session_id, user_id, order_no, verifier_sealed FROM flows"
                " WHERE state_sha256 = ? AND started_ms > ?",
                (key, self._now_ms() - self._lifetime_ms),
            ).fetchone()
            if row is None:
                raise problems.STATE_MISMATCH.problem()
            began_here = (row["session_id"], row["user_id"]) == (session_id(session), user_id)
            # Before it is closed: nobody closes another one's way by naming it.
            require_own_state(began_here, self._left_out())
            db.execute("DELETE FROM flows WHERE state_sha256 = ?", (key,))
        verifier = self._vault.open(f"flow {key}", row["verifier_sealed"]).decode()
        return Flow(user_id, row["order_no"], Pkce(verifier))


def _key(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
