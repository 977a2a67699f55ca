"""Becoming an application party on the portal: who gets to a case, what its page asks for, what is shown once."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from bank_sim.admission.questionnaire import GRADE_MAX
from bank_sim.admission.registers import REGISTER
from bank_sim.admission.words import WORDS
from bank_sim.policy import Policy
from bank_sim.portal import applicant_door
from bank_sim.portal.applicant_door import ABSOLUTE_S, DEFENCES, ENQUIRIES_MAX, IDLE_S
from bank_sim.portal.handbook import FOLDER
from bank_sim.sdk.admission import prove_possession, sign_agreement
from bank_sim.sdk.protocol.keypairs import generate
from tests.certificates import of_another_key, request_pem
from tests.portal.developer import Developer, fields_of
from tests.portal.office import Office

COMPANY = next(each for each in REGISTER.values() if each.listed is None)


@pytest.fixture
def developer(office: Office) -> Developer:
    office.with_config(aids=True)
    return Developer(office)


def enquire(developer: Developer) -> tuple[str, str]:
    """Case number and access code, as the page shows them."""
    developer.get("/apply")
    developer.submit("/apply", company=COMPANY.name, purpose="bookkeeping for shops")
    found = re.findall(r"<dd><code>([^<]+)</code>", developer.page.text)
    return found[0], found[1]


def enter(developer: Developer, case_id: str, code: str) -> None:
    developer.get("/apply")
    developer.submit("/apply/enter", case_id=case_id, code=code)


def inside(developer: Developer) -> bool:
    return developer.get("/apply/case").status == 200


def filled(developer: Developer, action: str) -> None:
    """Let the sandbox fill in the form of the next step, and hand it in."""
    page = developer.get("/apply/case?fill=1").text
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    areas = re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form)
    developer.post(action, [*fields_of(form), *((name, html.unescape(text)) for name, text in areas)])
    assert developer.page.status == 303, developer.page.form_code


@pytest.mark.clause("9.1.1-0", "9.1.2-0", "9.1.2-1", "9.2.1-a-1.1")
def test_a_company_becomes_an_application_party_by_clicking_through(office: Office, developer: Developer) -> None:
    case_id, _ = enquire(developer)
    filled(developer, "/apply/case/questionnaire")
    filled(developer, "/apply/case/papers")
    admissions = office.bank.admissions
    with office.bank.store.write() as db:
        admissions.verify(db, case_id, "chen", "looked at")
        admissions.assess(db, case_id, "chen", "sound")
        admissions.approve(db, case_id, "lin", "agreed")
        admissions.draw_up(db, case_id, "chen", "as asked")
    developer.get("/apply/case")
    developer.submit("/apply/case/make-keys")
    developer.follow()
    developer.submit("/apply/case/sign-here")
    with office.bank.store.write() as db:
        admissions.countersign(db, case_id, "lin", "checked")
    developer.follow()
    shown = developer.submit("/apply/case/credentials")
    assert shown.header("cache-control") == "no-store"
    app_id = office.bank.admissions.dossiers.find(case_id).app_id
    secret = re.search(r"App_Secret</dt><dd><code>([^<]+)</code>", shown.text)
    assert secret is not None
    assert secret[1] not in developer.get("/apply/case").text
    developer.get("/sign-in")
    developer.submit("/sign-in", app_id=str(app_id), app_secret=secret[1])
    assert "in the test environment" in developer.follow().text


@pytest.mark.clause("9.2.1-a-1.1", "9.2.1-a-1.2")
def test_a_certificate_is_asked_for_with_the_keys_and_stands_on_the_cases_page(
    office: Office, developer: Developer
) -> None:
    case_id, _ = enquire(developer)
    filled(developer, "/apply/case/questionnaire")
    filled(developer, "/apply/case/papers")
    admissions, signing, opening = office.bank.admissions, generate("gm", "sig"), generate("gm", "enc")
    with office.bank.store.write() as db:
        admissions.verify(db, case_id, "chen", "looked at")
        admissions.assess(db, case_id, "chen", "sound")
        admissions.approve(db, case_id, "lin", "agreed")
        admissions.draw_up(db, case_id, "chen", "as asked")
    jwks = json.dumps({"keys": [signing.public.jwk(), opening.public.jwk()]})
    developer.get("/apply/case")
    refused = developer.submit("/apply/case/keys", jwks=jwks, certificate_request_pem=of_another_key(request_pem()))
    assert (refused.status, refused.form_code) == (422, "KEY_NOT_PROVEN")
    developer.submit("/apply/case/keys", jwks=jwks, certificate_request_pem=request_pem())
    assert developer.get("/apply/case/certificate.pem").status == 404
    with office.bank.store.write() as db:
        keys = admissions.dossiers.find(case_id).keys
        admissions.prove_keys(db, case_id, prove_possession(signing, opening, case_id, keys.nonce, keys.sealed))
        text = admissions.dossiers.find(case_id).agreement
        admissions.sign(db, case_id, sign_agreement(signing, case_id, text))
        admissions.countersign(db, case_id, "lin", "checked")
    developer.get("/apply/case")
    developer.submit("/apply/case/credentials")
    certificate = developer.get("/apply/case/certificate.pem").text
    assert certificate.startswith("-----BEGIN CERTIFICATE-----")
    assert certificate.strip() in html.unescape(developer.get("/apply/case").text)
    assert developer.get("/apply/case/client-ca.pem").text.startswith("-----BEGIN CERTIFICATE-----")
    assert office.bank.store.read("SELECT count(*) FROM issued_certificates") == [(1,)]


@pytest.mark.clause("9.1.1-1", "7.3.3-1.2")
def test_a_refused_step_shows_what_was_typed_and_leaves_an_access_record(office: Office, developer: Developer) -> None:
    enquire(developer)
    developer.get("/apply/case")
    developer.submit("/apply/case/questionnaire", app_name="Half a form")
    assert (developer.page.status, developer.page.form_code) == (422, "ASSESSMENT_INCOMPLETE")
    assert 'value="Half a form"' in developer.page.text
    last = list(office.bank.store.db.query("SELECT api_id, code FROM access_log ORDER BY serial DESC LIMIT 1"))
    assert last == [{"api_id": "portal.apply.step", "code": "ASSESSMENT_INCOMPLETE"}]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_missing_or_wrong_is_named_as_the_form_names_it_and_linked(
    office: Office, developer: Developer, language: str
) -> None:
    enquire(developer)
    developer.get(f"/language?lang={language}&to=/apply/case")
    developer.get("/apply/case")
    alert = developer.submit("/apply/case/questionnaire", app_name="Half a form").text.partition('role="alert"')[2]
    linked = dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', alert.partition("</div>")[0]))
    assert linked["described.market"] == WORDS[language]["dimensions"]["market"]
    assert all(f'id="{anchor}"' in developer.page.text for anchor in linked)
    filled(developer, "/apply/case/questionnaire")
    developer.get("/apply/case")
    alert = developer.submit("/apply/case/papers", **{"developer.number": "1"}).text.partition('role="alert"')[2]
    assert f'<a href="#developer">{WORDS[language]["paper_kinds"]["developer"]}</a>' in html.unescape(
        alert.partition("</div>")[0]
    )


def test_withdrawing_says_first_what_it_means(office: Office, developer: Developer) -> None:
    case_id, _ = enquire(developer)
    page = developer.get("/apply/case").text
    means = page.partition("<details")[2].partition("</details>")[0]
    assert "for good" in means.partition('action="/apply/case/withdraw"')[0]
    developer.submit("/apply/case/withdraw")
    assert office.bank.admissions.dossiers.find(case_id).stage == "withdrawn"


@pytest.mark.clause("9.1.1-0")
def test_credentials_are_not_for_asking_before_the_approval(office: Office, developer: Developer) -> None:
    enquire(developer)
    token = re.findall(r'name="csrf" value="([0-9a-f]{64})"', developer.get("/apply/case").text)[0]
    assert developer.post("/apply/case/credentials", {"csrf": token}).form_code == "NOT_APPROVED"
    assert office.bank.store.read("SELECT count(*) FROM applications") == [(0,)]


@pytest.mark.parametrize("page", ["/apply/case/challenge.txt", "/apply/case/agreement.txt"])
def test_what_is_not_there_yet_is_not_found(developer: Developer, page: str) -> None:
    enquire(developer)
    assert developer.get(page).status == 404
    assert developer.post("/apply/case/nothing", {}).status == 404


def test_case_number_and_code_lead_back_and_nothing_else_does(office: Office, developer: Developer) -> None:
    case_id, code = enquire(developer)
    stranger = Developer(office)
    for given in ((case_id, "a guess"), ("case_nobody", code), ("", "")):
        enter(stranger, *given)
        assert stranger.page.form_code == "ADMISSION_CODE_WRONG"
        assert not inside(stranger)
    enter(stranger, case_id, code)
    assert inside(stranger)
    stranger.submit("/apply/leave")
    assert not inside(stranger)


def test_sessions_end_when_idle_and_in_any_case(office: Office, developer: Developer) -> None:
    case_id, code = enquire(developer)
    assert inside(developer)
    office.ticks += IDLE_S + 1
    assert not inside(developer)
    enter(developer, case_id, code)
    for _ in range(ABSOLUTE_S // IDLE_S):
        office.ticks += IDLE_S
        inside(developer)
    office.ticks += 1
    assert not inside(developer)


@pytest.mark.clause("9.2.1-b-4.2")
def test_guessing_codes_is_counted_and_goes_on_where_it_is_not(office: Office, developer: Developer) -> None:
    case_id, code = enquire(developer)
    stranger = Developer(office)
    for _ in range(office.config.policy.admission_tries):
        enter(stranger, case_id, "a guess")
    enter(stranger, case_id, code)
    assert stranger.page.form_code == "LOGIN_LOCKED"
    office.switches.weaken(["applicant_tries"])
    enter(stranger, case_id, code)
    assert inside(stranger)


@pytest.mark.clause("9.2.1-b-4.2")
def test_guessing_at_ever_other_cases_is_slowed_down_and_leaves_nothing_behind(
    office: Office, developer: Developer
) -> None:
    policy = office.config.policy
    for number in range(policy.login_source_tries):
        enter(developer, f"case_{number}", "a guess")
    assert developer.page.form_code == "ADMISSION_CODE_WRONG"
    enter(developer, "case_another", "a guess")
    assert developer.page.form_code == "LOGIN_LOCKED"
    office.clock.advance(policy.login_lock_s)
    enter(developer, "case_another", "a guess")
    assert developer.page.form_code == "ADMISSION_CODE_WRONG"
    assert office.bank.store.read("SELECT count(*) FROM attempts") == [(2,)]


def test_without_the_row_that_compares_codes_any_code_opens(office: Office, developer: Developer) -> None:
    case_id, _ = enquire(developer)
    stranger = Developer(office)
    office.switches.weaken(["applicant_code"])
    enter(stranger, case_id, "a guess")
    assert inside(stranger)


def test_a_script_that_enquires_is_slowed_down_and_goes_on_where_it_is_not(
    office: Office, developer: Developer
) -> None:
    for _ in range(ENQUIRIES_MAX):
        assert enquire(Developer(office))
    flood = Developer(office)
    flood.get("/apply")
    assert flood.submit("/apply", company="one", purpose="too many").form_code == "RATE_LIMITED"
    office.switches.weaken(["applicant_enquiries"])
    assert enquire(flood)


@pytest.mark.parametrize(
    ("row", "site", "token"),
    [("applicant_form_origin", "cross-site", True), ("applicant_form_token", "same-origin", False)],
)
def test_a_form_of_another_site_or_session_is_refused(
    office: Office, developer: Developer, row: str, site: str, token: bool
) -> None:
    case_id, _ = enquire(developer)
    found = re.findall(r'name="csrf" value="([0-9a-f]{64})"', developer.get("/apply/case").text)[0]
    developer.site = site
    fields = {"csrf": found if token else "0" * 64}
    assert developer.post("/apply/case/withdraw", fields).form_code == "FORM_FORGED"
    assert office.bank.admissions.dossiers.find(case_id).stage == "enquired"
    office.switches.weaken([row])
    developer.post("/apply/case/withdraw", fields)
    assert office.bank.admissions.dossiers.find(case_id).stage == "withdrawn"


def test_every_row_of_this_door_has_its_attack_here() -> None:
    text = Path(__file__).read_text()
    assert {each for each in DEFENCES if f'"{each}"' not in text} == set()
    assert len(applicant_door.APPLICANTS.rows) == len(DEFENCES) + 1


def test_only_a_sandbox_with_aids_fills_in_and_makes_keys(office: Office) -> None:
    office.with_config(aids=False)
    plain = Developer(office)
    enquire(plain)
    assert COMPANY.legal_person not in plain.get("/apply/case?fill=1").text
    token = re.findall(r'name="csrf" value="([0-9a-f]{64})"', plain.page.text)[0]
    assert plain.post("/apply/case/make-keys", {"csrf": token}).form_code == "RESOURCE_NOT_FOUND"


def test_the_handbook_tells_the_numbers_that_are_in_force() -> None:
    """The key indicator's minimum and the number of test customers, in both languages."""
    policy = Policy()
    english, chinese = ((FOLDER / each / "admission.md").read_text() for each in ("en", "zh"))
    assert f"below {policy.admission_key_score_min} of {GRADE_MAX}" in english
    assert f"低于 {policy.admission_key_score_min} 分（满分 {GRADE_MAX} 分）" in chinese
    counts = {3: ("three customers at most", "授权客户最多三人")}[policy.test_customers_max]
    assert counts[0] in english
    assert counts[1] in chinese
