"""Payments under an agreement: to its payee, from its account, within its limits, and without asking the user anew."""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bank_sim.messages import Message as Sms
from bank_sim.messages import untold_debits

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from bank_sim.store import Transaction
    from tests.gateway.party import Party, User
    from tests.gateway.town import Town
    from tests.gateway.wire import Message

DAY_S = 86_400


def debit(party: Party, user: User, amount: str = "100.00", **changes: Any) -> Message:
    number = next(party.town.numbers)
    document = {
        "order_no": f"debit-{number}",
        "debtor_account_ref": user.account_refs[0],
        "amount": amount,
        "currency": "CNY",
        "purpose": f"ride {number}",
    }
    facts = {"token": user.token, "idempotency_key": secrets.token_hex(8)}
    return party.message("POST", "/api/debits", json=document | changes.pop("document", {}), **(facts | changes))


def messages(town: Town) -> list[str]:
    rows = town.store.read("SELECT sealed FROM outbox ORDER BY id")
    return [msgspec.json.decode(town.bank.vault.unseal(sealed), type=Sms).text for (sealed,) in rows]


@pytest.fixture
def agreed(town: Town, party: Party) -> User:
    """100.00 a payment, 150.00 a month, 250.00 in all, for a year."""
    return town.standing_order(party, 100_00, 250_00, per_period_fen=150_00, period="month")


@pytest.mark.clause("9.3.2-1.3", "10.2.2-2.1", "10.2.2-3.2")
def test_a_debit_is_ordered_and_executed_in_one_step_and_its_payer_is_told(
    town: Town, party: Party, agreed: User
) -> None:
    before_fen = town.balance_fen(0), town.balance_fen(1)
    reply = town.send(debit(party, agreed, document={"purpose": "gas"}))
    assert (reply.status, reply.data["state"], reply.data["amount"]) == (201, "executed", "100.00")
    assert (town.balance_fen(0), town.balance_fen(1)) == (before_fen[0] - 100_00, before_fen[1] + 100_00)
    told = messages(town)[-1]
    assert "付款100.00元" in told
    assert "本月累计100.00元" in told
    assert untold_debits(town.store) == []
    assert town.bank.consents.get(agreed.consent_id).used_fen == 100_00


@pytest.mark.clause("10.2.2-3.2")
def test_an_ordinary_transfer_is_told_of_once_however_often_it_is_sent(town: Town, party: Party) -> None:
    transfer_id = town.send(party.order(town.consent(party))).data["transfer_id"]
    execution = party.execution(transfer_id, town.payment(party, transfer_id).token)
    assert town.send(execution).status == town.send(town.fresh(execution)).status == 200
    assert len([each for each in messages(town) if "付款100.00元" in each]) == 1
    assert untold_debits(town.store) == []
    with town.store.write() as db:
        db.execute("DELETE FROM debit_notices")
    assert untold_debits(town.store) == [transfer_id]


@pytest.mark.clause("9.3.2-1.3")
@pytest.mark.parametrize(("amounts", "code"), [(["100.01"], 0), (["100.00", "50.01"], 1)], ids=["payment", "month"])
def test_a_debit_beyond_a_limit_is_refused_and_changes_nothing(
    town: Town, party: Party, agreed: User, amounts: list[str], code: int
) -> None:
    for amount in amounts[:code]:
        assert town.send(debit(party, agreed, amount)).status == 201
    before = town.balance_fen(0), town.orders(), len(messages(town)), town.bank.consents.get(agreed.consent_id)
    refused = town.send(debit(party, agreed, amounts[code]))
    assert (refused.status, refused.code) == (403, "CONSENT_LIMIT_EXCEEDED")
    assert (
        town.balance_fen(0), town.orders(), len(messages(town)), town.bank.consents.get(agreed.consent_id)
    ) == before  # fmt: skip
    assert town.records()[-1]["code"] == "CONSENT_LIMIT_EXCEEDED"


