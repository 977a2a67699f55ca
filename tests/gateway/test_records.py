"""Every call leaves a record: complete, chained, and silent about what must not be kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town

SIX_FACTS = ("serial", "app_id", "api_id", "elapsed_us", "at_ms", "result")


@pytest.mark.clause("7.3.3-2.1", "7.3.3-1.2", "12.3-1.1", "9.3.3-3")
def test_a_call_is_recorded_with_the_six_facts_and_its_evidence(town: Town, party: Party) -> None:
    user = town.consent(party)
    message = party.order(user)
    reply = town.send(message)
    record = town.records()[-1]
    assert all(record[fact] is not None for fact in SIX_FACTS)
    assert (record["app_id"], record["api_id"], record["level"]) == (party.app_id, "transfers.create", "A2")
    assert record["u_api_id"] == town.bank.catalogue.by_id["transfers.create"].u_api_id
    assert (record["consent_id"], record["customer_ref"]) == (user.consent_id, user.customer_id)
    assert (record["key_id"], record["nonce"]) == (party.keyid, message.nonce)
    assert record["content_digest"] == message.headers["content-digest"]
    sent = reply.request_headers
    assert record["signature"] == f"{sent['signature-input']} {sent['signature']}"
    assert record["trace_id"] == reply.headers["x-trace-id"]
    assert record["elapsed_us"] > 0


@pytest.mark.clause("7.3.3-1.2")
def test_as_many_records_as_calls(town: Town, party: Party) -> None:
    user = town.consent(party)
    calls = [
        party.message("GET", "/api/products"),
        party.message("GET", "/api/accounts", token=user.token),
        party.message("GET", "/nowhere"),
        party.message("GET", "/api/products", key=None),
        party.message("GET", "/api/products", keyid="nobody.key"),
        party.order(user),
        party.order(user, document={"amount": "9999999.00"}),
    ]
    before = len(town.records())
    replies = [town.send(each) for each in calls]
    records = town.records()[before:]
    assert [each["code"] for each in records] == [each.code for each in replies]
    assert [each["result"] for each in records] == ["failure" if each.code else "success" for each in replies]
    assert [each["serial"] for each in records] == list(range(records[0]["serial"], records[0]["serial"] + len(calls)))


@pytest.mark.clause("12.3-1.2", "7.3.3-2.2")
def test_a_record_holds_no_number_name_token_or_body(town: Town, party: Party) -> None:
    user = town.consent(party)
    number = town.account_number(1)
    town.send(party.order(user))
    town.send(party.order(user, document={"creditor_account": number, "creditor_name": "李四光"}))
    party.get(f"/api/accounts/{number}/balance", token=user.token)
    party.get("/api/products", query=f"phone=15400000001&card={number}")
    kept = "\n".join(str(each) for each in town.records())
    for secret in (number, "李四光", "15400000001", user.token, "order_no"):
        assert secret not in kept


def test_what_a_stranger_sends_is_cut_to_size(town: Town, party: Party) -> None:
    message = replace(party.message("GET", "/" + "a" * 5000), key=None, extra={"content-digest": "b" * 5000})
    town.send(message)
    record = town.records()[-1]
    assert (len(record["path"]), len(record["content_digest"])) == (256, 256)
    assert (record["app_id"], record["api_id"]) == ("-", "-")
