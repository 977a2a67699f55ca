"""Reads what the parties wrote, from outside and without asking them: the bank's books and its access log.

It changes nothing. What a scenario claims about money or records is claimed by what stands here, not by what an
answer said.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bank_sim.messages import untold_debits
from bank_sim.store import Store
from scenarios.canaries import Residue, search
from scenarios.home import Home


def residue(folder: Path, values: Mapping[str, str]) -> list[Residue]:
    """Which of these values (name -> value) lie in which file below ``folder``, in which encoding, at which byte.

    Raises ``LookupError`` where there is no file: a search of nothing must not look clean.
    """
    found = search([folder], values)
    if found.files == 0:
        raise LookupError(f"there is no file below {folder}")
    return list(found.residues)


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer in the books: from whose account number to whose, in fen, through which application."""

    serial: str
    debtor_number: str
    creditor_number: str
    amount_fen: int
    app_id: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in the bank's files: the newest access record and the newest entry in the books."""

    access_serial: int
    entry_id: int


_POSTINGS = """
SELECT t.serial, d.account_number, c.account_number, t.amount_fen, t.app_id
FROM ledger_entries e
JOIN transfers t ON t.transfer_id = e.transfer_id
JOIN accounts d ON d.account_id = t.debtor_account_id
JOIN accounts c ON c.account_id = t.creditor_account_id
WHERE e.entry_id > ? ORDER BY e.entry_id
"""
_BALANCE = """
SELECT l.balance_fen FROM ledger_accounts l JOIN accounts a ON a.account_id = l.account_id WHERE a.account_number = ?
"""