def test_a_new_month_has_its_own_limit_and_the_total_runs_on(town: Town, party: Party, agreed: User) -> None:
    assert town.send(debit(party, agreed)).status == 201
    assert town.send(debit(party, agreed)).code == "CONSENT_LIMIT_EXCEEDED"
    # From 31 January 10:00 to 1 February 00:00 in Beijing.
    town.clock.advance(14 * 3600)
    assert town.send(debit(party, agreed)).status == 201
    town.clock.advance(28 * DAY_S)
    assert town.send(debit(party, agreed, "50.01")).code == "CONSENT_LIMIT_EXCEEDED"
    assert town.send(debit(party, agreed, "50.00")).status == 201


def test_a_repeated_debit_is_answered_again_even_where_it_used_the_limit_up(
    town: Town, party: Party, agreed: User
) -> None:
    first = debit(party, agreed)
    assert town.send(first).status == 201
    before_fen = town.balance_fen(0)
    assert town.send(replace(first, nonce=secrets.token_urlsafe(18))).data["state"] == "executed"
    assert town.balance_fen(0) == before_fen


@pytest.mark.clause("9.3.2-1.3")
def test_of_eight_debits_at_once_as_many_pass_as_the_month_allows(town: Town, party: Party) -> None:
    agreed = town.standing_order(party, 100_00, 10_000_00, per_period_fen=300_00, period="month")
    barrier, replies = threading.Barrier(8), []

    def run() -> None:
        bank = town.reopened()
        message = debit(party, agreed)
        barrier.wait(20)
        replies.append(bank.send(message))
        bank.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert sorted(each.status for each in replies) == 3 * [201] + 5 * [403]
    assert town.bank.consents.used_in_period(town.bank.consents.get(agreed.consent_id)) == 300_00


def test_a_debit_beyond_the_limits_passes_where_their_row_is_left_out(town: Town, party: Party, agreed: User) -> None:
    assert town.send(debit(party, agreed, "400.00")).code == "CONSENT_LIMIT_EXCEEDED"
    town.switches.weaken(["agreement_limits"])
    assert town.send(debit(party, agreed, "400.00")).data["state"] == "executed"


@pytest.mark.clause("9.3.3-1.2", "10.1.2-1.3.2")
def test_a_debit_ordered_again_under_another_number_is_taken_for_the_first_sent_twice(town: Town, party: Party) -> None:
    agreed, rides = town.standing_order(party, 100_00, 10_000_00), {"document": {"purpose": "ride"}}
    assert town.send(debit(party, agreed, **rides)).status == 201
    before = town.balance_fen(0), town.orders()
    again = town.send(debit(party, agreed, **rides))
    assert (again.status, again.code, again.data["detail"][:16]) == (409, "DUPLICATE_BUSINESS_KEY", "A debit like thi")
    assert (town.balance_fen(0), town.orders()) == before
    assert town.send(debit(party, agreed, "99.99", **rides)).status == 201
    assert town.send(debit(party, agreed, document={"purpose": "another ride"})).status == 201
    town.clock.advance(town.bank.config.policy.debit_repeat_s)
    assert town.send(debit(party, agreed, **rides)).status == 201


@pytest.mark.clause("9.3.2-1.1.2", "10.2.2-2.1")
def test_a_standing_order_leaves_accounts_alone_that_were_not_chosen_for_it(town: Town, party: Party) -> None:
    user = town.consent(party)
    transfer_id = town.send(party.order(user)).data["transfer_id"]
    standing = town.standing_order(party, per_payment_fen=100_00, total_fen=250_00)
    with town.store.write() as db:
        db.execute("DELETE FROM consent_accounts WHERE account_ref = ?", (standing.account_refs[0],))
    before_fen = town.balance_fen(0)
    refused = town.send(party.execution(transfer_id, standing.token))
    assert (refused.status, refused.code) == (403, "TRANSACTION_NOT_CONFIRMED")
    assert town.send(debit(party, standing)).code == "RESOURCE_NOT_AUTHORIZED"
    assert town.balance_fen(0) == before_fen


