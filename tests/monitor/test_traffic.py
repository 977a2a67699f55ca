"""Every record is counted once, whoever looks and however often; figures say what the records say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.monitor import figures, folding, traffic
from bank_sim.monitor.figures import Figures, Window
from bank_sim.monitor.latency import bounds_us, latency_class, percentile_us
from bank_sim.store import Store

if TYPE_CHECKING:
    from tests.monitor.conftest import Post


def whole(post: Post, minutes: int = 60, span: int = 1) -> Figures:
    return figures.total(figures.over_time(post.store, Window(post.clock.now_ms(), minutes, span)))


@pytest.mark.clause("7.3.3-1.1", "10.1.1-2.2")
def test_figures_are_those_of_the_records(post: Post) -> None:
    post.call(7)
    post.call(2, api_id="rates.list", code="SIGNATURE_INVALID", status=401)
    post.call(1, app_id="app_y", code="INTERNAL_ERROR", status=500, elapsed_us=90_000)
    post.look()
    found = whole(post)
    assert (found.success, found.refused, found.fault) == (7, 2, 1)
    assert (found.success_permille, found.fault_permille) == (700, 100)
    window = Window(post.clock.now_ms(), 60)
    assert {name: each.calls for name, each in figures.by("api_id", post.store, window).items()} == {
        "accounts.list": 8,
        "rates.list": 2,
    }
    by_app = figures.by("app_id", post.store, window)
    assert {name: each.calls for name, each in by_app.items()} == {"app_x": 9, "app_y": 1}
    assert by_app["app_y"].latency_us(99) == pytest.approx(90_000, rel=0.25)


def test_a_record_is_counted_once_by_however_many_who_look(post: Post) -> None:
    other = Store(post.path)
    post.call(5)
    post.look()
    folding.fold(other)
    post.look()
    post.call(5)
    assert folding.fold(other).records == 5
    assert folding.fold(post.store).records == 0
    assert whole(post).calls == 10
    assert whole(post, span=15).calls == 10
    other.close()


def test_what_is_taken_in_at_once_is_bounded_and_nothing_is_left_out(post: Post) -> None:
    post.call(25)
    assert [folding.fold(post.store, 10).records for _ in range(4)] == [10, 10, 5, 0]
    assert whole(post).calls == 25


def test_visits_of_people_and_the_consoles_own_are_not_traffic_of_interfaces(post: Post) -> None:
    for api_id in ("ebank.login", "oauth.authorize.step", "console.live", "portal.front", "edge:gateway"):
        post.call(api_id=api_id, u_api_id="-")
    post.call(api_id="oauth.token", u_api_id="-")
    post.call(app_id="-", api_id="-", u_api_id="-", code="API_NOT_FOUND", status=404)
    post.look()
    assert whole(post).calls == 2


def test_a_window_shows_its_minutes_and_quiet_ones_too(post: Post) -> None:
    post.call(3)
    post.clock.advance(10 * 60)
    post.call(1)
    post.look()
    points = figures.over_time(post.store, Window(post.clock.now_ms(), 15))
    assert [each.calls for _, each in points if each.calls] == [3, 1]
    assert len(points) == 15
    assert whole(post, minutes=5).calls == 1
    assert [each.calls for _, each in figures.over_time(post.store, Window(post.clock.now_ms(), 60, 15))][-1] == 4


def test_fine_counters_go_and_coarse_ones_stay(post: Post) -> None:
    post.call(3, code="NONCE_REPLAYED", status=401)
    post.look()
    post.clock.advance(traffic.SIGN_MINUTES_KEPT * 60 + 60)
    post.call(1)
    post.look()
    kept = post.store.read("SELECT span, count(*) FROM traffic WHERE kind = 'all' GROUP BY span ORDER BY span")
    assert kept == [(1, 1), (15, 2)]
    assert post.store.read("SELECT count(*) FROM traffic_signs") == [(0,)]


def test_counters_are_read_by_their_key_and_never_by_a_walk_through_the_log(post: Post) -> None:
    window = Window(post.clock.now_ms(), 60)
    asked: list[str] = []
    post.store.db.conn.set_trace_callback(asked.append)
    figures.over_time(post.store, window)
    figures.by("api_id", post.store, window)
    figures.by("app_id", post.store, window)
    post.store.db.conn.set_trace_callback(None)
    assert len(asked) == 3
    for statement in asked:
        plan = " ".join(row[3] for row in post.store.read(f"EXPLAIN QUERY PLAN {statement}"))
        assert "SEARCH traffic" in plan
        assert "access_log" not in plan


@given(st.integers(0, 10**9))
def test_a_time_lies_within_its_class(elapsed_us: int) -> None:
    shortest, longest = bounds_us(latency_class(elapsed_us))
    assert shortest <= elapsed_us <= longest
    assert longest - shortest <= max(0, shortest // 4)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=200), st.sampled_from([50, 95, 99, 100]))
def test_a_percentile_is_off_by_a_quarter_at_most(times_us: list[int], percent: int) -> None:
    classes: dict[int, int] = {}
    for each in times_us:
        classes[latency_class(each)] = classes.get(latency_class(each), 0) + 1
    found = percentile_us(classes, percent)
    exact = sorted(times_us)[-(-len(times_us) * percent // 100) - 1]
    assert found is not None
    assert abs(found - exact) <= exact / 4 + 1


def test_there_is_no_percentile_of_nothing() -> None:
    assert percentile_us({}, 99) is None
