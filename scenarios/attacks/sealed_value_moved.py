"""A rival hands in what another application sealed to the bank, as it is and altered, and reads what comes of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import httpx

from bank_sim.sdk.protocol.problems import Problem
from scenarios.attacks.outsiders import code_of_answer, refused_as
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from scenarios.wire import Record, calls

ALTERED = 24
_SENT = "12.34"


@scenario(
    "sealed-value-moved",
    kind="attack",
    clauses=("7.2.2-3.2.1", "7.1-7"),
    summary_en="A rival lets the bank open what another application sealed, and asks what altered copies are answered.",
    summary_zh="另一应用方借银行之手解密他人密文，并以篡改副本试探银行应答的差异。",
    defence=Defence("sealing_context", "ATK-MSG-08", 400, "DECRYPT_FAILED", "data", alarm="DECRYPTION_PROBED"),
)
def sealed_value_moved(stage: Stage) -> Attempt:
    """The rival heard a payee on the wire, sealed. It has a user of its own, and a bank that could open it.

    1. Two dozen altered copies, in each of the five parts of the JWE: every answer is the same, to the length.
    2. The value as it was: sealed for another application's message, it opens for nobody else.
    """
    shop, rival = stage.partner("shop"), stage.partner("rival")
    sealed = _overheard(stage, shop)
    token = rival.linked(stage.customer_of(rival, stage.stranger))
    account = rival.paying_account(token)
    stage.attack_begins()
    heard = Record(stage.wire.record)
    with stage.wire.interfering(heard):
        oracle = _Oracle(rival, token, account, heard)
        answers = [oracle.asked(each) for each in _altered(sealed)]
        codes = {code_of_answer(each) for each in answers}
        sizes = {len(each.content) for each in answers}
        alike = Text(f"{len(answers)} altered copies: one answer, of one length", "篡改副本的应答与长度完全一致")
        stage.require((codes, len(sizes)) == ({"DECRYPT_FAILED"}, 1), alike, (codes, sizes))
        answer = oracle.asked(sealed)
    if answer.is_success:
        return Attempt(answer.status_code, read=f"whom the user pays: {answer.json()['creditor_account_masked']}")
    same = Text("the genuine value in a foreign place is answered alike", "真实密文移作他用，应答亦完全相同")
    stage.require(len(answer.content) in sizes, same, len(answer.content))
    return refused_as(answer)


def _overheard(stage: Stage, shop: Partner) -> str:
    """What the shop seals when its user is about to pay somebody."""
    user = stage.customer_of(shop, stage.user)
    token = shop.linked(user)
    heard = Record(stage.wire.record)
    with stage.wire.interfering(heard):
        account = shop.paying_account(token)
        shop.order_transfer(token, account, _SENT, stage.numbers(stage.payee)["I"], stage.payee.name)
    wanted = calls("POST", "/api/transfers")
    return str(next(json.loads(each.body)["sealed"] for each in heard.messages if wanted(each.request)))


def _altered(sealed: str) -> Iterator[str]:
    """Copies of a JWE, each with one character changed: in the key, in what is encrypted, in its vector, in its tag.

    In the middle of each part, so that it keeps its form: what is malformed is said to be so, and tells nothing.
    """
    parts = sealed.split(".")
    weights = [number for number, part in enumerate(parts) if number and part]
    for turn in range(ALTERED):
        number = weights[turn % len(weights)]
        part = parts[number]
        at = len(part) // 2 + turn % 5
        other = "A" if part[at] != "A" else "B"
        yield ".".join([*parts[:number], part[:at] + other + part[at + 1 :], *parts[number + 1 :]])


@dataclass(frozen=True, slots=True)
class _Oracle:
    """The rival's way of asking: orders in its own name, properly signed, with whatever sealed value."""

    rival: Partner
    token: str
    account: str
    wire: Record

    def asked(self, sealed: str) -> httpx.Response:
        """The bank's answer as it came."""
        order_no = f"P{secrets.token_hex(10)}"
        body = {
            "order_no": order_no, "debtor_account_ref": self.account, "amount": _SENT, "currency": "CNY",
            "sealed": sealed,
        }  # fmt: skip
        with suppress(Problem):
            self.rival.client.call(
                "transfers.create", "POST", "/api/transfers", body=body, token=self.token,
                idempotency_key=f"create-{order_no}",
            )  # fmt: skip
        return self.wire.messages[-1].answer
