"""An operator of the bank's takes records of the log home, alone."""

from __future__ import annotations

from scenarios.attacks.customers_browsed import refusal_of
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

_PRETEXT = "a statistic"


@scenario(
    "log-exported-alone",
    kind="attack",
    clauses=("7.2.2-3.2.2", "12.3-1.1"),
    summary_en="An operator asks for an export of the log, cannot agree to it alone, and fetches it all the same.",
    summary_zh="操作员申请导出访问日志后未经复核即行下载；自己复核自己的申请也被拒绝。",
    defence=Defence("export_approval", "ATK-INS-02", 403, "EXPORT_NOT_APPROVED", "data"),
)
def log_exported_alone(stage: Stage) -> Attempt:
    """Asking is theirs; agreeing is somebody else's, who has not looked at it yet."""
    stage.linked_user().see_balances()
    operator = at_work(stage, "operator")
    last = stage.bank.mark().access_serial
    stretch = f"{max(1, last - 20)}-{last}"
    stage.attack_begins()
    operator.act("propose_log_export", stretch, _PRETEXT)
    waits = Text("the export waits for somebody else", "导出申请待他人复核")
    stage.require(stage.bank.proposal_state("export_log", stretch) == "open", waits)
    alone = operator.act("approve_proposal", stage.bank.proposal_of("export_log", stretch), _PRETEXT)
    stage.require(alone.status == 403, Text("nobody agrees to their own", "不得复核本人申请"), alone.status)
    fetched = operator.see(f"/exports/{stretch}")
    _withdraw(operator, stage, stretch)
    if fetched.status == 200:
        return Attempt(200, read=f"records {stretch} of the log, with the references of customers")
    return refusal_of(fetched)


def _withdraw(operator: StaffDesk, stage: Stage, stretch: str) -> None:
    """Nothing is left open for whoever plays next."""
    operator.act("withdraw_proposal", stage.bank.proposal_of("export_log", stretch), _PRETEXT)