class Bank:
    """The bank's database, read-only; each question sees what is committed at that moment."""

    def __init__(self, home: Home) -> None:
        self._path = home.party("bank") / "bank.db"
        self._uri = f"{self._path.as_uri()}?mode=ro"

    def mark(self) -> Mark:
        with self._open() as db:
            serial = db.execute("SELECT coalesce(max(serial), 0) FROM access_log").fetchone()[0]
            entry_id = db.execute("SELECT coalesce(max(entry_id), 0) FROM ledger_entries").fetchone()[0]
        return Mark(serial, entry_id)

    def postings_since(self, mark: Mark) -> list[Posting]:
        """Transfers that entered the books after ``mark``."""
        with self._open() as db:
            return [Posting(*row) for row in db.execute(_POSTINGS, (mark.entry_id,))]

    def records_since(self, mark: Mark) -> list[dict[str, Any]]:
        """Access records after ``mark``, each as column -> value, without the chain's hash."""
        with self._open() as db:
            db.row_factory = sqlite3.Row
            rows = db.execute("SELECT * FROM access_log WHERE serial > ? ORDER BY serial", (mark.access_serial,))
            return [{name: row[name] for name in row.keys() if name != "hash"} for row in rows]  # noqa: SIM118

    def balance_fen(self, account_number: str) -> int:
        """What the books say stands on an account."""
        with self._open() as db:
            row = db.execute(_BALANCE, (account_number,)).fetchone()
        if row is None:
            raise LookupError("the bank has no such account")
        return int(row[0])

    def account_numbers(self, login_name: str) -> dict[str, str]:
        """A customer's account numbers by class: ``{"I": …, "II": …, "III": …}``, as printed on their papers."""
        with self._open() as db:
            rows = db.execute(
                "SELECT a.account_class, a.account_number FROM accounts a"
                " JOIN credentials c ON c.customer_id = a.customer_id WHERE c.login_name = ?",
                (login_name,),
            )
            return dict(rows.fetchall())

    def deliveries_to(self, app_id: str) -> list[str]:
        """Where the events of an application stand, in their order."""
        with self._open() as db:
            rows = db.execute("SELECT state FROM events WHERE app_id = ? ORDER BY sequence", (app_id,))
            return [str(state) for (state,) in rows]

    def tries_of(self, subject: str) -> list[str]:
        """How each try ended to deliver the events about a subject, in order."""
        with self._open() as db:
            rows = db.execute(
                "SELECT a.outcome FROM event_attempts a JOIN events e ON e.event_id = a.event_id WHERE e.subject = ?"
                " ORDER BY a.rowid",
                (subject,),
            )
            return [str(outcome) for (outcome,) in rows]

    def alarms(self) -> set[tuple[str, str]]:
        """Rule and subject of every alarm that is not over."""
        with self._open() as db:
            return set(db.execute("SELECT rule, subject FROM alarms WHERE state <> 'closed'").fetchall())

    def alarms_struck(self, since_ms: int) -> set[str]:
        """The rules that struck at or after that time of the virtual clock."""
        with self._open() as db:
            return {str(rule) for (rule,) in db.execute("SELECT rule FROM alarms WHERE last_ms >= ?", (since_ms,))}

    def tampered_record(self) -> int | None:
        """The access record that the standing alarm LOG_TAMPERED names; None where there is none."""
        with self._open() as db:
            row = db.execute(
                "SELECT last_serial FROM alarms WHERE rule = 'LOG_TAMPERED' AND state <> 'closed'"
            ).fetchone()
        return row[0] if row else None

    def journal_of(self, login_name: str, action: str) -> list[str]:
        """How each deed of this kind of somebody's ended, as the staff's journal tells, in order."""
        with self._open() as db:
            sql = "SELECT result FROM staff_journal WHERE login_name = ? AND action = ? ORDER BY serial"
            return [str(result) for (result,) in db.execute(sql, (login_name, action))]

    def proposal_of(self, kind: str, subject: str) -> str:
        """The id of the staff's newest proposal of this kind about something."""
        with self._open() as db:
            sql = "SELECT proposal_id FROM staff_proposals WHERE kind = ? AND subject = ? ORDER BY proposed_at_ms DESC"
            return str(db.execute(sql, (kind, subject)).fetchone()[0])

    def proposal_state(self, kind: str, subject: str) -> str:
        """Where that proposal stands."""
        with self._open() as db:
            sql = "SELECT state FROM staff_proposals WHERE proposal_id = ?"
            return str(db.execute(sql, (self.proposal_of(kind, subject),)).fetchone()[0])

    def wallet_app_id(self) -> str:
        """The application that the bank holds to its SDK from the beginning."""
        with self._open() as db:
            sql = "SELECT app_id FROM applications WHERE sdk_attested = 1 ORDER BY registered_at_ms LIMIT 1"
            return str(db.execute(sql).fetchone()[0])

    def probe_of(self, app_id: str) -> dict[str, bool] | None:
        """The newest finished probe of an application: by kind of message, whether it was taken as it should be."""
        with self._open() as db:
            rows = db.execute(
                "SELECT defect, is_sound FROM event_probe_findings WHERE probe_id = (SELECT probe_id FROM event_probes"
                " WHERE app_id = ? AND state = 'done' ORDER BY finished_ms DESC LIMIT 1)",
                (app_id,),
            ).fetchall()
        return {defect: bool(is_sound) for defect, is_sound in rows} or None

    def probes_done(self, app_id: str) -> int:
        """How many probes of an application are over."""
        with self._open() as db:
            sql = "SELECT count(*) FROM event_probes WHERE app_id = ? AND state = 'done'"
            return int(db.execute(sql, (app_id,)).fetchone()[0])

    def keys_end_ms(self, app_id: str) -> int:
        """When the first of an application's key pairs ends."""
        sql = "SELECT min(not_after_ms) FROM application_keys WHERE app_id = ? AND status = 'active' AND use <> 'mac'"
        with self._open() as db:
            return int(db.execute(sql, (app_id,)).fetchone()[0])

    def signing_keys_of(self, app_id: str) -> list[dict[str, Any]]:
        """Every signing key that an application ever had registered, as JWK."""
        with self._open() as db:
            rows = db.execute("SELECT material FROM application_keys WHERE app_id = ? AND use = 'sig'", (app_id,))
            return [json.loads(material) for (material,) in rows]

    def signed_statements(self, login_name: str) -> list[str]:
        """What a customer's phones signed with their owner's approval, as the bank keeps it."""
        with self._open() as db:
            rows = db.execute(
                "SELECT p.signed FROM approvals p JOIN credentials c ON c.customer_id = p.customer_id"
                " WHERE c.login_name = ? AND p.state = 'approve'",
                (login_name,),
            )
            return [str(signed) for (signed,) in rows]

    def consents(self, login_name: str) -> list[dict[str, Any]]:
        """What a customer agreed to, oldest first: the state that stands in the database, and what it covers."""
        query = (
            "SELECT o.consent_id, o.app_id, o.type, o.state, o.apis, o.valid_to_s, o.used_fen, o.replaces,"
            " (SELECT count(*) FROM consent_accounts a WHERE a.consent_id = o.consent_id AND a.ended_at_ms IS NULL)"
            " AS accounts FROM consents o JOIN credentials c ON c.customer_id = o.customer_id"
            " WHERE c.login_name = ? ORDER BY o.authorised_at_ms, o.consent_id"
        )
        with self._open() as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(query, (login_name,))]

    def accounts_consent(self, login_name: str) -> str:
        """The id of a customer's newest consent to account information; payments have consents of their own."""
        kinds = [(str(each["type"]), str(each["consent_id"])) for each in self.consents(login_name)]
        return next(consent_id for kind, consent_id in reversed(kinds) if kind == "account_information")

    def events_of(self, subject: str) -> list[str]:
        """The types of the events about a subject, such as a consent's id, in order."""
        with self._open() as db:
            rows = db.execute("SELECT type FROM events WHERE subject = ? ORDER BY sequence", (subject,))
            return [str(kind) for (kind,) in rows]

    def decisions_of(self, login_name: str) -> list[dict[str, Any]]:
        """What was decided on the risk of a customer's payments, oldest first, each with its case where it has one."""
        query = (
            "SELECT d.transfer_id, d.verdict, d.rules, k.case_id, k.kind, k.state FROM risk_decisions d"
            " JOIN credentials c ON c.customer_id = d.customer_id"
            " LEFT JOIN risk_cases k ON k.transfer_id = d.transfer_id WHERE c.login_name = ? ORDER BY d.decision_id"
        )
        with self._open() as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(query, (login_name,))]

    def reconciled(self, app_id: str) -> set[str]:
        """The days of which an application has told what it found in the bank's file."""
        with self._open() as db:
            rows = db.execute("SELECT day FROM reconciliation_results WHERE app_id = ?", (app_id,)).fetchall()
        return {str(day) for (day,) in rows}

    def untold_debits(self) -> list[str]:
        """Executed transfers of applications whose payer no message was written to."""
        with closing(Store(self._path, readonly=True)) as store:
            return untold_debits(store)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._uri, uri=True)) as db:
            yield db


