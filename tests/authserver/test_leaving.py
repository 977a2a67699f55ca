"""An application that is leaving asks users for nothing new, and one of higher risk links no more than it may."""

from __future__ import annotations

import pytest

from tests.bank_in_process import PAYER
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client


def leaves(branch: Branch, client: Client) -> None:
    """Its exit has come so far that nothing new begins."""
    with branch.bank.store.write() as db:
        branch.bank.exits.announce(db, client.app_id, by="lin", reason="a drill")
        branch.bank.exits.stop(db, client.app_id, by="chen", reason="a drill")


@pytest.mark.clause("9.4-1.1", "9.4-1.2")
def test_a_leaving_application_asks_for_nothing_new(branch: Branch, client: Client) -> None:
    leaves(branch, client)
    refused = client.ask()
    assert (refused.status, refused.json["error"], refused.json["code"]) == (400, "unauthorized_client", "APP_LEAVING")
    branch.switches.weaken(["leaving"])
    assert client.ask().status == 201


@pytest.mark.clause("9.4-1.2")
def test_what_was_ordered_before_may_still_be_confirmed(branch: Branch, client: Client) -> None:
    ordered = {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id)}
    leaves(branch, client)
    assert client.ask(ordered).status == 201


def linked_elsewhere(branch: Branch, client: Client, many: int) -> None:
    """The application is of high risk, and has so many accounts of another user."""
    with branch.bank.store.write() as db:
        db.execute(
            "INSERT INTO application_ratings (app_id, grade, at_ms, by, evidence) VALUES (?, 'high', 0, 'lin', '')",
            (client.app_id,),
        )
        db.execute(
            "INSERT INTO consents (consent_id, app_id, type, validity, state, apis, customer_id, valid_to_s,"
            " requested_at_ms, authorised_at_ms)"
            " VALUES ('cns_other', ?, 'account_information', 'period', 'authorised', '', 'cu_other', 9999999999, 0, 1)",
            (client.app_id,),
        )
        for number in range(many):
            db.execute(
                "INSERT INTO consent_accounts (account_ref, consent_id, account_id) VALUES (?, 'cns_other', ?)",
                (f"ref_{number}", f"ac_other_{number}"),
            )


@pytest.mark.clause("10.2.1-3.2")
def test_an_application_of_high_risk_links_no_more_accounts_than_it_may(
    branch: Branch, client: Client, browser: Browser
) -> None:
    linked_elsewhere(branch, client, branch.bank.config.policy.app_accounts_max[2])
    browser.open(client.location())
    browser.log_in(PAYER)
    browser.submit("/authorize/factor", otp=branch.code())
    browser.follow()
    browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    assert (browser.page.status, browser.page.form_code) == (422, "APP_LIMIT_EXCEEDED")
    assert branch.last_record()["code"] == "APP_LIMIT_EXCEEDED"
    branch.switches.weaken(["linked_accounts"])
    assert browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve").status == 303


@pytest.mark.clause("10.2.1-3.2")
def test_amending_a_consent_links_no_more_accounts_than_the_application_may(branch: Branch, client: Client) -> None:
    most = branch.bank.config.policy.app_accounts_max[2]
    old = client.linked()["authorization_details"][0]
    held = list(branch.bank.consents.account_refs(old["consent_id"]))
    assert len(held) > 1
    with branch.bank.store.write() as db:
        for account_id in held[1:]:
            branch.bank.consents.narrowing.withdraw_account(
                db, old["consent_id"], branch.customer_id(PAYER), account_id
            )
    linked_elsewhere(branch, client, most - 1)
    branch.clock.advance(61)
    browser = Browser(branch)
    browser.open(client.location(client.accounts(amends=old["consent_id"])))
    browser.log_in(PAYER)
    browser.submit("/authorize/factor", otp=branch.code())
    browser.follow()
    browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    assert (browser.page.status, browser.page.form_code) == (422, "APP_LIMIT_EXCEEDED")
    assert branch.bank.consents.get(old["consent_id"]).state == "authorised"
