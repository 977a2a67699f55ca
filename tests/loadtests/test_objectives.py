"""Verdicts follow from the course of a run: what is met, what is missed, and that nothing measured is nothing met."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loadtests.course import Course
from loadtests.crowd.tally import Cell, Meter, Outcome, Second
from loadtests.following import plain, sparkline
from loadtests.load_charts import DRAWN
from loadtests.objectives import Verdict, judge, objectives
from loadtests.profiles import Plan, plan

Tell = Callable[[int, Meter], None]


def course(seconds: int, tell: Tell) -> Course:
    """A run in which ``tell`` says what happened in each second."""
    meter, found = Meter("g"), []
    for second in range(seconds):
        tell(second, meter)
        found.append(meter.close(second, users=5, cpu_s=0.1))
    return Course(found)


def verdicts(name: str, tell: Tell, seconds: int | None = None) -> dict[str, Verdict]:
    planned = plan(name)
    return {
        each.name: each
        for each in judge(course(seconds or int(planned.profile.seconds), tell), planned, objectives(name))
    }


def calls(
    meter: Meter, kind: str, name: str, ms: float, outcome: Outcome = "ok", count: int = 10, code: str = ""
) -> None:
    for _ in range(count):
        meter.note(kind, name, outcome, code, int(ms * 1000), repeated=False)


def crowd(meter: Meter, ms: float = 5) -> None:
    for kind, name in (("browsing", "products"), ("saving", "balance"), ("paying", "order"), ("paying", "execute")):
        calls(meter, kind, name, ms)


def well(second: int, meter: Meter) -> None:
    crowd(meter)
    calls(meter, "attacking", "replay", 5, "refused")


def test_a_good_run_meets_everything() -> None:
    found = verdicts("quick", well)
    assert [name for name, each in found.items() if not each.holds] == []
    assert {"p95_ms.execute", "failed_percent", "let_through", "misjudged", "generator_lag_ms"} <= found.keys()


def test_a_run_in_which_nothing_was_measured_meets_nothing() -> None:
    assert [name for name, each in verdicts("quick", lambda *_: None).items() if each.holds] == ["generator_lag_ms"]


@pytest.mark.parametrize(("kind", "name", "outcome", "missed"), [
    ("saving", "balance", "failed", "failed_percent"),
    ("saving", "balance", "throttled", "throttled_percent"),
    ("attacking", "replay", "let_through", "let_through"),
    ("careless", "unsigned", "failed", "misjudged"),
])  # fmt: skip
def test_a_single_kind_of_wrong_misses_its_own_objective_alone(
    kind: str, name: str, outcome: Outcome, missed: str
) -> None:
    def tell(second: int, meter: Meter) -> None:
        well(second, meter)
        calls(meter, kind, name, 1, outcome, count=1)

    assert [each.name for each in verdicts("quick", tell).values() if not each.holds] == [missed]


def test_slow_answers_are_found_by_interface_and_fast_refusals_do_not_hide_them() -> None:
    def tell(second: int, meter: Meter) -> None:
        well(second, meter)
        calls(meter, "paying", "execute", 900)
        calls(meter, "attacking", "execute", 0.1, "refused", count=1000)

    found = verdicts("quick", tell)
    assert [name for name, each in found.items() if not each.holds] == ["p95_ms.execute"]
    assert float(found["p95_ms.execute"].found.en.removesuffix(" ms")) == pytest.approx(900, rel=0.03)


def test_fairness_is_the_crowd_beside_the_flood_against_the_crowd_without() -> None:
    planned = plan("noisy-neighbour")

    def tell(slow_ms: float) -> Tell:
        def told(second: int, meter: Meter) -> None:
            flooded = any(each.holds(second) for each in planned.profile.floods)
            crowd(meter, slow_ms if flooded else 10)
            if flooded:
                calls(meter, "flooding", "rates", 1, "throttled")

        return told

    assert verdicts("noisy-neighbour", tell(14))["fairness_ratio"].holds
    assert not verdicts("noisy-neighbour", tell(17))["fairness_ratio"].holds
    assert verdicts("noisy-neighbour", tell(10))["loud_throttled_percent"].holds


def storm(planned: Plan, *, ill_until: float, attempts: int) -> Tell:
    """Half of the crowd's calls fail while the bank is ill; each failing intent is tried ``attempts`` times."""
    fault = planned.profile.fault
    assert fault is not None

    def told(second: int, meter: Meter) -> None:
        crowd(meter)
        calls(meter, "storming", "rates", 1, "throttled")
        if fault.from_s <= second < ill_until:
            for attempt in range(attempts * 10):
                meter.note("saving", "balance", "failed", "HTTP_503", 1000, repeated=attempt >= 10)

    return told


