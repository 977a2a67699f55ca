"""What may be used once: nonces of signed messages, identifiers of client assertions.

One small table in a database of its own, shared by the worker processes, so that the answer is exact across them.
It need not survive a power failure (synchronous=OFF): by the time the machine is back, the messages are out of their
time window. It decides nothing about signatures; callers burn a nonce only once its signature holds, else anybody
could burn other people's.
"""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import NONCE_REPLAYED
from bank_sim.sdk.protocol.signature_headers import ReceivedSignature
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS burned (
    scope TEXT NOT NULL,
    value TEXT NOT NULL,
    expires_s INTEGER NOT NULL,
    PRIMARY KEY (scope, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS burned_by_expiry ON burned (expires_s);
"""

# Forgetting costs a delete a row; doing it in batches keeps the common call at one insert.
_PURGE_EVERY = 512


class ReplayGuard:
    """Remembers used values until they would be refused for their age anyway."""

    def __init__(self, store: Store) -> None:
        self._db = store.db.conn
        self._burned = 0

    def burn(self, scope: str, value: str, expires_s: float, now_s: float) -> bool:
        """Use ``value`` up. True the first time, False ever after until ``expires_s``; exact over all processes.

        ``scope`` keeps the values of different senders and purposes apart, e.g. ``jti:<App_ID>``.
        """
        self._burned += 1
        if self._burned % _PURGE_EVERY == 0:
            self._db.execute("DELETE FROM burned WHERE expires_s < ?", (int(now_s),))
        cursor = self._db.execute(
            "INSERT INTO burned VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (scope, value, int(expires_s) + 1)
        )
        return cursor.rowcount == 1

    def burn_nonce(self, signature: ReceivedSignature, window_s: int, now_s: float) -> None:
        """Use up the nonce of a signature that holds: NONCE_REPLAYED if its key has signed with it before.

        It is remembered for as long as the message could be fresh again, ``window_s`` being the signature window.
        """
        until_s = max(signature.created_s, now_s) + window_s
        if not self.burn(f"nonce:{signature.keyid}", signature.nonce, until_s, now_s):
            raise NONCE_REPLAYED.problem()
