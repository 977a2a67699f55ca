"""Secrets in the wrong hands are an alarm about their application, in the transaction that refuses them."""

from __future__ import annotations

import pytest

from tests.branch import Branch
from tests.browser import CALLBACK, Browser
from tests.client import Client

PASSWORD = {"grant_type": "password", "username": "xiaoming", "password": "40917265"}


def alarms(branch: Branch) -> list[tuple[str, str]]:
    return branch.bank.store.read("SELECT rule, subject FROM alarms")


@pytest.mark.clause("7.2.1-b-2.1", "9.3.1-1.1")
def test_who_asks_for_tokens_with_passwords_again_and_again_is_an_alarm_and_who_does_it_twice_is_not(
    branch: Branch, client: Client
) -> None:
    for _ in range(branch.config.policy.password_grants - 1):
        assert client.post("token", PASSWORD).json["error"] == "unsupported_grant_type"
    assert alarms(branch) == []
    client.post("token", PASSWORD)
    assert alarms(branch) == [("CREDENTIAL_RELAY", client.app_id)]


def test_a_strangers_password_grant_accuses_no_application(branch: Branch, client: Client) -> None:
    for _ in range(branch.config.policy.password_grants):
        refused = client.post("token", PASSWORD | {"client_id": client.app_id}, proven=False)
        assert refused.json["error"] == "invalid_client"
    assert alarms(branch) == []


@pytest.mark.clause("9.2.1-b-4.1")
def test_a_code_or_refresh_token_presented_twice_is_an_alarm(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    client.refresh(tokens["refresh_token"])
    assert alarms(branch) == []
    client.refresh(tokens["refresh_token"])
    assert alarms(branch) == [("TOKEN_REUSE", client.app_id)]


@pytest.mark.clause("9.3.1-1.1")
def test_a_code_with_another_sessions_verifier_is_an_alarm(branch: Branch, client: Client) -> None:
    code = Browser(branch).agree(client.location())["code"]
    refused = client.redeem(code, code_verifier="v" * 43)
    assert refused.json["error_description"] == "Code challenge failed."
    assert alarms(branch) == [("CODE_INJECTION", client.app_id)]


@pytest.mark.parametrize(
    ("row", "given"), [("grant_standing", {}), ("code_redirect", {"redirect_uri": f"{CALLBACK}/other"})]
)
def test_an_old_code_or_one_from_another_way_serves_without_its_row_only(
    branch: Branch, client: Client, row: str, given: dict[str, str]
) -> None:
    for weakened in (False, True):
        code = Browser(branch).agree(client.location())["code"]
        branch.clock.advance(branch.config.policy.code_s if row == "grant_standing" else 0)
        branch.switches.weaken([row] if weakened else [])
        assert client.redeem(code, **given).status == (200 if weakened else 400)
        branch.clock.advance(branch.config.policy.otp_interval_s)


def test_a_bank_that_looks_at_no_refusal_raises_no_alarm(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    branch.switches.weaken(["grant_misuse"])
    for _ in range(2):
        client.refresh(tokens["refresh_token"])
    assert alarms(branch) == []
