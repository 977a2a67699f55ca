"""What follows from an altered SDK, and from personal data that an inspector found: a review, an alarm."""

from __future__ import annotations

import pytest

from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import rules_of
from bank_sim.policy import Policy
from bank_sim.supervision import tasks
from tests.supervision.conftest import WORKER, Desk

RULES = {each.name: each for each in rules_of(Policy())}


def reviews(desk: Desk) -> list[str]:
    return [each.text for each in tasks.of_application(desk.bank.store, desk.app_id) if each.kind == "review"]


@pytest.mark.clause("9.3.5-3.2", "10.2.1-1")
def test_an_altered_sdk_calls_for_one_review_however_often_it_is_seen(desk: Desk) -> None:
    for _ in range(3):
        with desk.bank.store.write() as db:
            alarms.strike(db, Finding(RULES["SDK_ALTERED"], desk.app_id, 1), desk.now_ms)
        desk.passes(1)

    (text,) = reviews(desk)
    assert text.startswith("SDK_ALTERED")
    assert desk.status == "active"


@pytest.mark.clause("9.3.3-2.1", "10.4-1.1")
def test_data_that_is_kept_is_a_finding_and_an_alarm_and_another_finding_is_none(desk: Desk) -> None:
    with desk.bank.store.write() as db:
        desk.bank.supervisor.record_finding(db, desk.app_id, "an open port", "low", by=WORKER)
    quiet = [each.rule for each in alarms.standing(desk.bank.store)]
    with desk.bank.store.write() as db:
        desk.bank.supervisor.record_finding(
            db, desk.app_id, "wallet.log at byte 120", "high", by=WORKER, is_retention=True
        )

    struck = [(each.rule, each.subject) for each in alarms.standing(desk.bank.store)]
    assert "APP_RETENTION" not in quiet
    assert ("APP_RETENTION", desk.app_id) in struck
