"""What must hold whatever happens: judged after every step as far as it costs little, in full now and then.

It reads files as anybody could who is let into the machine room, and the letters as they pass. It believes no party.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from scenarios.home import Home
from scenarios.simulation.bank_party import BankParty
from scenarios.simulation.foundation import Foundation
from scenarios.simulation.meaning import Meaning
from scenarios.simulation.wire import BROKEN, Answer, Letter
from scenarios.verification import verify_home

_NONCE = re.compile(r';nonce="([^"]+)"')
_CREATED = re.compile(r";created=(\d+)")
# The bank's window of 300 s, and what the clocks of two parties may differ by here.
_FRESH_S_MAX = 340
_LIVE = ("authorised", "used")
_FACTORS_MIN = 2
_POSTED = """
SELECT e.entry_id, d.account_number, c.account_number, t.amount_fen, t.transfer_id, t.app_id, t.customer_id
FROM ledger_entries e JOIN transfers t ON t.transfer_id = e.transfer_id
JOIN accounts d ON d.account_id = t.debtor_account_id JOIN accounts c ON c.account_id = t.creditor_account_id
WHERE e.entry_id > ? ORDER BY e.entry_id
"""
_CONSENTS = """
SELECT state, factors FROM consents WHERE type = 'payment' AND app_id = ? AND customer_id = ?
AND (transfer_id = ? OR validity = 'agreement')
"""


class Violated(Exception):
    """An invariant does not hold. ``name``: which; the text says how that shows."""

    def __init__(self, name: str, how: str) -> None:
        super().__init__(f"{name}: {how}")
        self.name = name


class Invariants:
    """``complaints``: what the bank has logged as its own failures. Each method raises ``Violated``."""

    def __init__(self, founded: Foundation, bank: BankParty, meaning: Meaning, complaints: list[str]) -> None:
        self._complaints = complaints
        self._home, self._bank, self._meaning = Home(founded.home), bank, meaning
        self._wallet_file = founded.home / "app" / "wallet.db"
        self._wallet_app_id = founded.wallet_app_id
        values = founded.secrets_of_people()
        needles = "|".join(re.escape(each) for each in sorted(values.values()))
        self._sensitive = re.compile(needles.encode())
        self._entry = self._newest("ledger_entries", "entry_id")
        self._total_fen = self._balances()
        self._honoured: set[str] = set()
        self._records = 0

    def before_delivery(self) -> None:
        """Remember how many calls the bank has recorded."""
        self._records = self._newest("access_log", "serial")

    def after_call(self, letter: Letter, answer: Answer, now_s: float) -> None:
        """A call of the gateway was answered."""
        served = 200 <= answer.status < 300
        if answer.status == 500:
            raise Violated("no party fails inside", f"the bank answers 500 to {letter.method} {letter.path}")
        if served and letter.hostile and letter.path.startswith("/api/"):
            raise Violated("nobody is served for what they may not", f"{letter.path}: {letter.hostile}")
        if served and letter.header("signature-input"):
            self._honour(letter, now_s)
        self._require_recorded(letter, answer)
        self._require_unreadable(letter)

    def after_page(self, letter: Letter, answer: Answer) -> None:
        """A page of anybody's was answered."""
        if answer.status == 500:
            raise Violated("no party fails inside", f"{letter.receiver} answers 500 to {letter.method} {letter.path}")
        if letter.hostile and 200 <= answer.status < 300:
            raise Violated("nobody is served for what they may not", f"{letter.path}: {letter.hostile}")

    def require_unreadable(self, letter: Letter) -> None:
        """A letter between application and bank holds nothing about anybody that can be read on its way."""
        self._require_unreadable(letter)

    def after_step(self) -> None:
        """The books: each new entry was meant, confirmed by two factors under a living consent, and sums to nothing."""
        if self._complaints:
            raise Violated("no party fails inside", f"the bank logs: {self._complaints[0]}")
        newest = self._newest("ledger_entries", "entry_id")
        if newest == self._entry:
            return
        for entry_id, payer, payee, amount_fen, transfer_id, app_id, customer_id in self._read(_POSTED, self._entry):
            if not self._meaning.answers((payer, payee, amount_fen)):
                raise Violated(
                    "no money moves that nobody meant to move",
                    f"entry {entry_id}: {amount_fen} fen from …{payer[-4:]} to …{payee[-4:]}",
                )
            self._require_consent(transfer_id, app_id, customer_id)
        if self._balances() != self._total_fen:
            raise Violated("money is conserved", f"{self._balances()} fen, {self._total_fen} at the beginning")
        if lowest := self._read("SELECT account_id FROM ledger_accounts WHERE side = 'customer' AND balance_fen < 0"):
            raise Violated("nobody is overdrawn", str(lowest[0][0]))
        self._entry = newest

    def in_full(self) -> None:
        """Everything that the verifications of ``audit verify`` find, and both parties' books together."""
        for verdict in verify_home(self._home):
            if not verdict.holds:
                raise Violated(f"{verdict.name.en} holds", verdict.sentence.en)
        self._compare_books()

    def at_rest(self) -> None:
        """When nothing is under way any more: what is unknown is settled, and both parties know the same consents."""
        self.in_full()
        unsettled = self._wallet(
            "SELECT order_no, state FROM payments p WHERE state IN ('executing', 'unknown') AND EXISTS"
            " (SELECT 1 FROM links l WHERE l.user_id = p.user_id AND l.state = 'linked')"
        )
        if unsettled:
            raise Violated("what is unknown is settled in the end", f"{unsettled[0][0]} is {unsettled[0][1]}")
        for (consent_id,) in self._wallet("SELECT consent_id FROM links WHERE state = 'linked'"):
            states = self._read("SELECT state FROM consents WHERE consent_id = ?", consent_id)
            # Of one that was replaced the bank tells nobody: its successor goes on, and the next call hears of it.
            if states and states[0][0] not in (*_LIVE, "replaced"):
                raise Violated("the wallet learns that a consent is over", f"{consent_id} is {states[0][0]}")

    def _honour(self, letter: Letter, now_s: float) -> None:
        said = letter.header("signature-input")
        nonce, created = _NONCE.search(said), _CREATED.search(said)
        if nonce is None or created is None:
            raise Violated("nobody is served for what they may not", f"{letter.path}: a signature without a nonce")
        if nonce[1] in self._honoured:
            raise Violated("a message is honoured once", f"{letter.method} {letter.path} was served a second time")
        if abs(now_s - int(created[1])) > _FRESH_S_MAX:
            late_s = int(now_s - int(created[1]))
            raise Violated("nobody is served for what they may not", f"{letter.path}: signed {late_s} s ago")
        self._honoured.add(nonce[1])

    def _require_recorded(self, letter: Letter, answer: Answer) -> None:
        gained = self._newest("access_log", "serial") - self._records
        allowed = (0, 1) if answer is BROKEN else (1,)
        if letter.path.startswith("/api/") and gained not in allowed:
            raise Violated("every call is recorded once", f"{letter.path} left {gained} access records")

    def _require_unreadable(self, letter: Letter) -> None:
        text = letter.body + letter.target.encode() + (letter.answer.body if letter.answer else b"")
        if found := self._sensitive.search(text):
            shown = f"a value of {len(found[0])} bytes"
            raise Violated("nothing about anybody is readable on the wire", f"{letter.path} holds {shown}")

    def _require_consent(self, transfer_id: str, app_id: str, customer_id: str) -> None:
        consents = self._read(_CONSENTS, app_id, customer_id, transfer_id)
        confirmed = [factors.split() for state, factors in consents if state in _LIVE]
        if not any(len(factors) >= _FACTORS_MIN for factors in confirmed):
            stand = ", ".join(f"{state} by {factors or 'nothing'}" for state, factors in consents) or "no consent"
            raise Violated("money moves by two factors under a living consent", f"{transfer_id}: {stand}")

    def _compare_books(self) -> None:
        """What the wallet holds for definite is what the bank has done."""
        ours: dict[str, str] = dict(
            self._read("SELECT order_no, state FROM transfers WHERE app_id = ?", self._wallet_app_id)
        )
        for order_no, state in self._wallet(
            "SELECT order_no, state FROM payments UNION ALL SELECT order_no, state FROM debits"
        ):
            if state == "executed" and ours.get(order_no) != "executed":
                raise Violated("no acknowledged transfer is lost", f"{order_no} is {ours.get(order_no)} at the bank")
            if state in ("rejected", "refused") and ours.get(order_no) == "executed":
                raise Violated("no refused transfer is executed", order_no)

    def _newest(self, table: str, column: str) -> int:
        return int(self._read(f"SELECT coalesce(max({column}), 0) FROM {table}")[0][0])  # noqa: S608 - our own names

    def _balances(self) -> int:
        return int(self._read("SELECT sum(balance_fen) FROM ledger_accounts")[0][0])

    def _read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self._bank.bank.store.read(sql, values)

    def _wallet(self, sql: str) -> list[tuple[Any, ...]]:
        return _rows(self._wallet_file, sql)


def _rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()
