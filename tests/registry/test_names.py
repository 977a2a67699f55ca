"""Names under which an application party shows itself to users: any script, nothing that could be misread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from bank_sim.registry.registration import read_registration
from bank_sim.sdk.protocol.problems import Problem

if TYPE_CHECKING:
    from tests.registry.conftest import Office

STRANGE = [
    "\n",
    "\x00",
    "\x7f",
    "\u200b",
    "\u202e",
    "\u2066",
    "\u2028",
    "\u2029",
    "\ue000",
    "\ufeff",
    "\U000e0041",
    "\u034f",
    "\u115f",
    "\u3164",
    "\u2800",
    "\ufe0f",
    "\U000e0100",
]


@pytest.mark.parametrize("name", [*(f"Wallet{each}" for each in STRANGE), " ", "\u3000", "", "w" * 41])
def test_a_name_that_users_could_misread_is_refused(office: Office, name: str) -> None:
    with pytest.raises(Problem, match=r"PARAM_INVALID: .*name"):
        office.registry.register(read_registration(msgspec.json.encode({"name": name})))


@pytest.mark.parametrize("name_zh", [*(f"钱包{each}" for each in STRANGE), " ", "", "钱" * 41])
def test_a_chinese_name_that_users_could_misread_is_refused_too(office: Office, name_zh: str) -> None:
    with pytest.raises(Problem, match=r"PARAM_INVALID: .*name_zh"):
        office.registry.register(read_registration(msgspec.json.encode({"name": "Wallet", "name_zh": name_zh})))


def test_readers_of_chinese_see_the_chinese_name_where_there_is_one(office: Office) -> None:
    issued = [
        office.registry.register(read_registration(msgspec.json.encode({"name": "Wallet"} | names)))
        for names in ({"name_zh": "丰收钱包"}, {})
    ]
    applications = [office.registry.application(each.app_id) for each in issued]
    assert [each.name_in("zh") for each in applications if each] == ["丰收钱包", "Wallet"]
    assert [each.name_in("en") for each in applications if each] == ["Wallet", "Wallet"]


@pytest.mark.parametrize("name", ["丰收钱包", "Harvest Wallet (测试)", "丰收\u3000钱包", "É" * 40, "a"])
def test_a_name_in_any_script_is_taken(office: Office, name: str) -> None:
    issued = office.registry.register(read_registration(msgspec.json.encode({"name": name})))
    application = office.registry.application(issued.app_id)
    assert application is not None
    assert application.name == name
