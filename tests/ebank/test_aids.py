"""The sandbox's aids: marked, fetched by a click, and absent in a bank without them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from bank_sim.ebank import create_app
from tests.bank_in_process import PEOPLE
from tests.branch import Branch, Reply, deliver
from tests.browser import Browser
from tests.client import Client

MARK = 'class="aid"'


@pytest.fixture
def aided(branch: Branch) -> Iterator[Branch]:
    """The branch with aids switched on, as a sandbox's settings do."""
    config = msgspec.structs.replace(branch.config, aids=True)
    people = [{"name": each.name, "login_name": each.login_name, "password": each.password} for each in PEOPLE]
    staff = [{"login_name": "chen", "password": "a colleague's words"}]
    config.aids_file.write_bytes(msgspec.json.encode({"people": people, "staff": staff}))
    object.__setattr__(branch.bank, "config", config)
    branch.pages = create_app(branch.bank)
    yield branch
    config.aids_file.unlink(missing_ok=True)


def people_from(branch: Branch, *headers: tuple[str, str]) -> Reply:
    return deliver(branch.pages, "GET", "/aids/people", [("host", "bank.localhost:8441"), *headers])


def pages_of(branch: Branch, client: Client) -> dict[str, Any]:
    browser = Browser(branch)
    pages = {"login": browser.get("/login")}
    browser.log_in(0, "/login")
    pages["factor"] = browser.page
    branch.clock.advance(61)
    browser.open(client.location())
    browser.log_in()
    browser.submit("/authorize/factor", otp=branch.code())
    pages["consent"] = browser.follow()
    return pages


def test_a_bank_without_aids_has_none(branch: Branch, client: Client) -> None:
    for name, page in pages_of(branch, client).items():
        assert MARK not in page.text, name
        assert "aids.js" not in page.text, name
    refused = people_from(branch)
    assert (refused.status, refused.form_code) == (404, "API_NOT_FOUND")


def test_an_aided_page_marks_its_aids_and_holds_nobodys_data(aided: Branch, client: Client) -> None:
    for name, page in pages_of(aided, client).items():
        assert MARK in page.text, name
        for somebody in PEOPLE:
            for secret in (somebody.password, somebody.name, somebody.id_number, somebody.phone):
                assert secret not in page.text, name


def test_whom_to_fill_in_for_is_fetched_by_the_page_itself(aided: Branch) -> None:
    answer = people_from(aided, ("sec-fetch-site", "same-origin"))
    assert answer.header("content-type") == "application/json"
    assert answer.header("cache-control") == "no-store"
    assert [each["login_name"] for each in answer.json["people"]] == [each.login_name for each in PEOPLE]
    assert "a colleague's words" not in answer.text
    assert aided.last_record()["api_id"] == "ebank.aids"


def test_a_foreign_name_that_is_pointed_here_fetches_nobody(aided: Branch) -> None:
    rebound = [("host", "evil.example:8441"), ("sec-fetch-site", "same-origin")]
    assert deliver(aided.pages, "GET", "/aids/people", rebound).status == 421


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_other_sites_and_an_address_line_fetch_nobody(aided: Branch, site: str) -> None:
    assert people_from(aided, ("sec-fetch-site", site)).status == 404


def test_the_page_tells_what_the_bank_sees_and_not_what_it_must_not_show(aided: Branch, client: Client) -> None:
    consent = pages_of(aided, client)["consent"].text
    seen = consent.partition("What does the bank see now?")[2]
    assert "password, second factor" in seen
    assert aided.last_record()["trace_id"] in seen
    assert "oauth.authorize.step" in seen
    for session in aided.bank.store.read("SELECT hex(session_sha256), visit_id FROM sessions"):
        assert not any(str(each).lower() in seen.lower() for each in session)
