"""Everything that may keep a step of an admission from being taken, as a table: columns are the steps (JR/T 0185 9.1).

Whether a step is due at all is not here: the stages are a state machine, which no weakening leaves out. Nor is who of
the staff may order it, which is the console's check table.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.admission import agreement, materials, questionnaire
from bank_sim.admission.agreement import Agreement
from bank_sim.admission.dossiers import Dossier
from bank_sim.admission.possession import Offered, require_proof
from bank_sim.admission.questionnaire import Questionnaire
from bank_sim.events.probes import ProbeReport
from bank_sim.policy import Policy
from bank_sim.registry.catalogue import Catalogue
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step about to be taken: the case as it would stand, what was brought, who orders it.

    ``brought``: a signed statement, for the steps that need one; ``assessed_by``: who wrote the assessment.
    ``takes_events``: the application gave an address for them; ``probed``: how it took probes there, since it last
    failed an inspection.
    """

    case: Dossier
    policy: Policy
    catalogue: Catalogue
    now_ms: int
    by: str
    brought: str = ""
    assessed_by: str | None = None
    takes_events: bool = False
    probed: ProbeReport | None = None

    @property
    def form(self) -> Questionnaire:
        if self.case.form is None:
            raise problems.ASSESSMENT_INCOMPLETE.problem()
        return self.case.form

    @property
    def keys(self) -> Offered:
        if self.case.keys is None:
            raise problems.KEY_NOT_PROVEN.problem("Hand in the keys first.")
        return self.case.keys

    @property
    def text(self) -> bytes:
        if self.case.agreement is None:
            raise problems.AGREEMENT_UNSIGNED.problem("There is no agreement yet.")
        return self.case.agreement

    @property
    def agreement(self) -> Agreement:
        return agreement.read_agreement(self.text)


def questionnaire_answered(attempt: Attempt) -> None:
    """ASSESSMENT_INCOMPLETE."""
    questionnaire.require_answered(attempt.form, attempt.catalogue)


def key_indicator(attempt: Attempt) -> None:
    """KEY_INDICATOR_LOW: judged when somebody is about to approve, whatever the total is."""
    questionnaire.require_key_indicator(attempt.form, attempt.policy)


def materials_complete(attempt: Attempt) -> None:
    """MATERIAL_MISSING."""
    materials.require_complete(attempt.case.papers)


def materials_valid(attempt: Attempt) -> None:
    """MATERIAL_INVALID: also for papers that have expired since they were handed in."""
    materials.require_valid(attempt.case.papers, attempt.now_ms)


def materials_genuine(attempt: Attempt) -> None:
    """MATERIAL_INVALID."""
    materials.require_genuine(attempt.case.papers, attempt.case.company)


def screening(attempt: Attempt) -> None:
    """APPLICANT_SCREENED: at each point where the bank commits itself, for lists change."""
    materials.require_not_screened(attempt.case.papers, attempt.case.company)


def another_decides(attempt: Attempt) -> None:
    """FOUR_EYES_REQUIRED for whoever wrote the assessment."""
    if attempt.by == attempt.assessed_by:
        raise problems.FOUR_EYES_REQUIRED.problem()


def key_possession(attempt: Attempt) -> None:
    """KEY_NOT_PROVEN."""
    require_proof(attempt.case.case_id, attempt.keys, attempt.brought)


def keys_proven(attempt: Attempt) -> None:
    """KEY_NOT_PROVEN for keys that were handed in and never proven."""
    if not attempt.keys.proven:
        raise problems.KEY_NOT_PROVEN.problem("Prove the keys before you sign with them.")


def agreement_complete(attempt: Attempt) -> None:
    """AGREEMENT_INCOMPLETE."""
    agreement.require_complete(attempt.agreement)


def applicant_signed(attempt: Attempt) -> None:
    """AGREEMENT_UNSIGNED: its signature, over the text as it stands now, with its proven key."""
    signature = attempt.brought or attempt.case.signature or ""
    agreement.require_signed(attempt.text, attempt.case.case_id, attempt.keys.signing_key, signature)


def inspection_passed(attempt: Attempt) -> None:
    """INSPECTION_OPEN: the newest inspection found nothing open, lately."""
    newest = attempt.case.inspection
    since_ms = attempt.now_ms - attempt.policy.inspection_validity_s * 1000
    if newest is None or not newest.passed or newest.at_ms <= since_ms:
        raise problems.INSPECTION_OPEN.problem("It was too long ago, or found something.")


def callbacks_probed(attempt: Attempt) -> None:
    """EVIDENCE_MISSING: an application that takes events was not probed, or not at the address that it has now."""
    if attempt.takes_events and attempt.probed is None:
        raise problems.EVIDENCE_MISSING.problem("Probe its callbacks first.")


def callbacks_sound(attempt: Attempt) -> None:
    """INSPECTION_OPEN: it believes events that are not the bank's, or was given an address after it was inspected."""
    if attempt.takes_events and (attempt.probed is None or not attempt.probed.passed):
        raise problems.INSPECTION_OPEN.problem("Its callbacks have not passed the probes.")


# fmt: off
ADMISSION: CheckTable[Attempt] = CheckTable([
    row("questionnaire",      questionnaire_answered, "apply",                              "9.1.1-1"),
    row("materials_complete", materials_complete,     "submit verify",                      "9.1.2-1 9.1.2-2.1"),
    row("materials_valid",    materials_valid,        "submit verify approve countersign",  "9.1.2-2.1"),
    row("materials_genuine",  materials_genuine,      "verify",                             "9.1.2-2.1 9.1.2-0"),
    row("screening",          screening,              "verify approve countersign go_live", "9.1.2-2.2"),
    row("key_indicator",      key_indicator,          "approve",                            "9.1.1-2.2"),
    row("another_decides",    another_decides,        "approve",                            "9.1.1-2.1"),
    row("key_possession",     key_possession,         "prove",                              "9.2.1-a-1.2"),
    row("agreement_complete", agreement_complete,     "draw_up sign",                       "9.1.1-3 12.2-0 12.2-2"),
    row("keys_proven",        keys_proven,            "sign",                               "9.2.1-a-1.2"),
    row("applicant_signed",   applicant_signed,       "sign countersign issue",             "9.1.1-0 12.2-0"),
    row("callbacks_probed",   callbacks_probed,       "inspect",                            "10.4-1.1 10.4-1.3"),
    row("callbacks_sound",    callbacks_sound,        "go_live",                            "10.4-1.3"),
    row("inspection_passed",  inspection_passed,      "go_live",                            "9.1.1-2.3 9.3.4-2.2"),
])
# fmt: on

DEFENCES = frozenset(each.name for each in ADMISSION.rows)
"""The rows that a training run may leave out."""
