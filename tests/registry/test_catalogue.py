"""The catalogue that the bank offers holds the rules of the standard, and one that breaks a rule is not offered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bank_sim.registry import schemas
from bank_sim.registry.api import Api
from bank_sim.registry.catalogue import Catalogue, proven
from bank_sim.registry.published import published_apis
from bank_sim.sdk.protocol import u_api_id
from bank_sim.sdk.protocol.personal import holds_number

APIS = {each.api_id: each for each in published_apis()}


def changed(api_id: str, **facts: object) -> list[Api]:
    return [replace(each, **facts) if each.api_id == api_id else each for each in APIS.values()]  # type: ignore[arg-type]


@pytest.mark.clause("6.2-1", "6.2-6")
def test_funds_and_accounts_are_a2_and_public_information_is_a1() -> None:
    levels = {api_id: api.level for api_id, api in APIS.items()}
    assert {api_id for api_id, level in levels.items() if level == "A1"} == {
        "products.list",
        "products.get",
        "rates.list",
    }
    assert all(api.level == "A2" for api in APIS.values() if api.funds or api.consent_types)


@pytest.mark.clause("B.1-1", "B.3.4-1", "B.3.6-2")
def test_every_interface_has_an_identifier_of_its_level_in_order() -> None:
    codes = [u_api_id.parse(each.u_api_id) for each in APIS.values()]
    assert len({str(each) for each in codes}) == len(APIS) >= 12
    assert [each.level for each in codes] == [each.level for each in APIS.values()]
    for code in codes:
        taken = [each for each in codes if str(each) < str(code)]
        assert u_api_id.next_identifier(taken, code.institution, code.level, code.category, code.subcategory) == code


BROKEN = {
    "API_ID and version accounts.list v1 stands twice": [
        *APIS.values(),
        replace(APIS["accounts.list"], path="/api/else"),
    ],
    "U_API_ID .* stands twice": changed("rates.list", u_api_id=APIS["products.get"].u_api_id),
    "method and path GET /api/rates v1 stands twice": changed("products.list", path="/api/rates"),
    "not a U_API_ID": changed("rates.list", u_api_id="AP" + APIS["rates.list"].u_api_id[2:]),
    "version 2 of accounts.balance tells more than its users agreed to: .*holdings": [
        *APIS.values(),
        replace(APIS["accounts.balance"], version="2", u_api_id="", sealed_answer=schemas.HoldingsSealed),
    ],
    "version 2 of accounts.limits tells more than its users agreed to: .*holder_name_masked": [
        *APIS.values(),
        replace(APIS["accounts.limits"], version="2", u_api_id="", answer=schemas.AccountList),
    ],
    "says A2, the entry A1": changed("rates.list", u_api_id="OPC999990203000100000200"),
    "not consecutive": [each for each in APIS.values() if each.api_id != "products.get"],
    "do not go together": changed("transfers.get", funds=False),
    "make an interface A2": changed("rates.list", consent_types=frozenset({"account_information"})),
    "tells of a person: account_masked, account_ref": changed("rates.list", answer=schemas.AccountList),
    "tells of a person: sealed": changed("rates.list", sealed_answer=schemas.PointsSealed),
    "needs a user's consent": changed("points.get", consent_types=frozenset()),
    "needs an Idempotency-Key": changed("transfers.execute", idempotent=False),
    "takes creditor_name in clear": changed("transfers.execute", request=schemas.TransferRequestSealed),
    "a member sealed without a shape": changed("transfers.create", sealed_request=None),
    "items leaves in clear and sealed": changed("accounts.list", sealed_answer=schemas.TransactionPageSealed),
    "must hold nothing sensitive": changed("transfers.create", sealed_answer=schemas.PointsSealed),
    "versions 1 and 2 of points.get differ": [*APIS.values(), replace(APIS["points.get"], version="2", path="/api/x")],
    "the path names user_name": changed("points.get", path="/api/points/{user_name}"),
}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.clause("6.2-1", "6.2-6", "7.2.2-3.2.2", "10.3-1.4")
def test_a_catalogue_that_breaks_a_rule_is_not_offered(fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        proven(BROKEN[fault])


def test_paths_lead_to_their_interfaces_and_to_nothing_else() -> None:
    catalogue = Catalogue(APIS.values())
    for api in APIS.values():
        path = api.path.replace("{", "x-").replace("}", "")
        route = catalogue.find(path)
        assert route is not None
        assert route.methods[api.method] == api
        assert route.parameters == {name: f"x-{name}" for name in api.parameters}
        assert catalogue.find(path + "/") is None
        assert catalogue.find(path.replace("/api", "/API")) is None
    assert catalogue.find("/api/accounts//balance") is None
    assert catalogue.find("") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 15400000001", True),
        ("card 6225880137006863.", True),
        ("card 6225880137006864.", False),
        ("id 99010119800101001X", True),
        ("order 20260131000000000042", False),
        ("rent 2026-01", False),
        ("2540000000", False),
    ],
)
def test_numbers_of_persons_are_found_in_free_text(text: str, found: bool) -> None:
    assert holds_number(text) is found
