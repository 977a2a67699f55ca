"""Applicants: who waits for the bank, and everything about one case, with what the reader may do next."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

from bank_sim.admission import agreement, questionnaire, stages
from bank_sim.admission.stages import StepName
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.events import endpoint_of, probes
from bank_sim.staff import proposals
from bank_sim.staff.proposals import ProposalKind

NEXT: Mapping[str, tuple[str, ...]] = {
    "enquired": ("reject_case",),
    "applied": ("reject_case",),
    "submitted": ("verify_materials", "return_materials", "reject_case"),
    "verified": ("assess_case", "return_materials", "reject_case"),
    "assessed": ("propose_admission", "reject_case"),
    "approved": ("draw_up_agreement",),
    "signed": ("countersign_agreement",),
    "testing": ("inspect_case",),
    "inspected": ("propose_going_live",),
}
"""By stage: the staff's actions that lead on."""

_FORESEEN: Mapping[str, StepName] = {
    "submitted": "verify",
    "assessed": "approve",
    "approved": "draw_up",
    "signed": "countersign",
    "inspected": "go_live",
}
_DECIDED: Mapping[str, ProposalKind] = {"assessed": "admit_application", "inspected": "go_live"}


def show_queue(visit: Visit) -> Response:
    """Cases that wait for the bank, then those that wait for the applicant, then those that are over."""
    cases = visit.bank.admissions.dossiers.queue()
    waiting = [each for each in cases if each.stage in NEXT and each.stage not in ("enquired", "applied", "testing")]
    over = [each for each in cases if each.stage in ("live", "rejected", "withdrawn")]
    theirs = [each for each in cases if each not in waiting and each not in over]
    return page(visit, "admission", groups=(("ours", waiting), ("theirs", theirs), ("over", over)))


def show_case(visit: Visit, case_id: str) -> Response:
    """RESOURCE_NOT_FOUND."""
    admissions = visit.bank.admissions
    case = admissions.dossiers.find(case_id)
    visit.app_id = case.app_id
    kind = _DECIDED.get(case.stage)
    return page(
        visit,
        "case",
        case=case,
        path=stages.PATH,
        next_actions=NEXT.get(case.stage, ()),
        foreseen=admissions.foreseen(case, _FORESEEN[case.stage], visit.who.login_name)
        if case.stage in _FORESEEN
        else [],
        score=questionnaire.scored(case.form) if case.form else None,
        policy=visit.bank.config.policy,
        agreed=agreement.read_agreement(case.agreement) if case.agreement else None,
        agreement_sm3=agreement.sm3_of(case.agreement) if case.agreement else None,
        steps=stages.history(visit.store, case_id),
        endpoint=endpoint_of(visit.store, case.app_id) if case.app_id else None,
        probe=probes.latest(visit.store, case.app_id) if case.app_id else None,
        proposal=proposals.open_for(visit.store, kind, case_id) if kind else None,
    )
