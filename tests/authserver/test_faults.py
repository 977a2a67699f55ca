"""What befalls a call of the authorization server: its line, or a refusal; never its answer's signature."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.sandbox.faults import read_order
from tests.branch import Branch, Reply
from tests.client import Client


def switch_on(branch: Branch, kind: str, **order: Any) -> None:
    branch.bank.faults.add(read_order({"kind": kind, "api_id": "oauth.introspect", **order}), branch.clock.now_ms())


def ask(client: Client, *headers: tuple[str, str]) -> Reply:
    return client.post("introspect", {"token": "never issued"}, headers=headers)


@pytest.mark.parametrize("kind", ["hang", "reset", "server_error"])
def test_a_fault_instead_of_the_work_is_a_refusal_and_recorded_as_one(
    branch: Branch, client: Client, kind: str
) -> None:
    switch_on(branch, kind, count=1)
    struck, record = ask(client), branch.last_record()

    assert (struck.status, struck.json["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert (record["result"], record["fault"]) == ("failure", kind)
    assert (ask(client).status, branch.last_record()["fault"]) == (200, "")


@pytest.mark.parametrize("kind", ["latency", "answer_lost"])
def test_a_fault_behind_the_work_leaves_the_work_done(branch: Branch, client: Client, kind: str) -> None:
    switch_on(branch, kind)
    struck, record = ask(client), branch.last_record()

    assert (record["result"], record["fault"]) == ("success", kind)
    assert struck.header("sandbox-fault").startswith(kind)


def test_what_spoils_answers_and_what_callers_ask_for_without_aids_passes_by(branch: Branch, client: Client) -> None:
    branch.bank.faults.add(read_order({"kind": "wrong_signature"}), branch.clock.now_ms())

    assert ask(client, ("sandbox-fault", "server_error")).status == 200
    assert branch.last_record()["fault"] == ""
