"""The bank's own administrator makes a whole chain again: the end cut off, or all hashes from a record on made anew."""

from __future__ import annotations

from scenarios.administrator import Administrator
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from scenarios.verification import access_log, checkpoints
from scenarios.witness import Witness


@scenario(
    "log-rewritten",
    kind="attack",
    clauses=("12.3-1.3", "12.3-2.2"),
    summary_en="An administrator rewrites the log from a record on, hashes and all, or cuts its end off with its"
    " counter: the chain holds, but the other party has countersigned another one.",
    summary_zh="管理员从某条记录起重建整条哈希链，或连同计数器截断末尾：链自身完整，却与另一方会签留存的检查点不符。",
    defence=Defence("log_checkpoints", "ATK-INS-01", 400, "LOG_TAMPERED", "evidence", alarm="LOG_TAMPERED"),
    ages=True,
)
def log_rewritten(stage: Stage) -> Attempt:
    """They know how records are hashed, and they delete what the bank kept of the checkpoints. They have no key of the
    application's, and no way into its house.
    """
    witness = Witness(stage.partner("auditor"))
    stage.attack_begins()
    for _ in range(3):
        witness.look_at_rates()
    witness.exchange()
    victim = witness.kept_serial - 1
    administrator = Administrator(stage.world.home.party("bank") / "bank.db")
    stage.say(Text("The administrator rewrites the log from a record on", "管理员从某条记录起重建日志"))
    administrator.rewrite_from(victim)
    _require_found_by_the_other_only(stage, witness)
    attempt = witness.try_exchange()
    if attempt.code is None:
        return Attempt(attempt.status, read=f"record {victim} of the access log, as it was")
    _require_alarm(stage, witness)
    stage.say(Text("The administrator cuts the end off", "管理员截断日志末尾"))
    administrator.cut_behind(victim)
    _require_found_by_the_other_only(stage, witness)
    attempt = witness.try_exchange()
    _require_alarm(stage, witness)
    return attempt


def _require_found_by_the_other_only(stage: Stage, witness: Witness) -> None:
    alone = Text("the chain holds by itself", "链自身校验完整")
    stage.require(access_log(stage.world.home).holds, alone)
    found = checkpoints(stage.world.home, [witness.kept])
    named = Text(
        "offline verification with the other party's checkpoint names the record",
        "结合对方留存的检查点，离线校验指明了记录",
    )
    stage.require((found.holds, found.figures["first_bad"]) == (False, witness.kept_serial), named, found.figures)


def _require_alarm(stage: Stage, witness: Witness) -> None:
    named = Text("the alarm names the record", "告警指明了该记录")
    stage.require(stage.bank.tampered_record() == witness.kept_serial, named)
