"""Payments for a period: the payee travels sealed, bound to its request, and must exist."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.sdk.protocol.sealing import SealContext, seal
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client


def sealed(branch: Branch, client: Client, person: int = 1, **changes: Any) -> str:
    payee = next(each for each in branch.accounts if each.person_index == person)
    context = {"app_id": client.app_id, "api_id": "oauth.par", "direction": "request", "nonce": client.challenge}
    fields = {"creditor_account": payee.account_number, "creditor_name": "李四光"}
    given = {name: changes.pop(name) for name in ("creditor_name", "creditor_account") if name in changes}
    recipient = branch.bank.keys.opening(client.suite).public
    return seal(fields | given, recipient, SealContext(**(context | changes)))


def detail(client: Client, text: str, **changes: Any) -> dict[str, Any]:
    asked = {
        "type": "payment",
        "validity": "period",
        "valid_to": client.accounts()["valid_to"],
        "limits": {"per_payment": "100.00", "total": "500.00"},
        "sealed": text,
    } | changes
    return {name: value for name, value in asked.items() if value is not None}


@pytest.mark.clause("7.2.2-3.2.1")
@pytest.mark.parametrize("suite", ["gm", "intl"])
def test_a_standing_payment_names_its_payee_sealed(branch: Branch, suite: str) -> None:
    client = Client(branch, suite)
    tokens = client.linked(detail=detail(client, sealed(branch, client)))
    (granted,) = tokens["authorization_details"]
    assert granted["limits"] == {"per_payment": "100.00", "total": "500.00"}
    consent = branch.bank.consents.get(granted["consent_id"])
    payee = next(each for each in branch.accounts if each.person_index == 1)
    consent.require_confirmed("tr_any", payee.account_id, 10_000)
    assert consent.factors == ("password", "sms_code")
    assert "refresh_token" in tokens


def test_the_user_sees_payee_limits_and_term(branch: Branch, client: Client, browser: Browser) -> None:
    browser.open(client.location(detail(client, sealed(branch, client))))
    browser.log_in()
    browser.submit("/authorize/notice", boxes=("read_notice",))
    page = browser.follow().text
    for shown in ("100.00", "500.00", "**光", "2026-03-02"):
        assert shown in page
    assert "at most CNY 100.00 a payment and CNY 500.00 in total" in branch.messages()[-1].text


@pytest.mark.clause("7.2.2-3.2.1")
@pytest.mark.parametrize(
    "changes",
    [{"nonce": "x" * 43}, {"api_id": "transfers.create"}, {"direction": "response"}, {"app_id": "app_other"}],
)
def test_a_sealed_payee_is_worthless_elsewhere(branch: Branch, client: Client, changes: dict[str, str]) -> None:
    refused = client.ask(detail(client, sealed(branch, client, **changes)))
    assert (refused.json["error"], refused.json["code"]) == ("invalid_authorization_details", "DECRYPT_FAILED")


def test_a_payee_must_exist_under_that_name(branch: Branch, client: Client) -> None:
    wrong_name = client.ask(detail(client, sealed(branch, client, creditor_name="张三")))
    no_account = client.ask(detail(client, sealed(branch, client, creditor_account="6222020000000000000")))
    assert wrong_name.json["code"] == no_account.json["code"] == "PAYEE_MISMATCH"


@pytest.mark.parametrize(
    "changes",
    [
        {"limits": None},
        {"sealed": None},
        {"transfer_id": "tr_a"},
        {"valid_to": None},
        {"limits": {"per_payment": "100.00", "total": "99.99"}},
        {"limits": {"per_payment": "100", "total": "500.00"}},
        {"limits": {"per_payment": "0.00", "total": "500.00"}},
        {"limits": {"per_payment": "100.00", "total": "500.00", "daily": "1.00"}},
        {"sealed": "plain text"},
    ],
)
def test_a_standing_payment_is_complete_or_refused(branch: Branch, client: Client, changes: dict[str, Any]) -> None:
    refused = client.ask(detail(client, sealed(branch, client), **changes))
    assert (refused.status, refused.json["error"]) == (400, "invalid_authorization_details")
