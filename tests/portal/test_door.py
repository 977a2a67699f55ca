"""Who gets in, and what a form must bear: each row of the portal's table, and the attack that succeeds without it."""

from __future__ import annotations

import pytest

from bank_sim.portal.checks import DEFENCES, PORTAL, REGISTRATIONS_MAX, SENDS_MAX
from bank_sim.portal.sessions import ABSOLUTE_S, IDLE_S, SESSIONS_OF_ONE_MAX
from bank_sim.registry.registration import Registration
from tests.portal.developer import Developer, fields_of
from tests.portal.office import Office


@pytest.fixture
def developer(office: Office) -> Developer:
    return Developer(office)


def registered(office: Office) -> tuple[str, str]:
    """App_ID and App_Secret of an application that somebody registered elsewhere."""
    credentials = office.bank.registry.register(Registration(name="shop", apis="public"))
    assert credentials.app_secret is not None
    return credentials.app_id, credentials.app_secret


def sign_in(developer: Developer, app_id: str, app_secret: str) -> None:
    developer.get("/sign-in")
    developer.submit("/sign-in", app_id=app_id, app_secret=app_secret)


def inside(developer: Developer) -> bool:
    return developer.get("/application").status == 200


@pytest.mark.clause("7.2.1-a-1", "9.2.1-a-2.2")
def test_app_id_and_app_secret_open_the_door(office: Office, developer: Developer) -> None:
    app_id, app_secret = registered(office)
    sign_in(developer, app_id, app_secret)
    page = developer.follow()
    assert page.status == 200
    assert app_id in page.text
    assert app_secret not in page.text


@pytest.mark.parametrize("wrong", ["secret", "app_id", "empty", "other"])
def test_whoever_has_something_wrong_reads_one_answer(office: Office, developer: Developer, wrong: str) -> None:
    app_id, app_secret = registered(office)
    other_id, _ = registered(office)
    given = {
        "secret": (app_id, "x" * 43),
        "app_id": ("app_nobodyatall2", app_secret),
        "empty": ("", ""),
        "other": (other_id, app_secret),
    }
    sign_in(developer, *given[wrong])
    assert developer.page.status == 401
    assert developer.page.form_code == "APP_AUTH_FAILED"
    assert not inside(developer)


def test_without_the_row_that_compares_secrets_any_secret_opens(office: Office, developer: Developer) -> None:
    app_id, _ = registered(office)
    office.switches.weaken(["portal_secret"])
    sign_in(developer, app_id, "a guess of my own")
    assert inside(developer)


def test_guessing_is_counted_and_rests(office: Office, developer: Developer) -> None:
    app_id, app_secret = registered(office)
    for _ in range(office.config.policy.login_tries):
        sign_in(developer, app_id, "x" * 43)
    sign_in(developer, app_id, app_secret)
    assert developer.page.form_code == "LOGIN_LOCKED"
    assert int(developer.page.header("retry-after")) > 0
    office.clock.advance(office.config.policy.login_lock_s + 1)
    sign_in(developer, app_id, app_secret)
    assert inside(developer)


def test_without_counting_guesses_go_on_for_ever(office: Office, developer: Developer) -> None:
    app_id, app_secret = registered(office)
    office.switches.weaken(["portal_attempts"])
    for _ in range(office.config.policy.login_tries + 1):
        sign_in(developer, app_id, "x" * 43)
        assert developer.page.form_code == "APP_AUTH_FAILED"
    sign_in(developer, app_id, app_secret)
    assert inside(developer)


@pytest.mark.parametrize("weakened", [False, True])
def test_an_expired_secret_opens_nothing_unless_its_row_is_out(
    office: Office, developer: Developer, weakened: bool
) -> None:
    app_id, app_secret = registered(office)
    office.clock.advance(office.config.policy.secret_validity_s + 1)
    office.switches.weaken(["portal_key_state"] if weakened else [])
    sign_in(developer, app_id, app_secret)
    assert inside(developer) == weakened
    assert weakened or "KEY_EXPIRED" in str(office.bank.store.read("SELECT group_concat(code) FROM access_log"))


def test_who_signs_in_over_and_over_displaces_their_own_sessions_only(office: Office, developer: Developer) -> None:
    developer.make_application()
    app_id, app_secret = registered(office)
    others = [Developer(office) for _ in range(SESSIONS_OF_ONE_MAX + 1)]
    for each in others:
        sign_in(each, app_id, app_secret)
    assert not inside(others[0])
    assert all(inside(each) for each in others[1:])
    assert inside(developer)


