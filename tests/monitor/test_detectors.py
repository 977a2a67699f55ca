"""Detectors: an application is held against its own past, and against what one party can be at one time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bank_sim.monitor.habits import network_of

if TYPE_CHECKING:
    from tests.monitor.conftest import Post

HOUR_S, DAY_S = 3_600, 86_400
HOME, ELSEWHERE = "192.0.2.7", "198.51.100.20"


def raised(post: Post) -> set[str]:
    post.look()
    return {rule for rule, _ in post.alarms()}


def lives(post: Post, days: int, calls: int = 1, **facts: Any) -> None:
    """The same calls at the same hour, day after day."""
    for _ in range(days):
        post.call(calls, **facts)
        post.clock.advance(DAY_S)
    post.look()


@pytest.mark.clause("12.2-3", "10.1.2-1.2.1")
def test_one_name_used_from_many_networks_at_once_is_shared(post: Post) -> None:
    post.call(source="192.0.2.7")
    post.call(source="192.0.2.8")
    post.call(source="203.0.113.9")
    assert "CREDENTIAL_SHARING" not in raised(post)
    post.call(source="198.51.100.20")
    post.look()
    assert post.alarms()[("CREDENTIAL_SHARING", "app_x")].value == 3


def test_networks_one_after_the_other_are_a_move_and_no_sharing(post: Post) -> None:
    for source in ("192.0.2.7", "203.0.113.9", "198.51.100.20"):
        post.call(source=source)
        post.look()
        post.clock.advance(HOUR_S)
    assert "CREDENTIAL_SHARING" not in raised(post)


def test_a_stranger_gives_an_application_no_habit_and_no_bad_name(post: Post) -> None:
    post.call(source=HOME)
    post.look()
    post.clock.advance(HOUR_S)
    post.call(source=HOME)
    for source in (ELSEWHERE, "203.0.113.9", "203.0.114.9"):
        post.call(source=source, code="SIGNATURE_INVALID", status=401)
    assert not raised(post) & {"CREDENTIAL_SHARING", "IMPERSONATION_SUSPECTED", "NEW_NETWORK"}


@pytest.mark.clause("10.1.2-1.2.1")
def test_a_stolen_secret_used_from_elsewhere_while_its_owner_calls_is_impersonation(post: Post) -> None:
    post.call(source=HOME)
    post.look()
    post.clock.advance(HOUR_S)
    post.call(5, source=HOME)
    assert "IMPERSONATION_SUSPECTED" not in raised(post)
    post.call(source=ELSEWHERE)
    post.look()
    alarm = post.alarms()[("IMPERSONATION_SUSPECTED", "app_x")]
    assert (alarm.severity, alarm.last_serial) == ("critical", 7)


@pytest.mark.clause("10.1.2-1.2.1")
def test_an_application_that_has_moved_is_asked_about_and_not_suspected(post: Post) -> None:
    post.call(source=HOME)
    post.look()
    post.clock.advance(HOUR_S)
    post.call(source=ELSEWHERE)
    found = raised(post)
    assert "NEW_NETWORK" in found
    assert "IMPERSONATION_SUSPECTED" not in found


def test_whoever_calls_for_the_first_time_departs_from_nothing(post: Post) -> None:
    post.call(source=HOME)
    post.call(300, source=ELSEWHERE)
    assert raised(post) == set()


@pytest.mark.clause("10.1.2-1.2.1")
def test_a_key_over_anothers_certificate_is_told_at_once(post: Post) -> None:
    post.call(code="CERT_APP_MISMATCH", status=401)
    assert "CERTIFICATE_BORROWED" in raised(post)


@pytest.mark.clause("10.1.2-1.2.1")
def test_whoever_tries_paths_one_after_the_other_is_seen(post: Post) -> None:
    facts: dict[str, Any] = {"app_id": "-", "api_id": "-", "u_api_id": "-", "code": "API_NOT_FOUND", "status": 404}
    post.call(29, source=ELSEWHERE, **facts)
    assert raised(post) == set()
    post.call(1, source=ELSEWHERE, **facts)
    assert "PATHS_PROBED" in raised(post)


@pytest.mark.clause("10.1.2-1.2.1", "12.2-1.1.2")
def test_far_more_customers_than_usual_are_scraped(post: Post) -> None:
    for number in range(70):
        post.call(customer_ref=f"cus_{number}")
    post.look()
    post.clock.advance(HOUR_S)
    for number in range(209):
        post.call(customer_ref=f"cus_{number}")
    assert "SCRAPING" not in raised(post)
    post.call(customer_ref="cus_209")
    post.call(customer_ref="cus_209")
    post.look()
    assert post.alarms()[("SCRAPING", "app_x")].value == 210


def test_whose_data_was_read_is_forgotten_within_hours_and_how_many_they_were_is_not(post: Post) -> None:
    post.call(customer_ref="cus_1")
    post.look()
    post.clock.advance(2 * DAY_S)
    post.call(customer_ref="cus_2")
    post.look()
    assert post.store.read("SELECT customer FROM traffic_customers") == [("cus_2",)]
    assert post.store.read("SELECT sum(customers) FROM traffic_reach") == [(2,)]


@pytest.mark.clause("10.1.2-1.2.1")
def test_a_volume_that_its_past_does_not_explain_is_told(post: Post) -> None:
    lives(post, 2, 250)
    post.call(1_249)
    assert "VOLUME_SURGE" not in raised(post)
    post.call(1)
    assert "VOLUME_SURGE" in raised(post)


@pytest.mark.clause("10.1.2-1.2.1")
def test_calls_in_the_middle_of_the_night_of_somebody_who_works_by_day_are_told(post: Post) -> None:
    lives(post, 7, 75)
    post.call(75)
    assert "UNUSUAL_HOURS" not in raised(post)
    post.clock.advance(14 * HOUR_S)
    post.call(19)
    assert "UNUSUAL_HOURS" not in raised(post)
    post.call(1)
    post.look()
    assert post.alarms()[("UNUSUAL_HOURS", "app_x")].value == 20


def test_neighbours_share_a_network_whatever_the_address_looks_like() -> None:
    assert network_of("192.0.2.7") == network_of("192.0.2.250") == "192.0.2.0/24"
    assert network_of("2001:db8:1:2::3") == network_of("2001:db8:1:ffff::1") == "2001:db8:1::/48"
    assert network_of("-") == "-"