def test_failures_during_a_fault_are_not_charged_but_slow_recovery_and_storms_are() -> None:
    planned = plan("retry-storm")
    fault = planned.profile.fault
    assert fault is not None
    ended = fault.span.ends
    sound = verdicts("retry-storm", storm(planned, ill_until=ended, attempts=2))
    assert [name for name, each in sound.items() if not each.holds] == []
    slow = verdicts("retry-storm", storm(planned, ill_until=ended + 11, attempts=2))
    assert {name for name, each in slow.items() if not each.holds} >= {"recovery_s"}
    stormy = verdicts("retry-storm", storm(planned, ill_until=ended, attempts=30))
    assert [name for name, each in stormy.items() if not each.holds] == ["amplification"]


def test_a_soak_that_grows_slower_is_found() -> None:
    def slower(second: int, meter: Meter) -> None:
        well(second, meter)
        crowd(meter, 10 + second / 10)

    found = verdicts("soak", slower)
    assert not found["drift_ratio"].holds
    assert verdicts("soak", well)["drift_ratio"].holds


def test_seconds_of_several_generators_add_up_to_what_one_would_have_counted() -> None:
    one, two, both = (Meter(each) for each in "abc")
    for ms in range(1, 200):
        calls((one, two)[ms % 2], "saving", "balance", ms, count=1)
        calls(both, "saving", "balance", ms, count=1)
    apart = Course([one.close(0, 3, 0.1), two.close(0, 4, 0.2)])
    whole = Course([both.close(0, 7, 0.3)])
    assert apart.cell().percentile_ms(95) == whole.cell().percentile_ms(95) == pytest.approx(190, rel=0.03)
    assert (apart.moments[0].users, apart.cell().calls) == (7, 199)
    assert apart.cpu_s == pytest.approx(whole.cpu_s)


def test_no_percentile_of_nothing() -> None:
    assert Cell().percentile_ms(95) is None
    assert Cell().share_percent("failed") == 0


@pytest.mark.parametrize("name", ["noisy-neighbour", "retry-storm"])
def test_charts_stay_in_their_boxes_and_show_what_went_wrong(name: str) -> None:
    planned = plan(name)
    found = course(int(planned.profile.seconds), well)
    for draw in DRAWN.values():
        chart = draw(found, planned)
        points = [each.points for each in chart.areas] + [piece for _, pieces in chart.lines for piece in pieces]
        numbers = [tuple(map(float, point.split(","))) for each in points for point in each.split()]
        assert numbers
        assert all(0 <= x <= 1000 and 0 <= y <= 100 for x, y in numbers)
        assert len(chart.bands) == (5 if name == "noisy-neighbour" else 1)


def test_the_terminal_shows_the_newest_second_and_how_it_went() -> None:
    assert sparkline([None, 0, 1, 4, 8]) == " ·▂▅█"
    moment = course(3, well).moments[-1]
    assert plain(moment, plan("quick"), "en").split() == [
        "3", "/", "20", "s", "users", "5", "calls/s", "50", "p95", "ms", "5.0", "429/s", "0", "failed/s", "0",
    ]  # fmt: skip


def test_a_second_travels_as_json() -> None:
    import msgspec

    meter = Meter("g")
    crowd(meter)
    meter.acknowledged("S1")
    sent = meter.close(4, 5, 0.1)
    assert msgspec.json.decode(msgspec.json.encode(sent), type=Second) == sent
