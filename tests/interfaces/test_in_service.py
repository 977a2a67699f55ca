"""What callers and readers see of a life: versions side by side, headers, the baffle, the description, the lists."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.gateway.party import Party
from tests.interfaces.bureau import LEAD_S, NEW, OLD, ORDERED, Bureau


def described(bureau: Bureau, target: str = "") -> dict[str, object]:
    message = bureau.partner.message("GET", "/openapi.json", query=target)
    body = bureau.town.deliver(message, [("host", "localhost:8440")], b"")[2]
    return msgspec.json.decode(body)


@pytest.mark.clause("7.1-6.2", "10.3-1.3")
def test_two_versions_are_served_side_by_side_under_identifiers_of_their_own(bureau: Bureau) -> None:
    bureau.publish(NEW)
    for version, members in (("1", {"as_of", "items"}), ("2", {"as_of", "deposit", "loan", "exchange"})):
        reply = bureau.call(version)
        assert (set(reply.data), reply.headers["x-api-version"]) == (members, version)
        bureau.partner.require_signed(reply)
        assert bureau.town.records()[-1]["u_api_id"] == bureau.life(f"rates.list:{version}").u_api_id
    assert bureau.call("3").code == "API_VERSION_UNKNOWN"


@pytest.mark.clause("7.1-6.2")
def test_both_versions_tell_the_same_rates(bureau: Bureau) -> None:
    bureau.publish(NEW)
    old, new = bureau.call("1").data, bureau.call("2").data
    told = {each["code"]: each["kind"] for each in old["items"]}
    assert {each["code"]: kind for kind in ("deposit", "loan", "exchange") for each in new[kind]} == told


@pytest.mark.clause("7.1-6.3")
def test_every_answer_of_an_ending_version_says_when_it_ends(bureau: Bureau) -> None:
    bureau.publish(NEW)
    assert not {"deprecation", "sunset", "link"} & bureau.call("1").headers.keys()
    bureau.announce_end(OLD)
    life = bureau.life(OLD)
    for reply in (bureau.call("1"), bureau.town.send(bureau.partner.message("GET", "/api/rates", key=None))):
        assert reply.headers["deprecation"] == f"@{(life.deprecated_ms or 0) // 1000}"
        sunset = parsedate_to_datetime(reply.headers["sunset"])
        assert sunset == datetime.fromtimestamp((life.sunset_ms or 0) // 1000, UTC)
        assert reply.headers["sunset"].endswith(" GMT")
        assert 'rel="deprecation"' in reply.headers["link"]
    assert "sunset" not in bureau.call("2").headers


@pytest.mark.clause("11-3.2")
def test_the_baffle_hears_callers_answers_signed_and_is_recorded(bureau: Bureau) -> None:
    bureau.publish(NEW)
    bureau.call("1")
    bureau.end(OLD)
    reply = bureau.call("1")
    assert (reply.status, reply.code, reply.data["successor_version"]) == (410, "SERVICE_TERMINATED", "2")
    assert "version 2" in reply.data["detail"]
    bureau.partner.require_signed(reply)
    record = bureau.town.records()[-1]
    assert (record["app_id"], record["code"], record["status"]) == (bureau.app_id, "SERVICE_TERMINATED", 410)
    assert record["u_api_id"] == bureau.life(OLD).u_api_id
    forged = bureau.partner.message("GET", "/api/rates", key=Party(bureau.town, "intl", name="forger").signing)
    assert bureau.town.send(forged).code == "SIGNATURE_INVALID"
    without = Party(bureau.town, "intl", name="elsewhere", apis=["products.list"])
    assert bureau.call("1", without).code == "SERVICE_TERMINATED"


@pytest.mark.clause("12.1-3.1", "12.1-3.2")
def test_the_description_follows_without_a_restart_in_every_process(bureau: Bureau) -> None:
    other = bureau.town.reopened()
    assert described(bureau)["paths"]["/api/rates"]["get"]["x-version"] == "1"  # type: ignore[index]
    bureau.publish(NEW)
    document = described(bureau)
    assert [each.message for each in OpenAPIV31SpecValidator(document).iter_errors()] == []
    operation = document["paths"]["/api/rates"]["get"]  # type: ignore[index]
    assert operation["x-version"] == "2"
    assert [each["version"] for each in operation["x-versions"]] == ["1", "2"]
    assert described(bureau, "version=1")["paths"]["/api/rates"]["get"]["x-version"] == "1"  # type: ignore[index]
    assert described(bureau, "version=9") == document
    message = bureau.partner.message("GET", "/api/rates", headers={"x-api-version": "2"})
    assert other.send(message).status == 200
    bureau.announce_end(OLD)
    elder = described(bureau, "version=1")["paths"]["/api/rates"]["get"]  # type: ignore[index]
    assert (elder["deprecated"], elder["x-sunset"][:4]) == (True, "2026")
    other.close()


@pytest.mark.clause("11-3.2", "12.1-3.2")
def test_an_interface_whose_last_version_has_ended_is_described_no_more_but_still_answers(bureau: Bureau) -> None:
    bureau.announce_end(OLD)
    bureau.tell(OLD)
    bureau.town.clock.advance(LEAD_S)
    bureau.order("terminate", OLD, **ORDERED)
    assert "/api/rates" not in described(bureau)["paths"]  # type: ignore[operator]
    assert "rates.list" not in bureau.bank.catalogue.by_id
    assert bureau.call("1").data["successor_version"] is None
    assert bureau.call("9").code == "API_VERSION_UNKNOWN"
    bureau.town.switches.weaken(["interface_life"])
    assert bureau.call("1").status == 200
