"""The second factors that a customer has set up besides text messages, as the bank keeps them.

    sms_code       the number that the customer enrolled with: always there, and kept with the credentials
    totp           an authenticator's codes (RFC 6238); they say nothing of what they confirm
    device_key     an SM2 key on a phone, which shows payee and amount and signs them
    security_key   a WebAuthn credential, whose challenge is bound to payee and amount

What a factor proved is not judged here. Secrets lie sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.keys import Vault
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store
from bank_sim.tokens.model import new_secret

SCHEMA = """
CREATE TABLE IF NOT EXISTS factors (
  factor_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
  material_sealed BLOB NOT NULL, counter INTEGER NOT NULL, active INTEGER NOT NULL,
  added_s INTEGER NOT NULL, used_s INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS factors_of_customer ON factors (customer_id, kind);
CREATE TABLE IF NOT EXISTS removed_factors (
  customer_id TEXT NOT NULL, kind TEXT NOT NULL, added_s INTEGER NOT NULL,
  PRIMARY KEY (customer_id, kind)
) STRICT, WITHOUT ROWID;
"""

FactorKind = Literal["sms_code", "totp", "device_key", "security_key"]
FACTOR_KINDS: tuple[FactorKind, ...] = get_args(FactorKind)
KEY_KINDS: frozenset[FactorKind] = frozenset({"device_key", "security_key"})
"""Those that sign payee and amount with a key of the customer's own; nobody can be talked out of one."""
# Ours: a spare of everything, and no list that nobody can survey.
OF_A_KIND_MAX = 5


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a customer.

    ``material``  what it is verified with: the authenticator's shared secret, a public key, a WebAuthn credential
    ``counter``   what must grow from one use to the next: the last time step, the authenticator's signature counter
    ``active``    False until it was shown to work
    """

    factor_id: str
    customer_id: str
    kind: FactorKind
    label: str
    material: bytes
    counter: int
    active: bool
    added_s: int
    used_s: int | None


class Factors:
    """Writing happens inside the caller's write transaction."""

    def __init__(self, store: Store, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    def add(
        self, db: Database, customer_id: str, kind: FactorKind, label: str, material: bytes, *,
        counter: int = 0, active: bool = True,
    ) -> str:  # fmt: skip
        """Keep a factor and return its id. FACTOR_LIMIT where the customer has enough of the kind.

        Of those that were never shown to work, only the newest of a kind stays.
        """
        db.execute("DELETE FROM factors WHERE customer_id = ? AND kind = ? AND NOT active", (customer_id, kind))
        if len([each for each in self.of_customer(customer_id) if each.kind == kind and each.active]) >= OF_A_KIND_MAX:
            raise problems.FACTOR_LIMIT.problem()
        factor_id = f"fac_{new_secret()[:22]}"
        db.execute(
            "INSERT INTO factors VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                factor_id, customer_id, kind, label, self._vault.seal(material), counter, int(active),
                int(self._clock.now_s()),
            ),
        )  # fmt: skip
        return factor_id

    def of_customer(self, customer_id: str) -> list[Factor]:
        """All that a customer set up, oldest first, with those that wait to be shown to work."""
        query = "SELECT * FROM factors WHERE customer_id = ? ORDER BY added_s, factor_id"
        return [self._factor(*each) for each in self._store.read(query, (customer_id,))]

    def active(self, customer_id: str, kind: FactorKind) -> list[Factor]:
        """The customer's working factors of one kind."""
        return [each for each in self.of_customer(customer_id) if each.kind == kind and each.active]

    def find(self, factor_id: str) -> Factor | None:
        rows = self._store.read("SELECT * FROM factors WHERE factor_id = ?", (factor_id,))
        return self._factor(*rows[0]) if rows else None

    def note_use(self, db: Database, factor: Factor, counter: int) -> bool:
        """The factor worked, and its counter stands at ``counter``. False where another use got there first."""
        noted = db.execute(
            "UPDATE factors SET counter = ?, used_s = ?, active = 1 WHERE factor_id = ? AND counter = ?",
            (counter, int(self._clock.now_s()), factor.factor_id, factor.counter),
        )
        return noted.rowcount == 1

    def remove(self, db: Database, customer_id: str, factor_id: str) -> Factor:
        """Forget a factor of this customer; returns what it was. FACTOR_NOT_ENROLLED where there is none.

        When the newest of its kind was set up stays known: what it confirmed does not grow old by its removal.
        """
        factor = self.find(factor_id)
        if factor is None or factor.customer_id != customer_id:
            raise problems.FACTOR_NOT_ENROLLED.problem()
        db.execute("DELETE FROM factors WHERE factor_id = ?", (factor_id,))
        if factor.active:
            db.execute(
                "INSERT INTO removed_factors VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET added_s = max(added_s, ?3)",
                (customer_id, factor.kind, factor.added_s),
            )
        return factor

    def _factor(
        self, factor_id: str, customer_id: str, kind: FactorKind, label: str, sealed: bytes, counter: int,
        active: int, added_s: int, used_s: int | None,
    ) -> Factor:  # fmt: skip
        material = self._vault.unseal(sealed)
        return Factor(factor_id, customer_id, kind, label, material, counter, bool(active), added_s, used_s)
