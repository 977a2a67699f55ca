"""Consents that change: renewed and amended when the application asks, narrowed by their user, ended by time."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from typing import Any

import pytest

from bank_sim.authorization.duties import consent_duties
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client
from tests.ebank.test_services import entered

DAY_S = 86_400


def events(branch: Branch) -> list[tuple[str, str, dict[str, Any]]]:
    rows = branch.bank.store.read("SELECT type, subject, data FROM events ORDER BY sequence")
    return [(kind, subject, json.loads(data)) for kind, subject, data in rows]


def consent_of(tokens: dict[str, Any]) -> str:
    return str(tokens["authorization_details"][0]["consent_id"])


def until(branch: Branch, days: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(branch.clock.now_s() + days * DAY_S))


def perform(branch: Branch) -> None:
    for duty in consent_duties(branch.bank):
        duty.perform(branch.bank.store, branch.clock.now_ms())


def everything(branch: Branch) -> list[Any]:
    """What a refusal must leave as it was."""
    return [
        branch.bank.store.read(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in ("consents", "consent_accounts", "consent_history", "events")
    ]


@pytest.mark.clause("9.3.2-1.2.2", "9.3.2-1.3")
def test_renewing_keeps_content_accounts_and_their_references_and_moves_the_end(branch: Branch, client: Client) -> None:
    old = client.linked()
    branch.clock.advance(61)
    renewed = client.linked(detail=client.accounts(renews=consent_of(old), valid_to=until(branch, 90)))
    (before,), (after,) = old["authorization_details"], renewed["authorization_details"]
    assert after["account_refs"] == before["account_refs"]
    assert (after["apis"], after["valid_to"]) == (before["apis"], until(branch, 90))
    assert branch.bank.consents.get(consent_of(old)).state == "replaced"
    assert [(each.step, each.reason) for each in branch.bank.consents.history(consent_of(old))] == [
        ("request", ""), ("authorise", ""), ("replace", consent_of(renewed)),
    ]  # fmt: skip
    assert events(branch)[-1][:2] == ("consent.authorised", consent_of(renewed))
    assert events(branch)[-1][2]["replaces"] == consent_of(old)
    assert client.refresh(old["refresh_token"]).json["code"] == "CONSENT_REVOKED"


def test_the_page_of_a_renewal_says_what_stays_and_offers_no_box_for_accounts(branch: Branch, client: Client) -> None:
    old = client.linked()
    branch.clock.advance(61)
    browser = Browser(branch)
    browser.open(client.location(client.accounts(renews=consent_of(old), valid_to=until(branch, 90))))
    browser.log_in()
    browser.submit("/authorize/factor", otp=branch.code())
    page = browser.follow().text
    assert "Renew your consent" in page
    assert "2026-05-01" in page
    assert 'name="account"' not in page
    assert not re.findall(r"<input[^>]*\bchecked\b", page)
    assert browser.submit("/authorize/decision", decision="approve").form_code == "CONSENT_REQUIRED"
    assert branch.bank.consents.get(consent_of(old)).state == "authorised"


@pytest.mark.clause("9.3.2-1.1.1", "9.3.2-1.2.1")
def test_amending_says_what_is_new_and_takes_the_place_of_the_old_consent(branch: Branch, client: Client) -> None:
    old = client.linked()
    branch.clock.advance(61)
    wanted = client.accounts(amends=consent_of(old), apis=["accounts.list", "accounts.transactions"])
    browser = Browser(branch)
    browser.open(client.location(wanted))
    browser.log_in()
    browser.submit("/authorize/factor", otp=branch.code())
    page = browser.follow().text
    added, removed = re.findall(r"<dt>(?:New|No longer needed)</dt>\s*<dd>(.*?)</dd>", page)
    assert (added, removed) == ("Transactions", "Balances")
    browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    amended = client.redeem(browser.answer()["code"]).json
    assert amended["scope"] == "accounts.list accounts.transactions"
    assert branch.bank.consents.get(consent_of(old)).state == "replaced"


@pytest.mark.clause("10.3-1.4", "9.3.2-1.1.1")
def test_renewing_for_more_than_the_user_saw_takes_a_new_consent(branch: Branch, client: Client) -> None:
    old = client.linked()
    before = everything(branch)
    more = ["accounts.list", "accounts.balance", "accounts.transactions"]
    refused = client.ask(client.accounts(renews=consent_of(old), valid_to=until(branch, 90), apis=more))
    assert (refused.status, refused.json["error"]) == (400, "invalid_authorization_details")
    assert refused.json["code"] == branch.last_record()["code"] == "RECONSENT_REQUIRED"
    assert everything(branch) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"renews": "cns_nobody_gave"}, "RESOURCE_NOT_AUTHORIZED"),
        ({"renews": "{theirs}"}, "RESOURCE_NOT_AUTHORIZED"),
        ({"amends": "{theirs}"}, "RESOURCE_NOT_AUTHORIZED"),
        ({"renews": "{revoked}"}, "CONSENT_REVOKED"),
        ({"renews": "{mine}", "amends": "{mine}"}, "invalid_authorization_details"),
        ({"amends": "{mine}", "validity": "once", "valid_to": None}, "invalid_authorization_details"),
        ({"renews": "{mine}", "valid_to": "2026-02-01T00:00:00Z"}, "invalid_authorization_details"),
    ],
)
def test_a_change_of_what_is_not_the_applications_or_no_longer_stands_is_refused(
    branch: Branch, client: Client, changes: dict[str, str | None], code: str
) -> None:
    other = Client(branch)
    names = {}
    for name, party in (("theirs", other), ("revoked", client), ("mine", client)):
        names[name] = consent_of(party.linked())
        branch.clock.advance(61)
    with branch.bank.store.write() as db:
        branch.bank.consents.revoke(db, names["revoked"], branch.customer_id(0))
    before = everything(branch)
    asked = {"valid_to": until(branch, 90)} | {key: value and value.format(**names) for key, value in changes.items()}
    refused = client.ask(client.accounts(**asked))
    assert (refused.status, refused.json["code"]) == (400, code)
    assert everything(branch) == before


@pytest.mark.clause("10.2.2-1", "9.3.2-1.1.1")
def test_nobody_renews_the_consent_of_somebody_else(branch: Branch, client: Client) -> None:
    old = client.linked(person=0)
    branch.clock.advance(61)
    browser = Browser(branch)
    browser.open(client.location(client.accounts(renews=consent_of(old), valid_to=until(branch, 90))))
    refused = browser.log_in(person=1)
    assert (refused.status, refused.form_code) == (404, "RESOURCE_NOT_AUTHORIZED")
    assert branch.bank.consents.get(consent_of(old)).state == "authorised"


@pytest.mark.clause("9.3.2-2")
def test_a_renewal_under_way_ends_when_its_consent_is_revoked(branch: Branch, client: Client) -> None:
    old = client.linked()
    branch.clock.advance(61)
    browser = Browser(branch)
    browser.open(client.location(client.accounts(renews=consent_of(old), valid_to=until(branch, 90))))
    browser.log_in()
    browser.submit("/authorize/factor", otp=branch.code())
    browser.follow()
    with branch.bank.store.write() as db:
        branch.bank.consents.revoke(db, consent_of(old), branch.customer_id(0))
    refused = browser.submit("/authorize/decision", boxes=("agree",), decision="approve")
    assert (refused.status, refused.form_code) == (403, "CONSENT_REVOKED")
    assert [each.state for each in branch.bank.consents.of_customer(branch.customer_id(0))] == ["revoked"]


@pytest.mark.clause("10.3-1.4", "9.3.2-2")
def test_a_renewal_under_way_gives_nothing_back_that_its_user_took_back_meanwhile(
    branch: Branch, client: Client
) -> None:
    old = consent_of(client.linked())
    branch.clock.advance(61)
    browser = Browser(branch)
    browser.open(client.location(client.accounts(renews=old, valid_to=until(branch, 90))))
    browser.log_in()
    browser.submit("/authorize/factor", otp=branch.code())
    browser.follow()
    with branch.bank.store.write() as db:
        branch.bank.consents.narrowing.withdraw_api(db, old, branch.customer_id(0), "accounts.balance")
    before = everything(branch)
    refused = browser.submit("/authorize/decision", boxes=("agree",), decision="approve")
    assert refused.form_code == branch.last_record()["code"] == "RECONSENT_REQUIRED"
    assert everything(branch) == before


@pytest.mark.clause("9.3.2-2", "9.3.2-1.1.1", "9.3.2-1.1.2")
@pytest.mark.parametrize("kind", ["account", "api"])
def test_a_user_takes_one_part_back_and_the_rest_stays(branch: Branch, client: Client, kind: str) -> None:
    consent_id = consent_of(client.linked())
    branch.clock.advance(61)
    browser = entered(branch)
    page = browser.get(f"/consents/{consent_id}").text
    values = re.findall(rf'name="{kind}" value="([^"]+)"', page)
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', page)[0]
    browser.post(f"/consents/{consent_id}/withdraw", {"csrf": csrf, kind: values[0]})
    assert "Taken back" in browser.follow().text
    consent = branch.bank.consents.get(consent_id)
    assert consent.state == "authorised"
    if kind == "account":
        assert branch.bank.consents.account_of(values[0]) is None
        assert len(branch.bank.consents.account_refs(consent_id)) == len(values) - 1
    else:
        assert not consent.covers(values[0])
        assert consent.apis == set(values[1:])
    told = events(branch)[-1]
    assert told[:2] == ("consent.amended", consent_id)
    assert (told[2]["withdrawn"], told[2]["left"]) == (kind, len(values) - 1)
    assert branch.bank.consents.history(consent_id)[-1].step == "narrow"
    assert [each["api_id"] for each in branch.records()[-2:]] == ["ebank.withdraw", "ebank.consent"]


def test_the_last_part_is_not_taken_back_alone_and_foreign_parts_not_at_all(branch: Branch, client: Client) -> None:
    consent_id = consent_of(client.linked(detail=client.accounts(apis=["accounts.list"])))
    branch.clock.advance(61)
    theirs = client.linked(person=1)["authorization_details"][0]
    branch.clock.advance(61)
    browser = entered(branch)
    page = browser.get(f"/consents/{consent_id}").text
    assert 'name="api"' not in page
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', page)[0]
    before = everything(branch)
    for target, field, code in (
        (consent_id, {"api": "accounts.list"}, "CONSENT_WOULD_BE_EMPTY"),
        (consent_id, {"api": "accounts.balance"}, "RESOURCE_NOT_AUTHORIZED"),
        (consent_id, {"account": theirs["account_refs"][0]}, "RESOURCE_NOT_AUTHORIZED"),
        (theirs["consent_id"], {"account": theirs["account_refs"][0]}, "RESOURCE_NOT_AUTHORIZED"),
        (consent_id, {}, "RESOURCE_NOT_AUTHORIZED"),
    ):
        refused = browser.post(f"/consents/{target}/withdraw", {"csrf": csrf} | field)
        assert (refused.form_code, branch.last_record()["code"]) == (code, code)
    assert browser.post(f"/consents/{consent_id}/withdraw", {"api": "accounts.list"}).form_code == "FORM_FORGED"
    assert everything(branch) == before


@pytest.mark.clause("9.3.2-1.2.2")
def test_a_user_is_reminded_once_and_the_end_goes_on_record_with_an_event(branch: Branch, client: Client) -> None:
    consent_id = consent_of(client.linked())
    perform(branch)
    told = len(branch.messages())
    branch.clock.advance(24 * DAY_S)
    perform(branch)
    perform(branch)
    assert len(branch.messages()) == told + 1
    assert "ends on 2026-03-02" in branch.messages()[-1].text
    assert events(branch)[-1][:2] == ("consent.expiring", consent_id)
    branch.clock.advance(7 * DAY_S)
    perform(branch)
    perform(branch)
    assert [kind for kind, _, _ in events(branch)] == ["consent.authorised", "consent.expiring", "consent.expired"]
    assert branch.bank.store.read("SELECT state FROM consents") == [("expired",)]
    history = [(each.step, each.actor) for each in branch.bank.consents.history(consent_id)]
    assert history[-2:] == [("remind", "clock"), ("expire", "clock")]
    assert len(branch.messages()) == told + 1


def test_what_was_given_for_a_short_while_or_once_is_not_reminded_of(branch: Branch, client: Client) -> None:
    client.linked(detail=client.accounts(valid_to=until(branch, 10)))
    told = len(branch.messages())
    branch.clock.advance(9 * DAY_S)
    perform(branch)
    assert len(branch.messages()) == told


@pytest.mark.clause("9.3.2-2")
def test_an_application_that_gives_its_refresh_token_back_gives_up_the_consent(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    assert client.post("revoke", {"token": tokens["refresh_token"]}).status == 200
    assert branch.bank.consents.get(consent_of(tokens)).state == "revoked"
    assert events(branch)[-1][2] == {"by": "application", "reason": "given_back"}


def test_an_access_token_that_is_given_back_ends_nothing_else(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    client.post("revoke", {"token": tokens["access_token"]})
    assert branch.bank.consents.get(consent_of(tokens)).state == "authorised"


@pytest.mark.clause("9.3.2-2")
def test_closing_all_services_tells_each_application_of_its_own_consents(branch: Branch, client: Client) -> None:
    mine = consent_of(client.linked())
    branch.clock.advance(61)
    other = Client(branch)
    theirs = consent_of(other.linked())
    with branch.bank.store.write() as db:
        branch.bank.services.close(db, branch.customer_id(0))
    rows = branch.bank.store.read("SELECT app_id, type, subject FROM events WHERE type <> 'consent.authorised'")
    assert sorted(rows) == sorted(
        (app_id, kind, subject)
        for app_id, consent_id in ((client.app_id, mine), (other.app_id, theirs))
        for kind, subject in (("consent.revoked", consent_id), ("api_services.closed", app_id))
    )


def test_the_bank_ends_all_that_was_given_to_an_application(branch: Branch, client: Client) -> None:
    ended = consent_of(client.linked())
    branch.clock.advance(61)
    spared = consent_of(Client(branch).linked())
    with branch.bank.store.write() as db:
        (one,) = branch.bank.consents.endings.of_application(db, client.app_id, "application_exited")
    assert (one.consent_id, one.stood) == (ended, True)
    assert branch.bank.consents.get(spared).state == "authorised"
    assert events(branch)[-1][2] == {"by": "bank", "reason": "application_exited"}


def test_the_history_of_a_consent_is_append_only(branch: Branch, client: Client) -> None:
    client.linked()
    for statement in ("UPDATE consent_history SET actor = 'bank'", "DELETE FROM consent_history"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), branch.bank.store.write() as db:
            db.execute(statement)


@pytest.mark.clause("10.2.2-2.2", "9.3.2-1.2.1")
def test_the_page_of_an_agreement_says_how_it_works_and_binds_its_terms(branch: Branch, client: Client) -> None:
    from tests.authserver.test_standing_payments import detail, sealed

    limits = {"per_payment": "100.00", "total": "500.00", "period": "month", "per_period": "200.00"}
    browser = Browser(branch)
    browser.open(client.location(detail(client, sealed(branch, client), validity="agreement", limits=limits)))
    browser.log_in()
    browser.submit("/authorize/notice", boxes=("read_notice",))
    page = browser.follow().text
    for shown in ("A payment agreement", "without asking each time", "At most per month", "200.00"):
        assert shown in page
    assert "CNY 200.00 a month and CNY 500.00 in total, until 2026-03-02" in branch.messages()[-1].text
    browser.submit("/authorize/decision", boxes=("agree", "account"), otp=branch.code(), decision="approve")
    (granted,) = client.redeem(browser.answer()["code"]).json["authorization_details"]
    assert granted["limits"] == limits
    assert granted["creditor_account_masked"].count("*") >= 4
    consent = branch.bank.consents.get(granted["consent_id"])
    consent.require_agreement()
    assert consent.covers("debits.create")
