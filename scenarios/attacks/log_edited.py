"""The bank's own administrator edits, deletes and reorders records of the access log, under the bank's eyes."""

from __future__ import annotations

from scenarios.administrator import Administrator
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from scenarios.verification import access_log
from scenarios.witness import Witness

_FORMS = (
    ("edit", Text("edits a record", "修改一条记录")),
    ("delete", Text("deletes a record", "删除一条记录")),
    ("swap", Text("swaps two records", "调换两条记录的顺序")),
)


@scenario(
    "log-edited",
    kind="attack",
    clauses=("12.3-1.3", "12.3-2.2"),
    summary_en="An administrator edits, deletes and reorders records in the database of the bank. The chain breaks,"
    " and no checkpoint is signed over it.",
    summary_zh="管理员直接在银行数据库中修改、删除、调换访问日志记录；哈希链在该处断裂，银行不再为其签发检查点。",
    defence=Defence("log_chain", "ATK-INS-01", 400, "LOG_TAMPERED", "evidence", alarm="LOG_TAMPERED"),
    ages=True,
)
def log_edited(stage: Stage) -> Attempt:
    """They may write to the file, and no trigger stops them. What they cannot do is make the hashes agree."""
    witness = Witness(stage.partner("auditor"))
    witness.exchange()
    for _ in range(3):
        witness.look_at_rates()
    victim = witness.kept_serial + 3
    administrator = Administrator(stage.world.home.party("bank") / "bank.db")
    stage.attack_begins()
    attempt = Attempt(200)
    for form, said in _FORMS:
        stage.say(Text(f"The administrator {said.en}", f"管理员{said.zh}"))
        copy = administrator.records(victim, victim + 1)
        getattr(administrator, form)(victim)
        attempt = witness.try_exchange()
        if attempt.code is None:
            return Attempt(attempt.status, read=f"record {victim} of the access log, as it was")
        offline = access_log(stage.world.home)
        named = Text(
            f"offline verification names record {victim}, which is gone or altered ({form})",
            f"离线校验指出第{victim}条记录被改动（{said.zh}）",
        )
        stage.require((offline.holds, offline.figures["first_bad"]) == (False, victim), named, offline.figures)
        stage.require(stage.bank.tampered_record() == victim, Text("the alarm names it too", "告警同样指明该记录"))
        administrator.put_back(copy)
    return attempt
