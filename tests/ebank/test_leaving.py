"""In the authorization centre a user sees that an application is about to leave (JR/T 0185 9.4)."""

from __future__ import annotations

import pytest

from tests.bank_in_process import PAYER
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client


@pytest.mark.clause("9.4-1.2")
def test_a_consent_says_on_which_day_its_application_leaves(branch: Branch, client: Client) -> None:
    client.linked()
    with branch.bank.store.write() as db:
        branch.bank.exits.announce(db, client.app_id, by="lin", reason="a drill")
    user = Browser(branch)
    user.get("/login")
    user.log_in(PAYER, "/login")
    user.submit("/factor", otp=branch.code())
    assert "stops working with us on 2026-03-02" in user.follow().text
    with branch.bank.store.write() as db:
        branch.bank.exits.call_off(db, client.app_id, by="lin", reason="a drill")
    assert "stops working with us" not in user.get("/consents").text
