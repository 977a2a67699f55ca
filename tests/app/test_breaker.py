"""The circuit breaker against a plain model of what it promises, and the promises one by one."""

from __future__ import annotations

import threading

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app_sim.breaker import Breaker, BreakerPolicy, Breakers, BreakerState, Judgement, Resting, rest

POLICY = BreakerPolicy(
    window_s=10, buckets=5, calls_min=4, failures_min=2, failure_rate=0.5, rest_s=6, probes=2, probes_good=3
)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class BankFails(Exception):
    """The call found nobody."""


class BankRefuses(Exception):
    """The call was answered, with a refusal."""


class Nonsense(Exception):
    """The caller's own mistake."""


def _judge(error: Exception) -> Judgement:
    return {BankFails: False, BankRefuses: True}.get(type(error))


def _raise(error: Exception) -> None:
    raise error


def _fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BankFails):
            breaker.run(lambda: _raise(BankFails()), _judge)


def _opened(clock: Hand) -> Breaker:
    breaker = Breaker(POLICY, clock)
    _fail(breaker, POLICY.calls_min)
    assert breaker.state().condition == "open"
    return breaker


class UnderWay:
    """A call in a thread of its own that ends when it is told how."""

    def __init__(self, breaker: Breaker) -> None:
        self._outcome: Exception | None = None
        self._go = threading.Event()
        self._began = threading.Event()
        self.refused = False
        self._thread = threading.Thread(target=self._run, args=(breaker,))
        self._thread.start()
        self._began.wait(5)

    def end(self, outcome: Exception | None) -> None:
        self._outcome = outcome
        self._go.set()
        self._thread.join(5)
        assert not self._thread.is_alive()

    def _run(self, breaker: Breaker) -> None:
        try:
            breaker.run(self._call, _judge)
        except Resting:
            self.refused = True
            self._began.set()
        except (BankFails, BankRefuses, Nonsense):
            pass

    def _call(self) -> None:
        self._began.set()
        self._go.wait(5)
        if self._outcome is not None:
            raise self._outcome


