"""Somebody applies under the name of a sound company, with papers that name themself as its legal person."""

from __future__ import annotations

from dataclasses import replace

from scenarios.attacks.stolen_login import alert_code
from scenarios.portal_desk import HONEST, UNTIL, WHY, Applicant, admitted, applicant
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text


@scenario(
    "admitted-by-forged-papers",
    kind="attack",
    clauses=("9.1.1-0", "9.1.2-2.1", "12.2-0"),
    summary_en="An impostor applies with another company's licence and forged papers, and asks for credentials at every"
    " turn; the register knows another legal person, and nobody gets credentials before two people agreed.",
    summary_zh="冒名者以他人营业执照和伪造材料申请接入，并屡次提前索取凭据；登记信息与其不符，未经双人批准不发放任何凭据。",
    defence=Defence("materials_genuine", "ATK-LIF-03", 422, "MATERIAL_INVALID", "data"),
)
def admitted_by_forged_papers(stage: Stage) -> Attempt:
    """Number and check character of every paper are right. Only the register can tell that the person is another."""
    operator, reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")
    impostor = applicant(stage, replace(HONEST, legal_person="贾冒名"))
    impostor.enquire()
    impostor.answer()
    impostor.hand_in_papers(UNTIL)
    stage.attack_begins()
    _too_early(stage, impostor)
    page = operator.act("verify_materials", impostor.case_id, WHY)
    if code := alert_code(page):
        _goes_no_further(stage, impostor, operator)
        return Attempt(page.status, code)
    partner = admitted(stage, impostor, operator, reviewer)
    rates = partner.client.call("products.list", "GET", "/api/products").data["items"]
    return Attempt(page.status, read=f"App_ID and App_Secret in another's name: {len(rates)} products are served to it")


def _too_early(stage: Stage, impostor: Applicant) -> None:
    page = impostor.collect_early()
    refused = Text("credentials before the approval: refused (NOT_APPROVED)", "获批前索取凭据：拒绝（NOT_APPROVED）")
    stage.require((page.status, alert_code(page)) == (409, "NOT_APPROVED"), refused, page.text[:200])


def _goes_no_further(stage: Stage, impostor: Applicant, operator: StaffDesk) -> None:
    """Neither may the staff skip the verification, nor does the portal give anything now."""
    page = operator.act("propose_admission", impostor.case_id, WHY)
    skipped = Text("the verification cannot be skipped", "核验环节不可跳过")
    stage.require(alert_code(page) == "ILLEGAL_TRANSITION", skipped, page.text[:200])
    _too_early(stage, impostor)
