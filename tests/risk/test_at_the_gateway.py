"""Risk as an application meets it: 202 while a payment is held, and what it is told of the end; refusals that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bank_sim.authorization import outcomes
from bank_sim.authorization.duties import consent_duties
from bank_sim.risk import cases, listing
from bank_sim.risk.cases import RiskCase
from bank_sim.risk.watching import duties
from bank_sim.sdk.protocol.problems import Problem
from tests.bank_in_process import PAYEE

if TYPE_CHECKING:
    from tests.risk.conftest import Counter

LARGE = "20000.00"


def case_of(counter: Counter) -> RiskCase:
    (case,) = cases.running(counter.bank.store)
    return case


def release(counter: Counter) -> None:
    with counter.bank.store.write() as db:
        outcomes.release(counter.bank, db, case_of(counter), "lin", "called back")


def refuse(counter: Counter) -> None:
    with counter.bank.store.write() as db:
        outcomes.refuse(counter.bank, counter.bank.store, db, case_of(counter), "chen", "pressed by a stranger")


def list_payee(counter: Counter) -> None:
    (account_id,) = counter.row(
        "SELECT account_id FROM accounts WHERE account_number = ?", counter.gateway.account_number(PAYEE)
    )
    with counter.bank.store.write() as db:
        listing.add(db, account_id, 1, "fraud", "chen", counter.gateway.clock.now_ms())


def perform(counter: Counter) -> None:
    """All duties of risk, as the bank's thread does."""
    for each in [*duties(counter.bank.config.policy), *consent_duties(counter.bank)]:
        each.perform(counter.bank.store, counter.gateway.clock.now_ms())


@pytest.mark.clause("10.2.3-3.2", "10.2.2-3.2")
def test_a_held_payment_is_answered_with_202_and_its_payer_is_told(counter: Counter) -> None:
    before_fen = counter.gateway.balance_fen(PAYEE)
    transfer_id, _, reply = counter.pay(LARGE, "device_key")
    assert (reply.status, reply.data["state"], reply.data["amount"]) == (202, "held", LARGE)
    assert "serial" not in reply.data
    counter.party.require_signed(reply)
    assert counter.gateway.balance_fen(PAYEE) == before_fen
    assert "付款20,000.00元，我行正在核实" in counter.messages()[-1]
    assert (counter.gateway.records()[-1]["status"], counter.state(transfer_id)) == (202, "held")


@pytest.mark.clause("10.2.3-4", "10.2.2-3.2")
def test_released_it_is_executed_and_the_same_request_is_answered_with_how_it_stands(counter: Counter) -> None:
    transfer_id, execution, _ = counter.pay(LARGE, "device_key")
    assert counter.gateway.send(counter.gateway.fresh(execution)).status == 202
    release(counter)
    again = counter.gateway.send(counter.gateway.fresh(execution))
    assert (again.status, again.data["state"]) == (200, "executed")
    assert len(again.data["serial"]) == 20
    assert counter.events() == [("transfer.executed", transfer_id)]
    assert "付款20,000.00元" in counter.messages()[-1]
    assert counter.row("SELECT count(*) FROM ledger_entries WHERE transfer_id = ?", transfer_id) == (1,)


@pytest.mark.clause("10.2.3-4", "10.2.2-3.2")
def test_refused_the_money_is_free_and_the_same_request_is_refused(counter: Counter) -> None:
    transfer_id, execution, _ = counter.pay(LARGE, "device_key")
    refuse(counter)
    again = counter.gateway.send(counter.gateway.fresh(execution))
    assert (again.status, again.code) == (403, "RISK_REJECTED")
    assert counter.gateway.records()[-1]["code"] == "RISK_REJECTED"
    assert counter.events() == [("transfer.rejected", transfer_id)]
    assert "未予办理" in counter.messages()[-1]
    assert counter.row("SELECT sum(held_fen) FROM ledger_accounts WHERE account_id LIKE 'ac_%_1'")[0] < 1_000_00
    assert counter.row("SELECT total_fen FROM application_day_totals") == (0,)


@pytest.mark.clause("10.2.3-2", "10.2.3-3.1")
def test_a_rejected_payment_leaves_decision_case_and_record_and_no_money_moves(counter: Counter) -> None:
    list_payee(counter)
    before_fen = counter.gateway.balance_fen(PAYEE)
    transfer_id, execution, reply = counter.pay("1.00")
    assert (reply.status, reply.code) == (403, "RISK_REJECTED")
    counter.party.require_signed(reply)
    assert "LISTED" not in reply.body.decode()
    assert counter.row("SELECT verdict, rules FROM risk_decisions") == ("reject", "LISTED_PAYEE")
    assert (case_of(counter).kind, counter.state(transfer_id)) == ("refused", "rejected")
    assert counter.gateway.balance_fen(PAYEE) == before_fen
    assert "未予办理" in counter.messages()[-1]
    assert counter.gateway.send(counter.gateway.fresh(execution)).code == "RISK_REJECTED"
    assert [each["code"] for each in counter.gateway.records()[-2:]] == ["RISK_REJECTED"] * 2


