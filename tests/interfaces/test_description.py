"""What was published stays as it was published: a change in place is noticed, and raises an alarm."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from bank_sim.interfaces import watching
from bank_sim.interfaces.description import changed_in_place, described, description_sm3
from bank_sim.monitor import alarms
from bank_sim.monitor.rules import rules_of
from bank_sim.policy import Policy
from bank_sim.registry import schemas
from bank_sim.registry.catalogue import designs_of
from bank_sim.registry.generation import Generation
from bank_sim.registry.lives import Lives
from tests.interfaces.bureau import OLD, Bureau

DESIGNS = designs_of("C99999")
RATES = next(each for each in DESIGNS if each.api_id == "rates.list")
RULE = next(each for each in rules_of(Policy()) if each.name == watching.RULE)


@pytest.mark.clause("7.1-6.2")
@pytest.mark.parametrize(
    "change",
    [
        {"path": "/api/rate"},
        {"method": "POST"},
        {"level": "A2"},
        {"status": 202},
        {"consent_types": frozenset({"payment"})},
        {"answer": schemas.ProductList},
        {"query": schemas.ProductQuery},
        {"idempotent": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_a_caller_can_notice_is_in_the_description(change: dict[str, object]) -> None:
    assert description_sm3(replace(RATES, **change)) != description_sm3(RATES)  # type: ignore[arg-type]


def test_words_for_people_are_not_part_of_the_promise() -> None:
    assert description_sm3(replace(RATES, summary="Rates", summary_zh="利率")) == description_sm3(RATES)
    assert described(RATES)["path"] == "/api/rates"


@pytest.mark.clause("7.1-6.2", "10.3-1.3")
def test_a_version_that_is_changed_in_place_raises_one_alarm(bureau: Bureau) -> None:
    bank = bureau.bank
    assert changed_in_place(bank.store, bank.lives) == []
    changed = [replace(each, path="/api/rate") if each == RATES else each for each in DESIGNS]
    generation = Generation(bank.config.interfaces_generation_file)
    elsewhere = Lives(bank.store, changed, generation)
    for _ in range(3):
        watching.watch_descriptions(bank.store, elsewhere, RULE, bank.clock.now_ms())
    (alarm,) = [each for each in alarms.standing(bank.store) if each.rule == watching.RULE]
    assert (alarm.subject, alarm.severity, alarm.state) == (OLD, "critical", "open")
    elsewhere.close()


@pytest.mark.clause("7.1-6.2")
def test_the_digest_of_a_published_version_cannot_be_replaced(bureau: Bureau) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="does not change"), bureau.bank.store.write() as db:
        db.execute("UPDATE interface_versions SET description_sm3 = 'another' WHERE version = '1'")
