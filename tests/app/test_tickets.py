"""Tickets: raised by what goes wrong, taken by somebody, closed with what was done, escalated when nobody does."""

from __future__ import annotations

import sqlite3
from typing import Any

import httpx
import pytest

from app_sim.bank import TRANSACTIONS, BankCall, Problem
from app_sim.breaker import BreakerPolicy
from app_sim.pages.texts import EN, ZH
from app_sim.tickets import RULES, Tickets

POLICY = BreakerPolicy()


def _unreached(request: httpx.Request, deliver: Any) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


@pytest.fixture
def tickets(wallet: Any) -> Tickets:
    found: Tickets = wallet.tickets
    return found


def _open(tickets: Tickets) -> list[tuple[str, str]]:
    return [(each.rule, each.subject) for each in tickets.open()]


@pytest.mark.clause("10.1.2-2.2", "10.1.2-2.1.1")
def test_a_breaker_that_opens_raises_a_ticket_and_one_that_closes_says_so_on_it(
    town: Any, wallet: Any, visitor: Any, tickets: Tickets
) -> None:
    visitor.sign_in().link(town)
    town.clock.advance(POLICY.window_s)
    town.wire.bend = _unreached
    for _ in range(POLICY.calls_min):
        visitor.get("/accounts")
    assert _open(tickets) == [("breaker_open", "accounts.list")]
    town.wire.bend = None
    for _ in range(POLICY.probes_good):
        town.clock.advance(POLICY.rest_s)
        assert visitor.get("/accounts").status_code == 200
    (ticket,) = tickets.open()
    assert ticket.over_ms is not None
    assert [each.deed for each in tickets.deeds(ticket.ticket_id)] == ["opened", "over"]


@pytest.mark.clause("10.1.2-2.1.1", "10.1.2-2.1.2", "10.1.2-2.2")
def test_too_many_payments_without_an_end_pause_payments_and_leave_questions_about_them(
    town: Any, wallet: Any, visitor: Any, tickets: Tickets
) -> None:
    def lose(request: httpx.Request, deliver: Any) -> httpx.Response:
        answer: httpx.Response = deliver(request)
        if request.url.path.endswith("/execute"):
            raise httpx.ReadTimeout("no answer", request=request)
        return answer

    visitor.sign_in().link(town)
    for _ in range(3):
        back = town.user_agrees(visitor.order(town).location)
        town.wire.bend = lose
        address = visitor.get("/callback", **back).location
        town.wire.bend = None
        assert 'data-state="executed"' in visitor.get(address).text
    breaker = wallet.bank.breakers.of(TRANSACTIONS)
    assert breaker.state().failures == 3
    for _ in range(2):
        with pytest.raises(ConnectionError):
            breaker.run(_broken, lambda _: False)
    assert breaker.state().condition == "open"
    assert ("payments_paused", TRANSACTIONS) in _open(tickets)
    sent = len(town.wire.sent)
    refused = visitor.order(town)
    assert refused.status_code == 503
    assert "takes none for a moment" in refused.text
    assert not [each for each in town.wire.sent[sent:] if each.url.path == "/api/transfers"]
    assert visitor.get(address).status_code == 200
    town.clock.advance(POLICY.rest_s)
    assert visitor.order(town).status_code == 303


def _broken() -> None:
    raise ConnectionError


@pytest.mark.clause("10.1.2-2.2")
def test_a_burst_of_refusals_raises_a_ticket_though_no_breaker_opens(
    town: Any, wallet: Any, visitor: Any, tickets: Tickets
) -> None:
    visitor.sign_in().link(town)
    for _ in range(9):
        visitor.get(f"/accounts/{'a' * 20}")
    assert _open(tickets) == []
    visitor.get(f"/accounts/{'a' * 20}")
    assert _open(tickets) == [("error_burst", "accounts.transactions")]