@pytest.mark.parametrize("weakened", [False, True])
def test_a_form_of_another_site_is_refused_unless_its_row_is_out(
    office: Office, developer: Developer, weakened: bool
) -> None:
    app_id, app_secret = registered(office)
    office.switches.weaken(["portal_form_origin"] if weakened else [])
    developer.get("/sign-in")
    developer.site = "cross-site"
    developer.submit("/sign-in", app_id=app_id, app_secret=app_secret)
    assert (developer.page.form_code == "FORM_FORGED") != weakened
    assert inside(developer) == weakened


@pytest.mark.parametrize("weakened", [False, True])
def test_a_form_without_its_sessions_token_is_refused_unless_its_row_is_out(
    office: Office, developer: Developer, weakened: bool
) -> None:
    developer.make_application()
    office.switches.weaken(["portal_form_token"] if weakened else [])
    developer.post("/sign-out", {"csrf": "0" * 64})
    assert inside(developer) != weakened


@pytest.mark.parametrize("weakened", [False, True])
def test_test_applications_are_limited_for_each_source(office: Office, developer: Developer, weakened: bool) -> None:
    office.switches.weaken(["portal_registrations"] if weakened else [])
    form = {"name": "", "suite": "gm", "profile": "public"}
    for _ in range(REGISTRATIONS_MAX):
        assert developer.post("/register", form).form_code == "PARAM_INVALID"
    assert developer.post("/register", form).form_code == ("PARAM_INVALID" if weakened else "RATE_LIMITED")


@pytest.mark.parametrize("weakened", [False, True])
def test_the_portal_keeps_below_what_would_shut_the_gateway_to_its_address(
    office: Office, developer: Developer, weakened: bool
) -> None:
    developer.make_application("intl")
    form = developer.get("/try/rates.list").text.partition('action="/try/rates.list"')[2].partition("</form>")[0]
    fields = [*fields_of(form), ("act", "compose")]
    office.switches.weaken(["portal_pace"] if weakened else [])
    assert {developer.post("/try/rates.list", fields).status for _ in range(SENDS_MAX)} == {303}
    assert (developer.post("/try/rates.list", fields).form_code == "RATE_LIMITED") != weakened
    office.clock.advance(61)
    assert developer.post("/try/rates.list", fields).status == 303


def test_a_session_ends_when_idle_and_at_its_age_by_the_machines_clock(office: Office, developer: Developer) -> None:
    developer.make_application()
    office.clock.advance(400 * 86_400)
    assert inside(developer)
    office.ticks += IDLE_S + 1
    assert not inside(developer)
    assert developer.page.header("location") == "/sign-in?ended=1"
    developer.make_application()
    for _ in range(ABSOLUTE_S // IDLE_S + 1):
        office.ticks += IDLE_S - 1
        developer.get("/application")
    assert not inside(developer)


def test_signing_in_changes_the_cookie_and_signing_out_ends_it(office: Office, developer: Developer) -> None:
    developer.make_application()
    first = dict(developer.cookies)
    developer.make_application()
    assert developer.cookies != first
    developer.get("/application")
    developer.submit("/sign-out")
    assert developer.cookies == {}
    developer.cookies = first
    assert not inside(developer)


def test_the_cookie_is_this_hosts_alone(developer: Developer) -> None:
    developer.get("/register")
    page = developer.submit("/register", name="Try", suite="gm", profile="public")
    cookie = page.header("set-cookie")
    assert cookie.startswith("__Host-portal=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")[1:])
    assert "Domain" not in cookie


def test_every_row_but_the_session_can_be_left_out() -> None:
    assert {each.name for each in PORTAL.rows} - DEFENCES == {"portal_session"}


@pytest.mark.clause("7.3.3-1.2")
def test_every_visit_leaves_a_record_and_no_secret_in_it(office: Office, developer: Developer) -> None:
    app_id, app_secret = registered(office)
    sign_in(developer, app_id, app_secret)
    developer.get("/application")
    developer.get("/no/such/page")
    kept = office.bank.store.read("SELECT api_id, app_id, status FROM access_log ORDER BY serial")
    assert kept == [
        ("portal.sign_in", "-", 200),
        ("portal.sign_in", app_id, 303),
        ("portal.application", app_id, 200),
        ("portal.unknown", app_id, 404),
    ]
    everything = str(office.bank.store.read("SELECT * FROM access_log"))
    assert app_secret not in everything
