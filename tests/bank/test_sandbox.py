"""The sandbox's knobs: one clock and one set of switches for all processes, turned by who holds the token."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from bank_sim.clock import Clock
from bank_sim.registry.generation import Generation
from bank_sim.sandbox import ControlBlock, Switches
from bank_sim.sandbox.faults import Faults
from bank_sim.sandbox.listener import create_control_app
from bank_sim.sdk.protocol.problems import PARAM_INVALID, Problem
from tests.bank.conftest import in_processes

KNOWN = ("nonce", "signature")
TOKEN = {"Authorization": "Bearer token of this run"}
TOKEN_SHA256 = hashlib.sha256(b"token of this run").hexdigest()


@pytest.fixture
def block(tmp_path: Path) -> Iterator[ControlBlock]:
    block = ControlBlock(tmp_path / "control")
    yield block
    block.close()


@pytest.fixture
def switches(block: ControlBlock, tmp_path: Path) -> Switches:
    return Switches(block, tmp_path / "weakened.json", KNOWN)


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[Faults]:
    generation = Generation(tmp_path / "faults.generation")
    faults = Faults(tmp_path / "faults.db", generation.now, generation.announce)
    yield faults
    faults.close()
    generation.close()


@pytest.fixture
def client(block: ControlBlock, switches: Switches, faults: Faults) -> FlaskClient:
    clock = Clock(block.offset_s, machine_s=lambda: 1_767_225_600.0)
    app = create_control_app(
        block, clock, switches, faults, TOKEN_SHA256, lambda body: {"registered": json.loads(body)}
    )
    return app.test_client()


def test_an_offset_set_in_one_process_is_seen_in_another(block: ControlBlock) -> None:
    clock = Clock(block.offset_s, machine_s=lambda: 1000.0)
    in_processes(lambda: block.set_offset_s(90 * 86_400))
    assert clock.now_s() == 1000.0 + 90 * 86_400


def test_the_virtual_time_outlives_a_restart(block: ControlBlock, tmp_path: Path) -> None:
    block.set_offset_s(3600.25)
    again = ControlBlock(tmp_path / "control")
    assert again.offset_s() == 3600.25
    again.close()


def test_a_weakening_in_one_process_is_seen_in_another(switches: Switches) -> None:
    assert switches.weakened() == frozenset()
    in_processes(lambda: switches.weaken(["nonce"]))
    assert switches.weakened() == {"nonce"}
    in_processes(lambda: switches.weaken([]))
    assert switches.weakened() == frozenset()


def test_an_unknown_defence_cannot_be_left_out(switches: Switches) -> None:
    with pytest.raises(Problem) as caught:
        switches.weaken(["nonce", "gravity"])
    assert caught.value.kind is PARAM_INVALID
    assert "gravity" in str(caught.value.detail)
    assert "nonce, signature" in str(caught.value.detail)
    assert switches.weakened() == frozenset()


def test_anybody_may_read_the_clock_and_the_switches(client: FlaskClient) -> None:
    assert client.get("/clock").json == {
        "now": "2026-01-01T00:00:00Z",
        "now_ms": 1_767_225_600_000,
        "offset_s": 0.0,
        "epoch": 0,
        "weakened": [],
    }
    assert client.get("/weakened").json == {"names": [], "known": ["nonce", "signature"]}
    assert client.get("/health").json == {"status": "ok", "weakened": [], "faults": []}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/clock", {"advance_s": 60}),
        ("/weakened", {"names": ["nonce"]}),
        ("/applications", {"name": "Other"}),
        ("/restored", {"offset_ms": 5}),
        ("/faults", {"kind": "hang"}),
    ],
)
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic token of this run"}]
)
def test_nobody_turns_a_knob_without_the_token(
    client: FlaskClient, path: str, body: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = client.post(path, json=body, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, "APP_AUTH_FAILED")  # type: ignore[index]
    assert client.get("/clock").json["offset_s"] == 0  # type: ignore[index]
    assert client.get("/weakened").json["names"] == []  # type: ignore[index]
    assert client.get("/clock").json["epoch"] == 0  # type: ignore[index]
    assert client.get("/faults").json["faults"] == []  # type: ignore[index]


def test_without_a_token_of_this_run_nobody_turns_anything(
    block: ControlBlock, switches: Switches, faults: Faults
) -> None:
    client = create_control_app(block, Clock(), switches, faults, "", lambda body: {}).test_client()
    empty_token_sha256 = {"Authorization": "Bearer "}
    assert client.post("/clock", json={"advance_s": 1}, headers=empty_token_sha256).status_code == 401


def test_time_advances_and_is_reset(client: FlaskClient) -> None:
    assert client.post("/clock", json={"advance_s": 60}, headers=TOKEN).json["now"] == "2026-01-01T00:01:00Z"  # type: ignore[index]
    assert client.post("/clock", json={"advance_s": 86_400}, headers=TOKEN).json["offset_s"] == 86_460  # type: ignore[index]
    assert client.post("/clock", json={"reset": True}, headers=TOKEN).json["offset_s"] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance_s": -1},
        {"advance_s": 4000 * 86_400},
        {"advance_s": 1, "reset": True},
        {"advance_s": "1"},
        {"advance": 1},
        [],
    ],
)
def test_time_moves_in_no_other_way(client: FlaskClient, body: Any) -> None:
    answer = client.post("/clock", json=body, headers=TOKEN)
    assert (answer.status_code, answer.json["code"]) == (400, "PARAM_INVALID")  # type: ignore[index]
    assert client.get("/clock").json["offset_s"] == 0  # type: ignore[index]


def test_after_a_restoration_time_may_go_back_and_everybody_is_told_to_forget(
    block: ControlBlock, switches: Switches, faults: Faults
) -> None:
    forgotten: list[int] = []
    app = create_control_app(
        block,
        Clock(block.offset_s),
        switches,
        faults,
        TOKEN_SHA256,
        lambda _: {},
        restored=lambda: forgotten.append(block.epoch),
    )
    client, generation = app.test_client(), block.generation
    client.post("/clock", json={"advance_s": 86_400}, headers=TOKEN)

    reading = client.post("/restored", json={"offset_ms": 1500}, headers=TOKEN).get_json()

    assert (reading["offset_s"], reading["epoch"]) == (1.5, 1)
    assert forgotten == [0]
    assert block.generation > generation


def test_defences_are_left_out_and_restored(client: FlaskClient, switches: Switches) -> None:
    assert client.post("/weakened", json={"names": ["nonce"]}, headers=TOKEN).json == {"names": ["nonce"]}
    assert switches.weakened() == {"nonce"}
    assert client.post("/weakened", json={"names": []}, headers=TOKEN).json == {"names": []}
    answer = client.post("/weakened", json={"names": ["gravity"]}, headers=TOKEN)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_a_foreign_application_is_registered(client: FlaskClient) -> None:
    answer = client.post("/applications", json={"name": "Other"}, headers=TOKEN)
    assert (answer.status_code, answer.json) == (201, {"registered": {"name": "Other"}})


def test_what_the_listener_refuses_leaves_a_line_in_the_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    client.post("/clock", json={"advance_s": 60})
    client.post("/weakened", json={"names": 1}, headers=TOKEN)
    client.get("/6222020000000000000")
    assert [record.getMessage() for record in caplog.records if record.name == "bank.sandbox"] == [
        "refused POST /clock from 127.0.0.1: APP_AUTH_FAILED",
        "refused POST /weakened from 127.0.0.1: PARAM_INVALID",
        "refused GET an unknown path from 127.0.0.1: API_NOT_FOUND",
    ]


def test_what_the_listener_does_not_know_is_a_problem_too(client: FlaskClient) -> None:
    assert client.get("/nothing").json["code"] == "API_NOT_FOUND"  # type: ignore[index]
    assert client.delete("/clock").json["code"] == "METHOD_NOT_ALLOWED"  # type: ignore[index]
