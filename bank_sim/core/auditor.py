"""The independent auditor: recomputes the books from their lines alone and says what does not agree.

It shares no code with the ledger, the payments or the limits that it judges, and changes nothing. It reads everything
in one snapshot, so it may run while the bank works.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bank_sim.core import beijing
from bank_sim.core.books import Books, read_books

_STATES_AFTER = {
    "pass": ("executed",),
    "step_up": ("executed",),
    "hold": ("held", "rejected"),
    "reject": ("rejected",),
}
"""Where a transfer may stand after a decision on its risk; a held one may be released by a case."""


class Finding(NamedTuple):
    """One thing that does not agree: ``name`` is one of the names below, ``subject`` the row that it is about."""

    name: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``findings`` is empty when the books balance. Totals are in fen; days are Beijing calendar days."""

    findings: tuple[Finding, ...]
    entries: int
    executed_transfers: int
    customers_total_fen: int
    transferred_fen_by_day: dict[str, int]

    @property
    def balanced(self) -> bool:
        return not self.findings


def audit(db: sqlite3.Connection) -> Verdict:
    """Judge the books.

    1. Every entry has two or more lines that sum to zero; every line has its entry.
    2. Every balance is what its lines add up to, at every line; no customer was ever overdrawn; holds are covered.
    3. Every executed transfer has exactly one entry, which moves its amount from payer to payee, and a serial of its
       own; no other transfer has any.
    4. What was transferred a day is the same by transfers as by entries.
    5. What counts towards limits is what was transferred.
    6. Nothing that an application ordered was posted before its risk was decided upon, nor against that decision; and
       whatever was held or refused has a case (JR/T 0185 10.2.3).
    """
    books = read_books(db)
    by_transfers, by_entries = _day_totals(books)
    judges = (_judge_entries, _judge_balances, _judge_transfers, _judge_usage, _judge_decisions)
    findings = [finding for judge in judges for finding in judge(books)]
    findings += [
        Finding("day_total_differs", day, f"{by_transfers[day]} by transfers, {by_entries[day]} by entries")
        for day in sorted(by_transfers.keys() | by_entries.keys())
        if by_transfers[day] != by_entries[day]
    ]
    return Verdict(
        findings=tuple(findings),
        entries=len(books.entries),
        executed_transfers=sum(transfer.state == "executed" for transfer in books.transfers.values()),
        customers_total_fen=sum(
            amount_fen
            for account_id, lines in books.lines.items()
            if account_id in books.accounts and books.accounts[account_id].side == "customer"
            for _, amount_fen, _ in lines
        ),
        transferred_fen_by_day=dict(sorted(by_transfers.items())),
    )


def _judge_entries(books: Books) -> Iterator[Finding]:
    for entry_id in books.entries:
        amounts = books.lines_of_entry[entry_id].values()
        if len(amounts) < 2:
            yield Finding("entry_one_sided", str(entry_id), f"{len(amounts)} lines")
        if sum(amounts) != 0:
            yield Finding("entry_unbalanced", str(entry_id), f"lines sum to {sum(amounts)}")
    for entry_id in books.lines_of_entry.keys() - books.entries.keys():
        yield Finding("line_without_entry", str(entry_id), "no such entry")


def _judge_balances(books: Books) -> Iterator[Finding]:
    for account_id in books.lines.keys() - books.accounts.keys():
        yield Finding("line_without_account", account_id, "no such account")
    for account_id, account in books.accounts.items():
        balance_fen = 0
        for entry_id, amount_fen, balance_after_fen in books.lines[account_id]:
            balance_fen += amount_fen
            if balance_fen != balance_after_fen:
                yield Finding("running_balance_differs", account_id, f"entry {entry_id}: {balance_after_fen}")
            if account.side == "customer" and balance_fen < 0:
                yield Finding("customer_overdrawn", account_id, f"entry {entry_id} leaves {balance_fen}")
        if balance_fen != account.balance_fen:
            yield Finding("balance_differs", account_id, f"{account.balance_fen} kept, {balance_fen} by lines")
        held_fen = books.held_fen.get(account_id, 0)
        if held_fen != account.held_fen:
            yield Finding("held_differs", account_id, f"{account.held_fen} kept, {held_fen} by holds")
        if account.side == "customer" and balance_fen < held_fen:
            yield Finding("hold_uncovered", account_id, f"{held_fen} held of {balance_fen}")


