"""Bulkheads: a slow interface holds up its own callers, and nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from app_sim.berths import BerthPolicy, Berths, Crowded

POLICY = BerthPolicy(places=2, wait_s=0.01)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def _hold(berths: Berths, pool: ThreadPoolExecutor, name: str, times: int) -> threading.Event:
    """So many calls of a name are under way until the event is set."""
    go, begun = threading.Event(), threading.Semaphore(0)

    def call() -> None:
        begun.release()
        assert go.wait(5)

    for _ in range(times):
        pool.submit(berths.run, name, call)
        assert begun.acquire(timeout=5)
    return go


@pytest.mark.clause("10.1.2-2.0")
def test_one_slow_interface_stalls_no_other(pool: ThreadPoolExecutor) -> None:
    berths = Berths(POLICY)
    go = _hold(berths, pool, "accounts.balances", POLICY.places)
    with pytest.raises(Crowded):
        berths.run("accounts.balances", lambda: pytest.fail("the call was made"))
    assert berths.run("accounts.list", lambda: "answered") == "answered"
    assert berths.turned_away() == {"accounts.balances": 1}
    go.set()


def test_a_berth_that_becomes_free_in_time_is_taken(pool: ThreadPoolExecutor) -> None:
    berths = Berths(BerthPolicy(places=1, wait_s=5))
    go = _hold(berths, pool, "rates.list", 1)
    waiting = pool.submit(berths.run, "rates.list", lambda: "answered")
    go.set()
    assert waiting.result(5) == "answered"
    assert berths.turned_away() == {}


def test_a_call_that_fails_gives_its_berth_back() -> None:
    berths = Berths(BerthPolicy(places=1, wait_s=0.01))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            berths.run("rates.list", lambda: 1 / 0)
    assert berths.run("rates.list", lambda: "answered") == "answered"


@pytest.mark.clause("10.1.2-2.0")
def test_while_balances_hang_other_pages_of_the_bank_are_shown(
    town: Any, wallet: Any, visitor: Any, pool: ThreadPoolExecutor
) -> None:
    visitor.sign_in().link(town)
    go, begun = threading.Event(), threading.Semaphore(0)

    def hang(request: httpx.Request, deliver: Any) -> httpx.Response:
        if request.url.path == "/api/balances":
            begun.release()
            assert go.wait(10)
            raise httpx.ReadTimeout("no answer", request=request)
        answer: httpx.Response = deliver(request)
        return answer

    town.wire.bend = hang
    for _ in range(3):
        pool.submit(wallet.bank.balances, "a token")
        assert begun.acquire(timeout=5)
    page = visitor.get("/accounts")
    assert page.status_code == 200
    assert "cannot be fetched" in page.text
    assert visitor.get("/products").status_code == 200
    # One of the three was turned away twice: what is not sent is worth another try.
    assert set(wallet.bank.berths.turned_away()) == {"accounts.balances"}
    go.set()
