"""Keys that may not be used: one that is not valid yet, one past its validity, one revoked; clocks are no help."""

from __future__ import annotations

from dataclasses import replace

from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import BankClient
from scenarios.outcome import outcome
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_VALIDITY_S = 181 * 86_400


@scenario(
    "key-outside-its-validity",
    kind="attack",
    clauses=("7.3.4-3.1", "9.4-1.3"),
    summary_en="Somebody keeps what an application has put aside: its key before the key is valid, after it was revoked"
    " and after it has expired, by the true clock and by one turned back.",
    summary_zh="有人使用尚未生效、已吊销和已过期的密钥，并尝试回拨时钟，均被拒绝。",
    defence=Defence("key_state", "ATK-KEY-02", 401, "KEY_REVOKED", "data"),
    ages=True,
)
def key_outside_its_validity(stage: Stage) -> Attempt:
    """The bank's clock alone decides. The attacker comes by an old machine of the application: its keys, and a token of
    a user. The states of the keys come in the order in which they are tried, the revoked key first."""
    shop = stage.partner("careless")
    token = shop.linked(stage.customer_of(shop, stage.user))
    laid_aside = shop.with_keys(replace(shop.keys, secret=None))
    fresh = generate(stage.world.plan.suite, "sig")
    shop.client.own_keys.register(fresh)
    stage.attack_begins()
    present = shop.with_keys(replace(shop.keys, signing=fresh, secret=None))
    present.own_keys.revoke(f"{shop.app_id}.{shop.keys.signing.kid}", "drill: the machine is gone")
    try:
        answer = laid_aside.call("accounts.list", "GET", "/api/accounts", token=token)
    except Problem as problem:
        _other_states(stage)
        return refused(problem)
    numbers = ", ".join(each["account_masked"] for each in answer.data["items"])
    return Attempt(answer.status, read=f"which accounts the user has: {numbers}")


def _other_states(stage: Stage) -> None:
    """A key of somebody else, registered a moment ago. Every clock of the sandbox is turned back, then forward; the
    attacker's own may say what it likes."""
    early = stage.partner("early")
    ahead_s = int(stage.world.control.clock()["offset_s"])
    new = generate(stage.world.plan.suite, "sig")
    early.client.own_keys.register(new)
    ahead = early.with_keys(replace(early.keys, signing=new, secret=None))
    stage.world.control.reset_clock()
    early.follow_clock()
    _refused(stage, ahead, "KEY_NOT_YET_VALID", Text("a key before its time", "尚未生效的密钥"))
    stage.advance(ahead_s + _VALIDITY_S)
    _refused(stage, ahead, "TIMESTAMP_EXPIRED", Text("an old key by a clock turned back", "回拨时钟后使用的旧密钥"))
    early.follow_clock()
    _refused(stage, ahead, "KEY_EXPIRED", Text("a key past its validity", "已过有效期的密钥"))


def _refused(stage: Stage, client: BankClient, code: str, what: Text) -> None:
    found = outcome(lambda: client.call("products.list", "GET", "/api/products"))
    stage.require(found == code, Text(f"{what.en}: refused ({code})", f"{what.zh}：拒绝（{code}）"), found)
    recorded = {str(each["code"]) for each in stage.bank.records_since(stage.start)}
    stage.require(
        code in recorded, Text(f"the access log tells of it ({code})", f"访问日志留有记录（{code}）"), recorded
    )
