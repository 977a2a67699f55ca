"""Asking again: when, how often, how long at most, and what is never asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app_sim.bank import Problem
from app_sim.retrying import Patience, Retrying
from app_sim.waits import Waits
from bank_sim.throttle.quotas import Setting, set_quota

PATIENCE = Patience(tries=3, first_s=0.2, longest_s=2.0)
Deliver = Callable[[httpx.Request], httpx.Response]


class Busy(Exception):
    """May be asked again, after so many seconds."""


class Final(Exception):
    """May not."""


def _wait_s(error: Exception) -> float | None:
    return float(error.args[0]) if isinstance(error, Busy) else None


class Asked:
    """Raises what it is given, one by one, and then answers."""

    def __init__(self, *outcomes: Exception) -> None:
        self._outcomes = list(outcomes)
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        if self._outcomes:
            raise self._outcomes.pop(0)
        return "answered"


def test_pauses_grow_and_end_at_a_random_moment_of_them() -> None:
    for jitter, pauses in ((0.0, [0.0, 0.0]), (0.5, [0.1, 0.2]), (1.0, [0.2, 0.4])):
        slept: list[float] = []
        retrying = Retrying(PATIENCE, slept.append, lambda jitter=jitter: jitter)
        assert retrying.run("rates.list", Asked(Busy(0), Busy(0)), _wait_s) == "answered"
        assert slept == pytest.approx(pauses)
        assert retrying.repeated() == {"rates.list": 2}


def test_nobody_comes_back_before_they_were_told_to() -> None:
    slept: list[float] = []
    Retrying(PATIENCE, slept.append).run("rates.list", Asked(Busy(1)), _wait_s)
    assert 1.0 <= slept[0] <= 1.2


def test_a_pause_that_would_outlast_the_pages_patience_is_not_begun() -> None:
    slept: list[float] = []
    asked = Asked(Busy(30))
    with pytest.raises(Busy):
        Retrying(PATIENCE, slept.append).run("rates.list", asked, _wait_s)
    assert (asked.times, slept) == (1, [])


def test_after_the_last_try_the_failure_stands_as_it_was() -> None:
    asked = Asked(*[Busy(0)] * 9)
    with pytest.raises(Busy):
        Retrying(PATIENCE, lambda _: None).run("rates.list", asked, _wait_s)
    assert asked.times == PATIENCE.tries


def test_what_is_final_is_asked_once() -> None:
    asked = Asked(Final())
    with pytest.raises(Final):
        Retrying(PATIENCE, lambda _: None).run("rates.list", asked, _wait_s)
    assert asked.times == 1


def test_a_word_to_wait_holds_for_whom_it_was_said_and_no_longer() -> None:
    now = [1_000.0]
    waits = Waits(lambda: now[0])
    waits.note("accounts.list", "token of Lux", "QUOTA_EXCEEDED", 2.5)
    told = waits.of("accounts.list", "token of Lux")
    assert told is not None
    assert (told.why, told.rest_s) == ("QUOTA_EXCEEDED", 3)
    assert waits.of("accounts.list", "token of Lex") is None
    assert waits.of("accounts.balances", "token of Lux") is None
    now[0] += 2.5
    assert waits.of("accounts.list", "token of Lux") is None


class Line:
    """The wire to the bank, on which the first answers to one interface are something else."""

    def __init__(self, path: str, *instead: Callable[[httpx.Request], httpx.Response]) -> None:
        self._path = path
        self._instead = list(instead)
        self.arrived = 0

    def __call__(self, request: httpx.Request, deliver: Deliver) -> httpx.Response:
        if not request.url.path.endswith(self._path):
            return deliver(request)
        self.arrived += 1
        return self._instead.pop(0)(request) if self._instead else deliver(request)


def _busy(request: httpx.Request) -> httpx.Response:
    return httpx.Response(503, json={"code": "SERVICE_UNAVAILABLE", "retry_after_s": 1})


def _unreached(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.clause("10.1.2-2.0")
def test_a_page_that_reads_asks_a_busy_bank_again_and_is_shown(town: Any, wallet: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    town.wire.bend = line = Line("/api/accounts", _busy, _busy)
    assert visitor.get("/accounts").status_code == 503
    assert line.arrived == 2
    assert [1.0 <= each <= 1.2 for each in town.pauses] == [True]
    assert visitor.get("/accounts").status_code == 200
    assert wallet.bank.retrying.repeated() == {"accounts.list": 1}


@pytest.mark.clause("9.3.3-1.2")
def test_an_execution_that_never_left_goes_out_again_under_its_one_key(town: Any, visitor: Any) -> None:
    back = town.user_agrees(visitor.sign_in().link(town).order(town).location)
    # Two of them: the SDK itself tries a connection twice.
    town.wire.bend = Line("/execute", _unreached, _unreached)
    before = len(town.wire.sent)
    page = visitor.get(visitor.get("/callback", **back).location)
    assert 'data-state="executed"' in page.text
    executions = [each for each in town.wire.sent[before:] if each.url.path.endswith("/execute")]
    assert len(executions) == 3
    assert len({each.headers["idempotency-key"] for each in executions}) == 1
    assert town.executed() == [1234]


@pytest.mark.clause("9.3.3-1.2")
def test_a_code_that_is_good_once_is_never_sent_again(town: Any, visitor: Any) -> None:
    away = visitor.sign_in().submit(visitor.get("/"), "/link")
    town.wire.bend = line = Line("/oauth/token", _busy)
    assert visitor.get("/callback", **town.user_agrees(away.location)).status_code == 503
    assert line.arrived == 1
    assert town.pauses == []


@pytest.mark.clause("9.3.4-4")
def test_who_is_told_by_the_bank_to_wait_is_not_asked_for_before(town: Any, wallet: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    with town.bank.store.write() as db:
        set_quota(db, Setting(wallet.bank.app_id, "transfers.create", "minute", 1, "teller", 0, "a test"))
    town.bank.throttle.quotas._kept.clear()
    assert visitor.order(town).status_code == 303
    refused = visitor.order(town)
    assert refused.status_code == 429
    assert "QUOTA_EXCEEDED" in refused.text
    arrived = _creations(town)
    assert visitor.order(town).status_code == 429
    assert _creations(town) == arrived
    # That the bank asked to wait says nothing about whether it answers.
    assert wallet.bank.outage() is None
    assert [each.rule for each in wallet.tickets.open()] == ["asked_to_wait"]
    town.clock.advance(120)
    assert visitor.order(town).status_code == 303


def _creations(town: Any) -> int:
    return sum(each.url.path == "/api/transfers" for each in town.wire.sent)


def test_the_bank_is_believed_that_the_wallet_shall_wait_only_when_it_has_signed_so(wallet: Any, town: Any) -> None:
    def forged(request: httpx.Request) -> httpx.Response:
        return httpx.Response(429, json={"code": "RATE_LIMITED", "retry_after_s": 3000})

    town.wire.bend = Line("/api/rates", forged)
    with pytest.raises(Problem, match="RATE_LIMITED"):
        wallet.bank.public("rates.list", "/api/rates", "1")
    assert wallet.bank.public("rates.list", "/api/rates", "1")["items"]
