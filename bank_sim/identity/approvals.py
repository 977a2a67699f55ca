"""Asking a customer's phone: what is to be confirmed, the phone's signed word, and what is checked before it counts.

The statement is a JSON text that the phone shows and signs as it stands: what for, which application, payee and
amount, the digest that the session's step is bound to, and a nonce (JR/T 0185 10.2.2: the user's intention). A word
counts once, for the visit that asked for it. It must not know how phones are reached.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.device_messages import decision_message
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.store import Store
from bank_sim.tokens.model import new_secret

SCHEMA = """
CREATE TABLE IF NOT EXISTS approvals (
  approval_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, visit_id TEXT NOT NULL, purpose_sm3 BLOB NOT NULL,
  statement TEXT NOT NULL, state TEXT NOT NULL, expires_s INTEGER NOT NULL, device_id TEXT, signed TEXT,
  signature BLOB, signed_with TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS approvals_of_customer ON approvals (customer_id, state);
"""

_SELECT = (
    "SELECT approval_id, customer_id, visit_id, purpose_sm3, statement, state, expires_s, device_id FROM approvals"
)

ApprovalState = Literal["waiting", "approve", "decline", "expired"]


@dataclass(frozen=True, slots=True)
class Approval:
    """One question to the phone. ``number``: two digits that page and phone both show, so that a person sees which
    of several questions is theirs. ``device_id``: the phone that answered."""

    approval_id: str
    customer_id: str
    visit_id: str
    purpose_sm3: bytes
    statement: str
    state: ApprovalState
    expires_s: int
    device_id: str | None = None

    @property
    def number(self) -> str:
        return str(strict_json.parse_object(self.statement.encode())["number"])


class Approvals:
    """Questions to phones, and the words that came back. Answered ones stay, as evidence."""

    def __init__(self, store: Store, clock: Clock, lifetime_s: int) -> None:
        self._store = store
        self._clock = clock
        self._lifetime_s = lifetime_s

    def ask(
        self, db: Database, customer_id: str, visit_id: str, purpose_sm3: bytes, what: Mapping[str, Any]
    ) -> Approval:
        """Put a question, in place of what this visit asked before; unanswered old ones are cleared away.

        ``what``: the members that a person reads.
        """
        db.execute(
            "DELETE FROM approvals WHERE state = 'waiting' AND (visit_id = ? OR expires_s <= ?)",
            (visit_id, int(self._clock.now_s())),
        )
        approval_id, expires_s = f"apr_{new_secret()[:22]}", int(self._clock.now_s()) + self._lifetime_s
        statement = {
            "approval_id": approval_id,
            **what,
            "number": f"{secrets.randbelow(90) + 10}",
            "purpose_sm3": purpose_sm3.hex(),
            "nonce": new_secret(),
            "expires_s": expires_s,
        }
        text = strict_json.dump(statement).decode()
        db.execute(
            "INSERT INTO approvals (approval_id, customer_id, visit_id, purpose_sm3, statement, state, expires_s)"
            " VALUES (?, ?, ?, ?, ?, 'waiting', ?)",
            (approval_id, customer_id, visit_id, purpose_sm3, text, expires_s),
        )
        return Approval(approval_id, customer_id, visit_id, purpose_sm3, text, "waiting", expires_s)

    def withdraw(self, db: Database, visit_id: str) -> None:
        """The visit has taken its step in another way: nothing is to be confirmed any more."""
        db.execute("DELETE FROM approvals WHERE visit_id = ? AND state = 'waiting'", (visit_id,))

    def void(self, db: Database, visit_id: str) -> None:
        """The visit begins its steps anew: what was asked or answered in it before counts no more."""
        self.withdraw(db, visit_id)
        db.execute("UPDATE approvals SET state = 'void' WHERE visit_id = ?", (visit_id,))

    def waiting(self, customer_id: str) -> list[Approval]:
        """What the customer's phones have to show now, the newest first."""
        found = self._find("customer_id = ? AND state = 'waiting' ORDER BY rowid DESC", customer_id)
        return [each for each in found if each.state == "waiting"]

    def of_visit(self, visit_id: str) -> Approval | None:
        """The newest question of a visit, however it stands."""
        found = self._find("visit_id = ? ORDER BY rowid DESC", visit_id)
        return found[0] if found else None

    def find(self, approval_id: str) -> Approval | None:
        found = self._find("approval_id = ?", approval_id)
        return found[0] if found else None

    def note(self, db: Database, approval_id: str, word: DeviceWord, device_id: str, signed_with: str) -> bool:
        """Keep the phone's word with what it signed, and with the public key (a JWK) that shows it to others: the
        phone may be unbound one day. False where another word came first."""
        noted = db.execute(
            "UPDATE approvals SET state = ?, device_id = ?, signed = ?, signature = ?, signed_with = ?"
            " WHERE approval_id = ? AND state = 'waiting'",
            (word.decision, device_id, word.statement, word.signature, signed_with, approval_id),
        )
        return noted.rowcount == 1

    def _find(self, condition: str, value: str) -> list[Approval]:
        return [self._approval(*each) for each in self._store.read(f"{_SELECT} WHERE {condition}", (value,))]

    def _approval(
        self, approval_id: str, customer_id: str, visit_id: str, purpose_sm3: bytes, statement: str,
        stored: Literal["waiting", "approve", "decline", "void"], expires_s: int, device_id: str | None,
    ) -> Approval:  # fmt: skip
        too_late = stored == "waiting" and expires_s <= self._clock.now_s()
        state: ApprovalState = "expired" if stored == "void" or too_late else stored
        return Approval(approval_id, customer_id, visit_id, purpose_sm3, statement, state, expires_s, device_id)


@dataclass(frozen=True, slots=True)
class DeviceWord:
    """What came from a phone: the statement that it showed, as it was signed."""

    decision: Literal["approve", "decline"]
    statement: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class DeviceCase:
    """A word, the key of the phone that sent it, and the question that it answers; None where there is no such."""

    word: DeviceWord
    key: PublicKey | None
    asked: Approval | None


def device_signed(case: DeviceCase) -> None:
    message = decision_message(case.word.decision, case.word.statement)
    if case.key is None or not case.key.verify(case.word.signature, message):
        raise problems.DEVICE_UNKNOWN.problem()


def question_is_open(case: DeviceCase) -> None:
    if case.asked is None or case.asked.state != "waiting":
        raise problems.APPROVAL_EXPIRED.problem()


def statement_is_the_banks(case: DeviceCase) -> None:
    if case.asked is None or not hmac.compare_digest(case.asked.statement.encode(), case.word.statement.encode()):
        raise problems.CONFIRMATION_MISMATCH.problem()


APPROVAL_CHECKS: CheckTable[DeviceCase] = CheckTable(
    [
        row("approval_signature", device_signed, "word", "7.2.1-b-2.2 10.2.2-1"),
        row("approval_open", question_is_open, "word", "10.2.2-2.1"),
        row("approval_statement", statement_is_the_banks, "word", "10.2.2-2.2"),
    ]
)
