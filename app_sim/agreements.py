"""Agreements on payments that recur: signed by the user at the bank, held by the wallet until somebody ends them.

    asked ──user agrees at the bank──▶ active ──user, bank or time──▶ ended

Who is paid, from which account and how much at most stands at the bank: here lie the rhythm, the tokens, sealed, and
the payee's masked number (JR/T 0185 9.3.3-2.1). What is taken under an agreement is ``debits``' business.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlite_utils import Database

from app_sim.bank import Bank, Problem, Tokens, format_fen, problems
from app_sim.journal import Journal
from app_sim.links import OVER, OVER_BY
from app_sim.store import Store
from app_sim.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS agreements (
    agreement_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'active', 'ended')),
    amount_fen INTEGER NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('day', 'month')),
    valid_to_ms INTEGER NOT NULL,
    next_due_ms INTEGER,
    consent_id TEXT,
    account_ref TEXT,
    creditor_account_masked TEXT CHECK (creditor_account_masked LIKE '%*%'),
    access_sealed BLOB,
    access_expires_ms INTEGER,
    refresh_sealed BLOB,
    code TEXT,
    asked_ms INTEGER NOT NULL,
    ended_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS agreements_of_user ON agreements (user_id, asked_ms);
CREATE INDEX IF NOT EXISTS agreements_due ON agreements (next_due_ms) WHERE state = 'active';
"""

AGREEMENT = "agr_"
"""How the numbers of agreements begin, which tells them from orders."""
_MARGIN_MS = 10_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """One row, without its tokens. ``next_due_ms`` None: no debit is due any more."""

    agreement_id: str
    user_id: str
    state: str
    amount_fen: int
    period: str
    valid_to_ms: int
    next_due_ms: int | None
    creditor_account_masked: str | None
    code: str | None

    @property
    def amount(self) -> str:
        return format_fen(self.amount_fen)


_FACTS = ", ".join(Agreement.__dataclass_fields__)


