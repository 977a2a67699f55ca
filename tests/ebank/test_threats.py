"""Threats to the bank's pages that other lists name (docs/threats.md), where no other test shows that they are met."""

from __future__ import annotations

import pytest

from tests.browser import Browser
from tests.client import Client

KEEPS_THE_BODY = (301, 302, 307, 308)
FORMS = ("/login", "/factor", "/authorize/login", "/authorize/factor", "/authorize/notice", "/authorize/decision")


def test_no_form_of_the_bank_is_answered_so_that_a_browser_sends_it_on(browser: Browser, client: Client) -> None:
    """RFC 9700 section 4.12: after 307 and 308 a browser posts the password again, wherever it is sent."""
    browser.open(client.location())
    browser.log_in()
    browser.submit("/authorize/factor", otp=browser.branch.code())
    browser.follow()
    answer = browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")

    assert answer.status == 303
    assert answer.header("location").startswith("https://wallet.localhost:8442/callback")


@pytest.mark.parametrize("path", [*FORMS, *(f"{each}/" for each in FORMS), "//elsewhere.example/", "/./login"])
def test_nor_is_one_that_goes_to_a_path_beside_a_page(browser: Browser, path: str) -> None:
    answer = browser.post(path, {"login_name": "somebody", "password": "12345678"})

    assert answer.status not in KEEPS_THE_BODY
    assert answer.status >= 400 or answer.status == 303
