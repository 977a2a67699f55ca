"""The published description is valid OpenAPI 3.1 and says what the gateway does, because both come from one table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town


@pytest.fixture
def description(town: Town, party: Party) -> dict[str, Any]:
    status, headers, body = town.deliver(party.message("GET", "/openapi.json"), [("host", "localhost:8440")], b"")
    assert (status, headers["content-type"]) == (200, "application/json")
    return json.loads(body)


def operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation | {"method": method.upper(), "path": path}
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_valid_openapi(description: dict[str, Any]) -> None:
    errors = [error.message for error in OpenAPIV31SpecValidator(description).iter_errors()]
    assert errors == []


@pytest.mark.clause("6.2-1", "B.3.4-1")
def test_it_lists_exactly_the_catalogue_with_the_standard_s_facts(town: Town, description: dict[str, Any]) -> None:
    listed = operations(description)
    assert set(listed) == set(town.bank.catalogue.by_id)
    for api_id, api in town.bank.catalogue.by_id.items():
        found = listed[api_id]
        assert (found["method"], found["path"]) == (api.method, api.path)
        assert (found["x-api-id"], found["x-u-api-id"], found["x-level"]) == (api_id, api.u_api_id, api.level)
        assert ("requestBody" in found) == (api.request is not None)
        accepted = {"202"} if api.confirmed else set()
        assert set(found["responses"]) == {str(api.status), "429", "default"} | accepted


def test_it_names_the_credentials_and_headers_of_each_level(description: dict[str, Any]) -> None:
    listed = operations(description)
    assert listed["products.list"]["security"] == [{"messageMac": []}, {"messageSignature": []}]
    assert listed["transfers.create"]["security"] == [{"messageSignature": [], "userToken": ["transfers.create"]}]
    asked = {each["$ref"].rpartition("/")[2] for each in listed["transfers.create"]["parameters"]}
    assert asked == {"X-API-Version", "Signature-Input", "Signature", "Content-Digest", "Idempotency-Key"}


@pytest.mark.parametrize("api_id", ["transfers.create", "transfers.execute", "debits.create"])
def test_what_it_calls_an_amount_to_pay_is_more_than_zero(description: dict[str, Any], api_id: str) -> None:
    shape = operations(description)[api_id]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    amount = description["components"]["schemas"][shape.rpartition("/")[2]]["properties"]["amount"]
    for fitting in ("0.01", "0.10", "1.00", "9999999999999.99"):
        jsonschema.validate(fitting, amount)
    for unfit in ("0.00", "00.01", "1", "1.0", "-1.00"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(unfit, amount)


def test_what_it_calls_a_header_is_one_that_the_gateway_reads(description: dict[str, Any]) -> None:
    headers = {name: each["schema"] for name, each in description["components"]["parameters"].items()}
    jsonschema.validate("execute P2026 7", headers["Idempotency-Key"])
    jsonschema.validate("1", headers["X-API-Version"])
    for name, unfit in (("Idempotency-Key", "a\nb"), ("Idempotency-Key", "订单"), ("X-API-Version", "latest")):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(unfit, headers[name])


def test_answers_and_refusals_are_as_described(town: Town, party: Party, description: dict[str, Any]) -> None:
    user = town.consent(party)
    ref = user.account_refs[0]
    transfer_id = town.send(party.order(user)).data["transfer_id"]
    asked = {
        "products.list": "/api/products",
        "products.get": "/api/products/wm-steady-90",
        "rates.list": "/api/rates",
        "accounts.list": "/api/accounts",
        "accounts.balance": f"/api/accounts/{ref}/balance",
        "accounts.balances": "/api/balances",
        "accounts.transactions": f"/api/accounts/{ref}/transactions",
        "accounts.limits": f"/api/accounts/{ref}/limits",
        "wealth.holdings": "/api/wealth/holdings",
        "points.get": "/api/points",
        "transfers.get": f"/api/transfers/{transfer_id}",
    }
    for api_id, path in asked.items():
        token = None if path.startswith(("/api/products", "/api/rates")) else user.token
        reply = party.get(path, token=token)
        schema = operations(description)[api_id]["responses"]["200"]["content"]["application/json"]["schema"]
        require_described(description, schema, reply.data)
    refused = party.get("/api/accounts")
    require_described(description, {"$ref": "#/components/schemas/Problem"}, refused.data)
    with pytest.raises(jsonschema.ValidationError):
        require_described(description, schema, reply.data | {"colour": "red"})


def test_sealed_fields_are_as_described(town: Town, party: Party, description: dict[str, Any]) -> None:
    user = town.consent(party)
    reply = party.get(f"/api/accounts/{user.account_refs[0]}/balance", token=user.token)
    content = operations(description)["accounts.balance"]["responses"]["200"]["content"]["application/json"]
    require_described(
        description, content["schema"]["properties"]["sealed"]["x-sealed-fields"], party.open(reply, "accounts.balance")
    )


def test_an_answers_sealed_value_may_be_longer_than_a_requests(description: dict[str, Any]) -> None:
    content = operations(description)["accounts.transactions"]["responses"]["200"]["content"]["application/json"]
    assert "maxLength" not in content["schema"]["properties"]["sealed"]
    assert description["components"]["schemas"]["TransferRequest"]["properties"]["sealed"]["maxLength"] == 32768


def require_described(description: dict[str, Any], schema: dict[str, Any], instance: object) -> None:
    """``schema`` is part of the description, whose components it refers to."""
    whole = Resource.from_contents(description, default_specification=DRAFT202012)
    rooted = json.loads(json.dumps(schema).replace('"#/', '"urn:bank#/'))
    registry: Registry[Any] = Registry().with_resource("urn:bank", whole)
    jsonschema.Draft202012Validator(rooted, registry=registry).validate(instance)