def _judge_transfers(books: Books) -> Iterator[Finding]:
    entries_of = defaultdict(list)
    for entry_id, entry in books.entries.items():
        if entry.transfer_id is not None:
            entries_of[entry.transfer_id].append(entry_id)
    for transfer_id in entries_of.keys() - books.transfers.keys():
        yield Finding("entry_without_transfer", transfer_id, "no such transfer")
    serials = Counter(transfer.serial for transfer in books.transfers.values() if transfer.serial)
    for transfer_id, transfer in books.transfers.items():
        entry_ids = entries_of[transfer_id]
        expected = 1 if transfer.state == "executed" else 0
        if len(entry_ids) != expected:
            yield Finding("transfer_entries_differ", transfer_id, f"{transfer.state} with {len(entry_ids)} entries")
        moved = {transfer.debtor: -transfer.amount_fen, transfer.creditor: transfer.amount_fen}
        for entry_id in entry_ids:
            if books.lines_of_entry[entry_id] != moved:
                yield Finding("transfer_amount_differs", transfer_id, f"entry {entry_id} moves something else")
        if transfer.serial and serials[transfer.serial] > 1:
            yield Finding("serial_shared", transfer_id, transfer.serial)


def _judge_usage(books: Books) -> Iterator[Finding]:
    expected: Counter[tuple[str, str, str]] = Counter()
    for transfer in books.transfers.values():
        payer, payee = books.accounts.get(transfer.debtor), books.accounts.get(transfer.creditor)
        if transfer.state != "executed" or transfer.ended_at_ms is None or payer is None or payee is None:
            continue
        day, year = beijing.day(transfer.ended_at_ms), beijing.year(transfer.ended_at_ms)
        if payer.account_class == "I" and payer.customer_id != payee.customer_id:
            expected[transfer.debtor, "out", day] += transfer.amount_fen
        for period in (day, year):
            if payer.account_class != "I" and payer.bound_account_id != transfer.creditor:
                expected[transfer.debtor, "out", period] += transfer.amount_fen
            if payee.account_class != "I" and payee.bound_account_id != transfer.debtor:
                expected[transfer.creditor, "in", period] += transfer.amount_fen
    for key in sorted(expected.keys() | books.used_fen.keys()):
        if expected[key] != books.used_fen.get(key, 0):
            detail = f"{books.used_fen.get(key, 0)} counted, {expected[key]} transferred"
            yield Finding("usage_differs", " ".join(key), detail)


def _judge_decisions(books: Books) -> Iterator[Finding]:
    for transfer_id, transfer in books.transfers.items():
        decision = books.decisions.get(transfer_id)
        # What customers did at the bank's own counter, before there were open interfaces, nobody judged.
        if decision is None and transfer.state in ("held", "executed") and transfer.app_id.startswith("app_"):
            yield Finding("transfer_undecided", transfer_id, f"{transfer.state} without a decision on its risk")
    for transfer_id, decision in books.decisions.items():
        found = books.transfers.get(transfer_id)
        state, allowed = found.state if found else "none", _STATES_AFTER[decision.verdict]
        released = decision.verdict == "hold" and decision.case_state == "released"
        if state not in allowed and not (released and state == "executed"):
            yield Finding("decision_ignored", transfer_id, f"{decision.verdict}, and the transfer is {state}")
        if decision.verdict in ("hold", "reject") and decision.case_state is None:
            yield Finding("hit_without_case", transfer_id, decision.verdict)


def _day_totals(books: Books) -> tuple[Counter[str], Counter[str]]:
    by_transfers: Counter[str] = Counter()
    by_entries: Counter[str] = Counter()
    for transfer in books.transfers.values():
        if transfer.state == "executed" and transfer.ended_at_ms is not None:
            by_transfers[beijing.day(transfer.ended_at_ms)] += transfer.amount_fen
    for entry_id, entry in books.entries.items():
        if entry.kind == "transfer":
            credited = sum(amount for amount in books.lines_of_entry[entry_id].values() if amount > 0)
            by_entries[beijing.day(entry.posted_at_ms)] += credited
    return by_transfers, by_entries
