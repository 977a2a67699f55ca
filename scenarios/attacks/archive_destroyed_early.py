"""Two of the bank's own people agree to destroy an archive whose time is not over, and with it what it proves."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

_FOURTEEN_MONTHS_S = 430 * 86_400
_PRETEXT = "we need the space"


@scenario(
    "archive-destroyed-early",
    kind="attack",
    clauses=("11-4.2", "12.3-1.3"),
    summary_en="An operator and a reviewer, in league, destroy an archive of the access log nine years too early: four"
    " eyes are no help where all four look away.",
    summary_zh="操作员与复核员串通，提前近九年销毁访问日志归档；双人复核挡不住合谋，保存期限可以。",
    defence=Defence("archive_retention", "ATK-INS-03", 409, "RETENTION_NOT_OVER", "evidence"),
    ages=True,
)
def archive_destroyed_early(stage: Stage) -> Attempt:
    """Both are who they say they are, and each role does what it may. Only the archive's time is not over."""
    stage.linked_user().see_balances()
    stage.advance(_FOURTEEN_MONTHS_S)
    archives = sorted((stage.world.home.party("bank") / "archive").glob("access_log-*.sqlite"))
    stage.require(archives != [], Text("the log of that time has moved to an archive", "当时的日志已移入归档"))
    archive = archives[-1]
    operator, reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")
    stage.attack_begins()
    asked = operator.act("propose_destruction", archive.name, _PRETEXT)
    if asked.status >= 400:
        code = next(each for each in CATALOGUE if each in asked.text)
        return Attempt(asked.status, code)
    agreed = reviewer.act("approve_proposal", _proposal_about(reviewer, archive.name), _PRETEXT)
    gone = None if archive.exists() else f"the bank's record of what happened: {archive.name}"
    return Attempt(agreed.status, read=gone)


def _proposal_about(reviewer: StaffDesk, file: str) -> str:
    links = {link.href for link in reviewer.see("/proposals").document.links}
    asking = sorted(each for each in links if each.startswith("/act/approve_proposal/"))
    return next(each for each in asking if file in reviewer.see(each).text).rpartition("/")[2]