class Wallet:
    """The wallet's database, read-only."""

    def __init__(self, home: Home) -> None:
        self._uri = f"{(home.party('app') / 'wallet.db').as_uri()}?mode=ro"

    def newest_record(self) -> int:
        """The number of the journal's newest record; 0 while there is none."""
        return int(self._read("SELECT coalesce(max(seq), 0) AS seq FROM journal")[0]["seq"])

    def records_since(self, seq: int) -> list[dict[str, Any]]:
        """Journal records behind number ``seq``, each as column -> value, without the chain's hash."""
        rows = self._read("SELECT * FROM journal WHERE seq > ? ORDER BY seq", seq)
        return [{name: row[name] for name in row.keys() if name != "hash"} for row in rows]  # noqa: SIM118

    def is_linked(self, consent_id: str) -> bool:
        """Whether a user's accounts are linked under this consent of the bank's."""
        return bool(self._read("SELECT 1 FROM links WHERE consent_id = ? AND state = 'linked'", consent_id))

    def events(self) -> list[tuple[str, str]]:
        """Type and subject of each event of the bank that the wallet has taken, in the order in which they came."""
        rows = self._read("SELECT type, subject FROM bank_events ORDER BY received_ms, sequence")
        return [(row["type"], row["subject"]) for row in rows]

    def tickets(self) -> set[tuple[str, str]]:
        """Rule and subject of every ticket that the wallet's watch has opened."""
        return {(row["rule"], row["subject"]) for row in self._read("SELECT rule, subject FROM tickets")}

    def newest_order(self) -> str:
        """The number of the newest payment."""
        return str(self._read("SELECT order_no FROM payments ORDER BY rowid DESC LIMIT 1")[0]["order_no"])

    def differences(self) -> list[tuple[str, str]]:
        """Kind and order number of what the bank's files and the wallet's books tell differently, unexplained."""
        rows = self._read("SELECT kind, order_no FROM differences WHERE over_ms IS NULL ORDER BY order_no, kind")
        return [(row["kind"], row["order_no"]) for row in rows]

    def journal_begins(self) -> int:
        """The number of the journal's oldest record: 1 until some have had their time."""
        return int(self._read("SELECT min(seq) AS seq FROM journal")[0]["seq"])

    def newest_statement(self) -> str:
        """The wallet's newest signed statement of deletion."""
        return str(self._read("SELECT statement FROM deletions ORDER BY deletion_id DESC LIMIT 1")[0]["statement"])

    def _read(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self._uri, uri=True)) as db:
            db.row_factory = sqlite3.Row
            return db.execute(sql, values).fetchall()
