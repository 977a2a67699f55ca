"""A genuine event of the bank comes a second time, and with it six kinds of forgeries, as an inspection sends them."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import NONCE_REPLAYED
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

_OTHERS = {
    "none": Text("the bank's own event is taken", "银行的真实事件被接收"),
    "unsigned": Text("refused: an event without a signature", "拒绝：无签名的事件"),
    "forged": Text(
        "refused: an event in the bank's name under another key", "拒绝：冒用银行名义、以他人密钥签名的事件"
    ),
    "foreign_key": Text("refused: an event under a key that nobody knows", "拒绝：以未知密钥签名的事件"),
    "altered": Text("refused: an event that was altered behind its signature", "拒绝：签名后被篡改的事件"),
    "stale": Text("refused: an event that was signed long ago", "拒绝：签名时间已过期的事件"),
}


@scenario(
    "event-replayed",
    kind="attack",
    clauses=("7.2.2-2.3", "9.3.3-1.1", "10.4-1.3"),
    summary_en="Whoever could read the bank's events posts one of them again; the bank's inspection tries the same.",
    summary_zh="有人将截获的银行事件原样重放；银行检查亦以同样方式探测应用方。",
    defence=Defence("event_once", "ATK-MSG-06", 409, "NONCE_REPLAYED", "trust", witness="wallet"),
)
def event_replayed(stage: Stage) -> Attempt:
    """Only the bank can send what an eavesdropper between the two would have: so its inspection plays the attacker."""
    wallet = stage.bank.wallet_app_id()
    before = stage.bank.probes_done(wallet)
    stage.attack_begins()
    at_work(stage, "operator").act("probe_callbacks", wallet, "drill: replayed and forged events")
    stage.eventually(lambda: stage.bank.probes_done(wallet) > before, Text("the probes come back", "探测返回结果"))
    findings = stage.bank.probe_of(wallet) or {}
    for defect, claim in _OTHERS.items():
        stage.require(findings.get(defect) is True, claim, findings)
    if findings.get("replayed"):
        return Attempt(NONCE_REPLAYED.status, NONCE_REPLAYED.code)
    marked = "the wallet's belief: it takes an event that it has had, and the bank's inspection has marked it for that"
    return Attempt(204, read=marked)
