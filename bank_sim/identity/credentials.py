"""What proves a customer to the bank: login name, password's hash, phone number (sealed). Seeded when they enrol.

The core's customer records know none of it; who a customer is, beyond an id, is the core's business.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from bank_sim.keys import Vault
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS credentials (
  login_name TEXT PRIMARY KEY, customer_id TEXT NOT NULL UNIQUE, password_argon2 TEXT NOT NULL,
  phone_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Credential:
    customer_id: str
    password_argon2: str


class Credentials:
    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def add(self, db: Database, customer_id: str, login_name: str, argon2: str, phone: str) -> None:
        """Keep a customer's proofs; both the login name and the customer must be new (``sqlite3.IntegrityError``)."""
        db.execute(
            "INSERT INTO credentials VALUES (?, ?, ?, ?)",
            (login_name, customer_id, argon2, self._vault.seal(phone.encode())),
        )

    def find(self, login_name: str) -> Credential | None:
        rows = self._store.read(
            "SELECT customer_id, password_argon2 FROM credentials WHERE login_name = ?", (login_name,)
        )
        return Credential(*rows[0]) if rows else None

    def login_of(self, customer_id: str) -> str | None:
        """The login name of a customer; None for one who never enrolled."""
        rows = self._store.read("SELECT login_name FROM credentials WHERE customer_id = ?", (customer_id,))
        return str(rows[0][0]) if rows else None

    def phone(self, customer_id: str) -> str:
        """The full number, for handing to the outbox only. LookupError for a customer who never enrolled."""
        rows = self._store.read("SELECT phone_sealed FROM credentials WHERE customer_id = ?", (customer_id,))
        return self._vault.unseal(rows[0][0]).decode()