class Agreements:
    """Sets agreements up, holds their tokens, and lets go of them."""

    def __init__(self, store: Store, vault: Vault, bank: Bank, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._vault = vault
        self._bank = bank
        self._journal = journal
        self._now_ms = now_ms

    def ask(self, user_id: str, amount_fen: int, period: str, valid_to_ms: int) -> str:
        """Note what the user is about to be asked at the bank; returns the agreement's id."""
        agreement_id = f"{AGREEMENT}{secrets.token_hex(8)}"
        with self._store.write() as db:
            db.execute(
                "INSERT INTO agreements (agreement_id, user_id, state, amount_fen, period, valid_to_ms, asked_ms)"
                " VALUES (?, ?, 'asked', ?, ?, ?, ?)",
                (agreement_id, user_id, amount_fen, period, valid_to_ms, self._now_ms()),
            )
        return agreement_id

    def activate(self, agreement_id: str, tokens: Tokens) -> None:
        """The user has agreed at the bank. The first debit is due now."""
        (granted,) = tokens.authorization_details
        with self._store.write() as db:
            row = db.execute(
                "UPDATE agreements SET state = 'active', next_due_ms = ?, consent_id = ?, account_ref = ?,"
                " creditor_account_masked = ? WHERE agreement_id = ? AND state = 'asked' RETURNING user_id",
                (
                    self._now_ms(), granted["consent_id"], granted["account_refs"][0],
                    granted["creditor_account_masked"], agreement_id,
                ),
            ).fetchone()  # fmt: skip
            if row is not None:
                self._keep(db, agreement_id, tokens)
                self._journal.authorization(db, row["user_id"], "agreed", agreement_id)

    def give_up(self, agreement_id: str, problem: Problem) -> None:
        """The user, or the bank, said no before anything was agreed."""
        self._end(agreement_id, "refused", problem)

    def of_user(self, user_id: str) -> list[Agreement]:
        """A user's agreements that were made, the newest first."""
        rows = self._store.read(
            f"SELECT {_FACTS} FROM agreements WHERE user_id = ? AND consent_id IS NOT NULL"  # noqa: S608 - our columns
            " ORDER BY state, asked_ms DESC",
            (user_id,),
        )
        return [Agreement(*row) for row in rows]

    def any_active(self) -> bool:
        return bool(self._store.read("SELECT 1 FROM agreements WHERE state = 'active' LIMIT 1"))

    def heed(self, agreement_id: str, problem: Problem) -> None:
        """If a refusal, signed by the bank, says that the consent is over, so is the agreement."""
        if problem.code in OVER and problem.members.get("trusted"):
            self._end(agreement_id, "ended_by_bank", problem)

    def cancel(self, user_id: str, agreement_id: str) -> None:
        """The user ends it: the bank is told first. RESOURCE_NOT_AUTHORIZED for what is not theirs."""
        query = "SELECT * FROM agreements WHERE agreement_id = ? AND user_id = ? AND state = 'active'"
        row = self._store.row(query, (agreement_id, user_id))
        if row is None:
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()
        self._bank.revoke(self._opened(row, "refresh"))
        self._end(agreement_id, "unlinked", None)

    def end_by_bank(self, consent_id: str, event: str) -> None:
        """The bank has told that a consent is over: the agreement that rests on it, if any, is over at once."""
        row = self._store.row("SELECT agreement_id FROM agreements WHERE consent_id = ?", (consent_id,))
        if row is not None:
            self._end(row["agreement_id"], "ended_by_bank", OVER_BY[event].problem(trusted=True))

    def forget(self, user_id: str) -> None:
        """End a user's agreements and delete them; debits stay as proof. What the bank misses runs out there."""
        for each in self.of_user(user_id):
            if each.state == "active":
                with suppress(Problem):
                    self.cancel(user_id, each.agreement_id)
        with self._store.write() as db:
            db.execute("DELETE FROM agreements WHERE user_id = ?", (user_id,))

    def token(self, agreement_id: str) -> str:
        """A living access token, refreshed where it has run out. CONSENT_REQUIRED when the agreement is over."""
        row = self._store.row("SELECT * FROM agreements WHERE agreement_id = ? AND state = 'active'", (agreement_id,))
        if row is None:
            raise problems.CONSENT_REQUIRED.problem("The agreement has ended.")
        if row["access_expires_ms"] > self._now_ms() + _MARGIN_MS:
            return self._opened(row, "access")
        tokens = self._bank.refresh(self._opened(row, "refresh"))
        with self._store.write() as db:
            self._keep(db, agreement_id, tokens)
        return tokens.access_token

    def _keep(self, db: Database, agreement_id: str, tokens: Tokens) -> None:
        access = self._vault.seal(f"access {agreement_id}", tokens.access_token.encode())
        refresh = None
        if tokens.refresh_token is not None:
            refresh = self._vault.seal(f"refresh {agreement_id}", tokens.refresh_token.encode())
        db.execute(
            "UPDATE agreements SET access_sealed = ?, access_expires_ms = ?, refresh_sealed = ifnull(?, refresh_sealed)"
            " WHERE agreement_id = ? AND state = 'active'",
            (access, int(tokens.expires_s * 1000), refresh, agreement_id),
        )

    def _opened(self, row: sqlite3.Row, which: str) -> str:
        return self._vault.open(f"{which} {row['agreement_id']}", row[f"{which}_sealed"]).decode()

    def _end(self, agreement_id: str, event: str, problem: Problem | None) -> None:
        with self._store.write() as db:
            row = db.execute(
                "UPDATE agreements SET state = 'ended', ended_ms = ?, code = ?, next_due_ms = NULL,"
                " access_sealed = NULL, refresh_sealed = NULL"
                " WHERE agreement_id = ? AND state <> 'ended' RETURNING user_id",
                (self._now_ms(), problem and problem.code, agreement_id),
            ).fetchone()
            if row is not None:
                self._journal.authorization(db, row["user_id"], event, agreement_id, problem)
