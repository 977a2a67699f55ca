"""The steps of an admission: each judged by the table, taken once, and recorded, in the caller's write transaction.

A step that is refused changes nothing. ``by`` is whoever orders it: a login name of the staff, or ``APPLICANT``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from cryptography import x509
from sqlite_utils import Database

from bank_sim.admission import agreement, questionnaire
from bank_sim.admission.checks import ADMISSION, Attempt
from bank_sim.admission.dossiers import Dossier, Dossiers
from bank_sim.admission.inspection import Inspection, inspect
from bank_sim.admission.materials import Material
from bank_sim.admission.possession import challenge
from bank_sim.admission.questionnaire import Questionnaire
from bank_sim.admission.stages import StepName, history, require_due, take
from bank_sim.audit import AccessLog
from bank_sim.clock import Clock
from bank_sim.events import endpoint_of, probes
from bank_sim.keys import BankKeys
from bank_sim.policy import Policy
from bank_sim.registry.applications import Registry
from bank_sim.registry.catalogue import Catalogue
from bank_sim.registry.certificate_requests import organization_of
from bank_sim.registry.certificates import Certificates
from bank_sim.registry.parties import Credentials
from bank_sim.registry.registration import Accepted, Registration, accept
from bank_sim.registry.standing import Standings
from bank_sim.sdk.admission import sign_agreement
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.free_text import require_plain_text
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Store

APPLICANT = "applicant"


@dataclass(frozen=True, slots=True)
class Desk:
    """What of the bank an admission works with."""

    store: Store
    clock: Clock
    policy: Policy
    catalogue: Callable[[], Catalogue]
    registry: Registry
    certificates: Certificates
    standings: Standings
    keys: BankKeys
    access_log: AccessLog
    weakened: Callable[[], frozenset[str]]


class Admissions:
    """Every case, from the enquiry on."""

    def __init__(self, dossiers: Dossiers, desk: Desk) -> None:
        self.dossiers = dossiers
        self._desk = desk

    # What the applicant does

    def enquire(self, db: Database, company: str, purpose: str) -> tuple[str, str]:
        """Begin a case: its number and access code, which is shown this once. PARAM_INVALID for unreadable texts."""
        require_plain_text("company", company)
        require_plain_text("purpose", purpose)
        return self.dossiers.open(db, company, purpose, self._now_ms())

    def apply(self, db: Database, case_id: str, form: Questionnaire) -> None:
        """Hand in the questionnaire: ASSESSMENT_INCOMPLETE, PARAM_INVALID."""
        questionnaire.require_readable(form)
        case = replace(self.dossiers.find(case_id), form=form)
        self._take(db, "apply", case, APPLICANT, _marks(form))
        self._accept(case, None)
        self.dossiers.write(db, case_id, form=msgspec.json.encode(form).decode())

    def submit(self, db: Database, case_id: str, papers: tuple[Material, ...]) -> None:
        """Hand in the papers: MATERIAL_MISSING, MATERIAL_INVALID; PARAM_INVALID for what cannot be read as it is."""
        for text in (text for each in papers for text in (each.holder, each.number)):
            require_plain_text("paper", text)
        case = replace(self.dossiers.find(case_id), papers=papers)
        self._take(db, "submit", case, APPLICANT, ", ".join(each.kind for each in papers))
        self.dossiers.write_papers(db, case_id, papers)

    def offer_keys(self, db: Database, case_id: str, jwks: dict[str, Any], request_pem: str | None) -> None:
        """Hand in a signing key and a sealing key, in place of those handed in before. KEY_INVALID and its kin.

        ``request_pem``: a request for a TLS client certificate, which is signed when the credentials are issued; it
        proves its key by itself. CERT_REQUEST_INVALID, KEY_NOT_PROVEN.
        """
        case = self.dossiers.find(case_id)
        require_due("prove", case.stage)
        accepted = self._accept(case, jwks, request_pem)
        found = {each.use: each.key for each in accepted.keys if isinstance(each.key, PublicKey)}
        if found.keys() != {"sig", "enc"} or len(accepted.keys) != len(found):
            raise problems.KEY_INVALID.problem("Hand in one signing key and one sealing key.")
        if any(self._desk.registry.is_taken(each.kid) for each in found.values()):
            raise problems.KEY_INVALID.problem("A key is or was registered already; make fresh ones.")
        if accepted.certificate_request is not None:
            self._require_own(case, accepted.certificate_request)
        self.dossiers.write_keys(db, case_id, challenge(case_id, found["sig"], found["enc"]))
        self.dossiers.write(db, case_id, certificate_request_pem=request_pem)

    def prove_keys(self, db: Database, case_id: str, statement: str) -> None:
        """KEY_NOT_PROVEN."""
        case = self.dossiers.find(case_id)
        self._take(db, "prove", case, APPLICANT, case.keys.signing_key.kid if case.keys else "", brought=statement)
        if case.keys is not None:
            self.dossiers.write_keys(db, case_id, msgspec.structs.replace(case.keys, proven=True))

    def sign(self, db: Database, case_id: str, statement: str) -> None:
        """The applicant signs: KEY_NOT_PROVEN, AGREEMENT_UNSIGNED."""
        case = self.dossiers.find(case_id)
        self._take(db, "sign", case, APPLICANT, "signed", brought=statement or "-")
        self.dossiers.write(db, case_id, signature=statement)

    def issue(self, db: Database, case_id: str) -> Credentials:
        """App_ID and App_Secret for the test environment, granted what the agreement names: NOT_APPROVED,
        AGREEMENT_UNSIGNED."""
        case = self.dossiers.find(case_id)
        self._take(db, "issue", case, APPLICANT, "credentials")
        document = self._registration(case)
        credentials = self._desk.registry.register_as(
            db, document, "testing", by=case_id, reason="admitted by agreement"
        )
        self.dossiers.write(db, case_id, app_id=credentials.app_id)
        return credentials

    def withdraw(self, db: Database, case_id: str) -> None:
        self._take(db, "withdraw", self.dossiers.find(case_id), APPLICANT, "withdrawn")

    # What the staff does

    def give_back(self, db: Database, case_id: str, by: str, reason: str) -> None:
        """The papers must be handed in anew."""
        self._take(db, "return", self.dossiers.find(case_id), by, reason)

    def verify(self, db: Database, case_id: str, by: str, reason: str) -> None:
        """Validity, completeness, authenticity, screening: MATERIAL_INVALID, APPLICANT_SCREENED."""
        self._take(db, "verify", self.dossiers.find(case_id), by, reason)

    def assess(self, db: Database, case_id: str, by: str, reason: str) -> None:
        """The assessment, in words; the marks and what was verified stand in the case."""
        self._take(db, "assess", self.dossiers.find(case_id), by, reason)

    def approve(self, db: Database, case_id: str, by: str, reason: str) -> None:
        """KEY_INDICATOR_LOW, FOUR_EYES_REQUIRED, APPLICANT_SCREENED, MATERIAL_INVALID."""
        self._take(db, "approve", self.dossiers.find(case_id), by, reason)

    def reject(self, db: Database, case_id: str, by: str, reason: str) -> None:
        self._take(db, "reject", self.dossiers.find(case_id), by, reason)

    def draw_up(self, db: Database, case_id: str, by: str, reason: str) -> None:
        """The agreement: what was asked for, no wider, with every clause. It runs for a term of the policy."""
        case = self.dossiers.find(case_id)
        require_due("draw_up", case.stage)
        licence = next(each for each in case.papers if each.kind == "business_licence")
        if case.form is None:
            raise problems.ASSESSMENT_INCOMPLETE.problem()
        until_ms = self._now_ms() + self._desk.policy.agreement_term_s * 1000
        text = agreement.text_of(agreement.draw_up(case_id, case.company, licence.number, case.form, until_ms))
        self._take(db, "draw_up", replace(case, agreement=text), by, reason)
        self.dossiers.write(db, case_id, agreement=text)

    def countersign(self, db: Database, case_id: str, by: str, reason: str) -> None:
        """The bank signs the same text, with its own signing key. AGREEMENT_UNSIGNED, APPLICANT_SCREENED."""
        case = self.dossiers.find(case_id)
        self._take(db, "countersign", case, by, reason)
        suite = case.form.suite if case.form else "gm"
        signature = sign_agreement(self._desk.keys.signing(suite), case_id, case.agreement or b"")
        self.dossiers.write(db, case_id, countersignature=signature)

    def inspect(self, db: Database, case_id: str, by: str, reason: str) -> Inspection:
        """Read the application's calls off the access log. The case moves on only if nothing is open.

        EVIDENCE_MISSING for one that takes events and was not probed since it last failed.
        """
        case = self.dossiers.find(case_id)
        require_due("inspect", case.stage)
        attempt = self._attempt(case, by, "")
        ADMISSION.run(attempt, "inspect", self._desk.weakened())
        log, app_id = self._desk.access_log, case.app_id or ""
        result = inspect(log, app_id, _last_failed_ms(case), self._now_ms(), by, attempt.probed)
        self.dossiers.write_inspection(db, case_id, result)
        if result.passed:
            self._take(db, "inspect", case, by, reason)
        return result

    def go_live(self, db: Database, case_id: str, by: str, reason: str) -> None:
        """The application is served like any other from the commit on. INSPECTION_OPEN, APPLICANT_SCREENED."""
        case = self.dossiers.find(case_id)
        self._take(db, "go_live", case, by, reason)
        self._desk.standings.move(db, case.app_id or "", "active", by=by, reason=reason)

    # What there is to see

    def foreseen(self, case: Dossier, step: StepName, by: str) -> list[tuple[str, str | None]]:
        """What the table would say if ``by`` took a step now: each row, with the code of its refusal if it fails."""
        attempt = self._attempt(case, by, "")
        return [(each.name, _refusal_of(each.check, attempt)) for each in ADMISSION.path(step, self._desk.weakened())]

    # Inside

    def _take(self, db: Database, step: StepName, case: Dossier, by: str, reason: str, *, brought: str = "") -> None:
        """Due, judged, taken. ``case`` as it would stand afterwards."""
        require_due(step, case.stage)
        ADMISSION.run(self._attempt(case, by, brought), step, self._desk.weakened())
        take(db, case.case_id, step, case.stage, self._now_ms(), by, reason)

    def _attempt(self, case: Dossier, by: str, brought: str) -> Attempt:
        desk = self._desk
        endpoint = endpoint_of(desk.store, case.app_id) if case.app_id else None
        probed = probes.latest(desk.store, endpoint.app_id) if endpoint is not None else None
        tells = endpoint is not None and probed is not None and probed.tells_of(endpoint.url, _last_failed_ms(case) + 1)
        assessed = [each.by for each in history(desk.store, case.case_id) if each.step == "assess"]
        return Attempt(
            case=case,
            policy=desk.policy,
            catalogue=desk.catalogue(),
            now_ms=self._now_ms(),
            by=by,
            brought=brought,
            assessed_by=assessed[-1] if assessed else None,
            takes_events=endpoint is not None,
            probed=probed if tells else None,
        )

    def _require_own(self, case: Dossier, request: x509.CertificateSigningRequest) -> None:
        """An organization that the certificate names is the applicant's, and its key is certified once."""
        organization = organization_of(request)
        if organization is not None and organization != case.company:
            raise problems.CERT_REQUEST_INVALID.problem(f"certificate_request: O must be {case.company}, or left out.")
        if self._desk.certificates.is_certified(request):
            raise problems.KEY_INVALID.problem("The key of the request was certified before; make a fresh one.")

    def _accept(self, case: Dossier, jwks: dict[str, Any] | None, request_pem: str | None = None) -> Accepted:
        """The registration that the case would come to: PARAM_INVALID, KEY_INVALID say what is wrong with it."""
        document = msgspec.structs.replace(self._registration(case), jwks=jwks, certificate_request_pem=request_pem)
        return accept(document, self._desk.catalogue())

    def _registration(self, case: Dossier) -> Registration:
        form = case.form
        if form is None:
            raise problems.ASSESSMENT_INCOMPLETE.problem()
        named = agreement.read_agreement(case.agreement).apis if case.agreement else form.apis
        return Registration(
            name=form.app_name,
            name_zh=form.app_name_zh or None,
            suite=form.suite,
            integration_mode=form.integration_mode,
            redirect_uris=[form.redirect_uri] if form.redirect_uri else [],
            jwks={"keys": [case.keys.signing, case.keys.sealing]} if case.keys else None,
            certificate_request_pem=case.certificate_request_pem,
            apis=list(named),
        )

    def _now_ms(self) -> int:
        return self._desk.clock.now_ms()


def _last_failed_ms(case: Dossier) -> int:
    """When an inspection last found something open; 0 where none did."""
    return max((each.at_ms for each in case.inspections if not each.passed), default=0)


def _refusal_of(check: Callable[[Attempt], None], attempt: Attempt) -> str | None:
    try:
        check(attempt)
    except Problem as problem:
        return problem.code
    return None


def _marks(form: Questionnaire) -> str:
    score = questionnaire.scored(form)
    return f"{score.total} / {score.total_max}"
