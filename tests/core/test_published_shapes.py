"""The core and the catalogue were written apart: every answer must fit the shape that the bank publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from bank_sim.core import offers, products, wealth
from bank_sim.core.operations import core_operations
from bank_sim.gateway.composing import compose
from bank_sim.policy import Policy
from bank_sim.registry.catalogue import Catalogue, designs_of
from bank_sim.registry.published import published_apis
from bank_sim.risk import Risk
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed, seal

if TYPE_CHECKING:
    from bank_sim.registry.api import Api
    from tests.core.conftest import Town

# What the service layer does by itself is no operation of the core; tests/gateway/test_reconciliation has it.
CATALOGUE = Catalogue(each for each in published_apis("C99999") if not each.own_dealings)
LATER = [each for each in designs_of("C99999") if each.version != "1"]
REF = "abcdefghijklmnopqrst"


def test_every_published_interface_has_its_operation_and_writes_where_it_moves_money() -> None:
    operations = core_operations(Policy(), bytes, Risk(Policy(), frozenset).judge)
    assert {api.operation for api in CATALOGUE} <= operations.keys()
    moving = {api.operation for api in CATALOGUE if api.method == "POST"}
    assert moving == {api.operation for api in CATALOGUE if operations[api.operation].writes}


@pytest.mark.parametrize("api_id", CATALOGUE.by_id)
def test_an_answer_fits_its_published_shape(town: Town, api_id: str) -> None:
    products.publish(town.db, offers.PRODUCTS, offers.RATES, town.now_ms)
    me = town.person("王小明")
    mine, other = town.account(me, 100_00), town.account(town.person("李红"))
    wealth.hold_units(town.db, me, "fd-index-300", 12_34)
    town.pay(mine, other, 1_00)
    body = {"order_no": "42", "amount_fen": 5_00, "currency": "CNY"}
    payee = {"creditor_account": other.account_number, "creditor_name": "李红"}
    agreed = {"creditor_account_id": other.account_id}
    answer = town.ask(
        api_id,
        customer_id=me,
        account_id=mine.account_id,
        account_refs={mine.account_id: REF},
        params={
            "account_ref": REF,
            "product_id": "fd-index-300",
            "transfer_id": town.order(mine, other, 5_00).transfer_id,
        },
        body=body | payee | agreed,
    )
    composed = compose(CATALOGUE.by_id[api_id], answer)
    assert (composed.sealed is None) == (CATALOGUE.by_id[api_id].sealed_answer is None)
    assert composed.clear or composed.sealed


@pytest.mark.parametrize("api", LATER, ids=lambda api: api.operation)
def test_a_later_version_has_an_operation_and_a_shape_of_its_own(town: Town, api: Api) -> None:
    products.publish(town.db, offers.PRODUCTS, offers.RATES, town.now_ms)
    composed = compose(api, town.ask(api.operation, params={"risk_level_max": "R2"}))
    assert all(each.get("risk_level", "R1") <= "R2" for each in composed.clear.get("items", ()))
    assert all(composed.clear[name] for name in api.answer.__struct_fields__)


@pytest.mark.parametrize("suite", ["gm", "intl"])
def test_the_longest_page_of_transactions_is_opened(town: Town, suite: Literal["gm", "intl"]) -> None:
    """Four bytes a character in purposes, and the longest names, cursors, amounts and nonces that can be."""
    mine, other = town.account(town.person("王小明"), 10**15), town.account(town.person("𠀀" * 70))
    limit = town.policy.page_items_max
    for _ in range(limit + 1):
        town.execute(town.order(mine, other, 90_000_00, purpose="𠀀" * 60))
    api = CATALOGUE.by_id["accounts.transactions"]
    answer = town.ask(api.api_id, account_id=mine.account_id, params={"account_ref": REF, "limit": str(limit)})
    composed = compose(api, answer)
    key, context = keypairs.generate(suite, "enc"), SealContext("app_aaaaaaaaaaaa", api.api_id, "response", "n" * 128)
    assert composed.sealed is not None
    assert len(composed.sealed["items"]) == limit
    assert "next_cursor" in composed.clear
    assert open_sealed(seal(composed.sealed, key.public, context), key, context) == composed.sealed
