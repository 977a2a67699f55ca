"""A user links accounts to an application, and everything that must not work on the way."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from bank_sim.registry.blacklist import BlacklistEntry
from tests.bank_in_process import suspend
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client

CALLBACK = "https://wallet.localhost:8442/callback"


def at_consent(branch: Branch, client: Client, person: int = 0) -> Browser:
    browser = Browser(branch)
    browser.open(client.location())
    browser.log_in(person)
    browser.submit("/authorize/factor", otp=branch.code())
    browser.follow()
    return browser


def state_of(branch: Branch) -> str:
    (consent_id,) = branch.bank.store.read("SELECT consent_id FROM consents")[0]
    state: str = branch.bank.consents.get(consent_id).state
    return state


@pytest.mark.clause("9.3.1-1.1", "9.3.2-1.2.1", "9.3.2-1.2.2")
def test_a_user_agrees_and_the_application_gets_a_code(branch: Branch, client: Client, browser: Browser) -> None:
    browser.open(client.location())
    assert "钱包 Wallet" in browser.page.text
    browser.log_in()
    assert "154****0001" in browser.page.text
    browser.submit("/authorize/factor", otp=branch.code())
    page = browser.follow().text
    for shown in ("钱包 Wallet", "2026-03-02", "Balances", "withdraw", "for a period"):
        assert shown in page
    browser.submit("/authorize/decision", boxes=("account", "agree"), decision="approve")
    answer = browser.answer()
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("a state", "https://localhost:8440")
    consent = branch.bank.consents.of_customer(branch.customer_id(0))[0]
    assert (consent.state, consent.factors) == ("authorised", ("password", "sms_code"))
    assert client.redeem(answer["code"]).status == 200


@pytest.mark.clause("9.3.2-1.2.1")
def test_nothing_is_ticked_for_the_user(branch: Branch, client: Client) -> None:
    browser = at_consent(branch, client)
    assert re.findall(r"<input[^>]*checked", browser.page.text) == []
    assert len(re.findall(r'name="account"', browser.page.text)) == 3


@pytest.mark.clause("9.3.2-1.2.1")
@pytest.mark.parametrize("boxes", [(), ("agree",), ("account",)])
def test_what_was_not_ticked_is_not_agreed_to(branch: Branch, client: Client, boxes: tuple[str, ...]) -> None:
    browser = at_consent(branch, client)
    refused = browser.submit("/authorize/decision", boxes=boxes, decision="approve")
    assert (refused.status, refused.form_code) == (403, "CONSENT_REQUIRED")
    assert "Choose at least one account" in refused.text
    assert state_of(branch) == "requested"
    assert browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve").status == 303


def test_only_the_ticked_accounts_are_under_the_consent(branch: Branch, client: Client) -> None:
    browser = at_consent(branch, client)
    first = re.findall(r'name="account" value="([^"]+)"', browser.page.text)[0]
    browser.submit("/authorize/decision", boxes=("agree",), account=first, decision="approve")
    consent_id = client.redeem(browser.answer()["code"]).json["authorization_details"][0]["consent_id"]
    assert list(branch.bank.consents.account_refs(consent_id)) == branch.account_ids(0)[:1]


@pytest.mark.clause("9.3.2-1.1.2")
def test_the_accounts_of_others_cannot_be_chosen(branch: Branch, client: Client) -> None:
    theirs = branch.account_ids(1)[0]
    browser = at_consent(branch, client)
    refused = browser.submit("/authorize/decision", boxes=("agree",), account=theirs, decision="approve")
    assert (refused.status, refused.form_code) == (404, "RESOURCE_NOT_AUTHORIZED")
    assert state_of(branch) == "requested"
    branch.switches.weaken(["own_accounts"])
    browser.get("/authorize/step")
    assert browser.submit("/authorize/decision", boxes=("agree",), account=theirs, decision="approve").status == 303


def test_no_account_number_or_id_leaves_the_bank(branch: Branch, client: Client) -> None:
    page = at_consent(branch, client).page.text
    for account in branch.accounts:
        assert account.account_number not in page
        assert account.account_id not in page


@pytest.mark.parametrize("stage", ["login", "factor", "consent"])
def test_the_user_may_decline_at_any_stage(branch: Branch, client: Client, browser: Browser, stage: str) -> None:
    browser.open(client.location())
    if stage != "login":
        browser.log_in()
    if stage == "consent":
        browser.submit("/authorize/factor", otp=branch.code())
        browser.follow()
    browser.submit("/authorize/decision", decision="deny")
    assert browser.answer() == {"error": "access_denied", "state": "a state", "iss": "https://localhost:8440"}
    assert state_of(branch) == "declined"
    assert browser.get("/authorize/step").status == 401
    assert branch.last_record()["code"] == "SESSION_REQUIRED"


# Steps skipped and taken out of order


FORMS = {
    "/authorize/login": {"login_name": "xiaoming", "password": "40917265"},
    "/authorize/notice": {"read_notice": "yes"},
    "/authorize/code": {},
    "/authorize/factor": {"otp": "000000"},
    "/authorize/decision": {"decision": "approve", "agree": "yes", "account": "any"},
}


def token_of(browser: Browser) -> dict[str, str]:
    return {"csrf": re.findall(r'name="csrf" value="([0-9a-f]{64})"', browser.page.text)[0]}


@pytest.mark.clause("7.2.1-b-2.2")
@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("/authorize/notice", "STEP_OUT_OF_ORDER"),
        ("/authorize/code", "SESSION_REQUIRED"),
        ("/authorize/factor", "SESSION_REQUIRED"),
        ("/authorize/decision", "SESSION_REQUIRED"),
    ],
)
def test_nothing_follows_before_the_password(
    branch: Branch, client: Client, browser: Browser, action: str, code: str
) -> None:
    browser.open(client.location())
    refused = browser.post(action, FORMS[action] | token_of(browser))
    assert refused.form_code == code
    assert branch.last_record()["code"] == code
    assert state_of(branch) == "requested"


@pytest.mark.clause("7.2.1-b-2.2")
def test_the_second_factor_cannot_be_skipped(branch: Branch, client: Client, browser: Browser) -> None:
    browser.open(client.location())
    browser.log_in()
    form = FORMS["/authorize/decision"] | token_of(browser)
    refused = browser.post("/authorize/decision", form)
    assert (refused.status, refused.form_code) == (401, "SECOND_FACTOR_REQUIRED")
    assert state_of(branch) == "requested"


@pytest.mark.clause("7.2.1-b-2.2")
def test_two_passwords_are_not_two_factors(branch: Branch, client: Client, browser: Browser) -> None:
    browser.open(client.location())
    browser.log_in()
    refused = browser.submit("/authorize/factor", otp="correct horse battery")
    assert (refused.status, refused.form_code) == (401, "OTP_INVALID")


def test_without_that_defence_a_password_alone_is_enough(branch: Branch, client: Client, browser: Browser) -> None:
    branch.switches.weaken(["second_factor"])
    browser.open(client.location())
    browser.log_in()
    assert branch.messages() == []
    browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    assert client.redeem(browser.answer()["code"]).status == 200
    assert branch.bank.consents.of_customer(branch.customer_id(0))[0].factors == ("password",)


def test_wrong_tries_show_the_page_again(branch: Branch, client: Client, browser: Browser) -> None:
    browser.open(client.location())
    refused = browser.submit("/authorize/login", login_name="xiaoming", password="wrong")
    assert (refused.status, refused.form_code) == (401, "LOGIN_FAILED")
    browser.log_in()
    refused = browser.submit("/authorize/factor", otp="abc")
    assert (refused.status, refused.form_code) == (401, "OTP_INVALID")
    assert "4 tries left" in refused.text
    refused = browser.submit("/authorize/code")
    assert (refused.status, refused.form_code) == (429, "OTP_TOO_FREQUENT")
    assert "60 seconds" in refused.text
    assert refused.header("retry-after") == "60"
    branch.clock.advance(60)
    browser.submit("/authorize/code")
    assert len(branch.messages()) == 2
    browser.submit("/authorize/factor", otp=branch.code()) if browser.page.status == 200 else browser.follow()


# Requests and sessions that do not belong together


@pytest.mark.clause("7.3.2-1")
def test_a_request_uri_opens_once(branch: Branch, client: Client, browser: Browser) -> None:
    location = client.location()
    browser.open(location)
    again = Browser(branch).get(location)
    assert (again.status, again.form_code) == (400, "invalid_request")
    assert browser.get("/authorize/step").status == 200


def test_a_link_scanners_look_does_not_use_the_request_up(branch: Branch, client: Client, browser: Browser) -> None:
    location = client.location()
    assert browser.head(location).status == 405
    assert browser.open(location).status == 200


def test_a_request_uri_expires(branch: Branch, client: Client, browser: Browser) -> None:
    location = client.location()
    branch.clock.advance(90)
    assert browser.get(location).status == 400


@pytest.mark.parametrize(
    "query",
    [
        "",
        "client_id={app_id}",
        "client_id={app_id}&response_type=code&redirect_uri=https%3A%2F%2Fevil.example",
        "client_id={app_id}&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Amade-up",
        "client_id={app_id}&request_uri={request_uri}&request_uri=x",
        "client_id=app_other&request_uri={request_uri}",
        "client_id={app_id}&request_uri={secret}",
    ],
)
def test_only_a_pushed_request_opens_anything(branch: Branch, client: Client, browser: Browser, query: str) -> None:
    request_uri = parse_qs(urlsplit(client.location()).query)["request_uri"][0]
    secret = request_uri.rpartition(":")[2]
    target = "/authorize?" + query.format(app_id=client.app_id, request_uri=request_uri, secret=secret)
    refused = browser.get(target)
    assert (refused.status, refused.form_code) == (400, "invalid_request")
    assert refused.header("location") == ""
    assert browser.cookies == {}


@pytest.mark.clause("9.3.1-3.1")
def test_a_session_planted_before_login_is_worth_nothing_after(
    branch: Branch, client: Client, browser: Browser
) -> None:
    browser.open(client.location())
    attacker = Browser(branch)
    attacker.cookies = dict(browser.cookies)
    browser.log_in()
    assert attacker.get("/authorize/step").form_code == "SESSION_EXPIRED"


@pytest.mark.clause("9.3.1-3.2")
def test_an_idle_authorization_ends(branch: Branch, client: Client, browser: Browser) -> None:
    browser.open(client.location())
    browser.log_in()
    branch.clock.advance(600)
    refused = browser.submit("/authorize/factor", otp=branch.code())
    assert (refused.status, refused.form_code) == (401, "SESSION_EXPIRED")


@pytest.mark.parametrize("action", sorted(FORMS))
@pytest.mark.parametrize("token", [{}, {"csrf": "0" * 64}])
def test_a_form_from_elsewhere_is_refused(
    branch: Branch, client: Client, browser: Browser, action: str, token: dict[str, str]
) -> None:
    browser.open(client.location())
    refused = browser.post(action, FORMS[action] | token)
    assert (refused.status, refused.form_code) == (403, "FORM_FORGED")
    assert state_of(branch) == "requested"


def test_the_form_of_another_tab_does_not_decide_this_request(branch: Branch, client: Client) -> None:
    """Two authorizations in one browser share the cookie; the older page's form is refused, not misread."""
    browser = at_consent(branch, client)
    older = browser.page
    browser.open(client.location(client.accounts(apis=["accounts.transactions"])))
    browser.page = older
    refused = browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    assert (refused.status, refused.form_code) == (403, "FORM_FORGED")


