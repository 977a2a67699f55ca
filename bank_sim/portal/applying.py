"""Becoming an application party, on one page of the portal that always shows the next step (JR/T 0185 9.1).

GET/POST /apply                        what it takes; begin a case
POST /apply/enter, /apply/leave        come back with case number and access code; go away
GET  /apply/case                       how far it is, and the form of the next step
POST /apply/case/<step>                questionnaire, papers, keys, proof, sign, credentials, withdraw
GET  /apply/case/challenge.txt         what the keys are proven with; agreement.txt: the bytes to sign
GET  /apply/case/certificate.pem       the TLS client certificate that was asked for; client-ca.pem: who signed it

Every step is the admission's to judge; a refusal shows the same page with what was typed, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from flask import Response

from bank_sim.admission import agreement, questionnaire, stages
from bank_sim.admission.dossiers import Dossier
from bank_sim.admission.registers import REGISTER
from bank_sim.portal import applicant_aids, applicant_forms
from bank_sim.portal.applicant_door import APPLICANTS, COOKIE, ApplicantSession, Knock, entered, form_token
from bank_sim.portal.rendering import page
from bank_sim.portal.visit import Visit
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Transaction
from bank_sim.web import see

CASE = "/apply/case"
_CHARS_MAX = 200
_BANK_ACTS = frozenset({"submitted", "verified", "assessed", "approved", "signed", "testing", "inspected"})
"""Stages at which somebody at the bank has something to do."""


def show_start(visit: Visit) -> Response:
    """Whoever has a session goes on with the case."""
    try:
        entered(visit, "look")
    except Problem:
        return _start(visit)
    return see(CASE)


def enquire(visit: Visit) -> Response:
    """Begin a case; its access code is shown once."""
    visit.here = "/apply"
    bank = visit.premises.bank
    company, purpose = (" ".join(visit.form(name).split())[:_CHARS_MAX] for name in ("company", "purpose"))
    try:
        APPLICANTS.run(Knock(visit), "enquire", visit.weakened)
        with bank.store.write() as db:
            case_id, code = bank.admissions.enquire(db, company, purpose)
    except Problem as problem:
        return _start(visit, problem, company=company, purpose=purpose)
    secret = _opened(visit, case_id)
    return _with_cookie(page(visit, "apply_code", case_id=case_id, code=code), secret)


def enter(visit: Visit) -> Response:
    visit.here = "/apply"
    knock = Knock(visit, (visit.form("case_id")[:_CHARS_MAX] or "-", visit.form("code")[:_CHARS_MAX]))
    try:
        APPLICANTS.run(knock, "enter", visit.weakened)
        case_id = visit.premises.bank.admissions.dossiers.find(knock.given[0]).case_id
    except Problem as problem:
        return _start(visit, problem, case_id=knock.given[0])
    return _with_cookie(see(CASE), _opened(visit, case_id))


def leave(visit: Visit) -> Response:
    entered(visit, "act")
    visit.premises.applicants.end(visit.request.cookies.get(COOKIE))
    response = see("/apply")
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return response


def show_case(visit: Visit) -> Response:
    """``fill`` lets the sandbox fill in the form, where there are aids."""
    try:
        session = entered(visit, "look")
    except Problem as problem:
        visit.refusal = problem
        return see("/apply")
    return _case_page(visit, session)


def show_challenge(visit: Visit) -> Response:
    """Nonce and sealed challenge of the keys handed in, as JSON. RESOURCE_NOT_FOUND before."""
    keys = _case(visit, entered(visit, "look")).keys
    if keys is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return _plain(msgspec.json.encode({"nonce": keys.nonce, "sealed": keys.sealed}))


def show_agreement(visit: Visit) -> Response:
    """The bytes that both sides sign. RESOURCE_NOT_FOUND before there is an agreement."""
    text = _case(visit, entered(visit, "look")).agreement
    if text is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return _plain(text)


def show_certificate(visit: Visit) -> Response:
    """The application's TLS client certificate. RESOURCE_NOT_FOUND where there is none (yet)."""
    case = _case(visit, entered(visit, "look"))
    pem = visit.premises.bank.certificates.pem_of(case.app_id) if case.app_id else None
    if pem is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return _file(pem.encode(), f"{case.app_id}.pem")


def show_client_authority(visit: Visit) -> Response:
    """The certificate of the authority that signs such certificates, and the list of revoked ones."""
    entered(visit, "look")
    return _file(visit.premises.bank.certificates.authority_pem, "client-ca.pem")


def take_step(visit: Visit, step: str) -> Response:
    """One form of the case's page. RESOURCE_NOT_FOUND for a step that there is not."""
    visit.here = CASE
    act = _ACTS.get(step)
    if act is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    session = entered(visit, "act")
    try:
        with visit.premises.bank.store.write() as db:
            act(visit, session, db)
    except Problem as problem:
        visit.refusal = problem
        return _case_page(visit, session, problem)
    return see(CASE)


