"""Whatever is repeated, resent, raced or crossed: one Idempotency-Key, one effect, one answer."""

from __future__ import annotations

import multiprocessing
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

if TYPE_CHECKING:
    from tests.gateway.party import Party, User
    from tests.gateway.town import Town
    from tests.gateway.wire import Message


def again(party: Party, user: User, first: Message, **document: Any) -> Message:
    """The same request as an honest client repeats it: sealed, signed and numbered anew."""
    members = {name: value for name, value in msgspec.json.decode(first.body).items() if name != "sealed"}
    key = first.headers["idempotency-key"]
    return party.order(user, idempotency_key=key, document=members | document)


def test_a_repeated_order_is_answered_again_and_ordered_once(town: Town, party: Party) -> None:
    user = town.consent(party)
    message = party.order(user)
    first, second = town.send(message), town.send(again(party, user, message))
    assert (first.status, second.status) == (201, 201)
    assert first.data == second.data
    assert first.headers["signature"] != second.headers["signature"]
    party.require_signed(second)
    assert town.orders() == 1
    assert [each["result"] for each in town.records()[-2:]] == ["success", "success"]


def test_a_repeated_execution_moves_money_once(town: Town, party: Party) -> None:
    user = town.consent(party)
    before_fen = town.balance_fen(0)
    transfer_id = town.send(party.order(user)).data["transfer_id"]
    paying = town.payment(party, transfer_id)
    message = party.execution(transfer_id, paying.token)
    first = town.send(message)
    second = town.send(replace(message, nonce=secrets.token_urlsafe(18)))
    assert first.data["serial"]
    assert first.data == second.data
    assert town.balance_fen(0) == before_fen - 100_00


@pytest.mark.parametrize(
    "change",
    [{"amount": "100.01"}, {"order_no": "another"}, {"purpose": "rent"}],
    ids=lambda change: next(iter(change)),
)
def test_the_same_key_with_another_request_is_refused(town: Town, party: Party, change: dict[str, str]) -> None:
    user = town.consent(party)
    message = party.order(user)
    assert town.send(message).status == 201
    assert town.send(again(party, user, message, **change)).code == "IDEMPOTENCY_KEY_REUSED"
    assert town.orders() == 1


def test_the_same_key_with_another_payee_inside_the_seal_is_refused(town: Town, party: Party) -> None:
    user = town.consent(party)
    message = party.order(user)
    assert town.send(message).status == 201
    nonce = secrets.token_urlsafe(18)
    payee = {"creditor_account": town.account_number(1), "creditor_name": "李四"}
    sealed = party.sealed(payee, nonce=nonce)
    members = msgspec.json.decode(message.body) | {"sealed": sealed}
    key = message.headers["idempotency-key"]
    crossed = party.order(user, idempotency_key=key, document=members, nonce=nonce)
    assert town.send(crossed).code == "IDEMPOTENCY_KEY_REUSED"


def test_one_user_s_key_does_not_open_another_user_s_answer(town: Town, party: Party) -> None:
    user, other = town.consent(party), town.consent(party)
    message = party.order(user)
    assert town.send(message).status == 201
    key = message.headers["idempotency-key"]
    members = {"order_no": msgspec.json.decode(message.body)["order_no"]}
    assert town.send(party.order(other, idempotency_key=key, document=members)).code == "IDEMPOTENCY_KEY_REUSED"


def test_keys_are_the_application_s_own(town: Town, party: Party, thief: Party) -> None:
    user, other = town.consent(party), town.consent(thief)
    message = party.order(user)
    assert town.send(message).status == 201
    mine = thief.order(other, idempotency_key=message.headers["idempotency-key"])
    assert town.send(mine).status == 201
    assert town.orders() == 2


def test_a_refused_request_leaves_its_key_free(town: Town, party: Party) -> None:
    user = town.consent(party)
    message = party.order(user, document={"amount": "9999999.00"})
    assert town.send(message).code == "ACCOUNT_CLASS_LIMIT"
    assert town.send(again(party, user, message, amount="1.00")).status == 201


@pytest.mark.clause("7.2.2-3.1.2", "7.2.2-3.2.2")
def test_what_is_kept_for_repetition_holds_nothing_sensitive(town: Town, party: Party) -> None:
    user = town.consent(party)
    town.send(party.order(user))
    ((request_mac, answer),) = town.store.read("SELECT request_mac, answer FROM idempotency")
    kept = bytes(request_mac) + bytes(answer)
    for secret in (town.account_number(0), town.account_number(1), "李四光", "王小明"):
        assert secret.encode() not in kept


def _send_all(town: Town, messages: list[Message], start: Any, results: Any) -> None:
    """One worker process, with connections of its own, as after a fork."""
    worker = town.reopened()
    start.wait()
    results.put([(reply.status, reply.code, reply.body) for reply in map(worker.send, messages)])
    worker.close()


@pytest.mark.clause("10.1.2-1.3.2")
def test_duplicates_in_several_processes_have_one_effect(town: Town, party: Party) -> None:
    """Eight repetitions of one order and of its execution, by four processes at once."""
    user = town.consent(party)
    before_fen = town.balance_fen(0)
    order = party.order(user)
    created = _race(town, [again(party, user, order) for _ in range(8)])
    assert {status for status, _, _ in created} == {201}
    assert len({body for _, _, body in created}) == 1
    assert town.orders() == 1

    transfer_id = msgspec.json.decode(created[0][2])["transfer_id"]
    execution = party.execution(transfer_id, town.payment(party, transfer_id).token)
    executed = _race(town, [replace(execution, nonce=secrets.token_urlsafe(18)) for _ in range(8)])
    assert len({body for _, _, body in executed}) == 1
    assert town.balance_fen(0) == before_fen - 100_00


@pytest.mark.clause("7.3.2-1")
def test_one_message_sent_to_several_workers_at_once_is_taken_once(town: Town, party: Party) -> None:
    user = town.consent(party)
    message = party.order(user)
    outcomes = [code for _, code, _ in _race(town, [message] * 8)]
    assert sorted(map(str, outcomes)) == ["NONCE_REPLAYED"] * 7 + ["None"]


def _race(town: Town, messages: list[Message]) -> list[tuple[int, str | None, bytes]]:
    context = multiprocessing.get_context("fork")
    start, results = context.Event(), context.Queue()
    shares = [messages[place::4] for place in range(4)]
    workers = [context.Process(target=_send_all, args=(town, share, start, results)) for share in shares]
    for each in workers:
        each.start()
    start.set()
    outcomes = [outcome for _ in workers for outcome in results.get(timeout=30)]
    for each in workers:
        each.join(timeout=30)
    return outcomes
