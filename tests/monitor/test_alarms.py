"""Alarms: raised by what the log says, once each, until somebody takes them and it is quiet again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from bank_sim.monitor import alarms, folding, incidents
from bank_sim.monitor.rules import rules_of
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import CATALOGUE, Problem
from bank_sim.store import Store

if TYPE_CHECKING:
    from tests.monitor.conftest import Post


STRIKES = [
    ("FAULTS", "accounts.list", {"count": 20, "code": "INTERNAL_ERROR", "status": 500}),
    ("SLOW_INTERFACE", "accounts.list", {"count": 20, "elapsed_us": 900_000}),
    ("SUCCESS_RATE_LOW", "app_x", {"count": 20, "code": "SCHEMA", "status": 400}),
    ("FORGED_SIGNATURES", "192.0.2.7", {"count": 20, "code": "SIGNATURE_INVALID", "status": 401, "app_id": "-"}),
    ("TAMPERING", "app_x", {"count": 3, "code": "SIGNATURE_INVALID", "status": 401}),
    ("AUTH_BRUTE_FORCE", "192.0.2.7", {"count": 1, "code": "APP_LOCKED", "status": 429}),
    ("DECRYPTION_PROBED", "app_x", {"count": 20, "code": "DECRYPT_FAILED", "status": 400}),
    ("RESOURCE_ABUSE", "192.0.2.7", {"count": 10, "code": "BODY_TOO_LARGE", "status": 413, "app_id": "-"}),
    ("REPLAYED_MESSAGES", "app_x", {"count": 3, "code": "NONCE_REPLAYED", "status": 401}),
    ("STOLEN_TOKEN", "app_x", {"count": 1, "code": "TOKEN_APP_MISMATCH", "status": 403}),
    ("FOREIGN_RESOURCES", "app_x", {"count": 5, "code": "RESOURCE_NOT_AUTHORIZED", "status": 404}),
    ("OUT_OF_BOUNDS", "app_x", {"count": 10, "code": "API_NOT_GRANTED", "status": 403}),
    ("SDK_ALTERED", "app_x", {"count": 1, "code": "SDK_INTEGRITY_FAILED", "status": 403}),
    ("DEVICE_RISK", "app_x", {"count": 1, "code": "DEVICE_RISK", "status": 403}),
    ("ABSENT_USERS_POLLED", "app_x", {"count": 3, "code": "USER_ABSENT_LIMIT", "status": 429}),
    ("APPLICANT_SCREENED", "", {"count": 1, "code": "APPLICANT_SCREENED", "api_id": "console.act", "u_api_id": "-"}),
    ("SHUT_OUT_STILL_CALLS", "app_x", {"count": 20, "code": "APP_SUSPENDED", "status": 403}),
    ("EXITED_STILL_CALLS", "app_x", {"count": 1, "code": "APP_EXITED", "status": 403}),
    ("LOGINS_GUESSED", "192.0.2.7", {"count": 10, "code": "LOGIN_FAILED", "api_id": "ebank.login", "u_api_id": "-"}),
    ("CREDENTIAL_STUFFING", "", {"count": 15, "code": "LOGIN_FAILED", "api_id": "ebank.login", "u_api_id": "-"}),
    ("CODES_GUESSED", "192.0.2.7", {"count": 5, "code": "OTP_INVALID", "api_id": "ebank.factor", "u_api_id": "-"}),
    ("PROBING", "app_x", {"count": 5, "code": "PAYEE_MISMATCH", "status": 422}),
    ("DEFENCE_OFF", "", {"count": 1, "weakened": "replay"}),
]


@pytest.mark.clause("10.1.1-2.2", "10.1.2-1.2.1", "10.1.2-1.1.3", "9.2.1-b-4.2", "9.3.5-1", "9.3.5-5")
@pytest.mark.parametrize(("rule", "subject", "facts"), STRIKES, ids=[each[0] for each in STRIKES])
def test_a_rule_strikes_at_its_value_and_not_one_below(
    post: Post, rule: str, subject: str, facts: dict[str, object]
) -> None:
    count = facts["count"]
    assert isinstance(count, int)
    post.call(**{**facts, "count": count - 1})
    post.look()
    assert (rule, subject) not in post.alarms()
    post.call(**{**facts, "count": 1})
    post.look()
    assert post.alarms()[(rule, subject)].state == "open"


def test_every_rule_has_its_test_here_or_with_the_detectors_but_those_that_others_report() -> None:
    others = {each[0] for each in STRIKES} | {
        "CREDENTIAL_SHARING", "IMPERSONATION_SUSPECTED", "NEW_NETWORK", "CERTIFICATE_BORROWED", "PATHS_PROBED",
        "SCRAPING", "VOLUME_SURGE", "UNUSUAL_HOURS",
    }  # fmt: skip
    assert {each.name for each in rules_of(Policy())} - others == {
        "LOG_TAMPERED",
        "LOGS_CONTRADICT",
        "PROCESS_LOST",
        "INTERFACE_CHANGED",
        "EVENTS_UNDELIVERED",
        "APP_RETENTION",
        "TASK_OVERDUE",
        "DELETION_OVERDUE",
        "VOLUME_ANOMALY",
        "UNDECLARED_CHANGE",
        "QUOTA_NEAR",
        "QUOTA_SUSPENDED",
        "PAYMENT_HELD",
        "PAYMENT_REFUSED",
        "LARGE_VALUE",
        "RISK_CASE_OVERDUE",
        "ASSERTION_REPLAY",
        "CODE_INJECTION",
        "CREDENTIAL_RELAY",
        "SESSION_ANOMALY",
        "TOKEN_REUSE",
    }


def test_what_another_has_taken_in_without_raising_it_is_raised_once(post: Post) -> None:
    """As by somebody who reads the metrics, or a watch that is killed between the two."""
    post.call(code="TOKEN_APP_MISMATCH", status=403)
    struck_ms = post.clock.now_ms()
    folding.fold(post.store)
    post.clock.advance(600)
    for _ in range(2):
        post.look()
    alarm = post.alarms()[("STOLEN_TOKEN", "app_x")]
    assert (alarm.value, alarm.peak) == (1, 1)
    assert struck_ms <= alarm.first_ms < struck_ms + 60_000


def test_what_is_added_while_a_minute_is_judged_is_judged_the_next_time(post: Post) -> None:
    post.call(code="TOKEN_APP_MISMATCH", status=403)
    folding.fold(post.store)
    waiting = folding.unjudged(post.store)
    post.call(code="TOKEN_APP_MISMATCH", status=403)
    folding.fold(post.store)
    with post.store.write() as db:
        folding.judged(db, waiting)
    post.look()
    assert post.alarms()[("STOLEN_TOKEN", "app_x")].value == 2


def test_rules_count_codes_that_exist() -> None:
    named = {sign for rule in rules_of(Policy()) for sign in rule.signs} - {"WEAKENED"}
    assert named <= CATALOGUE.keys()


def test_what_goes_on_is_one_alarm_that_remembers_its_peak(post: Post) -> None:
    post.call(6, code="RESOURCE_NOT_AUTHORIZED", status=404)
    post.look()
    post.clock.advance(60 * 10)
    post.call(5, code="RESOURCE_NOT_AUTHORIZED", status=404)
    post.look()
    alarm = post.alarms()[("FOREIGN_RESOURCES", "app_x")]
    assert (alarm.value, alarm.peak) == (5, 6)
    assert alarm.last_ms - alarm.first_ms == 600_000
    assert alarm.last_serial == 11


def test_an_alarm_stays_open_however_quiet_it_gets_until_somebody_takes_it(post: Post) -> None:
    post.call(1, code="TOKEN_APP_MISMATCH", status=403)
    post.look()
    post.clock.advance(alarms.OVERDUE_MS["major"] / 1000 + 60)
    post.call(1)
    post.look()
    alarm = post.alarms()[("STOLEN_TOKEN", "app_x")]
    assert alarm.is_overdue(post.clock.now_ms())
    post.acknowledge("STOLEN_TOKEN", "app_x")
    post.call(1)
    post.look()
    assert ("STOLEN_TOKEN", "app_x") not in post.alarms()
    assert [each.state for each in alarms.over(post.store)] == ["closed"]


def test_a_taken_alarm_that_goes_on_stays_and_one_that_comes_back_is_new(post: Post) -> None:
    strike = {"code": "TOKEN_APP_MISMATCH", "status": 403}
    post.call(1, **strike)
    post.look()
    post.acknowledge("STOLEN_TOKEN", "app_x")
    post.clock.advance(60)
    post.call(1, **strike)
    post.look()
    assert post.alarms()[("STOLEN_TOKEN", "app_x")].state == "acknowledged"
    post.clock.advance(alarms.QUIET_MS / 1000 + 60)
    post.look()
    post.call(1, **strike)
    post.look()
    assert post.alarms()[("STOLEN_TOKEN", "app_x")].state == "open"


def test_what_happened_before_the_clock_was_moved_is_not_forgotten(post: Post) -> None:
    post.call(1, code="TOKEN_APP_MISMATCH", status=403)
    post.clock.advance(90 * 86_400)
    post.call(1)
    post.look()
    assert ("STOLEN_TOKEN", "app_x") in post.alarms()


def test_of_two_who_take_an_alarm_one_comes_too_late(post: Post) -> None:
    post.call(1, code="TOKEN_APP_MISMATCH", status=403)
    post.look()
    post.acknowledge("STOLEN_TOKEN", "app_x")
    with pytest.raises(Problem, match="STATE_CHANGED"):
        post.acknowledge("STOLEN_TOKEN", "app_x")


@pytest.mark.clause("10.5-2", "10.1.2-1.2.2")
def test_an_incident_is_a_time_line_that_ends(post: Post) -> None:
    with post.store.write() as db:
        number = incidents.open_incident(db, "STOLEN_TOKEN · app_x", "major", "a token leaked", "chen", 1)
        incidents.note(db, number, "told the partner", "lin", 2)
        incidents.close(db, number, "they rotate tokens now", "chen", 3)
    assert [(each.kind, each.by_whom) for each in incidents.lines(post.store, number)] == [
        ("opened", "chen"), ("note", "lin"), ("closed", "chen"),
    ]  # fmt: skip
    for act in (incidents.note, incidents.close):
        with pytest.raises(Problem, match="STATE_CHANGED"), post.store.write() as db:
            act(db, number, "one more thing", "chen", 4)


def test_the_watch_raises_alarms_though_nobody_looks(post: Post) -> None:
    post.call(1, code="TOKEN_APP_MISMATCH", status=403)
    seen = threading.Event()

    class Watched(Store):
        def close(self) -> None:
            seen.set()
            super().close()

    thread = threading.Thread(target=post.watch.run, args=(lambda: Watched(post.path),))
    thread.start()
    for _ in range(500):
        if post.alarms():
            break
        seen.wait(0.01)
    post.watch.stop()
    thread.join(5)
    assert ("STOLEN_TOKEN", "app_x") in post.alarms()
    assert seen.is_set()