@pytest.mark.clause("10.1.2-2.2", "10.1.1-3.2")
def test_a_proof_that_does_not_hold_and_a_result_that_stays_unknown_each_raise_a_ticket(
    town: Any, wallet: Any, visitor: Any, tickets: Tickets
) -> None:
    wallet.watch.called(BankCall("rates.list", "ANSWER_UNSIGNED", None, 1))
    assert _open(tickets) == [("proof_failed", "rates.list")]

    def lost(request: httpx.Request, deliver: Any) -> httpx.Response:
        answer: httpx.Response = deliver(request)
        if request.url.path.endswith("/execute"):
            raise httpx.ReadTimeout("no answer", request=request)
        return answer

    back = town.user_agrees(visitor.sign_in().link(town).order(town).location)
    town.wire.bend = lost
    address = visitor.get("/callback", **back).location
    wallet.watch.look()
    assert len(tickets.open()) == 1
    town.clock.advance(301)
    for _ in range(3):
        wallet.watch.look()
    order_no = address.rpartition("/")[2]
    assert ("result_unknown", order_no) in _open(tickets)
    town.wire.bend = None
    assert 'data-state="executed"' in visitor.get(address).text
    wallet.watch.look()
    (ticket,) = [each for each in tickets.open() if each.rule == "result_unknown"]
    assert (ticket.times, ticket.over_ms is not None) == (1, True)


@pytest.mark.clause("10.1.1-3.2")
def test_a_ticket_has_an_owner_an_action_and_a_time_when_it_was_closed(town: Any, tickets: Tickets) -> None:
    tickets.report("breaker_open", "rates.list")
    (ticket,) = tickets.open()
    with pytest.raises(Problem, match="STATE_CHANGED"):
        tickets.close(ticket.ticket_id, "Mei", "nobody had taken it")
    tickets.take(ticket.ticket_id, "Mei")
    for who, action, code in (("Bo", "not his", "STATE_CHANGED"), ("Mei", " x ", "PARAM_INVALID")):
        with pytest.raises(Problem, match=code):
            tickets.close(ticket.ticket_id, who, action)
    town.clock.advance(60)
    tickets.close(ticket.ticket_id, "Mei", "The bank was restarted; it answers again.")
    closed = tickets.ticket(ticket.ticket_id)
    assert (closed.state, closed.owner, closed.action) == ("closed", "Mei", "The bank was restarted; it answers again.")
    assert closed.closed_ms == closed.opened_ms + 60_000
    assert [each.deed for each in tickets.deeds(ticket.ticket_id)] == ["opened", "taken", "closed"]
    with pytest.raises(Problem, match="STATE_CHANGED"):
        tickets.take(ticket.ticket_id, "Bo")
    tickets.report("breaker_open", "rates.list")
    assert len(tickets.open()) == 1


@pytest.mark.clause("10.1.1-3.2")
def test_what_nobody_takes_or_finishes_in_time_is_escalated_once_for_each(town: Any, tickets: Tickets) -> None:
    rule = RULES["user_storm"]
    tickets.report("user_storm", "usr_1")
    (ticket,) = tickets.open()
    town.clock.advance(rule.taken_min * 60)
    assert tickets.escalate() == 0
    town.clock.advance(1)
    assert [tickets.escalate(), tickets.escalate()] == [1, 0]
    assert tickets.ticket(ticket.ticket_id).severity == "high"
    tickets.take(ticket.ticket_id, "Mei")
    assert tickets.escalate() == 0
    town.clock.advance(rule.closed_min * 60 + 1)
    assert [tickets.escalate(), tickets.escalate()] == [1, 0]
    notes = [each.note for each in tickets.deeds(ticket.ticket_id) if each.deed == "escalated"]
    assert notes == ["open", "taken"]


def test_a_disk_that_takes_no_ticket_takes_no_call_with_it(
    wallet: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(wallet.tickets, "report", full)
    wallet.watch.called(BankCall("rates.list", "ANSWER_UNSIGNED", None, 1))
    assert "not reported" in caplog.text


def test_every_kind_of_ticket_is_put_into_words_in_both_languages() -> None:
    for rule in RULES:
        for words in (EN, ZH):
            assert words[f"rule_{rule}"]
            assert words[f"rule_{rule}_todo"]
