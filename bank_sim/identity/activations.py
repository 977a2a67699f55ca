"""Activation codes: shown on the bank's page to a user who has logged in, typed into their phone, good for one binding.

Twelve characters of an alphabet without look-alikes carry 58 bits; kept as an HMAC, for ten minutes, the newest of a
customer only. Whoever types one binds a phone, so guesses are counted by source.
"""

from __future__ import annotations

import secrets

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.keys import Vault
from bank_sim.sdk.protocol import problems

SCHEMA = """
CREATE TABLE IF NOT EXISTS activations (
  customer_id TEXT PRIMARY KEY, code_hmac BLOB NOT NULL, expires_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

# Digits and capitals without 0 O 1 I L, as people confuse them.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CHARS, _GROUP = 12, 4


class Activations:
    """Every method runs inside the caller's write transaction."""

    def __init__(self, vault: Vault, clock: Clock, lifetime_s: int) -> None:
        self._vault = vault
        self._clock = clock
        self._lifetime_s = lifetime_s

    def issue(self, db: Database, customer_id: str) -> str:
        """A code for this customer, in place of an earlier one: ``K7QF-2M9X-HB3T``, the only plain copy."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CHARS))
        db.execute(
            "INSERT OR REPLACE INTO activations VALUES (?, ?, ?)",
            (customer_id, self._hmac(code), int(self._clock.now_s()) + self._lifetime_s),
        )
        return "-".join(code[start : start + _GROUP] for start in range(0, _CHARS, _GROUP))

    def redeem(self, db: Database, typed: str) -> str:
        """Whose code this is; it is used up. ACTIVATION_INVALID for a wrong, used or old one. Hyphens do not count."""
        code = "".join(typed.upper().replace("-", " ").split())
        rows = db.execute(
            "DELETE FROM activations WHERE code_hmac = ? AND expires_s > ? RETURNING customer_id",
            (self._hmac(code), self._clock.now_s()),
        ).fetchall()
        if not rows:
            raise problems.ACTIVATION_INVALID.problem()
        return str(rows[0][0])

    def _hmac(self, code: str) -> bytes:
        return self._vault.mac(f"activation {code}".encode())
