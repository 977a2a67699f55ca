"""A bank with one defence left out: the attack that it stops succeeds, and everything else works as before."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from bank_sim.gateway import DEFENCES
from bank_sim.sdk.protocol.problems import Problem
from tests.gateway.defects import DEFECTS, Defect, Draft

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town
    from tests.gateway.wire import Message

# What follows from a limit, and refuses nothing itself: tests/throttle shows it.
LADDER_STEPS = {"quota_alarm", "quota_escalation"}
# Attacks on these rows have tests of their own: below, in test_standing_orders (agreement_limits), in
# test_reconciliation (purpose_grant), and in test_guessing (secret_guesses).
APART = LADDER_STEPS | {
    "agreement_limits",
    "body_size",
    "content_digest",
    "object_authorization",
    "opaque_failures",
    "purpose_grant",
    "secret_guesses",
    "transaction_confirmation",
    "user_absent",
}
ATTACKS = [each for each in DEFECTS if each.passes]


def tampered_with(message: Message, **members: object) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(message.body) | members)


@pytest.mark.parametrize("defect", ATTACKS, ids=str)
def test_a_defect_passes_when_its_row_is_left_out_and_only_then(draft: Draft, defect: Defect) -> None:
    defect.spoil(draft)
    assert draft.send().code == defect.code
    draft.nonce = secrets.token_urlsafe(18)
    if defect.row == "replay":
        defect.spoil(draft)
    draft.town.switches.weaken([defect.row])
    reply = draft.send()
    assert (reply.status, reply.code) == (201, None)
    assert draft.town.records()[-1]["weakened"] == defect.row


def test_every_defence_has_an_attack_here() -> None:
    assert {each.row for each in ATTACKS} | APART == DEFENCES


@pytest.mark.clause("7.2.1-a-2.1", "9.2.1-b-2", "9.2.2-2")
def test_app_secret_moves_money_at_a_bank_that_takes_it_and_the_answer_is_maced(town: Town, party: Party) -> None:
    user = town.consent(party)
    message = party.with_secret(party.order(user))
    assert town.send(message).code == "CREDENTIAL_TOO_WEAK"
    town.switches.weaken(["credential_strength"])
    reply = town.send(party.with_secret(party.order(user)))
    assert reply.status == 201
    party.require_signed(reply, party.secret)
    with pytest.raises(Problem):
        party.require_signed(reply)


@pytest.mark.clause("7.1-7")
def test_a_bank_in_debug_mode_tells_its_programs_and_a_whole_one_nothing(town: Town, party: Party) -> None:
    user = town.consent(party)
    spoilt = party.order(user, document={"amount": "-1.00"})
    discreet = town.send(spoilt)
    town.switches.weaken(["opaque_failures"])
    telling = town.send(party.order(user, document={"amount": "-1.00"}))

    assert (discreet.code, telling.code) == ("AMOUNT_INVALID", "AMOUNT_INVALID")
    assert b".py" not in discreet.body
    assert b"amounts.py" in telling.body


@pytest.mark.clause("9.3.5-1", "10.2.1-2.3")
def test_a_user_who_is_not_there_is_asked_about_so_often_an_hour_and_no_more(town: Town, party: Party) -> None:
    user = town.consent(party)
    policy = town.bank.config.policy
    allowed = policy.absent_calls_hour_max

    def looks(times: int) -> list[str | None]:
        return [party.get("/api/accounts", token=user.token).code for _ in range(times)]

    assert set(looks(allowed + 1)) == {None}
    town.clock.advance(policy.user_present_s - 1)
    assert looks(1) == [None]
    town.clock.advance(1)
    town.store.db.execute("UPDATE tokens SET expires_s = expires_s + 7200")
    assert looks(allowed + 1) == [None] * allowed + ["USER_ABSENT_LIMIT"]
    town.switches.weaken(["user_absent"])
    assert looks(1) == [None]


@pytest.mark.clause("7.2.2-2.1")
def test_a_tampered_amount_needs_digest_and_signature_to_be_noticed(town: Town, party: Party) -> None:
    user = town.consent(party)
    message = party.order(user)
    raised = tampered_with(message, amount="10000.00")
    with_digest = party.message("POST", "/x", body=raised).headers["content-digest"]
    assert town.send(replace(message, sent_body=raised)).code == "DIGEST_MISMATCH"
    assert (
        town.send(replace(message, sent_body=raised, extra={"content-digest": with_digest})).code == "SIGNATURE_INVALID"
    )

    town.switches.weaken(["content_digest"])
    assert town.send(replace(message, sent_body=raised)).data["amount"] == "10000.00"
    town.switches.weaken(["message_signature"])
    again = party.order(user)
    raised = tampered_with(again, amount="10000.00")
    with_digest = party.message("POST", "/x", body=raised).headers["content-digest"]
    reply = town.send(replace(again, sent_body=raised, extra={"content-digest": with_digest}))
    assert reply.data["amount"] == "10000.00"


@pytest.mark.clause("9.3.2-1.1.1", "9.3.2-1.1.2")
def test_somebody_else_s_account_opens_at_a_bank_that_asks_for_a_reference_only(town: Town, party: Party) -> None:
    user, victim = town.consent(party), town.consent(party, person=1)
    path = f"/api/accounts/{victim.account_refs[0]}/balance"
    assert party.get(path, token=user.token).code == "RESOURCE_NOT_AUTHORIZED"
    town.switches.weaken(["object_authorization"])
    reply = party.get(path, token=user.token)
    assert reply.data["account_masked"].endswith(town.account_number(1)[-4:])


@pytest.mark.clause("9.3.2-1.1.1")
def test_a_stolen_token_serves_another_application_at_a_bank_that_does_not_bind_it(
    town: Town, party: Party, thief: Party
) -> None:
    user = town.consent(party)
    path = f"/api/accounts/{user.account_refs[0]}/balance"
    assert thief.get(path, token=user.token).code == "TOKEN_APP_MISMATCH"
    town.switches.weaken(["token_binding"])
    stolen = thief.get(path, token=user.token)
    assert "ledger_balance" in thief.open(stolen, "accounts.balance")


@pytest.mark.clause("7.2.1-b-2.2")
def test_money_moves_without_confirmation_at_a_bank_that_does_not_ask_for_it(town: Town, party: Party) -> None:
    user = town.consent(party)
    confirmed, other = (town.send(party.order(user)).data["transfer_id"] for _ in range(2))
    paying = town.payment(party, confirmed)
    before_fen = town.balance_fen(0)
    assert town.send(party.execution(other, paying.token)).code == "TRANSACTION_NOT_CONFIRMED"
    assert town.balance_fen(0) == before_fen
    town.switches.weaken(["transaction_confirmation"])
    assert town.send(party.execution(other, paying.token)).data["state"] == "executed"
    assert town.balance_fen(0) == before_fen - 100_00


def test_a_large_body_is_refused_by_the_parser_where_the_first_limit_is_left_out(town: Town, party: Party) -> None:
    town.switches.weaken(["body_size"])
    user = town.consent(party)
    reply = town.send(party.message("POST", "/api/transfers", token=user.token, body=b" " * 70_000))
    assert reply.code == "BODY_TOO_LARGE"
