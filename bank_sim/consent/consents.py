"""Consents as they are asked for, given and used; ``endings`` ends them, ``narrowing`` makes them smaller.

State changes are conditional updates inside the caller's write transaction (``store.write()``), so that two processes
cannot both take the same step. Expiry needs no job to take effect: it is read off the virtual clock, and a duty records
it. Must not decide who the user is (identity does) nor hold tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.consent import limits, states
from bank_sim.consent.ending import Endings
from bank_sim.consent.identifiers import new_identifier
from bank_sim.consent.model import Consent, ConsentRequest, PaymentTerms
from bank_sim.consent.narrowing import Narrowing
from bank_sim.consent.states import Happening
from bank_sim.events import Events
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
  used_fen INTEGER NOT NULL DEFAULT 0,
  per_period_fen INTEGER, period TEXT, replaces TEXT, change TEXT, reminded_at_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS consents_of_customer ON consents (customer_id) WHERE customer_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS consent_accounts (
  account_ref TEXT NOT NULL, consent_id TEXT NOT NULL, account_id TEXT NOT NULL, ended_at_ms INTEGER,
  PRIMARY KEY (account_ref, consent_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS accounts_by_ref ON consent_accounts (account_ref) WHERE ended_at_ms IS NULL;
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

    def __init__(self, store: Store, clock: Clock, events: Events, endings: Endings) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self.endings = endings
        self.narrowing = Narrowing(clock, events)

    def request(self, db: Database, asked: ConsentRequest) -> str:
        """An application asks; nothing may be done under the consent yet. Returns the consent's id."""
        consent_id = new_identifier("cns_")
        terms = asked.payment or PaymentTerms()
        now_ms = self._clock.now_ms()
        db.execute(
            "INSERT INTO consents (consent_id, app_id, type, validity, state, apis, valid_to_s, requested_at_ms,"
            " transfer_id, payee_account_id, payee_account_masked, payee_name_masked, per_payment_fen, total_fen,"
            " per_period_fen, period, replaces, change)"
            " VALUES (?, ?, ?, ?, 'requested', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                consent_id, asked.app_id, asked.type, asked.validity, " ".join(asked.apis), asked.valid_to_s, now_ms,
                terms.transfer_id, terms.payee_account_id, terms.payee_account_masked, terms.payee_name_masked,
                terms.per_payment_fen, terms.total_fen, terms.per_period_fen, terms.period, asked.replaces,
                asked.change,
            ),
        )  # fmt: skip
        states.note(db, consent_id, Happening(now_ms, "application", "request", "requested", "requested", ""))
        return consent_id

    def authorise(self, db: Database, consent_id: str, given: Authorisation) -> None:
        """The user agrees, once: STEP_OUT_OF_ORDER when the consent is not (or no longer) waiting for it.

        Where it takes the place of another, that one ends with it, in this transaction or not at all.
        """
        consent = self.get(consent_id, db)
        if consent is None or consent.state != "requested":
            raise _no_longer_waits()
        self._require_moved(db, consent_id, "authorise")
        db.execute(
            "UPDATE consents SET customer_id = ?, authorised_at_ms = ?, factors = ?, confirmed_sm3 = ?, evidence = ?"
            " WHERE consent_id = ?",
            (
                given.customer_id, self._clock.now_ms(), " ".join(given.factors), given.confirmed_sm3,
                strict_json.dump(dict(given.evidence)).decode(), consent_id,
            ),
        )  # fmt: skip
        known = self._taken_over(db, consent, given.customer_id)
        # The reference means nothing outside this application's consents: two cannot compare notes about one account.
        for account_id in given.account_ids:
            db.execute(
                "INSERT INTO consent_accounts (account_ref, consent_id, account_id) VALUES (?, ?, ?)",
                (known.get(account_id) or new_identifier(), consent_id, account_id),
            )
        if consent.validity != "once":
            facts = {"type": consent.type, "validity": consent.validity, "valid_to_s": consent.valid_to_s}
            told = facts | ({"replaces": consent.replaces, "change": consent.change} if consent.replaces else {})
            self._events.publish(db, consent.app_id, "consent.authorised", consent_id, told)

    def decline(self, db: Database, consent_id: str) -> None:
        """The user says no."""
        self._require_moved(db, consent_id, "decline")

    def use(self, db: Database, consent_id: str, amount_fen: int = 0, *, limited: bool = True) -> None:
        """Consume a consent given for one use; claim ``amount_fen`` of what a standing payment may take.

        To be called inside the gateway's write transaction, so that the use and its effect are one. ``limited``: False
        at a bank that is weakened so. Problems: GRANT_CONSUMED, CONSENT_EXPIRED, CONSENT_REVOKED, CONSENT_REQUIRED,
        CONSENT_LIMIT_EXCEEDED.
        """
        claimed = db.execute(
            "UPDATE consents SET used_fen = used_fen + :amount"
            " WHERE consent_id = :id AND state = 'authorised' AND valid_to_s > :now AND (NOT :limited OR ("
            " (total_fen IS NULL OR used_fen + :amount <= total_fen)"
            " AND (per_payment_fen IS NULL OR :amount <= per_payment_fen)))",
            {"id": consent_id, "amount": amount_fen, "now": self._clock.now_s(), "limited": limited},
        )
        consent = self.get(consent_id, db)
        if consent is None:
            raise problems.CONSENT_REQUIRED.problem()
        if claimed.rowcount != 1:
            consent.require_usable()
            raise problems.CONSENT_LIMIT_EXCEEDED.problem()
        if consent.validity == "once":
            self._require_moved(db, consent_id, "use")
        elif limited and consent.payment is not None:
            limits.claim_period(db, consent_id, consent.payment, amount_fen, self._clock.now_s())

    def give_back(self, db: Database, consent_id: str, amount_fen: int, claimed_at_ms: int) -> None:
        """What a payment had claimed of a standing one's limits, where the bank did not carry it out after all."""
        consent = self.get(consent_id, db)
        if consent is None or consent.payment is None or consent.validity == "once":
            return
        db.execute("UPDATE consents SET used_fen = max(0, used_fen - ?) WHERE consent_id = ?", (amount_fen, consent_id))
        limits.give_back_period(db, consent_id, consent.payment, amount_fen, claimed_at_ms / 1000)

    def revoke(self, db: Database, consent_id: str, customer_id: str) -> None:
        """The user withdraws; see ``Endings.revoke``."""
        self.endings.revoke(db, consent_id, customer_id)

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
            "SELECT consent_id, account_id FROM consent_accounts WHERE account_ref = ? AND ended_at_ms IS NULL",
            (account_ref,),
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def account_refs(self, consent_id: str) -> dict[str, str]:
        """account_id -> account_ref of every account under a consent."""
        rows = self._store.read(
            "SELECT account_id, account_ref FROM consent_accounts WHERE consent_id = ? AND ended_at_ms IS NULL",
            (consent_id,),
        )
        return dict(rows)

    def accounts_once(self, consent_id: str) -> frozenset[str]:
        """The account_ids that were ever under a consent, withdrawn ones too."""
        rows = self._store.read("SELECT account_id FROM consent_accounts WHERE consent_id = ?", (consent_id,))
        return frozenset(row[0] for row in rows)

    def language_of(self, db: Database, consent_id: str) -> Literal["zh", "en"]:
        """The language in which the user agreed, for messages about it."""
        query = "SELECT json_extract(evidence, '$.language') FROM consents WHERE consent_id = ?"
        rows = db.execute(query, (consent_id,)).fetchall()
        return "en" if rows and rows[0][0] == "en" else "zh"

    def history(self, consent_id: str) -> list[Happening]:
        """Everything that became of a consent, the oldest first."""
        return states.history(self._store, consent_id)

    def used_in_period(self, consent: Consent) -> int:
        """What the period that runs now has taken of a standing payment's limit, in fen."""
        if consent.payment is None:
            return 0
        return limits.used_in_period(self._store, consent.consent_id, consent.payment, self._clock.now_s())

    def _taken_over(self, db: Database, consent: Consent, customer_id: str) -> dict[str, str]:
        """End the consent that this one replaces. account_id -> account_ref, so that a known account keeps its name."""
        if consent.replaces is None:
            return {}
        rows = db.execute(
            "SELECT account_id, account_ref FROM consent_accounts WHERE consent_id = ? AND ended_at_ms IS NULL",
            (consent.replaces,),
        ).fetchall()
        self.endings.replace(db, consent.replaces, customer_id, consent.consent_id)
        db.execute(
            "UPDATE consent_accounts SET ended_at_ms = ? WHERE consent_id = ? AND ended_at_ms IS NULL",
            (self._clock.now_ms(), consent.replaces),
        )
        return dict(rows)

    def _require_moved(self, db: Database, consent_id: str, step: states.Step) -> None:
        actor: states.Actor = "application" if step == "use" else "user"
        if states.move(db, consent_id, step, self._clock.now_ms(), actor) is None:
            raise _no_longer_waits()

    def _consent(self, row: Sequence[Any]) -> Consent:
        (
            consent_id, app_id, kind, validity, state, apis, customer_id, valid_to_s, requested_at_ms,
            authorised_at_ms, ended_at_ms, transfer_id, payee_account_id, payee_account_masked, payee_name_masked,
            per_payment_fen, total_fen, factors, confirmed_sm3, _evidence, used_fen, per_period_fen, period, replaces,
            change, _reminded_at_ms,
        ) = row  # fmt: skip
        if state in ("requested", "authorised", "used") and valid_to_s <= self._clock.now_s():
            state = "expired"
        # A single payment ends with its transfer; a standing one with the day that its user confirmed.
        until_s = valid_to_s if kind == "payment" and transfer_id is None else None
        terms = PaymentTerms(
            transfer_id, payee_account_id, payee_account_masked, payee_name_masked, per_payment_fen, total_fen,
            per_period_fen, period, until_s,
        )  # fmt: skip
        return Consent(
            consent_id, app_id, kind, validity, state, frozenset(apis.split()), customer_id, valid_to_s,
            requested_at_ms, authorised_at_ms, ended_at_ms, terms if kind == "payment" else None,
            tuple(factors.split()), confirmed_sm3, used_fen, replaces, change,
        )  # fmt: skip


def _no_longer_waits() -> problems.Problem:
    return problems.STEP_OUT_OF_ORDER.problem("The consent no longer waits for this.")
