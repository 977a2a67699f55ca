"""Each way in which books can be wrong is brought about behind the ledger's back, and found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from bank_sim.core.auditor import audit
from bank_sim.core.holds import place_hold

if TYPE_CHECKING:
    from tests.core.conftest import Town

TAMPERING = {
    "entry_unbalanced": "UPDATE ledger_lines SET amount_fen = 7 WHERE account_id = :payee AND entry_id = :last",
    "entry_one_sided": "INSERT INTO ledger_entries (kind, posted_at_ms) VALUES ('income', 0)",
    "line_without_entry": "UPDATE ledger_lines SET entry_id = 999 WHERE account_id = :payee",
    "line_without_account": "UPDATE ledger_lines SET account_id = 'nowhere' WHERE account_id = :payee",
    "running_balance_differs": "UPDATE ledger_lines SET balance_after_fen = 7 WHERE account_id = :payee",
    "balance_differs": "UPDATE ledger_accounts SET balance_fen = balance_fen + 1 WHERE account_id = :payee",
    "customer_overdrawn": "UPDATE ledger_lines SET amount_fen = -999999 WHERE account_id = :payer AND entry_id = :last",
    "held_differs": "UPDATE ledger_accounts SET held_fen = held_fen + 1 WHERE account_id = :payer",
    "hold_uncovered": "UPDATE holds SET amount_fen = 999999",
    "transfer_entries_differ": "UPDATE transfers SET state = 'rejected', rejected_by = 'payer', serial = NULL"
    " WHERE transfer_id = :executed",
    "entry_without_transfer": "DELETE FROM transfers WHERE transfer_id = :executed",
    "transfer_amount_differs": "UPDATE transfers SET amount_fen = amount_fen + 1 WHERE transfer_id = :executed",
    "serial_shared": "UPDATE transfers SET state = 'executed', ended_at_ms = 0,"
    " serial = (SELECT serial FROM transfers WHERE transfer_id = :executed) WHERE transfer_id = :open",
    "day_total_differs": "UPDATE transfers SET ended_at_ms = ended_at_ms + 86400000 WHERE transfer_id = :executed",
    "transfer_undecided": "DELETE FROM risk_decisions",
    "decision_ignored": "UPDATE risk_decisions SET verdict = 'reject'",
    "hit_without_case": "UPDATE risk_decisions SET verdict = 'hold'",
    "usage_differs": "UPDATE transfer_usage SET used_fen = used_fen - 1",
}


@pytest.fixture
def tampered(found_town: Callable[[], Town]) -> Callable[[str], set[str]]:
    """Books with one executed and one open transfer, a statement past every trigger, and what the auditor finds."""

    def tampered(statement: str) -> set[str]:
        town = found_town()
        payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
        place_hold(town.db, "hold-1", payer.account_id, 1_00, "hotel", town.now_ms)
        executed, still_open = town.pay(payer, payee, 40_00), town.order(payer, payee, 1_00)
        assert audit(town.db).balanced
        for (trigger,) in town.db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            town.db.execute(f"DROP TRIGGER {trigger}")
        facts = {
            "payer": payer.account_id,
            "payee": payee.account_id,
            "executed": executed.transfer_id,
            "open": still_open.transfer_id,
            "last": town.db.execute("SELECT max(entry_id) FROM ledger_entries").fetchone()[0],
        }
        town.db.execute(statement, {name: value for name, value in facts.items() if f":{name}" in statement})
        return {finding.name for finding in audit(town.db).findings}

    return tampered


@pytest.mark.parametrize(("finding", "statement"), TAMPERING.items(), ids=TAMPERING)
def test_the_auditor_finds(tampered: Callable[[str], set[str]], finding: str, statement: str) -> None:
    assert finding in tampered(statement)


def test_a_pair_of_forged_balances_that_cancel_out_is_found(tampered: Callable[[str], set[str]]) -> None:
    statement = (
        "UPDATE ledger_accounts SET balance_fen = balance_fen + iif(account_id = :payer, 1, -1)"
        " WHERE account_id IN (:payer, :payee)"
    )
    assert tampered(statement) == {"balance_differs"}


def test_the_verdict_tells_totals_by_beijing_day(town: Town) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"), 50_00)
    town.pay(payer, payee, 10_00)
    town.now_ms += 14 * 3_600_000
    town.pay(payer, payee, 20_00)
    town.pay(payee, payer, 5_00)
    verdict = audit(town.db)
    assert verdict.transferred_fen_by_day == {"2026-01-31": 10_00, "2026-02-01": 25_00}
    assert (verdict.executed_transfers, verdict.entries, verdict.customers_total_fen) == (3, 5, 150_00)


def test_an_audit_inside_a_transaction_leaves_it_open(town: Town) -> None:
    account = town.account(town.person("王小明"), 100_00)
    with town.writing():
        place_hold(town.db, "hold-1", account.account_id, 1_00, "hotel", town.now_ms)
        assert audit(town.db).balanced
        assert town.db.in_transaction
    assert not town.db.in_transaction
