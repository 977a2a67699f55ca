"""What is no interface of the standard bears no identifier: pages of the bank, and operations of its own."""

from __future__ import annotations

import re
import secrets

import pytest

from bank_sim.core.operations import core_operations
from bank_sim.registry.published import published_apis
from bank_sim.sdk.protocol import u_api_id
from bank_sim.sdk.protocol.problems import Problem
from tests.branch import Branch

APIS = published_apis()
INSTITUTION = u_api_id.parse(APIS[0].u_api_id).institution


@pytest.mark.clause("6.1-5")
def test_a_page_that_applications_link_to_is_not_in_the_catalogue(branch: Branch) -> None:
    pages = {rule.rule for rule in branch.pages.url_map.iter_rules()}

    assert "/authorize" in pages
    assert pages & {each.path for each in APIS} == set()


@pytest.mark.clause("6.1-5")
@pytest.mark.parametrize("kind", ["", "H5", "h5-link", "A0", "A3"])
def test_no_identifier_is_given_out_for_another_kind_of_thing(kind: str) -> None:
    taken = [u_api_id.parse(each.u_api_id) for each in APIS]

    with pytest.raises(Problem, match=r"B\.3\.4"):
        u_api_id.next_identifier(taken, INSTITUTION, kind, "01", "0001")


@pytest.mark.clause("A-1")
def test_operations_for_the_banks_own_pages_are_neither_published_nor_registered(branch: Branch) -> None:
    published = {each.api_id for each in APIS}
    operations = core_operations(branch.config.policy, secrets.token_bytes, branch.bank.risk.judge)
    own = {name for name in operations if re.sub(r"\.v\d+$", "", name) not in published}
    registered = {row[0] for row in branch.bank.store.read("SELECT api_id FROM platform_register")}

    assert own >= {"customers.describe", "payees.resolve", "transfers.reject"}
    assert registered >= published
    assert own & registered == set()
