"""Identifiers: given out in order, to the right level, confirmed by receipts; never twice, and never again."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_sim.interfaces import platform
from bank_sim.sdk.protocol import u_api_id
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.u_api_id import UApiId
from bank_sim.store import Store
from tests.interfaces.bureau import NEW, OLD, Bureau

RATES = UApiId("C99999", "A1", "03", "0001", "000001")


def opened(path: Path) -> Store:
    store = Store(path)
    store.prepare(platform.SCHEMA)
    return store


@pytest.mark.clause("B.1-1", "B.3.6-1", "B.3.6-2", "B.3.7-1", "12.1-2.1", "12.1-2.2")
def test_a_new_version_gets_the_next_number_of_its_category_and_a_receipt(bureau: Bureau) -> None:
    receipt = bureau.register()
    code = u_api_id.parse(bureau.life(NEW).u_api_id or "")
    assert (code.level, code.category, code.subcategory, code.sequence) == ("A1", "03", "0001", "000004")
    assert code.reserved == "00"
    entry = platform.query(bureau.bank.store, str(code))
    assert entry is not None
    assert (entry.api_id, entry.version, entry.level, entry.receipt) == ("rates.list", "2", "A1", receipt)
    assert platform.query(bureau.bank.store, "OPC999990103000199999900") is None


@pytest.mark.clause("B.1-1", "B.3.6-2", "11-1.2")
@pytest.mark.parametrize(
    ("wished", "code"),
    [
        ("OPC999990103000100000300", "U_API_ID_INVALID"),  # in force for somebody else
        ("OPC999990103000100000900", "U_API_ID_INVALID"),  # out of turn
        ("OPC999990203000100000200", "U_API_ID_INVALID"),  # of the other level
        ("OPC999990103000100000401", "U_API_ID_INVALID"),  # with something in the reserved part
        ("opC999990103000100000400", "U_API_ID_INVALID"),
        ("OPC99999010300010000040", "U_API_ID_INVALID"),
    ],
)
def test_nobody_chooses_an_identifier(bureau: Bureau, wished: str, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        bureau.register(wished=wished)
    assert refusal.value.code == code
    bureau.register(wished="OPC999990103000100000400")


@pytest.mark.clause("11-1.2")
def test_an_identifier_that_was_given_back_is_never_given_out_again(tmp_path: Path) -> None:
    store = opened(tmp_path / "platform.db")
    with store.write() as db:
        first = platform.register(db, RATES, "a", "1", 1)
        platform.deregister(db, first.u_api_id, 2)
    with store.write() as db, pytest.raises(Problem) as refusal:
        platform.register(db, RATES, "b", "1", 3, first.u_api_id)
    assert refusal.value.code == "CODE_RETIRED"
    with store.write() as db, pytest.raises(Problem, match="STATE_CHANGED"):
        platform.deregister(db, first.u_api_id, 3)
    with store.write() as db:
        second = platform.register(db, RATES, "b", "1", 3)
    assert second.u_api_id == "OPC999990103000100000200"
    for statement in ("DELETE FROM platform_register", "UPDATE platform_register SET deregistered_ms = NULL"):
        with pytest.raises(sqlite3.IntegrityError), store.write() as db:
            db.execute(statement)
    receipts = {each.receipt for each in platform.entries(store)}
    assert len(receipts | {platform.entries(store)[0].deregistration_receipt}) == 3
    store.close()


@pytest.mark.clause("B.3.6-2", "B.3.4-1")
@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["A1", "A2"]), max_size=12), st.data())
def test_numbers_are_consecutive_within_a_level_whatever_is_given_back(
    tmp_path_factory: pytest.TempPathFactory, levels: list[str], data: st.DataObject
) -> None:
    store = opened(tmp_path_factory.mktemp("platform") / "platform.db")
    for number, level in enumerate(levels):
        with store.write() as db:
            code = platform.register(db, UApiId("C99999", level, "03", "0001", "000001"), f"api{number}", "1", number)
            if data.draw(st.booleans()):
                platform.deregister(db, code.u_api_id, number)
    given_out = [u_api_id.parse(each.u_api_id) for each in platform.entries(store)]
    for level in ("A1", "A2"):
        sequences = [int(each.sequence) for each in given_out if each.level == level]
        assert sequences == list(range(1, levels.count(level) + 1))
    store.close()


@pytest.mark.clause("B.3.6-2")
def test_two_who_register_at_once_get_two_numbers_in_order(tmp_path: Path) -> None:
    opened(tmp_path / "platform.db").close()

    def register(who: str) -> None:
        store = Store(tmp_path / "platform.db")
        for number in range(10):
            with store.write() as db:
                platform.register(db, RATES, f"{who}{number}", "1", number)
        store.close()

    threads = [threading.Thread(target=register, args=(who,)) for who in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = Store(tmp_path / "platform.db")
    sequences = [int(u_api_id.parse(each.u_api_id).sequence) for each in platform.entries(store)]
    assert sequences == list(range(1, 31))
    store.close()


@pytest.mark.clause("12.1-2.1", "12.1-2.2")
def test_everything_that_the_bank_publishes_is_in_force_at_the_platform(bureau: Bureau) -> None:
    in_force = {each.u_api_id: each.level for each in platform.entries(bureau.bank.store) if not each.deregistered_ms}
    assert {api.u_api_id: api.level for api in bureau.bank.catalogue.apis} == in_force
    assert bureau.life(OLD).u_api_id in in_force
