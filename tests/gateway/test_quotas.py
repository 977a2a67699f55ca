"""How much may be called, and what happens to those who call more: alarm, refusal, rest; nobody else notices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from bank_sim.admission.agreement import Agreement, text_of
from bank_sim.edge.connection import Connection
from bank_sim.monitor import alarms
from bank_sim.throttle.quotas import Limit, Setting, lift_quota, set_quota
from tests.gateway.defects import count
from tests.gateway.party import Party
from tests.gateway.wire import Reply

if TYPE_CHECKING:
    from tests.gateway.town import Town


def limit(town: Town, app_id: str, per: str, amount: int, scope: str = "app") -> None:
    """As a member of the staff does on the console."""
    with town.store.write() as db:
        set_quota(db, Setting(app_id, scope, per, amount, "chen", 0, "a drill"))  # type: ignore[arg-type]
    town.bank.throttle_generation.announce()


def products(party: Party) -> Reply:
    return party.get("/api/products")


def codes(party: Party, calls: int) -> list[str | None]:
    return [products(party).code for _ in range(calls)]


def alarm(town: Town, rule: str) -> alarms.Alarm | None:
    return next((each for each in alarms.standing(town.store) if each.rule == rule), None)


@pytest.mark.clause("10.1.2-1.1.2", "8-3")
@pytest.mark.parametrize(("per", "window_s"), [("second", 1), ("minute", 60), ("day", 86_400)])
def test_beyond_its_limit_an_application_is_told_how_long_to_wait_and_its_neighbour_is_served(
    town: Town, party: Party, thief: Party, per: str, window_s: int
) -> None:
    limit(town, party.app_id, per, 3)
    assert codes(party, 4) == [None, None, None, "QUOTA_EXCEEDED"]
    refused = products(party)
    assert (refused.status, refused.data["retry_safe"]) == (429, True)
    party.require_signed(refused)
    assert products(thief).code is None
    wait_s = int(refused.headers["retry-after"])
    assert wait_s <= 2 * window_s
    town.clock.advance(wait_s)
    assert products(party).code is None


@pytest.mark.clause("10.1.2-1.1.2")
def test_limits_hold_by_interface_and_by_user_too(town: Town, party: Party) -> None:
    limit(town, party.app_id, "second", 1, scope="products.list")
    assert codes(party, 2) == [None, "QUOTA_EXCEEDED"]
    assert party.get("/api/rates").code is None
    town.clock.advance(60)
    limit(town, party.app_id, "minute", 2, scope="user")
    one, other = town.consent(party), town.consent(party, person=1)
    asked = [party.get("/api/accounts", token=user.token).code for user in (one, one, one, other)]
    assert asked == [None, None, "QUOTA_EXCEEDED", None]


@pytest.mark.clause("10.1.2-1.1.2")
def test_answers_tell_the_limits_and_what_is_left_of_the_tightest(town: Town, party: Party) -> None:
    limit(town, party.app_id, "minute", 5)
    told = products(party).headers
    assert '"app-minute";q=5;w=60' in told["ratelimit-policy"]
    assert '"app-concurrent";q=400;qu="concurrent-requests"' in told["ratelimit-policy"]
    assert told["ratelimit"] == '"app-minute";r=4;t=60'
    codes(party, 4)
    refused = products(party).headers
    assert refused["ratelimit"] == f'"app-minute";r=0;t={refused["retry-after"]}'


@pytest.mark.clause("10.2.1-2.3")
def test_what_the_staff_sets_and_lifts_holds_in_every_worker_at_its_next_call(town: Town, party: Party) -> None:
    other_worker = town.reopened()
    message = party.message("GET", "/api/products")
    assert other_worker.send(town.fresh(message)).code is None
    limit(town, party.app_id, "minute", 2)
    assert [other_worker.send(town.fresh(message)).code, products(party).code] == [None, "QUOTA_EXCEEDED"]
    with town.store.write() as db:
        lift_quota(db, party.app_id, "app", "minute")
    town.bank.throttle_generation.announce()
    assert [other_worker.send(town.fresh(message)).code, products(party).code] == [None, None]
    other_worker.close()


@pytest.mark.clause("10.1.2-1.1.3")
@pytest.mark.parametrize("weakened", [False, True])
def test_near_its_limit_the_staff_is_alarmed_before_anybody_is_refused(
    town: Town, party: Party, weakened: bool
) -> None:
    town.switches.weaken(["quota_alarm"] if weakened else [])
    limit(town, party.app_id, "minute", 10)
    assert codes(party, 7) == [None] * 7
    assert alarm(town, "QUOTA_NEAR") is None
    assert codes(party, 1) == [None]
    found = alarm(town, "QUOTA_NEAR")
    assert (found is None) == weakened
    if found is not None:
        assert (found.subject, found.severity, found.value) == (party.app_id, "minor", 80)


@pytest.mark.clause("10.1.2-1.1.3")
@pytest.mark.parametrize("weakened", [False, True])
def test_who_goes_on_beyond_the_limit_for_minutes_rests_until_time_or_staff_releases_it(
    town: Town, party: Party, thief: Party, weakened: bool
) -> None:
    town.switches.weaken(["quota_escalation"] if weakened else [])
    limit(town, party.app_id, "second", 1)
    for _ in range(5):
        assert codes(party, 2) == [None, "QUOTA_EXCEEDED"]
        town.clock.advance(60)
    resting = products(party)
    assert resting.code == (None if weakened else "QUOTA_SUSPENDED")
    assert products(thief).code is None
    if weakened:
        return
    party.require_signed(resting)
    assert int(resting.headers["retry-after"]) == 240
    assert alarm(town, "QUOTA_SUSPENDED") is not None
    told = town.store.read("SELECT data FROM events WHERE app_id = ? AND type = 'application.notice'", (party.app_id,))
    assert '"quota_suspended"' in told[-1][0]
    town.clock.advance(240)
    assert products(party).code is None


@pytest.mark.clause("10.1.2-1.1.3")
def test_the_staff_releases_before_its_time_and_what_was_before_is_forgiven(town: Town, party: Party) -> None:
    limit(town, party.app_id, "second", 1)
    for _ in range(5):
        codes(party, 2)
        town.clock.advance(60)
    assert products(party).code == "QUOTA_SUSPENDED"
    with town.store.write() as db:
        town.bank.throttle.suspensions.release(db, party.app_id, town.bank.clock.now_ms())
    town.bank.throttle_generation.announce()
    assert codes(party, 2) == [None, "QUOTA_EXCEEDED"]
    town.clock.advance(60)
    assert products(party).code is None


@pytest.mark.clause("10.1.2-1.1.1")
def test_a_call_is_under_way_until_its_answer_has_left(town: Town, party: Party, thief: Party) -> None:
    limit(town, party.app_id, "concurrent", 1)
    town.held = []
    assert products(party).code is None
    refused = products(party)
    assert (refused.status, refused.code, refused.headers["retry-after"]) == (429, "CONCURRENCY_LIMIT", "1")
    assert products(thief).code is None
    for left in town.held:
        left()
    assert products(party).code is None


@pytest.mark.clause("7.3.2-1", "10.1.2-1.1.2")
def test_an_address_that_calls_too_often_is_refused_before_anything_is_verified(town: Town, party: Party) -> None:
    count(town, "source:127.0.0.1", 5_998)
    unsigned = party.message("GET", "/api/products", extra={"signature": None, "signature-input": None})
    assert [town.send(unsigned).code for _ in range(3)] == ["SIGNATURE_REQUIRED", "SIGNATURE_REQUIRED", "RATE_LIMITED"]
    assert products(party).code == "RATE_LIMITED"
    assert "signature" not in products(party).headers
    assert town.send(replace(unsigned, source="192.0.2.7")).code == "SIGNATURE_REQUIRED"
    town.clock.advance(2)
    assert town.send(unsigned).code == "SIGNATURE_REQUIRED"


@pytest.mark.clause("10.1.2-1.1.3", "7.3.2-1")
def test_who_does_not_wait_is_refused_cheaply_on_that_connection_and_nobody_can_have_this_done_to_another(
    town: Town, party: Party, thief: Party
) -> None:
    limit(town, party.app_id, "minute", 1)
    mine, forger_s = Connection("source:127.0.0.1"), Connection("source:127.0.0.1")
    asked = [party.get("/api/products", connection=mine) for _ in range(6)]
    assert [each.code for each in asked] == [None, *["QUOTA_EXCEEDED"] * 3, *["RATE_LIMITED"] * 2]
    assert ["signature" in each.headers for each in asked] == [True] * 4 + [False] * 2
    assert int(asked[-1].headers["retry-after"]) > 60
    assert town.records()[-1]["code"] == "RATE_LIMITED"

    limit(town, party.app_id, "day", 1_000)
    assert party.get("/api/products", connection=mine).code == "QUOTA_EXCEEDED"
    forged = [party.get("/api/rates", connection=forger_s, key=thief.signing) for _ in range(4)]
    assert {each.code for each in forged} == {"SIGNATURE_INVALID"}
    town.clock.advance(120)
    assert party.get("/api/products", connection=forger_s).code is None
    assert party.get("/api/products", connection=mine).code == "QUOTA_EXCEEDED"
    assert thief.get("/api/products", connection=mine).code is None


def test_a_connection_s_turns_belong_to_whoever_a_call_has_proven(town: Town, party: Party, thief: Party) -> None:
    connection = Connection.begun("127.0.0.1", None)
    party.get("/api/products", connection=connection, key=thief.signing)
    assert connection.party == "source:127.0.0.1"
    party.get("/api/products", connection=connection)
    assert connection.party == party.app_id


@pytest.mark.clause("10.2.1-2.3", "10.1.2-1.1.2")
def test_what_was_agreed_holds_before_the_defaults_and_the_staff_s_word_before_both(town: Town, party: Party) -> None:
    agreed = Agreement(
        template="t", case_id="case_1", company="c", credit_code="x", scene="s", apis={}, calls_day=9, calls_minute=2,
        integration_mode="server-sdk", until_ms=0, clauses={},
    )  # fmt: skip
    with town.store.write() as db:
        db.execute(
            "INSERT INTO admission_cases (case_id, code_sha256, company, purpose, stage, opened_ms, agreement, app_id)"
            " VALUES ('case_1', x'00', 'c', 'p', 'live', 0, ?, ?)",
            (text_of(agreed), party.app_id),
        )
    town.clock.advance(10)
    origins = {each.name: (each.amount, each.origin) for each in limits(town, party)}
    assert (origins["app-minute"], origins["app-day"]) == ((2, "agreement"), (9, "agreement"))
    assert (origins["app-second"][1], origins["app-concurrent"][1]) == ("policy", "policy")
    assert codes(party, 3) == [None, None, "QUOTA_EXCEEDED"]
    limit(town, party.app_id, "minute", 3)
    assert codes(party, 2) == [None, "QUOTA_EXCEEDED"]
    wider = msgspec.structs.replace(agreed, calls_second=50, calls_concurrent=4)
    with town.store.write() as db:
        db.execute("UPDATE admission_cases SET agreement = ?", (text_of(wider),))
    town.clock.advance(10)
    assert [each.amount for each in limits(town, party) if each.per in ("second", "concurrent")][:2] == [50, 4]


def limits(town: Town, party: Party) -> tuple[Limit, ...]:
    return town.bank.throttle.quotas.of(party.app_id, "products.list", town.bank.clock.now_ms()).all
