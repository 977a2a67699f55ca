"""A user takes along what bank and wallet hold, and has it deleted: in writing, and as far as the law lets."""

from __future__ import annotations

import json
from typing import Any

from bank_sim.sdk.deletion import DELETION_TYP
from bank_sim.sdk.protocol.keypairs import public_from_jwk
from bank_sim.sdk.protocol.statements import read_statement
from scenarios.observe import residue
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text
from user_sim.http_browser import LoopbackTransport


@scenario(
    "user-data-exported",
    kind="lifecycle",
    clauses=("9.3.3-4", "9.3.3-5.3", "11-4.2", "9.3.3-2.1", "12.3-2.3"),
    summary_en="A user downloads what bank and wallet hold about them, has the wallet delete it, and the bank what no"
    " law keeps. The wallet's signed statement and a scan of its files agree.",
    summary_zh="用户下载银行与钱包持有的本人信息，并要求删除：钱包出具签名声明且文件扫描无残留，银行仅保留依法须存部分。",
)
def user_data_exported(stage: Stage) -> None:
    """1. Linked and paid. 2. Both files. 3. The wallet deletes, signs, and its files say the same. 4. The bank deletes
    what nothing keeps, and says what it keeps.
    """
    nickname = f"Lumina{stage.user.person_id}"
    # Downloads are no pages: a browser without windows takes them.
    user = stage.plays(stage.user, transport=LoopbackTransport(stage.world.authority))
    user.open_wallet(nickname)
    user.link_bank()
    account, payee = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    user.pay(account[-4:], payee, stage.payee.name, "7.00")
    wallet = stage.world.addresses.wallet

    taken = _json(user.browser.open(f"{wallet}/kept/export").text)
    own = Text("the wallet's file holds the user's rows: nickname, link, payment", "钱包文件含本人昵称、关联与付款")
    stage.require([len(taken[each]) for each in ("users", "links", "payments")] == [1, 1, 1], own, taken.keys())
    page = user.log_in_at_bank("/data")
    form = next(each for each in page.document.forms if each.action.endswith("/data/export"))
    at_bank = _json(user.browser.submit(form, {}).text)
    told = Text("the bank's file holds accounts, the payment and the consent", "银行文件含账户、该笔付款与授权")
    paid = [each for each in at_bank["orders"] if (each["amount"], each["state"]) == ("7.00", "executed")]
    stage.require(
        len(at_bank["accounts"]) == 3 and len(paid) == 1 and bool(at_bank["consents"]), told, at_bank["orders"]
    )
    secret = (account, stage.user.phone, stage.user.password, stage.user.id_number)
    text = json.dumps([taken, at_bank], ensure_ascii=False)
    masked = Text("neither file shows a full number or a secret", "两份文件均不含完整号码或机密")
    stage.require(not any(each in text for each in secret), masked)

    form = next(each for each in user.browser.open(f"{wallet}/kept").document.forms if each.action.endswith("/forget"))
    gone = user.browser.submit(form, {})
    stage.require(gone.status == 200, Text("the wallet deletes at the user's wish", "钱包按用户要求删除"), gone.status)
    _require_statement(stage)
    found = residue(stage.world.home.party("app"), {"nickname": nickname})
    clean = Text("no file of the wallet holds the nickname any more, in any encoding", "钱包文件中已无该昵称的任何残留")
    stage.require(found == [], clean, [str(each) for each in found])

    page = user.log_in_at_bank("/data")
    form = next(each for each in page.document.forms if each.action.endswith("/data/delete"))
    before = stage.bank.balance_fen(account)
    deleted = user.browser.submit(form, {"understood": "yes"})
    kept = Text(
        "the bank deletes what nothing keeps and says what the law keeps",
        "银行删除不再需要的信息，并说明依法保留的部分",
    )
    says_why = "十年" in deleted.text or "ten years" in deleted.text
    stage.require(deleted.status == 200 and says_why, kept, deleted.status)
    stays = Text("accounts and books are untouched", "账户与账务不受影响")
    stage.require(stage.bank.balance_fen(account) == before, stays)
    again = user.browser.open(f"{stage.world.addresses.pages}/data")
    stage.require(again.status == 401, Text("and every session has ended", "所有会话均已结束"), again.status)


def _require_statement(stage: Stage) -> None:
    """The wallet's newest statement, verified with the key that the bank has registered for it."""
    statement = read_statement(stage.wallet.newest_statement())
    keys = [public_from_jwk(each) for each in stage.bank.signing_keys_of(statement.claims["app_id"])]
    signed = Text("and signs a statement that verifies with its registered key", "并出具可用其登记公钥验证的签名声明")
    holds = statement.typ == DELETION_TYP and any(statement.is_by(each) for each in keys)
    stage.require(holds and statement.claims["deleted"]["users"] == 1, signed, dict(statement.claims))


def _json(text: str) -> Any:
    return json.loads(text)
