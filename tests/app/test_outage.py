"""A bank that does not answer: the wallet stops asking, says so, keeps working where it can, and comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app_sim.breaker import BreakerPolicy

Deliver = Callable[[httpx.Request], httpx.Response]
POLICY = BreakerPolicy()


def _nobody_answers(request: httpx.Request, deliver: Deliver) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def _no_balances(request: httpx.Request, deliver: Deliver) -> httpx.Response:
    if request.url.path == "/api/balances":
        raise httpx.ConnectError("refused", request=request)
    return deliver(request)


@pytest.fixture
def cut_off(town: Any, visitor: Any) -> Any:
    """A linked user whose bank went away long after they looked last; the breaker of the account list is open."""
    visitor.sign_in().link(town)
    town.clock.advance(POLICY.window_s)
    town.wire.bend = _nobody_answers
    for _ in range(POLICY.calls_min):
        assert visitor.get("/accounts").status_code == 503
    return visitor


def _sent(town: Any, visitor: Any) -> int:
    before = len(town.wire.sent)
    visitor.get("/accounts")
    return len(town.wire.sent) - before


@pytest.mark.clause("10.1.2-2.1.1", "10.1.2-2.1.2")
def test_a_bank_that_does_not_answer_is_not_asked_any_more_for_a_while(town: Any, cut_off: Any) -> None:
    assert _sent(town, cut_off) == 0
    town.clock.advance(POLICY.rest_s)
    assert _sent(town, cut_off) > 0
    assert _sent(town, cut_off) == 0


@pytest.mark.clause("10.1.1-3.1")
def test_the_page_says_since_when_when_it_asks_next_and_what_still_works(cut_off: Any) -> None:
    page = cut_off.get("/accounts")
    assert page.status_code == 503
    assert "2026-01-31 10:01:00" in page.text
    assert "from 2026-01-31 10:01:15 on" in page.text
    assert 'href="/history"' in page.text
    assert 'href="/accounts">Try again' in page.text


@pytest.mark.clause("10.1.1-3.1")
def test_what_needs_no_bank_works_and_every_page_tells_of_the_outage(cut_off: Any) -> None:
    for path in ("/", "/history", "/kept", "/connection"):
        page = cut_off.get(path)
        assert page.status_code == 200
        assert 'id="outage"' in page.text


@pytest.mark.clause("10.1.1-3.2")
def test_when_the_bank_answers_again_so_does_the_wallet(town: Any, cut_off: Any) -> None:
    town.wire.bend = None
    town.clock.advance(POLICY.rest_s)
    for _ in range(POLICY.probes_good):
        assert cut_off.get("/accounts").status_code == 200
    assert 'id="outage"' not in cut_off.get("/").text
    assert 'data-condition="closed"' in cut_off.get("/connection").text


def test_an_outage_that_nobody_has_looked_into_since_is_not_told_of_for_ever(town: Any, cut_off: Any) -> None:
    town.clock.advance(POLICY.rest_s)
    assert 'id="outage"' in cut_off.get("/history").text
    town.clock.advance(POLICY.window_s)
    assert 'id="outage"' not in cut_off.get("/history").text


@pytest.mark.clause("10.1.2-2.0")
def test_interfaces_fail_one_by_one(town: Any, wallet: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    town.clock.advance(POLICY.window_s)
    town.wire.bend = _no_balances
    for _ in range(POLICY.calls_min):
        page = visitor.get("/accounts")
        assert page.status_code == 200
        assert page.text.count("data-account-ref=") == 3
        assert "cannot be fetched" in page.text
    conditions = {name: each.condition for name, each in wallet.bank.breakers.states().items()}
    assert (conditions["accounts.balances"], conditions["accounts.list"]) == ("open", "closed")
    assert visitor.get("/products").status_code == 200


def test_refusals_are_answers_and_open_nothing(town: Any, wallet: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    for _ in range(3 * POLICY.calls_min):
        assert visitor.get(f"/accounts/{'a' * 20}").status_code == 404
    assert wallet.bank.outage() is None


@pytest.mark.clause("9.3.3-1.2")
def test_a_confirmed_payment_that_is_not_sent_stays_confirmed_and_is_executed_once(
    town: Any, wallet: Any, visitor: Any
) -> None:
    away = visitor.sign_in().link(town).order(town)
    back = town.user_agrees(away.location)
    breaker = wallet.bank.breakers.of("transfers.execute")
    for _ in range(POLICY.calls_min):
        with pytest.raises(ConnectionError):
            breaker.run(_broken, lambda error: False)
    page = visitor.get(visitor.get("/callback", **back).location)
    assert 'data-state="authorised"' in page.text
    assert town.executed() == []
    town.clock.advance(POLICY.rest_s)
    address = page.request.path
    visitor.submit(page, f"{address}/execute")
    assert 'data-state="executed"' in visitor.get(address).text
    assert town.executed() == [1234]


def _broken() -> None:
    raise ConnectionError
