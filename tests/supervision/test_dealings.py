"""What bank and application owe each other by a date, and what follows when the date passes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bank_sim.audit import AccessRecord, append
from bank_sim.monitor import alarms, folding
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.supervision import ratings, reports, supervisor, tasks
from bank_sim.supervision.supervisor import CHANGE_FIELDS
from tests.supervision.conftest import DAY_S, DECIDER, WORKER, Desk

SAID = {name: f"what we say about {name}" for name in CHANGE_FIELDS}


def refused(desk: Desk, act: str, *given: Any, **named: Any) -> str:
    """The code of the refusal, and nothing has changed."""
    before = desk.dump()
    with pytest.raises(Problem) as found:
        desk.does(act, *given, **named)
    assert desk.dump() == before
    return found.value.code


def task(desk: Desk, task_id: str) -> tasks.Task:
    return tasks.find(desk.bank.store, task_id)


@pytest.mark.clause("10.2.1-1")
def test_a_year_after_its_registration_a_review_begins_and_the_application_hears_of_it(desk: Desk) -> None:
    desk.passes(desk.bank.config.policy.review_interval_s[0] - 60)
    assert desk.bank.supervisor.review_of(desk.app_id) is None
    desk.passes(60)
    desk.passes(60)
    kinds = sorted(each.kind for each in tasks.of_application(desk.bank.store, desk.app_id))
    assert kinds == ["assessment", "inspection", "review"]
    assert ("application.notice", "review") in [(kind, data.get("notice")) for kind, data in desk.events()]


@pytest.mark.clause("10.2.1-1")
def test_an_overdue_review_is_reminded_of_and_then_suspends(desk: Desk) -> None:
    task_id = desk.does("order_review", desk.app_id, by=WORKER)
    policy = desk.bank.config.policy
    desk.passes(policy.review_answer_s - 7 * DAY_S)
    desk.passes(6 * DAY_S)
    reminders = [data["days_left"] for _, data in desk.events() if data.get("state") == "reminder"]
    assert reminders == [1, 7]
    assert desk.status == "active"
    desk.passes(DAY_S)
    assert (task(desk, task_id).state, desk.status) == ("overdue", "suspended")
    assert ("TASK_OVERDUE", desk.app_id) in {(each.rule, each.subject) for each in alarms.standing(desk.bank.store)}


@pytest.mark.clause("10.2.1-1")
def test_after_a_jump_in_time_one_reminder_is_enough_and_the_consequence_comes_once(desk: Desk) -> None:
    desk.does("order_review", desk.app_id, by=WORKER)
    desk.passes(desk.bank.config.policy.review_answer_s + DAY_S)
    before = desk.dump()
    desk.passes(0)
    assert desk.dump() == before


@pytest.mark.clause("10.2.1-3.1", "10.2.1-1")
def test_no_grade_without_an_answered_review(desk: Desk) -> None:
    desk.passes(0)
    assert refused(desk, "rate", desk.app_id, "high", by=DECIDER) == "EVIDENCE_MISSING"
    task_id = desk.does("order_review", desk.app_id, by=WORKER)
    assert refused(desk, "rate", desk.app_id, "high", by=DECIDER) == "EVIDENCE_MISSING"
    desk.does("answer", desk.app_id, task_id, "a new office, two new developers")
    desk.does("rate", desk.app_id, "high", by=DECIDER)
    rated = ratings.ratings_of(desk.bank.store, desk.app_id)[0]
    assert (rated.grade, rated.by, task_id in rated.evidence) == ("high", DECIDER, True)
    assert task(desk, task_id).state == "closed"


@pytest.mark.clause("10.2.1-2.1")
def test_no_grade_without_the_report_of_the_last_month(desk: Desk) -> None:
    task_id = desk.does("order_review", desk.app_id, by=WORKER)
    desk.does("answer", desk.app_id, task_id, "nothing has changed")
    assert refused(desk, "rate", desk.app_id, "low", by=DECIDER) == "EVIDENCE_MISSING"
    desk.passes(0)
    desk.does("rate", desk.app_id, "low", by=DECIDER)


@pytest.mark.clause("10.2.1-1")
def test_a_higher_risk_is_reviewed_sooner(desk: Desk) -> None:
    rated(desk, "high")
    desk.passes(desk.bank.config.policy.review_interval_s[2])
    assert desk.bank.supervisor.review_of(desk.app_id) is not None


@pytest.mark.parametrize(("total", "grade"), [(20, "low"), (19, "medium"), (5, "medium")])
@pytest.mark.clause("10.2.1-3.1")
def test_a_newcomers_first_grade_follows_from_its_admission(desk: Desk, total: int, grade: str) -> None:
    desk.does("rate_newcomer", desk.app_id, "case_1", ratings.Marks(total, 25), by=DECIDER)
    first = ratings.ratings_of(desk.bank.store, desk.app_id)[0]
    assert (first.grade, first.evidence) == (grade, f"case_1: {total} / 25")


@pytest.mark.clause("10.2.1-3.2", "10.2.1-2.3")
def test_limits_follow_from_the_grade_at_once(desk: Desk) -> None:
    limits, policy = desk.bank.app_limits, desk.bank.config.policy
    assert limits.of(desk.app_id) == limits.of_grade("low")
    rated(desk, "high")
    assert limits.of(desk.app_id).payment_fen == policy.app_payment_fen_max[2]
    limits.require_payment(desk.app_id, policy.app_payment_fen_max[2])
    with pytest.raises(Problem, match="APP_LIMIT_EXCEEDED"):
        limits.require_payment(desk.app_id, policy.app_payment_fen_max[2] + 1)


@pytest.mark.clause("10.2.1-3.2")
def test_whom_nobody_has_rated_may_do_no_more_than_the_riskiest_unless_the_policy_says_otherwise(desk: Desk) -> None:
    store, policy = desk.bank.store, Policy()
    assert ratings.standing_of(store, desk.app_id) == "unrated"
    limits = ratings.AppLimits(store, policy)
    assert limits.of(desk.app_id) == limits.of_grade("high")
    limits.require_payment(desk.app_id, 1_000_00)
    with pytest.raises(Problem, match="APP_LIMIT_EXCEEDED"):
        limits.require_payment(desk.app_id, 1_000_01)
    kinder = ratings.AppLimits(store, msgspec.structs.replace(policy, app_unrated_as="medium"))
    assert kinder.of(desk.app_id) == kinder.of_grade("medium")
    rated(desk, "low")
    assert ratings.standing_of(store, desk.app_id) == "low"
    assert limits.of(desk.app_id) == limits.of_grade("low")


@pytest.mark.clause("10.2.1-3.2")
def test_a_days_total_is_exact_and_begins_anew_at_midnight_in_beijing(desk: Desk) -> None:
    rated(desk, "high")
    limits, most = desk.bank.app_limits, desk.bank.config.policy.app_day_fen_max[2]

    def claim(amount_fen: int) -> None:
        with desk.bank.store.write() as db:
            limits.claim_day(db, desk.app_id, amount_fen, desk.now_ms)

    claim(most - 1)
    claim(1)
    with pytest.raises(Problem, match="APP_LIMIT_EXCEEDED"):
        claim(1)
    with pytest.raises(Problem, match="APP_LIMIT_EXCEEDED"):
        claim(most + 1)
    # 10:00 in Beijing, fourteen hours before midnight.
    desk.passes(14 * 3600 - 1)
    with pytest.raises(Problem, match="APP_LIMIT_EXCEEDED"):
        claim(1)
    desk.passes(1)
    claim(most)


@pytest.mark.clause("10.2.1-2.4", "10.5-3")
def test_an_inquiry_that_stays_unanswered_suspends_and_can_still_be_answered(desk: Desk) -> None:
    task_id = desk.does("inquire", desk.app_id, "why so many refusals since Monday?", by=WORKER)
    desk.passes(desk.bank.config.policy.inquiry_answer_s)
    assert desk.status == "suspended"
    desk.does("answer", desk.app_id, task_id, "a broken release, rolled back")
    desk.does("close", task_id, "plausible; resumed by two", by=WORKER)
    lines = [(each.step, each.by) for each in tasks.history(desk.bank.store, task_id)]
    assert lines == [("open", WORKER), ("escalate", "bank"), ("answer", desk.app_id), ("close", WORKER)]


@pytest.mark.parametrize(("severity", "status"), [("high", "suspended"), ("medium", "active"), ("low", "active")])
@pytest.mark.clause("10.4-1.2")
def test_only_a_grave_finding_that_is_not_mended_in_time_freezes(desk: Desk, severity: str, status: str) -> None:
    desk.does("record_finding", desk.app_id, "accepts forged events", severity, by=WORKER)
    desk.passes(desk.bank.config.policy.finding_mend_s[supervisor.SEVERITIES.index(severity)])  # type: ignore[arg-type]
    assert desk.status == status
    assert [each.rule for each in alarms.standing(desk.bank.store)] == ["TASK_OVERDUE"]


@pytest.mark.clause("10.3-2.1", "10.3-2.2", "10.3-2.3")
def test_a_change_is_told_completely_and_in_time(desk: Desk) -> None:
    starts_ms = desk.now_ms + desk.bank.config.policy.change_lead_s * 1000
    for name in CHANGE_FIELDS:
        assert refused(desk, "announce_change", desk.app_id, SAID | {name: ""}, starts_ms) == "PARAM_INVALID", name
    assert refused(desk, "announce_change", desk.app_id, SAID, starts_ms - 1) == "LEAD_TIME_RUNNING"
    task_id = desk.does("announce_change", desk.app_id, SAID, starts_ms)
    assert (task(desk, task_id).awaits, task(desk, task_id).due_ms) == ("bank", starts_ms)


@pytest.mark.clause("10.3-3.1", "9.3.5-4.1")
def test_what_the_bank_leaves_lying_is_an_alarm_and_no_harm_to_the_application(desk: Desk) -> None:
    weakness = desk.does("report_weakness", desk.app_id, "balances are shown after revocation")
    desk.passes(desk.bank.config.policy.weakness_answer_s)
    assert (task(desk, weakness).state, desk.status) == ("overdue", "active")
    assert ("TASK_OVERDUE", desk.app_id) in {(each.rule, each.subject) for each in alarms.standing(desk.bank.store)}
    desk.does("close", weakness, "thank you; mended on Tuesday", by=WORKER)
    assert task(desk, weakness).decision == "thank you; mended on Tuesday"


def test_nobody_answers_for_another_and_no_turn_is_taken_twice(desk: Desk) -> None:
    other = Desk(desk.opened, desk.founded)
    task_id = desk.does("inquire", desk.app_id, "what happened?", by=WORKER)
    assert refused(desk, "answer", other.app_id, task_id, "nothing at all") == "RESOURCE_NOT_FOUND"
    assert refused(desk, "close", task_id, "closed before the answer", by=WORKER) == "ILLEGAL_TRANSITION"
    desk.does("answer", desk.app_id, task_id, "nothing at all")
    assert refused(desk, "answer", desk.app_id, task_id, "something after all") == "ILLEGAL_TRANSITION"


def test_long_numbers_in_texts_are_masked_before_they_are_kept(desk: Desk) -> None:
    task_id = desk.does("inquire", desk.app_id, "who called for 6212345678901234567 ?", by=WORKER)
    assert "6212345678901234567" not in "\n".join(desk.dump())
    assert task(desk, task_id).text.endswith("4567 ?")


@pytest.mark.parametrize("row", sorted(supervisor.DEFENCES))
def test_each_row_is_what_refuses(desk: Desk, row: str) -> None:
    """Without its one row the act that it refused is done."""
    other = Desk(desk.opened, desk.founded)
    task_id = desk.does("order_review", desk.app_id, by=WORKER)
    starts_ms = desk.now_ms + desk.bank.config.policy.change_lead_s * 1000
    acts: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
        "own_task": ("answer", (other.app_id, task_id, "it is not mine"), {}),
        "change_complete": ("announce_change", (desk.app_id, SAID | {"risk": ""}, starts_ms), {}),
        "change_lead": ("announce_change", (desk.app_id, SAID, desk.now_ms), {}),
        "review_answered": ("rate", (other.app_id, "low"), {"by": DECIDER}),
        "month_reported": ("rate", (desk.app_id, "low"), {"by": DECIDER}),
    }
    if row == "inspection_evidence":
        acts[row] = ("close", (desk.inspection(), "looked at nothing"), {"by": WORKER})
    if row == "month_reported":
        desk.does("answer", desk.app_id, task_id, "nothing has changed")
    if row == "review_answered":
        desk.passes(0)
    act, given, named = acts[row]
    refused(desk, act, *given, **named)
    desk.opened.switches.weaken([row])
    desk.does(act, *given, **named)


@pytest.mark.clause("10.2.1-2.1", "10.2.1-2.2")
def test_a_report_tells_of_the_month_before_this_one_once(desk: Desk) -> None:
    desk.passes(0)
    desk.passes(60)
    written = reports.reports_of(desk.bank.store, desk.app_id)
    assert [(each.month, each.calls, each.agreed_day) for each in written] == [("2025-12", 0, 1_000)]
    desk.passes(62 * DAY_S)
    months = [each.month for each in reports.reports_of(desk.bank.store, desk.app_id)]
    assert months == ["2026-03", "2026-02", "2026-01", "2025-12"]


@pytest.mark.clause("10.2.1-2.2", "9.1.1-3", "10.3-2.3")
def test_a_day_beyond_the_agreement_and_a_jump_without_a_word_are_alarms(desk: Desk) -> None:
    desk.passes(DAY_S)
    calls(desk, 56)
    desk.passes(DAY_S)
    assert alarms.standing(desk.bank.store) == []
    calls(desk, 1_001)
    desk.passes(3_600)
    raised = {(each.rule, each.subject, each.value) for each in alarms.standing(desk.bank.store)}
    assert raised == {("VOLUME_ANOMALY", desk.app_id, 1_001), ("UNDECLARED_CHANGE", desk.app_id, 1_001)}


@pytest.mark.clause("10.3-2.3")
def test_a_jump_that_was_announced_is_no_alarm(desk: Desk) -> None:
    starts_ms = desk.now_ms + desk.bank.config.policy.change_lead_s * 1000
    desk.does("announce_change", desk.app_id, SAID, starts_ms)
    calls(desk, 56)
    desk.passes(DAY_S)
    calls(desk, 900)
    desk.passes(3_600)
    assert alarms.standing(desk.bank.store) == []


@pytest.mark.clause("7.3.1-2", "10.2.1-2.1")
def test_a_grant_that_nobody_used_for_a_quarter_stands_in_the_report_and_can_be_taken_away(desk: Desk) -> None:
    desk.passes(60)
    calls(desk, 1)
    unused_s = desk.bank.config.policy.grant_unused_s
    desk.passes(40 * DAY_S)
    assert reports.reports_of(desk.bank.store, desk.app_id)[0].stale == ()
    calls(desk, 1)
    desk.passes(unused_s - 10 * DAY_S)
    stale = reports.reports_of(desk.bank.store, desk.app_id)[0].stale
    assert "transfers.create" in stale
    assert "rates.list" not in stale
    with desk.bank.store.write() as db:
        desk.bank.registry.withdraw_grant(db, desk.app_id, "transfers.create")
    assert not desk.bank.registry.granted(desk.app_id, "transfers.create")
    with pytest.raises(Problem, match="STATE_CHANGED"), desk.bank.store.write() as db:
        desk.bank.registry.withdraw_grant(db, desk.app_id, "transfers.create")


def calls(desk: Desk, number: int) -> None:
    """So many calls are served now, and counted."""
    api = desk.bank.catalogue.by_id["rates.list"]
    record = AccessRecord(
        trace_id="0" * 32, at_ms=desk.now_ms, app_id=desk.app_id, api_id=api.api_id, u_api_id=api.u_api_id,
        method="GET", path="/api/rates", source="-", elapsed_us=1, result="success", status=200,
    )  # fmt: skip
    with desk.bank.store.write() as db:
        for _ in range(number):
            append(db, record)
    folding.fold(desk.bank.store)


@pytest.mark.parametrize(
    ("calls", "usual", "jump"),
    [(99, 1, False), (100, 1, True), (999, 100, False), (1_000, 100, True), (5_000, 0, False)],
)
@pytest.mark.clause("10.3-2.3")
def test_a_jump_is_ten_times_the_usual_day_and_not_a_handful_of_calls(calls: int, usual: int, jump: bool) -> None:
    assert reports.is_jump(calls, usual) is jump


@pytest.mark.clause("10.4-1.0", "10.4-2.1")
def test_inspections_and_self_assessments_come_by_themselves_and_are_missed_loudly(desk: Desk) -> None:
    policy = desk.bank.config.policy
    desk.passes(policy.inspection_interval_s)
    assert [each.kind for each in tasks.standing(desk.bank.store)] == ["inspection"]
    desk.passes(policy.assessment_interval_s - policy.inspection_interval_s)
    due = {each.kind: each.state for each in tasks.standing(desk.bank.store)}
    assert due == {"inspection": "overdue", "assessment": "open", "review": "open"}
    assert ("TASK_OVERDUE", desk.app_id) in {(each.rule, each.subject) for each in alarms.standing(desk.bank.store)}
    assert desk.status == "active"
    assert {data["notice"] for kind, data in desk.events() if kind == "application.notice"} == {"assessment", "review"}


@pytest.mark.clause("10.3-3.1", "10.3-3.2", "10.2.1-2.3")
def test_what_the_bank_makes_of_a_change_can_tighten_the_limits_at_once(desk: Desk) -> None:
    starts_ms = desk.now_ms + desk.bank.config.policy.change_lead_s * 1000
    for grade in ("medium", "high", "high"):
        task_id = desk.does("announce_change", desk.app_id, SAID, starts_ms)
        desk.does("close", task_id, "too much at once", by=WORKER, measure="tighten")
        rated_now = ratings.ratings_of(desk.bank.store, desk.app_id)[0]
        assert (rated_now.grade, task_id in rated_now.evidence) == (grade, True)


@pytest.mark.clause("10.4-2.2", "10.4-1.2")
def test_a_finding_ends_with_what_the_application_shows_of_mending_it(desk: Desk) -> None:
    task_id = desk.does("record_finding", desk.app_id, "an unused key is still registered", "medium", by=WORKER)
    assert refused(desk, "close", task_id, "never mind", by=WORKER) == "ILLEGAL_TRANSITION"
    desk.does("answer", desk.app_id, task_id, "revoked on Tuesday, see the custody log")
    desk.does("close", task_id, "seen in the log", by=WORKER)
    assert (task(desk, task_id).state, task(desk, task_id).answer) == (
        "closed", "revoked on Tuesday, see the custody log"
    )  # fmt: skip


def test_whoever_has_left_owes_nothing_any_more(desk: Desk) -> None:
    desk.does("inquire", desk.app_id, "what happened?", by=WORKER)
    with desk.bank.store.write() as db:
        desk.bank.standings.move(db, desk.app_id, "exited", by=WORKER, reason="a drill")
    desk.passes(desk.bank.config.policy.inquiry_answer_s)
    assert tasks.standing(desk.bank.store) == []
    assert alarms.standing(desk.bank.store) == []


def rated(desk: Desk, grade: str) -> None:
    """Reviewed, answered, and given this grade."""
    desk.passes(0)
    task_id = desk.does("order_review", desk.app_id, by=WORKER)
    desk.does("answer", desk.app_id, task_id, "nothing has changed")
    desk.does("rate", desk.app_id, grade, by=DECIDER)
