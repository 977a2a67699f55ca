"""A gate for each source address that fails to authenticate again and again (JR/T 0185 7.3.2, 9.2.1 b).

Counted in fixed windows in the bank's store, so that all workers see one count; asked before any cryptography, so
that guessing and flooding with bad signatures stay cheap to refuse. Successful calls cost it one read. It knows
nothing of applications: quotas of those who have proven who they are stand elsewhere.
"""

from __future__ import annotations

from sqlite_utils import Database

from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS source_failures (
    source TEXT PRIMARY KEY,
    window INTEGER NOT NULL,
    failures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

COUNTED = frozenset(
    {
        problems.APP_AUTH_FAILED,
        problems.KEY_UNKNOWN,
        problems.SIGNATURE_INVALID,
        problems.CERT_APP_MISMATCH,
        problems.TOKEN_INVALID,
        problems.DECRYPT_FAILED,
    }
)
"""Refusals of those who guess: secrets, signatures, tokens, ciphertexts."""


class FailureGate:
    """Open until a source has failed ``Policy.source_failures_max`` times within one window."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy = policy

    def require_open(self, source: str, now_s: float) -> bool:
        """Whether the address has any failure on record. RATE_LIMITED, with the seconds until the gate opens."""
        rows = self._store.read("SELECT window, failures FROM source_failures WHERE source = ?", (source,))
        if not rows:
            return False
        window, failures = rows[0]
        if window == self._window(now_s) and failures >= self._policy.source_failures_max:
            length_s = self._policy.source_failures_window_s
            raise problems.RATE_LIMITED.problem(
                "Too many failed calls from this address.", retry_after_s=int((window + 1) * length_s - now_s) + 1
            )
        return True

    def shut(self, now_s: float) -> list[tuple[str, int]]:
        """The addresses that the gate is closed for now, and when it opens again (seconds since 1970)."""
        window, length_s = self._window(now_s), self._policy.source_failures_window_s
        rows = self._store.read(
            "SELECT source FROM source_failures WHERE window = ? AND failures >= ? ORDER BY source",
            (window, self._policy.source_failures_max),
        )
        return [(source, (window + 1) * length_s) for (source,) in rows]

    def release(self, db: Database, source: str) -> None:
        """Forget an address's failures, in the caller's transaction. STATE_CHANGED where it has none."""
        if not db.execute("DELETE FROM source_failures WHERE source = ?", (source,)).rowcount:
            raise problems.STATE_CHANGED.problem()

    def count(self, db: Database, source: str, now_s: float) -> None:
        """One more failure, in the transaction that records it."""
        db.execute(
            "INSERT INTO source_failures (source, window, failures) VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET"
            " failures = iif(window = excluded.window, failures, 0) + 1, window = excluded.window",
            (source, self._window(now_s)),
        )

    def _window(self, now_s: float) -> int:
        return int(now_s // self._policy.source_failures_window_s)