def test_agreeing_twice_gives_one_code(branch: Branch, client: Client) -> None:
    browser = at_consent(branch, client)
    page, cookies = browser.page, dict(browser.cookies)
    browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    assert "code" in browser.answer()
    browser.page, browser.cookies = page, cookies
    assert browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve").status == 401
    assert branch.bank.store.read("SELECT count(*) FROM codes") == [(1,)]


@pytest.mark.clause("9.2.1-a-2.2")
def test_an_application_suspended_meanwhile_gets_nothing(branch: Branch, client: Client) -> None:
    browser = at_consent(branch, client)
    suspend(branch.bank, client.app_id)
    refused = browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    assert (refused.status, refused.form_code) == (403, "APP_SUSPENDED")
    assert state_of(branch) == "requested"


@pytest.mark.clause("10.1.2-1.4")
def test_an_application_blacklisted_meanwhile_gets_nothing(branch: Branch, client: Client) -> None:
    browser = at_consent(branch, client)
    with branch.bank.store.write() as db:
        branch.bank.blacklist.add(db, BlacklistEntry("application", client.app_id, "a drill", "chen", 1, None))
    branch.bank.blacklist.announce()
    refused = browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    assert (refused.status, refused.form_code) == (403, "APP_BLACKLISTED")
    assert state_of(branch) == "requested"


