"""Faults that somebody switched on: whom they befall, when, how often, and that all processes agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bank_sim.registry.generation import Generation
from bank_sim.sandbox.faults import KINDS, Fault, Faults, Strike, asked_for, forget, magic, read_order
from bank_sim.sandbox.faults.asking import amounts, payees
from bank_sim.sdk.protocol.luhn import check_digit
from bank_sim.sdk.protocol.problems import PARAM_INVALID, RESOURCE_NOT_FOUND, Problem
from tests.bank.conftest import in_processes

NOW_MS = 1_769_824_800_000
APP, OTHER = "app_one", "app_other"


@pytest.fixture
def generation(tmp_path: Path) -> Iterator[Generation]:
    generation = Generation(tmp_path / "faults.generation")
    yield generation
    generation.close()


@pytest.fixture
def faults(tmp_path: Path, generation: Generation) -> Iterator[Faults]:
    faults = hand(tmp_path, generation)
    yield faults
    faults.close()


def hand(folder: Path, generation: Generation) -> Faults:
    return Faults(folder / "faults.db", generation.now, generation.announce)


def on(faults: Faults, kind: str = "reset", **order: Any) -> Fault:
    return faults.add(read_order({"kind": kind, **order}), NOW_MS)


def hits(faults: Faults, calls: int, api_id: str = "rates.list", app_id: str = APP) -> list[bool]:
    return [bool(faults.strikes(app_id, api_id, NOW_MS)) for _ in range(calls)]


def test_a_fault_befalls_the_calls_of_its_application_and_interface_and_no_others(faults: Faults) -> None:
    on(faults, "latency", app_id=APP, api_id="rates.list", parameters={"ms": 7})

    (strike,) = faults.strikes(APP, "rates.list", NOW_MS)
    assert (strike.shown, strike.parameters) == ("latency; ms=7", {"ms": 7})
    assert faults.strikes(APP, "products.list", NOW_MS) == ()
    assert faults.strikes(OTHER, "rates.list", NOW_MS) == ()


def test_the_same_seed_hits_the_same_calls_and_another_seed_others(faults: Faults) -> None:
    first = on(faults, share_percent=30, seed=7)
    drawn = hits(faults, 80)
    faults.clear(first.fault_id)
    on(faults, share_percent=30, seed=7)
    again = hits(faults, 80)
    faults.clear()
    on(faults, share_percent=30, seed=8)

    assert again == drawn
    assert hits(faults, 80) != drawn
    assert 12 <= sum(drawn) <= 36


def test_a_fault_for_three_calls_hits_three_whichever_process_serves_them(
    faults: Faults, tmp_path: Path, generation: Generation
) -> None:
    on(faults, count=3)

    def serve() -> None:
        mine = hand(tmp_path, generation)
        hits(mine, 5)
        mine.close()

    in_processes(serve, serve)

    (standing,) = faults.listed()
    assert (standing.met, standing.hit) == (3, 3)
    assert not standing.is_in_force(NOW_MS)
    assert hits(faults, 2) == [False, False]


def test_what_one_process_switches_all_follow(faults: Faults, tmp_path: Path, generation: Generation) -> None:
    assert hits(faults, 1) == [False]

    def switch() -> None:
        other = hand(tmp_path, generation)
        on(other)
        other.close()

    in_processes(switch)
    assert hits(faults, 1) == [True]
    assert faults.in_force(NOW_MS) == ("reset",)
    faults.clear()
    assert hits(faults, 1) == [False]


@pytest.mark.parametrize(
    ("order", "moments_s"),
    [
        ({}, {0, 59, 60, 130, 5_040}),
        ({"after_s": 60}, {60, 130, 5_040}),
        ({"for_s": 60}, {0, 59}),
        ({"for_s": 10, "every_s": 60}, {0, 60, 5_040}),
        ({"for_s": 10, "every_s": 60, "until_s": 120}, {0, 60}),
    ],
)
def test_a_fault_is_on_within_its_spells_alone(faults: Faults, order: dict[str, int], moments_s: set[int]) -> None:
    fault = on(faults, **order)

    assert {each for each in (0, 59, 60, 130, 5_040) if fault.is_on(NOW_MS + each * 1000)} == moments_s
    assert fault.is_over(NOW_MS + 5_040_000) == (5_040 not in moments_s)


def test_jitter_makes_some_answers_later_than_others_and_none_earlier(faults: Faults) -> None:
    on(faults, "latency", parameters={"ms": 100, "jitter_ms": 50})
    waits_ms = {strike.parameters["ms"] for _ in range(40) for strike in faults.strikes(APP, "rates.list", NOW_MS)}

    assert len(waits_ms) > 10
    assert min(waits_ms) >= 100
    assert max(waits_ms) <= 150


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({"kind": "gravity"}, "latency, hang"),
        ({"kind": "hang", "parameters": {"s": 1}}, "hang takes ms"),
        ({"kind": "latency", "parameters": {"ms": 60_001}}, "0 to 60000"),
        ({"kind": "server_error", "parameters": {"status": 501}}, "502"),
        ({"kind": "hang", "share_percent": 0}, "share_percent"),
        ({"kind": "hang", "share_percent": 101}, "share_percent"),
        ({"kind": "hang", "count": 0}, "count"),
        ({"kind": "hang", "every_s": 10}, "every_s"),
        ({"kind": "hang", "every_s": 10, "for_s": 10}, "every_s"),
        ({"kind": "bad_json", "api_id": "oauth.token"}, "authorization server"),
        ({"kind": "hang", "colour": "blue"}, "colour"),
        (["hang"], "object"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused_with_what_is_wrong(order: Any, says: str) -> None:
    with pytest.raises(Problem) as caught:
        read_order(order)
    assert caught.value.kind is PARAM_INVALID
    assert says in str(caught.value.detail)


def test_a_fault_of_another_name_cannot_be_cleared(faults: Faults) -> None:
    on(faults)
    with pytest.raises(Problem) as caught:
        faults.clear("flt_none")
    assert caught.value.kind is RESOURCE_NOT_FOUND
    assert hits(faults, 1) == [True]


def test_a_bank_that_starts_has_none(faults: Faults, tmp_path: Path, generation: Generation) -> None:
    on(faults)
    faults.close()
    forget(tmp_path / "faults.db")
    started = hand(tmp_path, generation)

    assert hits(started, 1) == [False]
    assert started.listed() == []
    started.close()


def test_a_header_names_faults_with_their_numbers() -> None:
    assert [each.shown for each in asked_for("latency; ms=5,clock_skew;s=-30")] == [
        "latency; ms=5",
        "clock_skew; s=-30",
    ]
    assert [each.shown for each in asked_for("hang")] == ["hang; ms=30000"]


@pytest.mark.parametrize(
    "text", ["", "gravity", "latency; ms", "latency; ms=1.5", "latency ms=5", "hang, hang, hang, hang, hang", "répit"]
)
def test_a_header_that_names_none_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        asked_for(text)
    assert caught.value.kind is PARAM_INVALID


@pytest.mark.parametrize("kind", [each for each in KINDS.values() if each.shared or each.place == "event"])
def test_what_others_would_suffer_from_no_caller_can_ask_for(kind: Any) -> None:
    with pytest.raises(Problem, match="control listener only"):
        asked_for(kind.name)


def test_magic_values_are_well_formed_and_each_brings_a_fault() -> None:
    assert all(magic("transfers.execute", each, {}) for each in amounts())
    assert all(magic("transfers.create", "1.00", {"creditor_account": each.account}) for each in payees())
    assert all(magic("transfers.create", "1.00", {"creditor_name": each.name}) for each in payees())
    assert all(check_digit(each.account[:-1]) == each.account[-1] for each in payees())
    assert magic("transfers.create", next(iter(amounts())), {"creditor_name": "nobody"}) == ()
    assert magic("accounts.balance", next(iter(amounts())), {}) == ()


def test_every_kind_says_in_both_languages_what_it_does_and_what_a_sound_application_does() -> None:
    assert all(each.en and each.zh and each.sound_en and each.sound_zh for each in KINDS.values())
    assert all(isinstance(each.drawn(1), Strike) for each in _one_of_each())


def _one_of_each() -> list[Fault]:
    return [
        Fault(
            fault_id="f", kind=each.name, parameters={p.name: p.default for p in each.parameters}, app_id=None,
            api_id=None, share_percent=100, seed=1, count=None, from_ms=0, for_ms=None, every_ms=None, until_ms=None,
        )
        for each in KINDS.values()
    ]  # fmt: skip