@pytest.mark.clause("10.2.3-3.2", "10.2.2-2.2")
def test_two_payments_confirmed_by_code_are_together_more_than_a_code_confirms(counter: Counter) -> None:
    transfer_id, execution, reply = counter.pay("10000.01")
    assert (reply.status, reply.code) == (403, "STEP_UP_REQUIRED")
    assert counter.state(transfer_id) == "created"
    assert counter.row("SELECT count(*) FROM risk_decisions") == (0,)
    counter.gateway.switches.weaken(["step_up"])
    assert counter.gateway.send(counter.gateway.fresh(execution)).data["state"] == "executed"


@pytest.mark.clause("10.2.3-1")
def test_every_payment_leaves_a_decision_and_without_that_row_none(counter: Counter) -> None:
    transfer_id, *_ = counter.pay("100.00")
    row = counter.row("SELECT transfer_id, verdict, factors, rules FROM risk_decisions")
    assert row == (transfer_id, "pass", "password sms_code", "")
    counter.gateway.switches.weaken(["risk_decision"])
    assert counter.pay(LARGE)[2].data["state"] == "executed"
    assert counter.row("SELECT count(*) FROM risk_decisions") == (1,)


def test_a_held_debit_counts_towards_its_limits_until_it_is_refused(counter: Counter) -> None:
    limits: dict[str, Any] = {"per_period_fen": 12_000_00, "period": "month"}
    user = counter.gateway.standing_order(counter.party, 12_000_00, 20_000_00, **limits)
    reply = counter.debit(user.token, user.account_refs[0], "12000.00")
    assert (reply.status, reply.data["state"]) == (202, "held")
    assert counter.debit(user.token, user.account_refs[0], "12000.00").code == "CONSENT_LIMIT_EXCEEDED"
    refuse(counter)
    assert counter.row("SELECT used_fen FROM consents WHERE consent_id = ?", user.consent_id) == (0,)
    assert counter.debit(user.token, user.account_refs[0], "100.00").data["state"] == "executed"


def test_a_held_debit_is_not_released_once_its_payer_has_taken_the_agreement_back(counter: Counter) -> None:
    user = counter.gateway.standing_order(counter.party, 12_000_00, 20_000_00)
    counter.debit(user.token, user.account_refs[0], "12000.00")
    with counter.bank.store.write() as db:
        counter.bank.consents.revoke(db, user.consent_id, user.customer_id)
    with pytest.raises(Problem, match="CONSENT_REVOKED"):
        release(counter)
    assert counter.row("SELECT state FROM transfers WHERE app_id LIKE 'app_%'") == ("held",)
    refuse(counter)


@pytest.mark.clause("10.2.3-3.2", "10.2.3-4")
def test_the_staff_is_alarmed_at_once_again_when_nobody_decides_and_silence_moves_no_money(counter: Counter) -> None:
    def alarmed() -> list[str]:
        return sorted(row[0] for row in counter.bank.store.read("SELECT rule FROM alarms"))

    transfer_id, *_ = counter.pay(LARGE, "device_key")
    perform(counter)
    assert alarmed() == ["PAYMENT_HELD"]
    policy = counter.bank.config.policy
    counter.gateway.clock.advance(policy.risk_case_s - 1)
    perform(counter)
    assert alarmed() == ["PAYMENT_HELD"]
    counter.gateway.clock.advance(1)
    perform(counter)
    perform(counter)
    assert alarmed() == ["PAYMENT_HELD", "RISK_CASE_OVERDUE"]
    assert [each.step for each in cases.notes_of(counter.bank.store, 1)] == ["escalate"]
    counter.gateway.clock.advance(policy.risk_hold_s_max - policy.risk_case_s)
    perform(counter)
    assert counter.state(transfer_id) == "rejected"
    assert (cases.find(counter.bank.store, 1).ended_by, cases.running(counter.bank.store)) == ("bank", [])
    assert counter.events() == [("transfer.rejected", transfer_id)]


def test_an_application_with_a_held_payment_cannot_leave_before_it_is_decided(counter: Counter) -> None:
    from bank_sim.supervision.guards import open_transfers

    counter.pay(LARGE, "device_key")
    counter.gateway.clock.advance(86_400)
    assert open_transfers(counter.bank.store, counter.party.app_id, counter.gateway.clock.now_ms()) == 1
    refuse(counter)
    assert open_transfers(counter.bank.store, counter.party.app_id, counter.gateway.clock.now_ms()) == 0


@pytest.mark.clause("10.2.3-2")
def test_a_held_payment_is_not_released_to_an_account_that_was_listed_meanwhile(counter: Counter) -> None:
    transfer_id, *_ = counter.pay(LARGE, "device_key")
    list_payee(counter)
    with pytest.raises(Problem, match="RISK_REJECTED"):
        release(counter)
    assert (counter.state(transfer_id), case_of(counter).state) == ("held", "open")
    counter.gateway.switches.weaken(["risk_rejection"])
    release(counter)
    assert counter.state(transfer_id) == "executed"


def test_a_new_key_that_was_removed_once_it_had_confirmed_is_still_new(counter: Counter) -> None:
    counter.pay("100.00")
    factors, payer = counter.bank.identity.second.factors, counter.gateway.consent(counter.party).customer_id
    with counter.bank.store.write() as db:
        factors.remove(db, payer, factors.add(db, payer, "device_key", "a thief's phone", b"public"))
    assert counter.pay("10000.01", "device_key")[2].data["state"] == "held"
    assert counter.row("SELECT rules FROM risk_decisions WHERE verdict = 'hold'") == ("NEW_KEY",)