def test_a_redirect_uri_keeps_its_own_query(branch: Branch) -> None:
    callback = f"{CALLBACK}?tenant=1"
    client = Client(branch, redirect_uris=[callback])
    browser = Browser(branch)
    browser.open(client.location(redirect_uri=callback, state=None))
    browser.submit("/authorize/decision", decision="deny")
    query = parse_qs(urlsplit(browser.page.header("location")).query)
    assert query == {"tenant": ["1"], "error": ["access_denied"], "iss": ["https://localhost:8440"]}


@pytest.mark.clause("7.3.3-1.2")
def test_every_step_leaves_a_record(branch: Branch, client: Client) -> None:
    client.linked()
    steps = [(each["api_id"], each["result"]) for each in branch.records()]
    assert steps == [
        ("oauth.par", "success"),
        ("oauth.authorize", "success"),
        ("oauth.authorize.step", "success"),
        ("oauth.authorize.login", "success"),
        ("oauth.authorize.step", "success"),
        ("oauth.authorize.factor", "success"),
        ("oauth.authorize.step", "success"),
        ("oauth.authorize.decision", "success"),
        ("oauth.token", "success"),
    ]
    decision = branch.records()[7]
    assert decision["app_id"] == client.app_id
    assert decision["customer_ref"] == branch.customer_id(0)
    assert decision["consent_id"].startswith("cns_")
