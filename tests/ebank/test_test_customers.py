"""Before an application is live, few customers may agree to anything it asks."""

from __future__ import annotations

import pytest

from bank_sim.admission.testing import beyond_test
from bank_sim.policy import Policy
from tests.bank_in_process import PAYEE, PAYER
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client

FEW = Policy().test_customers_max


def in_test(branch: Branch, client: Client, customers: int) -> None:
    """The application is not live, and so many customers have agreed to something."""
    with branch.bank.store.write() as db:
        db.execute("UPDATE applications SET status = 'testing'")
        for number in range(customers):
            db.execute(
                "INSERT INTO consents (consent_id, app_id, type, validity, state, apis, customer_id, valid_to_s,"
                " requested_at_ms, authorised_at_ms)"
                " VALUES (?, ?, 'account_information', 'once', 'consumed', '', ?, 0, 0, 1)",
                (f"c{number}", client.app_id, f"cu_other_{number}"),
            )


@pytest.mark.clause("9.1.1-2.3", "9.3.4-2.2")
def test_one_customer_more_than_a_pilot_needs_is_refused(branch: Branch, client: Client, browser: Browser) -> None:
    in_test(branch, client, FEW)
    browser.open(client.location())
    browser.log_in(PAYER)
    assert (browser.page.status, browser.page.form_code) == (403, "TEST_ENVIRONMENT_ONLY")
    branch.switches.weaken(["test_customers"])
    browser.get("/authorize/step")
    assert browser.page.status == 200


@pytest.mark.clause("9.1.1-2.3")
def test_the_last_test_customer_is_served_and_stays_one(branch: Branch, client: Client, browser: Browser) -> None:
    in_test(branch, client, FEW - 1)
    assert "code" in browser.agree(client.location(), PAYER)
    with branch.bank.store.write() as db:
        assert not beyond_test(branch.bank.store, client.app_id, customer(branch, client), Policy())
        assert beyond_test(branch.bank.store, client.app_id, "cu_somebody_else", Policy())
        assert not beyond_test(branch.bank.store, client.app_id, None, Policy())
        db.execute("UPDATE applications SET status = 'active'")
    assert "code" in Browser(branch).agree(client.location(), PAYEE)


def customer(branch: Branch, client: Client) -> str:
    rows = branch.bank.store.read(
        "SELECT customer_id FROM consents WHERE app_id = ? AND state = 'authorised'", (client.app_id,)
    )
    return str(rows[0][0])