@pytest.mark.clause("10.2.2-2.1")
def test_an_agreement_pays_nobody_but_its_payee(town: Town, party: Party, agreed: User) -> None:
    other = {"creditor_account": town.account_number(0), "creditor_name": "王小明"}
    named = debit(party, agreed, document=other)
    assert town.send(named).code == "PLAINTEXT_SENSITIVE_FIELD"
    theirs = town.consent(party, person=1)
    nonce = secrets.token_urlsafe(18)
    document = {"debtor_account_ref": theirs.account_refs[0], "sealed": party.sealed(other, nonce=nonce)}
    to_another = town.send(party.order(theirs, document=document, nonce=nonce)).data["transfer_id"]
    refused = town.send(party.execution(to_another, agreed.token))
    assert (refused.status, refused.code) == (404, "RESOURCE_NOT_AUTHORIZED")


@pytest.mark.clause("9.3.2-1.1.1")
def test_a_consent_to_one_payment_or_to_accounts_takes_no_debit(town: Town, party: Party) -> None:
    user = town.consent(party)
    transfer_id = town.send(party.order(user)).data["transfer_id"]
    assert town.send(debit(party, user)).code == "SCOPE_INSUFFICIENT"
    assert town.send(debit(party, town.payment(party, transfer_id))).code == "SCOPE_INSUFFICIENT"


@pytest.mark.clause("9.3.2-2")
def test_after_the_user_cancels_not_one_debit_is_taken(town: Town, party: Party, agreed: User) -> None:
    with town.store.write() as db:
        town.bank.consents.revoke(db, agreed.consent_id, agreed.customer_id)
    refused = town.send(debit(party, agreed))
    assert (refused.status, refused.code) == (403, "CONSENT_REVOKED")


def happening_at_the_last_moment(
    town: Town, monkeypatch: pytest.MonkeyPatch, deed: Callable[[Town, Transaction], object]
) -> None:
    """Another process of the bank commits a deed after the next call was judged, just before its effect begins."""
    other, begin = town.reopened(), town.store.write

    def write() -> AbstractContextManager[Transaction]:
        monkeypatch.setattr(town.store, "write", begin)
        with other.store.write() as db:
            deed(other, db)
        other.close()
        return begin()

    monkeypatch.setattr(town.store, "write", write)


@pytest.mark.clause("9.3.2-2", "9.3.2-1.1.2")
def test_an_account_taken_back_while_its_debit_is_judged_is_not_debited(
    town: Town, party: Party, agreed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, account_id = town.bank.consents.account_of(agreed.account_refs[0])
    before_fen = town.balance_fen(0)

    def take_back(other: Town, db: Transaction) -> None:
        narrowing = other.bank.consents.narrowing
        narrowing.withdraw_account(db, agreed.consent_id, agreed.customer_id, account_id)

    happening_at_the_last_moment(town, monkeypatch, take_back)
    refused = town.send(debit(party, agreed))
    assert (refused.status, refused.code) == (404, "RESOURCE_NOT_AUTHORIZED")
    assert town.records()[-1]["code"] == "RESOURCE_NOT_AUTHORIZED"
    assert (town.balance_fen(0), town.orders()) == (before_fen, 0)


@pytest.mark.clause("9.3.2-2")
def test_a_transfer_is_not_ordered_for_whoever_takes_the_interface_back_while_it_is_judged(
    town: Town, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = town.consent(party)

    def take_back(other: Town, db: Transaction) -> None:
        other.bank.consents.narrowing.withdraw_api(db, user.consent_id, user.customer_id, "transfers.create")

    happening_at_the_last_moment(town, monkeypatch, take_back)
    refused = town.send(party.order(user))
    assert (refused.status, refused.code) == (403, "SCOPE_INSUFFICIENT")
    assert town.orders() == 0
