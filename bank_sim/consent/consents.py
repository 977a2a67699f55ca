"""The life of a consent: request → authorise → use → expire or revoke, each step one statement on its state.

State changes are conditional updates inside the caller's write transaction (``store.write()``), so that two processes
cannot both take the same step. Expiry needs no job: it is read off the virtual clock. Must not decide who the user
is (identity does) nor hold tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.consent.identifiers import new_identifier
from bank_sim.consent.model import Consent, ConsentRequest, PaymentTerms
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.store import Store

# The order of columns is the order in which rows are read below.
SCHEMA = """
CREATE TABLE IF NOT EXISTS consents (
  consent_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, type TEXT NOT NULL, validity TEXT NOT NULL,
  state TEXT NOT NULL, apis TEXT NOT NULL, customer_id TEXT, valid_to_s INTEGER NOT NULL,
  requested_at_ms INTEGER NOT NULL, authorised_at_ms INTEGER, ended_at_ms INTEGER,
  transfer_id TEXT, payee_account_id TEXT, payee_account_masked TEXT, payee_name_masked TEXT,
  per_payment_fen INTEGER, total_fen INTEGER,
  factors TEXT NOT NULL DEFAULT '', confirmed_sm3 BLOB, evidence TEXT,
  used_fen INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS consents_of_customer ON consents (customer_id) WHERE customer_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS consent_accounts (
  account_ref TEXT PRIMARY KEY, consent_id TEXT NOT NULL, account_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS accounts_of_consent ON consent_accounts (consent_id);
"""


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The user's word. ``evidence`` says how it was given (texts shown, notice read, place); kept as JSON."""

    customer_id: str
    account_ids: Sequence[str]
    factors: Sequence[str]
    evidence: Mapping[str, Any]
    confirmed_sm3: bytes | None = None


class Consents:
    """Reads go to the store; steps take the caller's ``db``, the connection of its write transaction."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def request(self, db: Database, asked: ConsentRequest) -> str:
        """An application asks; nothing may be done under the consent yet. Returns the consent's id."""
        consent_id = new_identifier("cns_")
        terms = asked.payment or PaymentTerms()
        db.execute(
            "INSERT INTO consents (consent_id, app_id, type, validity, state, apis, valid_to_s, requested_at_ms,"
            " transfer_id, payee_account_id, payee_account_masked, payee_name_masked, per_payment_fen, total_fen)"
            " VALUES (?, ?, ?, ?, 'requested', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                consent_id, asked.app_id, asked.type, asked.validity, " ".join(asked.apis), asked.valid_to_s,
                self._clock.now_ms(), terms.transfer_id, terms.payee_account_id,
                terms.payee_account_masked, terms.payee_name_masked, terms.per_payment_fen, terms.total_fen,
            ),
        )  # fmt: skip
        return consent_id

    def authorise(self, db: Database, consent_id: str, given: Authorisation) -> None:
        """The user agrees, once: STEP_OUT_OF_ORDER when the consent is not (or no longer) waiting for it."""
        moved = db.execute(
            "UPDATE consents SET state = 'authorised', customer_id = ?, authorised_at_ms = ?, factors = ?,"
            " confirmed_sm3 = ?, evidence = ? WHERE consent_id = ? AND state = 'requested' AND valid_to_s > ?",
            (
                given.customer_id, self._clock.now_ms(), " ".join(given.factors), given.confirmed_sm3,
                strict_json.dump(dict(given.evidence)).decode(), consent_id, self._clock.now_s(),
            ),
        )  # fmt: skip
        _require_moved(moved.rowcount)
        # The reference means nothing outside this consent: two applications cannot compare notes about one account.
        for account_id in given.account_ids:
            db.execute(
                "INSERT INTO consent_accounts (account_ref, consent_id, account_id) VALUES (?, ?, ?)",
                (new_identifier(), consent_id, account_id),
            )

    def decline(self, db: Database, consent_id: str) -> None:
        """The user says no."""
        moved = db.execute(
            "UPDATE consents SET state = 'declined', ended_at_ms = ? WHERE consent_id = ? AND state = 'requested'",
            (self._clock.now_ms(), consent_id),
        )
        _require_moved(moved.rowcount)

    def use(self, db: Database, consent_id: str, amount_fen: int = 0) -> None:
        """Consume a consent given for one use; claim ``amount_fen`` of a standing order's total.

        To be called inside the gateway's write transaction, so that the use and its effect are one. Problems:
        GRANT_CONSUMED, CONSENT_EXPIRED, CONSENT_REVOKED, CONSENT_REQUIRED, CONSENT_LIMIT_EXCEEDED.
        """
        claimed = db.execute(
            "UPDATE consents SET used_fen = used_fen + :amount,"
            " state = CASE validity WHEN 'once' THEN 'used' ELSE state END"
            " WHERE consent_id = :id AND state = 'authorised' AND valid_to_s > :now"
            " AND (total_fen IS NULL OR used_fen + :amount <= total_fen)"
            " AND (per_payment_fen IS NULL OR :amount <= per_payment_fen)",
            {"id": consent_id, "amount": amount_fen, "now": self._clock.now_s()},
        )
        if claimed.rowcount == 1:
            return
        consent = self.get(consent_id, db)
        if consent is None:
            raise problems.CONSENT_REQUIRED.problem()
        consent.require_usable()
        raise problems.CONSENT_LIMIT_EXCEEDED.problem()

    def revoke(self, db: Database, consent_id: str, customer_id: str) -> None:
        """The user withdraws; every later call is refused. RESOURCE_NOT_AUTHORIZED when it is not theirs."""
        moved = db.execute(
            "UPDATE consents SET state = 'revoked', ended_at_ms = ?"
            " WHERE consent_id = ? AND customer_id = ? AND state IN ('authorised', 'used')",
            (self._clock.now_ms(), consent_id, customer_id),
        )
        if moved.rowcount != 1:
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()

    def get(self, consent_id: str, db: Database | None = None) -> Consent | None:
        """The consent as it stands now; ``db`` reads inside a transaction."""
        query = "SELECT * FROM consents WHERE consent_id = ?"
        rows = db.execute(query, (consent_id,)).fetchall() if db else self._store.read(query, (consent_id,))
        return self._consent(rows[0]) if rows else None

    def of_customer(self, customer_id: str) -> list[Consent]:
        """All that a user ever authorised, the newest first."""
        query = "SELECT * FROM consents WHERE customer_id = ? ORDER BY authorised_at_ms DESC, consent_id"
        return [self._consent(each) for each in self._store.read(query, (customer_id,))]

    def account_of(self, account_ref: str) -> tuple[str, str] | None:
        """(consent_id, account_id) behind an opaque reference; None when nobody gave it out."""
        rows = self._store.read(
            "SELECT consent_id, account_id FROM consent_accounts WHERE account_ref = ?", (account_ref,)
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def account_refs(self, consent_id: str) -> dict[str, str]:
        """account_id -> account_ref of every account under a consent."""
        rows = self._store.read(
            "SELECT account_id, account_ref FROM consent_accounts WHERE consent_id = ?", (consent_id,)
        )
        return dict(rows)

    def _consent(self, row: Sequence[Any]) -> Consent:
        (
            consent_id, app_id, kind, validity, state, apis, customer_id, valid_to_s, requested_at_ms,
            authorised_at_ms, ended_at_ms, transfer_id, payee_account_id, payee_account_masked, payee_name_masked,
            per_payment_fen, total_fen, factors, confirmed_sm3, _evidence, used_fen,
        ) = row  # fmt: skip
        if state in ("requested", "authorised", "used") and valid_to_s <= self._clock.now_s():
            state = "expired"
        terms = PaymentTerms(
            transfer_id, payee_account_id, payee_account_masked, payee_name_masked, per_payment_fen, total_fen
        )
        return Consent(
            consent_id, app_id, kind, validity, state, frozenset(apis.split()), customer_id, valid_to_s,
            requested_at_ms, authorised_at_ms, ended_at_ms, terms if kind == "payment" else None,
            tuple(factors.split()), confirmed_sm3, used_fen,
        )  # fmt: skip


def _require_moved(rows: int) -> None:
    if rows != 1:
        raise problems.STEP_OUT_OF_ORDER.problem("The consent no longer waits for this.")