class AgainstAModel(RuleBasedStateMachine):
    """Calls that last, end in any order and in any way, while time goes on and now and then back."""

    @initialize()
    def begin(self) -> None:
        self.clock = Hand()
        self.told: list[str] = []
        self.turned: list[str] = []
        self.breaker = Breaker(POLICY, self.clock, "rates.list", lambda _, state: self.told.append(state.condition))
        self.under_way: list[tuple[int, UnderWay]] = []
        self.era = 0
        self.condition = "closed"
        self.counted: list[tuple[float, bool]] = []
        self.opened_s = 0.0
        self.good = 0

    def teardown(self) -> None:
        for _, call in getattr(self, "under_way", []):
            call.end(None)

    @precondition(lambda self: len(self.under_way) < 6)
    @rule()
    def start_a_call(self) -> None:
        rested = not self.opened_s <= self.clock.now_s < self.opened_s + POLICY.rest_s
        if self.condition == "open" and rested:
            self._turn("half_open")
        own = [era for era, _ in self.under_way if era == self.era]
        full = self.condition == "half_open" and len(own) >= POLICY.probes
        call = UnderWay(self.breaker)
        assert call.refused == (self.condition == "open" or full)
        if not call.refused:
            self.under_way.append((self.era, call))

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), outcome=st.sampled_from([None, BankFails, BankFails, BankRefuses, Nonsense]))
    def end_a_call(self, data: st.DataObject, outcome: type[Exception] | None) -> None:
        era, call = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
        call.end(outcome() if outcome else None)
        if era == self.era and outcome is not Nonsense:
            self._heed(answered=outcome is not BankFails)

    def _heed(self, *, answered: bool) -> None:
        if self.condition == "half_open":
            self.good += answered
            if not answered:
                self._open()
            elif self.good == POLICY.probes_good:
                self.counted.clear()
                self._turn("closed")
            return
        self.counted.append((self.clock.now_s, answered))
        recent = self._recent()
        failures = recent.count(False)
        bad = failures >= POLICY.failures_min and failures >= POLICY.failure_rate * len(recent)
        if len(recent) >= POLICY.calls_min and bad:
            self._open()

    def _recent(self) -> list[bool]:
        width_s = POLICY.window_s / POLICY.buckets
        newest = self.clock.now_s // width_s
        # A bucket that is ahead of time, after the clock was set back, says nothing and is forgotten.
        self.counted = [each for each in self.counted if newest - POLICY.buckets < each[0] // width_s <= newest]
        return [answered for _, answered in self.counted]

    def _open(self) -> None:
        self.opened_s = self.clock.now_s
        self._turn("open")

    def _turn(self, condition: str) -> None:
        self.condition, self.good = condition, 0
        self.era += 1
        self.turned.append(condition)

    @rule(step_s=st.sampled_from([0.5, 1.0, 2.0, 5.0, 6.0, 30.0, -3.0, -500.0]))
    def let_time_pass(self, step_s: float) -> None:
        self.clock.now_s += step_s

    @invariant()
    def the_state_is_the_models(self) -> None:
        if not hasattr(self, "breaker"):
            return
        state = self.breaker.state()
        assert state.condition == self.condition
        assert (state.since_s is None) == (self.condition == "closed")
        assert (state.next_probe_s is None) == (self.condition == "closed")
        assert 0 <= state.failures <= state.calls
        assert self.told == self.turned
        if self.condition == "open":
            assert state.next_probe_s <= self.clock.now_s + POLICY.rest_s


TestAgainstAModel = AgainstAModel.TestCase
TestAgainstAModel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_a_few_failures_among_many_answers_open_nothing() -> None:
    breaker = Breaker(POLICY, Hand())
    for _ in range(20):
        breaker.run(lambda: None, _judge)
    _fail(breaker, 15)
    assert breaker.state().condition == "closed"
    _fail(breaker, 5)
    assert breaker.state().condition == "open"


def test_too_few_calls_open_nothing_however_bad() -> None:
    breaker = Breaker(POLICY, Hand())
    _fail(breaker, POLICY.calls_min - 1)
    assert breaker.state().condition == "closed"


def test_failures_of_long_ago_are_forgotten() -> None:
    clock = Hand()
    breaker = Breaker(POLICY, clock)
    _fail(breaker, POLICY.calls_min - 1)
    clock.now_s += POLICY.window_s
    assert breaker.state().calls == 0
    _fail(breaker)
    assert breaker.state() == BreakerState("closed", None, None, 1, 1)


@pytest.mark.clause("10.1.2-2.1.2")
def test_an_open_breaker_makes_no_call_and_says_when_it_will() -> None:
    clock = Hand()
    breaker = _opened(clock)
    with pytest.raises(Resting) as refused:
        breaker.run(lambda: pytest.fail("the call was made"), _judge)
    assert refused.value.state.since_s == clock.now_s
    assert refused.value.state.next_probe_s == clock.now_s + POLICY.rest_s


@pytest.mark.clause("10.1.2-2.1.1")
def test_a_failed_probe_begins_a_new_rest_and_keeps_the_first_hour_of_the_outage() -> None:
    clock = Hand()
    breaker = _opened(clock)
    began_s = clock.now_s
    clock.now_s += POLICY.rest_s
    _fail(breaker)
    state = breaker.state()
    assert (state.condition, state.since_s) == ("open", began_s)
    assert state.next_probe_s == clock.now_s + POLICY.rest_s


def test_no_more_probes_than_allowed_are_under_way_at_once() -> None:
    clock = Hand()
    breaker = _opened(clock)
    clock.now_s += POLICY.rest_s
    calls = [UnderWay(breaker) for _ in range(5)]
    assert [call.refused for call in calls] == [False, False, True, True, True]
    for call in calls:
        call.end(None)
    assert breaker.state().condition == "half_open"
    breaker.run(lambda: None, _judge)
    assert breaker.state().condition == "closed"


def test_a_probe_that_says_nothing_about_the_bank_gives_its_place_back() -> None:
    clock = Hand()
    breaker = _opened(clock)
    clock.now_s += POLICY.rest_s
    for _ in range(3 * POLICY.probes):
        with pytest.raises(Nonsense):
            breaker.run(lambda: _raise(Nonsense()), _judge)
    assert breaker.state().condition == "half_open"
    breaker.run(lambda: None, _judge)


def test_a_clock_set_back_does_not_keep_a_breaker_open() -> None:
    clock = Hand()
    breaker = _opened(clock)
    clock.now_s -= 90 * 86_400
    breaker.run(lambda: None, _judge)
    assert breaker.state().condition == "half_open"


def test_nobody_waits_for_a_call_that_is_under_way() -> None:
    breaker = Breaker(POLICY, Hand())
    slow = UnderWay(breaker)
    done: list[str] = []
    other = threading.Thread(target=lambda: done.append(breaker.run(lambda: "answered", _judge)))
    other.start()
    other.join(5)
    slow.end(None)
    assert done == ["answered"]


def test_what_was_asked_before_the_breaker_opened_does_not_close_it() -> None:
    clock = Hand()
    breaker = Breaker(POLICY, clock)
    early = UnderWay(breaker)
    _fail(breaker, POLICY.calls_min)
    clock.now_s += POLICY.rest_s
    _probe(breaker, POLICY.probes_good - 1)
    early.end(None)
    assert breaker.state().condition == "half_open"


def _probe(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.run(lambda: None, _judge)


@pytest.mark.clause("10.1.2-2.0")
def test_each_name_has_a_breaker_of_its_own() -> None:
    breakers = Breakers(POLICY, Hand())
    _fail(breakers.of("accounts.list"), POLICY.calls_min)
    assert breakers.of("rates.list").run(lambda: "rates", _judge) == "rates"
    assert {name: state.condition for name, state in breakers.states().items()} == {
        "accounts.list": "open",
        "rates.list": "closed",
    }


def test_a_breaker_that_is_not_held_to_its_rest_asks_on_however_bad_it_looks() -> None:
    tired = True
    breaker = Breaker(POLICY, Hand(), rest=lambda state: rest(state) if tired else None)
    _fail(breaker, POLICY.calls_min)
    with pytest.raises(Resting):
        breaker.run(lambda: None, _judge)
    tired = False
    _fail(breaker, 2 * POLICY.calls_min)
    assert breaker.state().condition == "open"
    tired = True
    with pytest.raises(Resting):
        breaker.run(lambda: None, _judge)
