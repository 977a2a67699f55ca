"""The bank inspects an application that is live: its callbacks are probed, and what is found has a date (10.4 a)."""

from __future__ import annotations

import pytest

from bank_sim.events import probes, unsubscribe
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.supervision import tasks
from tests.supervision.conftest import WORKER, Desk


@pytest.mark.clause("10.4-1.1", "10.4-1.3")
def test_an_inspection_ends_with_probes_and_what_they_found_is_to_be_mended(desk: Desk) -> None:
    task_id = desk.inspection()
    with pytest.raises(Problem, match="EVIDENCE_MISSING"):
        desk.does("close", task_id, "looked at nothing", by=WORKER)
    with desk.bank.store.write() as db:
        probe_id = probes.order(db, desk.app_id, WORKER, desk.now_ms)
        careless = [probes.Finding(each, "delivered", 204, each == "none") for each in probes.DEFECTS]
        probes.finish(db, probe_id, careless, desk.now_ms)
    desk.does("close", task_id, "read its callbacks; see the findings", by=WORKER)
    found = [each for each in tasks.of_application(desk.bank.store, desk.app_id) if each.kind == "finding"]
    said = {each.severity: each.text for each in found}
    assert said.keys() == {"high", "medium"}
    assert all(probe_id in each for each in said.values())
    assert all(f"that is {each}" in said["high"] for each in ("unsigned", "forged", "foreign key", "altered"))
    assert all(f"that is {each}" in said["medium"] for each in ("stale", "replayed"))
    policy = desk.bank.config.policy
    mended_by = {each.severity: (each.due_ms - each.opened_ms) // 1000 for each in found}
    assert mended_by == {"high": policy.finding_mend_s[0], "medium": policy.finding_mend_s[1]}


@pytest.mark.clause("10.4-1.3")
@pytest.mark.parametrize(
    ("defect", "outcome", "is_sound", "gravity"),
    [
        ("none", "delivered", True, None), ("none", "answered", False, "medium"), ("forged", "answered", True, None),
        ("forged", "delivered", False, "high"), ("forged", "timed_out", False, "low"),
        ("replayed", "delivered", False, "medium"),
    ],
)  # fmt: skip
def test_how_grave_a_finding_is_follows_from_what_was_believed(
    defect: str, outcome: str, is_sound: bool, gravity: str | None
) -> None:
    assert probes.Finding(defect, outcome, None, is_sound).gravity == gravity


@pytest.mark.clause("10.4-1.3")
def test_an_inspection_of_a_sound_application_or_of_one_without_an_address_finds_nothing(desk: Desk) -> None:
    task_id = desk.inspection()
    with desk.bank.store.write() as db:
        probe_id = probes.order(db, desk.app_id, WORKER, desk.now_ms)
        probes.finish(db, probe_id, [probes.Finding(each, "", 401, True) for each in probes.DEFECTS], desk.now_ms)
    desk.does("close", task_id, "sound", by=WORKER)
    later = desk.inspection()
    with desk.bank.store.write() as db:
        unsubscribe(db, desk.app_id)
    desk.does("close", later, "it takes no events", by=WORKER)
    assert "finding" not in {each.kind for each in tasks.of_application(desk.bank.store, desk.app_id)}
