"""Links: a user's standing consent at the bank, as the wallet holds it: tokens, sealed, and nothing about accounts.

Tokens are fetched anew when they end and deleted when the link does. Which accounts a link opens is asked of the bank
each time (JR/T 0185 7.2.2, 9.3.3-2).
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakValueDictionary

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
    consent_id TEXT,
    linked_ms INTEGER NOT NULL,
    ended_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_link_a_user ON links (user_id) WHERE state = 'linked';
"""

OVER = frozenset({"CONSENT_EXPIRED", "CONSENT_REVOKED", "CONSENT_REQUIRED", "TOKEN_REVOKED", "invalid_grant"})
"""Refusals that mean that the user's consent has ended at the bank."""

OVER_BY = {"consent.revoked": problems.CONSENT_REVOKED, "consent.expired": problems.CONSENT_EXPIRED}
"""What an event of the bank's says of a consent, as the refusal that would have told later."""

# A token that ends while a request is under way would be refused there.
_MARGIN_MS = 10_000


@dataclass(frozen=True, slots=True)
class Ended:
    """``code``: the bank's refusal, or what its event amounts to, such as CONSENT_EXPIRED."""

    ended_ms: int
    code: str | None


class Links:
    """At most one living link a user."""

    def __init__(self, store: Store, vault: Vault, bank: Bank, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._vault = vault
        self._bank = bank
        self._journal = journal
        self._now_ms = now_ms
        # Two refreshes at once would spend one refresh token twice, which the bank takes for theft. A lock a user, for
        # nobody shall wait for another's answer; it lives as long as somebody holds it or waits for it.
        self._refreshing: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._handing_out = threading.Lock()

    def link(self, user_id: str, tokens: Tokens) -> None:
        """Keep the tokens of a fresh consent. The user's older link is given back to the bank, if it can be told."""
        older = self._row(user_id)
        if older is not None:
            try:
                self._give_back(older)
            except Problem as problem:
                self._end(older["link_id"], "unlinked", problem)
        link_id = f"lnk_{secrets.token_hex(8)}"
        with self._store.write() as db:
            db.execute(
                "INSERT INTO links (link_id, user_id, state, consent_id, linked_ms) VALUES (?, ?, 'linked', ?, ?)",
                (link_id, user_id, _consent_of(tokens), self._now_ms()),
            )
            self._keep(db, link_id, tokens)
            self._journal.authorization(db, user_id, "linked", link_id)

    def is_linked(self, user_id: str) -> bool:
        return self._row(user_id) is not None

    def ended(self, user_id: str) -> Ended | None:
        """How the bank ended the user's newest link; None where it lives, or was ended here, or there was none."""
        row = self._store.row(
            "SELECT link_id, ended_ms FROM links WHERE user_id = ? ORDER BY rowid DESC LIMIT 1", (user_id,)
        )
        if row is None or row["ended_ms"] is None:
            return None
        told = self._store.row(
            "SELECT code FROM journal WHERE user_id = ? AND event = 'ended_by_bank' AND subject = ?",
            (user_id, row["link_id"]),
        )
        return None if told is None else Ended(row["ended_ms"], told["code"])

    def linked_ms(self, user_id: str) -> int | None:
        """When the user's living link began; None without one."""
        row = self._row(user_id)
        return None if row is None else int(row["linked_ms"])

    def token(self, user_id: str) -> str:
        """A living access token; CONSENT_REQUIRED when nothing is linked. Ends the link when the bank has ended it."""
        with self._turn(user_id):
            row = self._row(user_id)
            if row is None:
                raise problems.CONSENT_REQUIRED.problem("No bank account is linked.")
            if row["access_expires_ms"] > self._now_ms() + _MARGIN_MS:
                return self._opened(row, "access")
            return self._refreshed(row)

    def _turn(self, user_id: str) -> threading.Lock:
        with self._handing_out:
            return self._refreshing.setdefault(user_id, threading.Lock())

    def _refreshed(self, row: sqlite3.Row) -> str:
        """A fresh token. CONSENT_REQUIRED when the link ended meanwhile: what the bank gave then goes back to it."""
        try:
            if row["refresh_sealed"] is None:
                raise problems.CONSENT_EXPIRED.problem(trusted=True)
            tokens = self._bank.refresh(self._opened(row, "refresh"))
        except Problem as problem:
            self._heed(row["link_id"], problem)
            raise
        with self._store.write() as db:
            kept = self._keep(db, row["link_id"], tokens)
        if not kept:
            # When the bank cannot be told, the tokens are forgotten all the same.
            with suppress(Problem):
                self._bank.revoke(tokens.refresh_token or tokens.access_token)
            raise problems.CONSENT_REQUIRED.problem("The link was ended meanwhile.")
        return tokens.access_token

    def heed(self, user_id: str, problem: Problem) -> None:
        """If a refusal, signed by the bank, says that the consent is over, the link is over too."""
        row = self._row(user_id)
        if row is not None:
            self._heed(row["link_id"], problem)

    def end_by_bank(self, consent_id: str, event: str) -> None:
        """The bank has told that a consent is over: the link that rests on it, if there is one, is over at once."""
        row = self._store.row("SELECT link_id FROM links WHERE consent_id = ? AND state = 'linked'", (consent_id,))
        if row is not None:
            self._end(row["link_id"], "ended_by_bank", OVER_BY[event].problem(trusted=True))

    def _heed(self, link_id: str, problem: Problem) -> None:
        if problem.code in OVER and problem.members.get("trusted"):
            self._end(link_id, "ended_by_bank", problem)

    def renew_access(self) -> None:
        """The key that access tokens were bound to is no more: each is fetched anew when it is needed next."""
        with self._store.write() as db:
            db.execute("UPDATE links SET access_expires_ms = 0 WHERE state = 'linked'")

    def unlink(self, user_id: str) -> None:
        """Give the tokens back to the bank, then forget them. When the bank cannot be told, the link stays."""
        row = self._row(user_id)
        if row is not None:
            self._give_back(row)

    def _give_back(self, row: sqlite3.Row) -> None:
        self._bank.revoke(self._opened(row, "refresh" if row["refresh_sealed"] else "access"))
        self._end(row["link_id"], "unlinked", None)

    def _end(self, link_id: str, event: str, problem: Problem | None) -> None:
        with self._store.write() as db:
            row = db.execute(
                "UPDATE links SET state = 'ended', ended_ms = ?, access_sealed = NULL, refresh_sealed = NULL"
                " WHERE link_id = ? AND state = 'linked' RETURNING user_id",
                (self._now_ms(), link_id),
            ).fetchone()
            if row is not None:
                self._journal.authorization(db, row["user_id"], event, link_id, problem)

    def _keep(self, db: Database, link_id: str, tokens: Tokens) -> bool:
        """Put tokens into a living link; False, and nothing kept, when it has ended."""
        access = self._vault.seal(f"access {link_id}", tokens.access_token.encode())
        refresh = None
        # RFC 6749 section 6: an answer without a refresh token leaves the old one in force.
        if tokens.refresh_token is not None:
            refresh = self._vault.seal(f"refresh {link_id}", tokens.refresh_token.encode())
        moved = db.execute(
            "UPDATE links SET access_sealed = ?, access_expires_ms = ?, refresh_sealed = ifnull(?, refresh_sealed)"
            " WHERE link_id = ? AND state = 'linked'",
            (access, int(tokens.expires_s * 1000), refresh, link_id),
        )
        return moved.rowcount == 1

    def _opened(self, row: sqlite3.Row, which: str) -> str:
        return self._vault.open(f"{which} {row['link_id']}", row[f"{which}_sealed"]).decode()

    def _row(self, user_id: str) -> sqlite3.Row | None:
        return self._store.row("SELECT * FROM links WHERE user_id = ? AND state = 'linked'", (user_id,))


def _consent_of(tokens: Tokens) -> str | None:
    """The bank's name of the consent that the tokens stand for; None where it did not tell."""
    details = tokens.authorization_details
    return str(details[0]["consent_id"]) if details and "consent_id" in details[0] else None