def collect(visit: Visit) -> Response:
    """App_ID and App_Secret, on the page that answers: shown this once, and nowhere again."""
    visit.here = CASE
    session, bank = entered(visit, "act"), visit.premises.bank
    try:
        with bank.store.write() as db:
            credentials = bank.admissions.issue(db, session.case_id)
    except Problem as problem:
        visit.refusal = problem
        return _case_page(visit, session, problem)
    suite = _form_of(_case(visit, session)).suite
    document = applicant_aids.credentials_document(bank, credentials, suite, session)
    return page(
        visit,
        "apply_issued",
        credentials=credentials,
        document=document,
        gateway=bank.config.gateway_url,
    )


# What each step brings, and what it does


def _apply(visit: Visit, session: ApplicantSession, db: Transaction) -> None:
    visit.premises.bank.admissions.apply(db, session.case_id, applicant_forms.questionnaire_of(visit.request.form))


def _submit(visit: Visit, session: ApplicantSession, db: Transaction) -> None:
    visit.premises.bank.admissions.submit(db, session.case_id, applicant_forms.papers_of(visit.request.form))


def _offer_keys(visit: Visit, session: ApplicantSession, db: Transaction) -> None:
    try:
        jwks = strict_json.parse_object(visit.form("jwks").encode())
    except Problem as problem:
        raise problems.KEY_INVALID.problem(f"jwks: {problem.detail or problem.kind.title}") from problem
    visit.premises.bank.admissions.offer_keys(db, session.case_id, jwks, visit.form("certificate_request_pem") or None)
    session.signing = session.opening = None


def _make_keys(visit: Visit, session: ApplicantSession, db: Transaction) -> None:
    applicant_aids.make_keys(visit.premises.bank, session, db)


def _prove(visit: Visit, session: ApplicantSession, db: Transaction) -> None:
    visit.premises.bank.admissions.prove_keys(db, session.case_id, visit.form("statement"))


def _sign(visit: Visit, session: ApplicantSession, db: Transaction) -> None:
    visit.premises.bank.admissions.sign(db, session.case_id, visit.form("statement"))


def _sign_here(visit: Visit, session: ApplicantSession, db: Transaction) -> None:
    applicant_aids.sign(visit.premises.bank, session, db)


def _withdraw(visit: Visit, session: ApplicantSession, db: Transaction) -> None:
    visit.premises.bank.admissions.withdraw(db, session.case_id)


_ACTS: Mapping[str, Callable[[Visit, ApplicantSession, Transaction], None]] = {
    "questionnaire": _apply,
    "papers": _submit,
    "keys": _offer_keys,
    "make-keys": _make_keys,
    "proof": _prove,
    "sign": _sign,
    "sign-here": _sign_here,
    "withdraw": _withdraw,
}


def _start(visit: Visit, problem: Problem | None = None, **typed: str) -> Response:
    visit.refusal = problem
    return page(
        visit,
        "apply",
        problem.kind.status if problem else 200,
        problem=problem,
        typed=typed,
        companies=REGISTER.values(),
    )


def _case_page(visit: Visit, session: ApplicantSession, problem: Problem | None = None) -> Response:
    bank, case = visit.premises.bank, _case(visit, session)
    filled = bank.config.aids and "fill" in visit.request.args
    typed = visit.request.form if problem else applicant_aids.filling(case, bank.clock.now_ms()) if filled else {}
    return page(
        visit,
        "apply_case",
        problem.kind.status if problem else 200,
        problem=problem,
        case=case,
        path=stages.PATH,
        bank_acts=_BANK_ACTS,
        console_url=bank.config.console_url,
        typed=typed,
        measured=applicant_forms.several(typed, "measure"),
        wanted=applicant_forms.several(typed, "api"),
        catalogue=list(bank.catalogue),
        dimensions=questionnaire.DIMENSIONS,
        certificate_pem=bank.certificates.pem_of(case.app_id) if case.app_id else None,
        holds_keys=session.signing is not None,
        agreed=agreement.read_agreement(case.agreement) if case.agreement else None,
        agreement_sm3=agreement.sm3_of(case.agreement) if case.agreement else None,
        steps=stages.history(bank.store, session.case_id),
        applicant_csrf=form_token(visit.request.cookies.get(COOKIE)),
        test_customers_max=bank.config.policy.test_customers_max,
    )


def _case(visit: Visit, session: ApplicantSession) -> Dossier:
    return visit.premises.bank.admissions.dossiers.find(session.case_id)


def _form_of(case: Dossier) -> questionnaire.Questionnaire:
    if case.form is None:
        raise problems.ASSESSMENT_INCOMPLETE.problem()
    return case.form


def _plain(content: bytes) -> Response:
    return Response(content, content_type="text/plain; charset=utf-8")


def _file(content: bytes, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="application/x-pem-file", headers=headers)


def _opened(visit: Visit, case_id: str) -> str:
    return visit.premises.applicants.open(lambda now_s: ApplicantSession(case_id, now_s, now_s))


def _with_cookie(response: Response, secret: str) -> Response:
    response.set_cookie(COOKIE, secret, path="/", secure=True, httponly=True, samesite="Lax")
    return response
