"""An application sends what tells of a person in clear, trusting TLS: as members, in the query, within free text."""

from __future__ import annotations

import secrets
from pathlib import Path

from bank_sim.sdk.protocol.luhn import check_digit
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import Answer
from scenarios.observe import residue
from scenarios.outcome import outcome
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_CODE = "PLAINTEXT_SENSITIVE_FIELD"
_REFUSALS = (_CODE, "PARAM_INVALID", "UNKNOWN_MEMBER", "SEALED_REQUIRED")
_PURPOSE, _AMOUNT = "身份证 {}", "1.00"


@scenario(
    "personal-data-in-clear",
    kind="attack",
    clauses=("7.2.2-3.2.1",),
    summary_en="An application sends a card number, a name and an identity number unsealed inside TLS; the bank takes"
    " none of it and writes none of it down.",
    summary_zh="应用方在TLS内明文传送卡号、姓名、身份证号；银行一概拒收，亦不写入任何日志。",
    defence=Defence("plaintext_fields", "ATK-DAT-01", 400, _CODE, "data"),
)
def personal_data_in_clear(stage: Stage) -> Attempt:
    """Whoever sends it, unsealed, has it lie in the bank's files for those to read who come by a copy of them. The
    numbers are made up for this play, so that wherever they are found, it is from here."""
    shop = stage.partner("careless")
    token = shop.linked(stage.customer_of(shop, stage.user))
    account = shop.paying_account(token)
    card = _card_number()
    identity = f"110101199003{secrets.randbelow(9) + 10}{secrets.randbelow(900) + 100}X"
    payee = {"creditor_account": stage.numbers(stage.payee)["I"], "creditor_name": stage.payee.name}
    stage.attack_begins()
    for what, act in {
        Text("payee's account and name as members", "以明文成员传送收款账号与户名"): lambda: _order(
            shop, token, account, None, creditor_account=card, creditor_name="某某"
        ),
        Text("an identity number as a member", "以明文成员传送身份证号"): lambda: _order(
            shop, token, account, payee, id_number=identity
        ),
        Text("a card number in the query", "在查询参数中传送卡号"): lambda: shop.client.call(
            "accounts.list", "GET", "/api/accounts", query={"card_number": card}, token=token
        ),
    }.items():
        found = outcome(act)
        stage.require(found in _REFUSALS, Text(f"refused: {what.en}", f"拒绝：{what.zh}"), found)
    try:
        order = _order(shop, token, account, payee, purpose=_PURPOSE.format(identity))
    except Problem as problem:
        _nowhere(stage, {"card": card, "identity": identity})
        return refused(problem)
    lies = residue(_files(stage), {"identity": identity})
    place = f"{Path(lies[0].file).name} at byte {lies[0].offset}" if lies else ""
    return Attempt(order.status, read=f"an identity number in clear: {place}" if lies else None)


def _nowhere(stage: Stage, values: dict[str, str]) -> None:
    """Refused by its name where it is sensitive, and then written down nowhere: no log, no database, no refusal."""
    assert stage.attack_mark is not None
    named = [each["code"] for each in stage.bank.records_since(stage.attack_mark)].count(_CODE)
    stage.require(
        named == 3, Text("members and free text are refused as sensitive", "敏感成员与自由文本均按敏感字段拒绝"), named
    )
    found = residue(_files(stage), values)
    nowhere = Text("no file of the bank holds any of the values", "银行任何文件中均未留存这些数据")
    stage.require(not found, nowhere, [str(each) for each in found])


def _files(stage: Stage) -> Path:
    return stage.world.home.party("bank")


def _order(shop: Partner, token: str, account: str, payee: dict[str, str] | None, **members: str) -> Answer:
    """An order for the user's account; ``members`` are laid into it as they are."""
    order_no = f"P{secrets.token_hex(10)}"
    body = {"order_no": order_no, "debtor_account_ref": account, "amount": _AMOUNT, "currency": "CNY", **members}
    return shop.client.call(
        "transfers.create",
        "POST",
        "/api/transfers",
        body=body,
        sealed=payee,
        token=token,
        idempotency_key=f"create-{order_no}",
    )


def _card_number() -> str:
    """A Luhn-valid number that no account of the sandbox has."""
    digits = f"990199{secrets.randbelow(10**12):012}"
    return digits + check_digit(digits)
