"""A town with the rules in force, and the gateway of a bank whose risk engine may be weakened."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bank_sim import audit, risk
from bank_sim.core.auditor import audit as audit_books
from bank_sim.core.payments import Transfer
from bank_sim.core.schema import SCHEMA
from bank_sim.gateway import DEFENCES
from bank_sim.identity.factors import SCHEMA as FACTORS_SCHEMA
from bank_sim.messages import Message as Sms
from bank_sim.risk import Risk
from tests.core.conftest import Town
from tests.gateway.party import Party
from tests.gateway.town import Town as Gateway

if TYPE_CHECKING:
    from bank_sim.core.accounts import Account
    from tests.bank_in_process import Founded
    from tests.gateway.wire import Reply


class Neighbourhood(Town):
    """A town that judges by the rules in force. ``factors`` confirm whatever is paid; ``weakened`` is left out."""

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__(db)
        self.factors: tuple[str, ...] = ("password", "sms_code")
        self.weakened: frozenset[str] = frozenset()
        self.risk = Risk(self.policy, lambda: self.weakened)

    def somebody(self, name: str, balance_fen: int = 10_000_000_00) -> Account:
        """A new person with a full account."""
        return self.account(self.person(name), balance_fen)

    def rules_hit(self, transfer: Transfer) -> set[str]:
        row = self.db.execute("SELECT rules FROM risk_decisions WHERE transfer_id = ?", (transfer.transfer_id,))
        return set(row.fetchone()[0].split())

    def with_key(self, payer: Account, age_s: int = 30 * 86_400) -> None:
        """The payer confirms with a key on the phone, bound that long ago."""
        added_s = self.now_ms // 1000 - age_s
        values = (f"fac_{payer.customer_id}", payer.customer_id, "device_key", "phone", b"", 0, 1, added_s)
        self.db.execute("INSERT INTO factors VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", values)
        self.factors = ("password", "device_key")


@pytest.fixture
def town() -> Iterator[Neighbourhood]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(SCHEMA + risk.SCHEMA + FACTORS_SCHEMA)
    town = Neighbourhood(db)
    yield town
    if not town.weakened:
        assert audit_books(db).findings == ()
    db.close()


class Counter:
    """The gateway with a party that pays for its users, and what came of it."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway, self.bank = gateway, gateway.bank
        self.party = Party(gateway, "intl", name="Wallet")

    def pay(self, amount: str, factor: str = "sms_code") -> tuple[str, Any, Reply]:
        """Order, have it confirmed, execute: the transfer's id, the execution as it was sent, the bank's answer."""
        document = {"amount": amount}
        ordered = self.gateway.send(self.party.order(self.gateway.consent(self.party), document=document))
        transfer_id = ordered.data["transfer_id"]
        user = self.gateway.payment(self.party, transfer_id)
        with self.bank.store.write() as db:
            db.execute("UPDATE consents SET factors = ? WHERE consent_id = ?", (f"password {factor}", user.consent_id))
        execution = self.party.execution(transfer_id, user.token, json=document)
        return transfer_id, execution, self.gateway.send(execution)

    def debit(self, token: str, account_ref: str, amount: str) -> Reply:
        document = {
            "order_no": secrets.token_hex(8), "debtor_account_ref": account_ref, "amount": amount, "currency": "CNY",
        }  # fmt: skip
        facts = {"token": token, "idempotency_key": secrets.token_hex(8), "json": document}
        return self.gateway.send(self.party.message("POST", "/api/debits", **facts))

    def row(self, sql: str, *values: Any) -> tuple[Any, ...]:
        (row,) = self.bank.store.read(sql, values)
        return row

    def state(self, transfer_id: str) -> str:
        return str(self.row("SELECT state FROM transfers WHERE transfer_id = ?", transfer_id)[0])

    def messages(self) -> list[str]:
        rows = self.bank.store.read("SELECT sealed FROM outbox ORDER BY id")
        return [msgspec.json.decode(self.bank.vault.unseal(sealed), type=Sms).text for (sealed,) in rows]

    def events(self) -> list[tuple[str, str]]:
        return [
            tuple(row) for row in self.bank.store.read("SELECT type, subject FROM events WHERE type LIKE 'transfer%'")
        ]


@pytest.fixture
def counter(founded: Founded) -> Iterator[Counter]:
    gateway = Gateway(founded, known=DEFENCES | risk.DEFENCES)
    yield Counter(gateway)
    assert audit.verify(gateway.store).holds
    if not gateway.switches.weakened():
        assert audit_books(gateway.store.db.conn).findings == ()
    gateway.close()
