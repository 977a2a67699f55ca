"""Links: a user's standing consent at the bank, as the wallet holds it: tokens, sealed, and nothing about accounts.

Tokens are fetched anew when they end and deleted when the link does. Which accounts a link opens is asked of the bank
each time (JR/T 0185 7.2.2, 9.3.3-2).
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Callable

from sqlite_utils import Database

from app_sim.bank import Bank, Problem, Tokens, problems
from app_sim.journal import Journal
from app_sim.store import Store
from app_sim.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS links (
    link_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('linked', 'ended')),
    access_sealed BLOB,
    access_expires_ms INTEGER,
    refresh_sealed BLOB,
    linked_ms INTEGER NOT NULL,
    ended_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_link_a_user ON links (user_id) WHERE state = 'linked';
"""

OVER = frozenset({"CONSENT_EXPIRED", "CONSENT_REVOKED", "CONSENT_REQUIRED", "TOKEN_REVOKED", "invalid_grant"})
"""Refusals that mean that the user's consent has ended at the bank."""

# A token that ends while a request is under way would be refused there.
_MARGIN_MS = 10_000


class Links:
    """At most one living link a user."""

    def __init__(self, store: Store, vault: Vault, bank: Bank, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._vault = vault
        self._bank = bank
        self._journal = journal
        self._now_ms = now_ms
        # Two refreshes at once would spend one refresh token twice, which the bank takes for theft.
        self._refreshing = threading.Lock()

    def link(self, user_id: str, tokens: Tokens) -> None:
        """Keep the tokens of a fresh consent. The user's older link is given back to the bank, if it can be told."""
        try:
            self.unlink(user_id)
        except Problem as problem:
            self._end(user_id, "unlinked", problem)
        link_id = f"lnk_{secrets.token_hex(8)}"
        with self._store.write() as db:
            db.execute(
                "INSERT INTO links (link_id, user_id, state, linked_ms) VALUES (?, ?, 'linked', ?)",
                (link_id, user_id, self._now_ms()),
            )
            self._keep(db, link_id, tokens)
            self._journal.authorization(db, user_id, "linked", link_id)

    def is_linked(self, user_id: str) -> bool:
        return self._row(user_id) is not None

    def token(self, user_id: str) -> str:
        """A living access token; CONSENT_REQUIRED when nothing is linked. Ends the link when the bank has ended it."""
        with self._refreshing:
            row = self._row(user_id)
            if row is None:
                raise problems.CONSENT_REQUIRED.problem("No bank account is linked.")
            if row["access_expires_ms"] > self._now_ms() + _MARGIN_MS:
                return self._opened(row, "access")
            return self._refreshed(user_id, row)

    def _refreshed(self, user_id: str, row: sqlite3.Row) -> str:
        try:
            if row["refresh_sealed"] is None:
                raise problems.CONSENT_EXPIRED.problem(trusted=True)
            tokens = self._bank.refresh(self._opened(row, "refresh"))
        except Problem as problem:
            self.heed(user_id, problem)
            raise
        with self._store.write() as db:
            self._keep(db, row["link_id"], tokens)
        return tokens.access_token

    def heed(self, user_id: str, problem: Problem) -> None:
        """If a refusal, signed by the bank, says that the consent is over, the link is over too."""
        if problem.code in OVER and problem.members.get("trusted"):
            self._end(user_id, "ended_by_bank", problem)

    def unlink(self, user_id: str) -> None:
        """Give the tokens back to the bank, then forget them. When the bank cannot be told, the link stays."""
        row = self._row(user_id)
        if row is None:
            return
        self._bank.revoke(self._opened(row, "refresh" if row["refresh_sealed"] else "access"))
        self._end(user_id, "unlinked", None)

    def _end(self, user_id: str, event: str, problem: Problem | None) -> None:
        with self._store.write() as db:
            row = db.execute(
                "UPDATE links SET state = 'ended', ended_ms = ?, access_sealed = NULL, refresh_sealed = NULL"
                " WHERE user_id = ? AND state = 'linked' RETURNING link_id",
                (self._now_ms(), user_id),
            ).fetchone()
            if row is not None:
                self._journal.authorization(db, user_id, event, row["link_id"], problem)

    def _keep(self, db: Database, link_id: str, tokens: Tokens) -> None:
        access = self._vault.seal(f"access {link_id}", tokens.access_token.encode())
        db.execute(
            "UPDATE links SET access_sealed = ?, access_expires_ms = ? WHERE link_id = ?",
            (access, int(tokens.expires_s * 1000), link_id),
        )
        # RFC 6749 section 6: an answer without a refresh token leaves the old one in force.
        if tokens.refresh_token is not None:
            refresh = self._vault.seal(f"refresh {link_id}", tokens.refresh_token.encode())
            db.execute("UPDATE links SET refresh_sealed = ? WHERE link_id = ?", (refresh, link_id))

    def _opened(self, row: sqlite3.Row, which: str) -> str:
        return self._vault.open(f"{which} {row['link_id']}", row[f"{which}_sealed"]).decode()

    def _row(self, user_id: str) -> sqlite3.Row | None:
        return self._store.row("SELECT * FROM links WHERE user_id = ? AND state = 'linked'", (user_id,))
