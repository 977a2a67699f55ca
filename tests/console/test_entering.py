"""The staff's door: who gets in, for how long, and what is written down about it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
import pytest

from bank_sim.console import create_app
from bank_sim.identity.attempts import Attempts
from tests.branch import Reply, deliver
from tests.console.conftest import AUDITOR, OPERATOR, House, Screen

ScreenOf = Callable[..., Screen]


def where(page: Reply) -> tuple[int, str]:
    return page.status, page.header("location")


def test_a_stranger_is_led_to_the_login_and_from_there_to_where_they_wanted(house: House) -> None:
    screen = Screen(house)
    assert where(screen.get("/alarms")) == (303, "/login?to=%2Falarms")
    screen.follow()
    action = "/login?to=%2Falarms"
    screen.submit(action, login_name=OPERATOR.login_name, password=OPERATOR.password)
    assert where(screen.page) == (303, "/alarms")
    assert screen.follow().status == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_the_login_leads_nowhere_else(house: House, target: str) -> None:
    screen = Screen(house)
    screen.get("/login")
    csrf = screen.page.text.split('name="csrf" value="')[1][:64]
    given = {"login_name": OPERATOR.login_name, "password": OPERATOR.password}
    assert where(screen.post(f"/login?to={target}", csrf=csrf, **given)) == (303, "/")


def test_a_wrong_password_and_an_unknown_name_read_the_same(house: House) -> None:
    screen = Screen(house)
    pages = []
    for name in (OPERATOR.login_name, "nobody"):
        screen.get("/login")
        pages.append(screen.submit("/login", login_name=name, password="wrong").text.split("</h1>")[1])
        assert screen.page.status == 401
    csrfs = [each.split('name="csrf" value="')[1][:64] for each in pages]
    assert pages[0].replace(csrfs[0], "") == pages[1].replace(csrfs[1], "")
    assert [each.entry.result for each in house.entries()] == ["LOGIN_FAILED", "LOGIN_FAILED"]


def test_a_login_rests_after_five_wrong_passwords_and_a_customer_of_that_name_does_not(house: House) -> None:
    screen = Screen(house)
    for _ in range(5):
        screen.get("/login")
        screen.submit("/login", login_name=OPERATOR.login_name, password="wrong")
    screen.get("/login")
    locked = screen.submit("/login", login_name=OPERATOR.login_name, password=OPERATOR.password)
    assert (locked.status, locked.form_code) == (429, "LOGIN_LOCKED")
    with house.bank.store.write() as db:
        assert Attempts(house.clock).rest_s(db, f"login:{OPERATOR.login_name}") == 0
    house.clock.advance(house.bank.config.policy.login_lock_s + 1)
    assert Screen(house).log_in(OPERATOR).page.status == 200


def test_the_session_changes_its_secret_at_login_and_the_old_one_is_worth_nothing(house: House) -> None:
    screen = Screen(house)
    screen.get("/login")
    planted = dict(screen.cookies)
    screen.submit("/login", login_name=OPERATOR.login_name, password=OPERATOR.password)
    screen.cookies, mine = planted, screen.cookies
    assert where(screen.get("/"))[0] == 303
    screen.cookies = mine
    assert screen.get("/").status == 200


@pytest.mark.clause("9.3.1-3.2")
def test_an_idle_session_ends_and_a_screen_that_refreshes_itself_keeps_nobody_awake(
    house: House, screen_of: ScreenOf
) -> None:
    screen = screen_of(OPERATOR)
    for _ in range(4):
        house.clock.advance(290)
        answered = screen.get("/live").status
    assert answered == 303
    assert where(screen.get("/"))[1] == "/login?ended=1"
    assert "ended" in screen.follow().text


def test_a_shift_ends_however_busy(house: House, screen_of: ScreenOf) -> None:
    screen = screen_of(OPERATOR)
    policy = house.bank.config.policy
    for _ in range(policy.staff_session_absolute_s // policy.staff_session_idle_s * 2):
        house.clock.advance(policy.staff_session_idle_s / 2)
        status = screen.get("/").status
    assert status == 303


def test_who_logs_out_is_out(screen_of: ScreenOf) -> None:
    screen = screen_of(OPERATOR)
    mine = dict(screen.cookies)
    screen.submit("/logout")
    assert where(screen.page) == (303, "/login")
    assert screen.cookies == {}
    screen.cookies = mine
    assert screen.get("/").status == 303


def test_a_forged_form_does_nothing(house: House, screen_of: ScreenOf) -> None:
    screen = screen_of(AUDITOR)
    assert screen.post("/act/verify_records/records", csrf="0" * 64).form_code == "FORM_FORGED"
    assert screen.post("/logout").form_code == "FORM_FORGED"
    assert screen.get("/").status == 200


def test_the_cookie_is_for_this_host_tls_and_no_script(house: House) -> None:
    cookie = Screen(house).get("/login").header("set-cookie")
    assert cookie.startswith("__Host-console=")
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict"):
        assert flag in cookie


def test_there_is_no_aid_where_there_are_none(house: House) -> None:
    screen = Screen(house)
    assert "aid" not in screen.get("/login").text
    assert screen.get("/aids/staff").status == 404


def test_the_staffs_aid_is_for_the_consoles_own_pages(house: House) -> None:
    config = msgspec.structs.replace(house.bank.config, aids=True)
    config.aids_file.write_bytes(msgspec.json.encode({"people": [], "staff": [{"login_name": "chen"}]}))
    object.__setattr__(house.bank, "config", config)
    pages = create_app(house.bank)
    own = ("host", urlsplit(config.console_url).netloc)
    for asked, status in (
        ([own], 200),
        ([own, ("sec-fetch-site", "same-origin")], 200),
        ([own, ("sec-fetch-site", "same-site")], 404),
        ([own, ("sec-fetch-site", "cross-site")], 404),
        ([("host", "evil.example:8446"), ("sec-fetch-site", "same-origin")], 421),
    ):
        answer = deliver(pages, "GET", "/aids/staff", asked)
        assert answer.status == status, asked
        assert ("chen" in answer.text) is (status == 200)
    config.aids_file.unlink()
