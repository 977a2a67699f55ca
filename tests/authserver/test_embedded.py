"""A user confirms a payment on the bank's keypad in an application's page, which relays it and opens nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from bank_sim.identity import STEPS
from scenarios.frame import Frame
from tests.bank_in_process import PEOPLE
from tests.branch import Branch, Reply
from tests.browser import Browser
from tests.client import Client
from tests.embedded import Form

PASSWORD = PEOPLE[0].password


@pytest.fixture
def form(branch: Branch, client: Client) -> Form:
    return Form(branch, client)


def codes_of(replies: list[Reply]) -> list[str]:
    return [reply.json["code"] for reply in replies]


@pytest.mark.clause("9.3.3-2.2.1", "9.3.3-2.2.2", "7.2.1-b-2.1", "7.2.1-b-2.2", "10.2.2-2.2")
def test_a_payment_is_confirmed_in_two_steps_and_its_code_is_redeemed(
    branch: Branch, client: Client, form: Form
) -> None:
    assert "100.00" in form.frame().words
    assert "**光" in form.frame().words
    assert form.type(PASSWORD).json == {"next": "otp"}
    assert "100.00" in branch.messages()[-1].text
    assert "**光" in branch.messages()[-1].text
    done = form.type(branch.code()).json
    assert (done["next"], done["state"], done["iss"]) == ("done", "a state", "https://localhost:8440")
    assert client.redeem(done["code"]).json["scope"] == "transfers.execute transfers.get"
    consent = branch.bank.consents.of_customer(branch.customer_id(0))[0]
    assert consent.factors == ("password", "sms_code")
    payee = next(each for each in branch.accounts if each.person_index == 1)
    consent.require_confirmed(form.transfer_id, payee.account_id, 10_000)


def test_a_form_has_the_steps_of_a_payment_and_leaves_none_out() -> None:
    assert [each.name for each in STEPS.path("embedded")] == [each.name for each in STEPS.path("payment")]


@pytest.mark.clause("10.2.2-2.2")
def test_only_the_applications_own_origin_may_frame_the_form(form: Form) -> None:
    page = form.page()
    policy = dict(each.split(" ", 1) for each in page.header("content-security-policy").split("; "))
    assert policy["frame-ancestors"] == "https://wallet.localhost:8442"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["form-action"] == "'self'"
    assert page.header("x-frame-options") == ""
    assert page.header("referrer-policy") == "no-referrer"
    assert page.header("set-cookie") == ""
    assert form.frame().parent == "https://wallet.localhost:8442"


def test_a_frames_address_cannot_be_made_from_what_others_know(branch: Branch, form: Form) -> None:
    query = urlsplit(form.opened.json["frame_url"]).query
    visit_id, _, mac = query.removeprefix("frame=").partition(".")
    assert form.secret not in query
    for forged in (
        "",
        f"{visit_id}.",
        f"{visit_id}.{mac[::-1]}",
        f"{visit_id[::-1]}.{mac}",
        f"{form.secret}.{mac}",
        "…",
    ):
        refused = Browser(branch).get(f"/embedded?frame={forged}")
        assert (refused.status, refused.form_code) == (401, "SESSION_EXPIRED")
        assert "frame-ancestors 'none'" in refused.header("content-security-policy")
        assert "100.00" not in refused.text


@pytest.mark.clause("7.2.2-3.1.1", "7.3.2-1")
def test_a_sealed_password_is_relayed_once(form: Form) -> None:
    sealed = form.frame().sealed("00000000")
    assert codes_of([form.relay(sealed), form.relay(sealed)]) == ["LOGIN_FAILED", "KEYPAD_INVALID"]


@pytest.mark.clause("9.3.3-2.2.1", "10.2.2-2.2")
def test_what_was_sealed_for_one_payment_confirms_no_other(branch: Branch, client: Client, form: Form) -> None:
    other = Form(branch, client, amount_fen=990_000)
    assert codes_of([other.relay(form.frame().sealed(PASSWORD))]) == ["KEYPAD_INVALID"]
    assert branch.messages() == []


def test_what_was_sealed_as_password_is_no_code_and_the_other_way_round(branch: Branch, form: Form) -> None:
    early = form.frame()
    form.type(PASSWORD)
    assert codes_of([form.relay(early.sealed(branch.code()))]) == ["KEYPAD_INVALID"]
    assert form.type(branch.code()).json["next"] == "done"


def test_a_login_pages_keypad_serves_no_payment(branch: Branch, client: Client, form: Form) -> None:
    browser = Browser(branch)
    browser.open(client.location({"type": "payment", "validity": "once", "transfer_id": form.transfer_id}))
    entry = Frame.read(browser.page.text).sealed(PASSWORD)
    assert codes_of([form.relay(entry)]) == ["KEYPAD_INVALID"]


@pytest.mark.clause("7.2.1-b-2.1", "9.3.1-2")
def test_somebody_elses_password_confirms_nothing(branch: Branch, client: Client, form: Form) -> None:
    assert codes_of([form.type(PEOPLE[1].password)]) == ["LOGIN_FAILED"]
    assert branch.messages() == []


@pytest.mark.clause("7.3.2-1", "9.2.1-b-4.2")
def test_an_application_cannot_use_up_its_customers_tries(branch: Branch, client: Client, form: Form) -> None:
    tried = codes_of([form.type(f"0000000{guess}") for guess in range(6)])
    assert tried == ["LOGIN_FAILED"] * 3 + ["LOGIN_LOCKED"] * 3
    assert codes_of([Form(branch, client).type(PASSWORD)]) == ["LOGIN_LOCKED"]
    browser = Browser(branch)
    browser.get("/login")
    browser.submit("/login", login_name=PEOPLE[0].login_name, password=PASSWORD)
    assert browser.page.status == 303


def test_without_that_row_the_customer_is_locked_out(branch: Branch, client: Client, form: Form) -> None:
    branch.switches.weaken(["relay_attempts"])
    assert codes_of([form.type(f"0000000{guess}") for guess in range(6)])[-1] == "LOGIN_LOCKED"
    assert "锁定" in branch.messages()[-1].text
    browser = Browser(branch)
    browser.get("/login")
    browser.submit("/login", login_name=PEOPLE[0].login_name, password=PASSWORD)
    assert browser.page.form_code == "LOGIN_LOCKED"


def test_a_right_password_does_not_wipe_an_applications_wrong_ones(branch: Branch, client: Client) -> None:
    """Else whoever has a paying customer could guess between the payments."""
    for guess in range(2):
        Form(branch, client).type(f"0000000{guess}")
    branch.clock.advance(61)
    assert Form(branch, client).type(PASSWORD).json["next"] == "otp"
    assert codes_of([Form(branch, client).type("00000009"), Form(branch, client).type(PASSWORD)]) == [
        "LOGIN_FAILED",
        "LOGIN_LOCKED",
    ]


def test_another_application_learns_nothing_of_a_form(branch: Branch, form: Form) -> None:
    stranger = Client(branch, name="another")
    sealed = form.frame().sealed(PASSWORD)
    refused = stranger.post("embedded/proof", {"embedded_session": form.secret, "sealed": sealed}, signed=True)
    unknown = stranger.post("embedded/proof", {"embedded_session": "no such", "sealed": sealed}, signed=True)
    assert refused.status == unknown.status == 400
    assert refused.json | {"trace_id": ""} == unknown.json | {"trace_id": ""}
    assert form.relay(sealed).json["next"] == "otp"


@pytest.mark.clause("9.2.2-2")
def test_what_confirms_a_payment_must_be_signed(client: Client, form: Form) -> None:
    bare = {"embedded_session": form.secret, "sealed": form.frame().sealed(PASSWORD)}
    assert codes_of([client.post("embedded/proof", bare)]) == ["SIGNATURE_REQUIRED"]
    pushed = client.ask({"type": "payment", "validity": "once", "transfer_id": form.transfer_id})
    assert codes_of([client.post("embedded", {"request_uri": pushed.json["request_uri"]})]) == ["SIGNATURE_REQUIRED"]


def test_a_form_opens_a_request_once_and_instead_of_the_banks_pages(branch: Branch, client: Client, form: Form) -> None:
    again = client.post("embedded", {"request_uri": form.pushed.json["request_uri"]}, signed=True)
    assert again.json["code"] == "invalid_request"
    asked = f"client_id={client.app_id}&request_uri={form.pushed.json['request_uri']}"
    assert Browser(branch).get(f"/authorize?{asked}").form_code == "invalid_request"


def test_only_a_single_transfer_is_confirmed_in_a_frame(client: Client) -> None:
    for pushed in (client.ask(), client.ask(client.accounts())):
        opened = client.post("embedded", {"request_uri": pushed.json["request_uri"]}, signed=True)
        assert opened.json["code"] == "invalid_request"


def test_the_applications_secret_opens_no_page_of_the_bank(branch: Branch, form: Form) -> None:
    form.type(PASSWORD)
    for door, path in (("__Host-authorize", "/authorize/step"), ("__Host-ebank", "/consents")):
        browser = Browser(branch)
        browser.cookies[door] = form.secret
        refused = browser.get(path)
        assert (refused.status, refused.form_code) == (401, "SESSION_EXPIRED")


def test_a_browsers_secret_opens_no_form(branch: Branch, client: Client, form: Form) -> None:
    browser = Browser(branch)
    browser.open(client.location({"type": "payment", "validity": "once", "transfer_id": form.transfer_id}))
    stolen = form.relay(form.frame().sealed(PASSWORD), embedded_session=browser.cookies["__Host-authorize"])
    assert stolen.json["code"] == "SESSION_EXPIRED"


@pytest.mark.clause("10.2.2-3.1")
def test_a_notice_that_was_not_ticked_costs_no_try(branch: Branch, form: Form) -> None:
    assert codes_of([form.type(PASSWORD, read_notice="") for _ in range(4)]) == ["NOTICE_REQUIRED"] * 4
    assert form.type(PASSWORD).json["next"] == "otp"


def test_a_right_code_without_the_tick_asks_for_the_tick_only(branch: Branch, form: Form) -> None:
    form.type(PASSWORD)
    assert codes_of([form.type(branch.code(), agree="")]) == ["CONSENT_REQUIRED"]
    assert "Your code was right" in form.frame().words
    assert form.type("").json["next"] == "done"


@pytest.mark.clause("7.2.1-b-2.2")
def test_a_code_has_five_tries_and_one_purpose(branch: Branch, client: Client, form: Form) -> None:
    form.type(PASSWORD)
    code = branch.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert codes_of([form.type(wrong) for _ in range(5)]) == ["OTP_INVALID"] * 4 + ["OTP_LOCKED"]
    assert codes_of([form.type(code)]) == ["OTP_LOCKED"]


def test_a_new_code_can_be_asked_for_after_a_minute(branch: Branch, form: Form) -> None:
    form.type(PASSWORD)
    early = form.relay(None, send_again="true")
    assert (early.status, early.json["code"], early.header("retry-after")) == (429, "OTP_TOO_FREQUENT", "60")
    branch.clock.advance(61)
    assert form.relay(None, send_again="true", ui_locales="en-GB").json == {"next": "otp"}
    assert branch.messages()[-1].text.startswith("Code ")
    assert form.type(branch.code()).json["next"] == "done"


def test_no_code_is_sent_before_the_password(branch: Branch, form: Form) -> None:
    assert codes_of([form.relay(None, send_again="true")]) == ["SESSION_REQUIRED"]
    assert branch.messages() == []


def test_a_form_ends_with_its_transfer_and_with_its_confirmation(branch: Branch, client: Client, form: Form) -> None:
    assert form.confirmed().json["next"] == "done"
    assert codes_of([form.relay("x")]) == ["SESSION_EXPIRED"]
    late = Form(branch, client)
    frame = late.frame()
    branch.clock.advance(599)
    assert late.page().status == 200
    branch.clock.advance(301)
    assert late.page().status in (403, 409)
    assert codes_of([late.relay(frame.sealed(PASSWORD))])[0] in ("CONSENT_EXPIRED", "TRANSFER_EXPIRED")


def test_the_frame_speaks_the_language_that_the_application_asked_for(client: Client, form: Form) -> None:
    pushed = client.ask({"type": "payment", "validity": "once", "transfer_id": form.transfer_id})
    asked = {"request_uri": pushed.json["request_uri"], "ui_locales": "zh-CN"}
    form.opened = client.post("embedded", asked, signed=True)
    assert '<html lang="zh-CN">' in form.page("en").text
    assert "验证码" in (form.type(PASSWORD), form.branch.messages()[-1].text)[1]


@pytest.mark.clause("7.3.3-1.2")
def test_every_relay_leaves_a_record_that_names_application_payer_and_refusal(branch: Branch, form: Form) -> None:
    form.type("00000000")
    record = branch.last_record()
    assert (record["api_id"], record["code"], record["app_id"]) == (
        "oauth.embedded.proof", "LOGIN_FAILED", form.client.app_id,
    )  # fmt: skip
    assert record["customer_ref"] == branch.customer_id(0)
    form.page()
    record = branch.last_record()
    assert (record["api_id"], record["path"]) == ("oauth.embedded.frame", "/embedded")


def test_a_weakened_bank_confirms_without_a_code(branch: Branch, form: Form) -> None:
    branch.switches.weaken(["second_factor"])
    assert form.type(PASSWORD).json == {"next": "otp"}
    assert form.type("").json["next"] == "done"
    assert branch.bank.consents.of_customer(branch.customer_id(0))[0].confirmed_sm3 is None


def test_without_its_row_a_password_sealed_for_another_payment_is_taken(
    branch: Branch, client: Client, form: Form
) -> None:
    branch.switches.weaken(["keypad_session"])
    other = Form(branch, client, amount_fen=990_000)
    assert other.relay(form.frame().sealed(PASSWORD)).json["next"] == "otp"
