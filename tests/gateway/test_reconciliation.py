"""The file of a day at the gateway: who gets it, what is in it, and that it is never another one."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.reconciliation import RECONCILIATION
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.statements import state
from bank_sim.sdk.reconciliation import (
    PART_BYTES_MAX,
    DayFile,
    FileCase,
    SignedFile,
    require_file,
    state_file,
    totals_of,
)
from tests.bank_in_process import PAYEE, PAYER
from tests.gateway.party import Party
from tests.gateway.town import Town

DAY, NEXT = "2026-01-31", "2026-02-01"
DAY_S = 86_400


def paid(town: Town, party: Party, amount: str = "100.00") -> str:
    """A transfer from the first order to its posting. Its order number."""
    user = town.consent(party)
    ordered = town.send(party.order(user, document={"amount": amount})).data
    confirmed = town.payment(party, ordered["transfer_id"])
    executed = town.send(party.execution(ordered["transfer_id"], confirmed.token, json={"amount": amount}))
    assert executed.data["state"] == "executed", executed.data
    return str(ordered["order_no"])


def asked(party: Party, day: str = DAY, query: str = "") -> Any:
    return party.get(f"/api/reconciliation/{day}", query=query)


def given(party: Party, day: str = DAY, accounts: str = "masked") -> SignedFile:
    content, statement, part, parts = "", "", 0, 1
    while part < parts:
        part += 1
        reply = asked(party, day, f"accounts={accounts}&part={part}")
        assert reply.status == 200, reply.data
        party.require_signed(reply)
        opened, parts = party.open(reply, "reconciliation.get"), reply.data["parts"]
        content, statement = content + opened["content"], opened["statement"]
    return SignedFile(content.encode(), statement)


def case_of(party: Party, signed: SignedFile, day: str = DAY, accounts: Any = "masked") -> FileCase:
    bank_key = party.town.bank.keys.signing(party.suite).public
    return FileCase(signed, party.app_id, day, accounts, {bank_key.kid: bank_key}.get)


def believed(party: Party, signed: SignedFile, day: str = DAY, accounts: Any = "masked") -> DayFile:
    return require_file(case_of(party, signed, day, accounts))


def refusal(case: FileCase, weakened: frozenset[str] = frozenset()) -> str:
    with pytest.raises(Problem) as raised:
        require_file(case, weakened)
    return raised.value.code


@pytest.mark.clause("7.2.2-3.2.3", "7.2.2-3.2.4", "7.2.2-3.2.2")
def test_a_days_file_is_sealed_signed_and_masked(town: Town, party: Party) -> None:
    order_no = paid(town, party)
    town.clock.advance(DAY_S)
    file = believed(party, given(party))
    (line,) = file.lines
    assert (line.order_no, line.state, line.amount) == (order_no, "executed", "100.00")
    assert file.totals == (1, 1, "100.00")
    assert "*" in line.debtor_account
    assert "*" in line.creditor_account
    assert town.account_number(PAYEE) not in asked(party).body.decode()


@pytest.mark.clause("7.2.2-3.2.3")
def test_full_numbers_are_given_for_a_granted_purpose_only_and_not_after_its_withdrawal(
    town: Town, party: Party
) -> None:
    paid(town, party)
    town.clock.advance(DAY_S)
    refused = asked(party, query="accounts=full")
    assert (refused.status, refused.code) == (403, "PURPOSE_NOT_GRANTED")
    with town.store.write() as db:
        town.bank.purposes.grant(db, party.app_id, RECONCILIATION, by="chen", reason="settles with shops")
    (line,) = believed(party, given(party, accounts="full"), accounts="full").lines
    assert (line.debtor_account, line.creditor_account) == (town.account_number(PAYER), town.account_number(PAYEE))
    with town.store.write() as db:
        town.bank.purposes.withdraw(db, party.app_id, RECONCILIATION, by="chen", reason="settles no more")
    assert asked(party, query="accounts=full").code == "PURPOSE_NOT_GRANTED"
    assert [each.withdrawn_by for each in town.bank.purposes.history(party.app_id)] == ["chen"]


@pytest.mark.clause("7.2.2-3.2.3")
def test_a_bank_without_purpose_grant_gives_full_numbers_to_anybody(town: Town, party: Party) -> None:
    paid(town, party)
    town.clock.advance(DAY_S)
    town.switches.weaken(["purpose_grant"])
    (line,) = believed(party, given(party, accounts="full"), accounts="full").lines
    assert line.creditor_account == town.account_number(PAYEE)


def test_a_day_that_is_not_over_or_was_before_the_application_has_no_file(town: Town, party: Party) -> None:
    reply = asked(party)
    assert (reply.status, reply.code) == (409, "DAY_NOT_CLOSED")
    assert int(reply.headers["retry-after"]) == 14 * 3600 + 600
    assert asked(party, "2026-01-30").code == "RESOURCE_NOT_FOUND"
    assert [asked(party, each).code for each in ("2026-02-30", "yesterday")] == ["PARAM_INVALID"] * 2
    town.clock.advance(14 * 3600 + 599)
    assert asked(party).code == "DAY_NOT_CLOSED"
    town.clock.advance(1)
    assert asked(party).status == 200
    assert asked(party, query="part=2").code == "RESOURCE_NOT_FOUND"
    assert town.records()[-1]["code"] == "RESOURCE_NOT_FOUND"


def test_a_file_once_made_is_the_same_ever_after_and_an_end_on_the_next_day_stands_in_the_next(
    town: Town, party: Party
) -> None:
    town.clock.advance(14 * 3600 - 60)
    user = town.consent(party)
    ordered = town.send(party.order(user)).data
    confirmed = town.payment(party, ordered["transfer_id"])
    town.clock.advance(120)
    assert town.send(party.execution(ordered["transfer_id"], confirmed.token)).data["state"] == "executed"
    town.clock.advance(600)
    first = given(party)
    assert [(each.state, each.ended_at) for each in believed(party, first).lines] == [("open", None)]
    town.clock.advance(DAY_S)
    assert given(party).content == first.content
    (line,) = believed(party, given(party, NEXT), NEXT).lines
    assert (line.order_no, line.state, line.ended_at) == (ordered["order_no"], "executed", "2026-01-31T16:01:00Z")


def test_an_order_that_ran_out_is_told_and_another_applications_are_not(town: Town, party: Party) -> None:
    town.send(party.order(town.consent(party)))
    other = Party(town, "intl")
    paid(town, other)
    town.clock.advance(DAY_S)
    assert [each.state for each in believed(party, given(party)).lines] == ["expired"]
    assert [each.state for each in believed(other, given(other)).lines] == ["executed"]
    here = case_of(party, given(party))
    here.app_id = other.app_id
    assert refusal(here) == "FILE_OF_ANOTHER"


def test_a_long_day_comes_in_parts(town: Town, party: Party) -> None:
    user = town.consent(party)
    for _ in range(130):
        town.send(party.order(user, document={"amount": "0.01", "order_no": f"{next(town.numbers):064}"}))
    town.clock.advance(DAY_S)
    signed = given(party)
    assert len(signed.content) > PART_BYTES_MAX
    assert asked(party).data["parts"] == 2
    assert believed(party, signed).totals.lines == 130


@pytest.mark.clause("7.2.2-3.2.4", "9.3.3-1.1")
def test_each_check_of_a_file_refuses_what_it_is_for_and_only_it(town: Town, party: Party) -> None:
    paid(town, party)
    town.clock.advance(DAY_S)
    signed = given(party)
    keys, stranger = town.bank.keys.signing(party.suite), party.signing
    file = believed(party, signed)
    altered = SignedFile(signed.content.replace(b'"order-', b'"0rder-'), signed.statement)
    assert refusal(case_of(party, altered)) == "DIGEST_MISMATCH"
    assert require_file(case_of(party, altered), frozenset({"file_intact"})).lines[0].order_no.startswith("0rder-")

    forged = state_file(stranger, party.app_id, DAY, "masked", altered.content, file.totals)
    assert refusal(case_of(party, SignedFile(altered.content, forged))) == "BANK_IDENTITY_INVALID"
    assert require_file(case_of(party, SignedFile(altered.content, forged)), frozenset({"file_by_the_bank"}))

    assert refusal(case_of(party, signed, NEXT)) == "FILE_OF_ANOTHER"
    assert refusal(case_of(party, signed, accounts="full")) == "FILE_OF_ANOTHER"
    assert require_file(case_of(party, signed, NEXT), frozenset({"file_asked_for"}))

    wrong = totals_of(file.lines)._replace(executed_amount="100.01")
    miscounted = SignedFile(signed.content, state_file(keys, party.app_id, DAY, "masked", signed.content, wrong))
    assert refusal(case_of(party, miscounted)) == "FILE_TOTALS_WRONG"
    assert require_file(case_of(party, miscounted), frozenset({"file_complete"}))

    other_typ = state(keys, "another+jwt", {})
    assert refusal(case_of(party, SignedFile(signed.content, other_typ))) == "SIGNATURE_INVALID"
    assert refusal(case_of(party, SignedFile(signed.content, "no statement"))) == "SIGNATURE_INVALID"
    garbage = b"{}\n{}\n"
    said = state_file(keys, party.app_id, DAY, "masked", garbage, file.totals)
    assert refusal(case_of(party, SignedFile(garbage, said))) == "JSON_INVALID"


@pytest.mark.clause("7.2.2-2.1")
def test_app_secret_does_not_open_a_file(town: Town, party: Party) -> None:
    town.clock.advance(DAY_S)
    message = party.with_secret(party.message("GET", f"/api/reconciliation/{DAY}"))
    assert town.send(message).code == "CREDENTIAL_TOO_WEAK"


def test_the_duty_makes_the_files_of_every_day_that_is_over_once(town: Town, party: Party) -> None:
    paid(town, party)
    bank = town.bank
    bank.reconciliation.close_days(town.store, town.clock.now_ms())
    assert bank.reconciliation.made(party.app_id) == []
    town.clock.advance(3 * DAY_S)
    for _ in range(2):
        bank.reconciliation.close_days(town.store, town.clock.now_ms())
    assert [(each.day, each.lines) for each in bank.reconciliation.made(party.app_id)] == [(DAY, 1)]
    assert [each.day for each in bank.reconciliation.newest_of_each() if each.app_id == party.app_id] == [DAY]
    assert town.store.read("SELECT max(day) FROM reconciliation_days") == [("2026-02-02",)]
    believed(party, given(party))
