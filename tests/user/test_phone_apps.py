"""The phone's apps: an authenticator, and the bank's app, which signs what it has shown and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest

from scenarios.observe import Bank
from scenarios.world import World
from user_sim.apps import Apps
from user_sim.authenticator import code_of, seconds_left, secret_from
from user_sim.bank_visit import Declined, TurnedAway
from user_sim.driver import HeadlessUser, Places
from user_sim.http_browser import LoopbackTransport
from user_sim.pages import read
from user_sim.persona import Intention
from user_sim.second_factors import add_authenticator, add_security_key, bind_phone
from user_sim.texts import TEXTS

if TYPE_CHECKING:
    from tests.user.conftest import PhoneProcess

NUMBER = "15412345678"
OWN = {"sec-fetch-site": "same-origin"}
SECRET = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
SETS_UP, HAS_PHONE = 5, 6


@pytest.mark.parametrize(("time_s", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_authenticator_makes_the_codes_of_rfc_6238(time_s: int, code: str) -> None:
    assert code_of(secret_from(SECRET.lower()), time_s) == code


def test_a_code_is_shown_for_30_seconds() -> None:
    assert [seconds_left(each) for each in (0, 1, 29, 30)] == [30, 29, 1, 30]


@pytest.mark.parametrize("typed", ["", "AAAA", "no base32!", "0189" * 8])
def test_what_is_no_secret_is_not_taken_for_one(typed: str) -> None:
    with pytest.raises(ValueError, match=r"base32|short"):
        secret_from(typed)


def test_an_account_is_added_shown_and_removed(phone: PhoneProcess) -> None:
    with phone.client() as client:
        page = f"{phone.url}/phone/{NUMBER}/codes"
        wrong = client.post(page, data={"name": "A bank", "secret": "x"}, headers=OWN)
        assert (wrong.status_code, "This is no key" in wrong.text) == (400, True)
        assert client.post(page, data={"name": "<A bank>", "secret": SECRET}, headers=OWN).status_code == 303
        shown = read(client.get(page).text)
        assert "<A bank>" in shown.lines
        removal = next(each.action for each in shown.forms if each.action.endswith("/remove"))
        other = removal.replace(NUMBER, "15400000000")
        client.post(phone.url + other, headers=OWN)
        assert "<A bank>" in read(client.get(page).text).lines
        client.post(phone.url + removal, headers=OWN)
        assert "<A bank>" not in read(client.get(page).text).lines


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_another_site_presses_no_button_of_the_phone(phone: PhoneProcess, site: str) -> None:
    with phone.client() as client:
        for path in ("codes", "bank/bind", "bank/answer", "bank/forget"):
            answer = client.post(f"{phone.url}/phone/{NUMBER}/{path}", headers={"sec-fetch-site": site})
            assert answer.status_code == 403


def test_a_phone_without_a_bank_says_so(phone: PhoneProcess) -> None:
    with phone.client() as client:
        assert "no bank app" in client.get(f"{phone.url}/phone/{NUMBER}/bank").text
        assert client.post(f"{phone.url}/phone/{NUMBER}/bank/bind", headers=OWN).status_code == 404


def test_the_owners_choice_of_language_is_remembered(phone: PhoneProcess) -> None:
    with phone.client("en") as client:
        link = next(each for each in read(client.get(f"{phone.url}/phone/{NUMBER}").text).links if each.text == "中文")
        answer = client.get(phone.url + link.href)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/phone/{NUMBER}")
        assert "language=zh" in answer.headers["set-cookie"]
        chosen = {"cookie": "language=zh"}
        assert read(client.get(f"{phone.url}/phone/{NUMBER}", headers=chosen).text).lang == "zh-CN"


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "/a//b", "/%0a\n", ""])
def test_the_switch_leads_nowhere_else(phone: PhoneProcess, to: str) -> None:
    with phone.client() as client:
        answer = client.get(f"{phone.url}/language", params={"lang": "en", "to": to})
        assert answer.headers["location"] == "/"
        assert client.get(f"{phone.url}/language", params={"lang": "fr"}).status_code == 400


def test_the_look_is_the_published_one_and_kept_by_browsers(phone: PhoneProcess) -> None:
    with phone.client() as client:
        page = client.get(f"{phone.url}/").text
        address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        sheet = client.get(phone.url + address)
        assert address.startswith("/sdk/design/design.css?v=")
        assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert "immutable" in sheet.headers["cache-control"]
        assert client.get(f"{phone.url}/sdk/../config.json").status_code == 404


def test_both_languages_say_the_same_things() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()


def test_a_phones_key_lies_encrypted(world: World) -> None:
    user = somebody(world, SETS_UP)
    with closing(user):
        bind_phone(user)
    with closing(Apps(world.home.party("user") / "apps.db")) as apps:
        key = apps.bank_key(user.person.phone)
    assert key is not None
    assert b"ENCRYPTED PRIVATE KEY" in key.key_pem


def somebody(world: World, number: int) -> HeadlessUser:
    places = Places(world.addresses.wallet, world.addresses.pages, world.addresses.phone)
    return HeadlessUser(world.people[number], places, world.authority, languages="en")


@pytest.fixture(scope="module")
def phone_user(world: World) -> Iterator[HeadlessUser]:
    """Somebody who confirms on their phone, and whose accounts the wallet may see."""
    with somebody(world, HAS_PHONE) as user:
        bind_phone(user)
        user.open_wallet("confirms on the phone")
        user.link_bank()
        yield user


def test_a_wrong_activation_code_is_explained(world: World) -> None:
    with somebody(world, SETS_UP) as user:
        user.phone_browser.open(f"{world.addresses.phone}/phone/15400000000/bank")
        form = user.phone_browser.page.form_with("activation_code")  # type: ignore[union-attr]
        assert form is not None
        page = user.phone_browser.submit(form, {"activation_code": "2222-2222-2222"})
    assert page.status == 409
    assert "The code is wrong, used or too old" in page.text


@pytest.mark.clause("10.2.2-2.2")
def test_the_phone_shows_what_is_paid_and_a_tap_pays_it(world: World, phone_user: HeadlessUser) -> None:
    payee = world.people[0]
    paid = phone_user.pay("", number_of(world, payee.login_name), payee.name, "12.00")
    assert paid.state == "executed"
    assert phone_user.phone_browser.page is not None
    assert "Confirmed" in phone_user.phone_browser.page.text


@pytest.mark.clause("10.2.2-2.2")
def test_a_careful_person_declines_on_the_phone_what_they_did_not_mean(world: World, phone_user: HeadlessUser) -> None:
    payee = world.people[0]
    form = phone_user.browser.open(f"{world.addresses.wallet}/pay").form_with("payee_account", "amount")
    assert form is not None
    answers = {
        "account_ref": form.offered("account_ref")[0].value,
        "payee_account": number_of(world, payee.login_name),
        "payee_name": payee.name,
        "amount": "900.00",
    }
    page = phone_user.browser.submit(form, answers)
    meant = Intention(answers["payee_account"], payee.name, "9.00")
    with pytest.raises(Declined, match=r"the amount is not 9\.00"):
        phone_user._bank_visit(meant=meant).walk(page)
    assert "Declined" in phone_user.phone_browser.page.text  # type: ignore[union-attr]


def test_a_tap_on_what_was_not_shown_signs_nothing(world: World, phone_user: HeadlessUser) -> None:
    transport, form = LoopbackTransport(world.authority), {"shown": "0" * 64, "decision": "approve"}
    with httpx.Client(transport=transport, base_url=world.addresses.phone, headers=OWN) as client:
        answer = client.post(f"/phone/{phone_user.person.phone}/bank/answer", data=form)
    assert (answer.status_code, "no longer waits" in answer.text) == (409, True)


def test_an_authenticator_and_a_security_key_log_in_after_they_were_set_up(world: World) -> None:
    with somebody(world, SETS_UP) as user:
        user.factor = "device_key"
        add_authenticator(user)
        world.control.advance(30)
        assert user.log_in_at_bank("/security").location.path == "/security"
        world.control.advance(30)
        add_security_key(user)
        assert user.log_in_at_bank("/security").location.path == "/security"
        user.security_key = None
        with pytest.raises(TurnedAway):
            user.log_in_at_bank("/security")


def number_of(world: World, login_name: str) -> str:
    return Bank(world.home).account_numbers(login_name)["I"]
