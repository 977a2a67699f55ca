"""Several answers of the bank for one page: asked for together, and what that may not disturb."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from app_sim.bank import BankCall
from app_sim.breaker import BreakerPolicy

POLICY = BreakerPolicy()
CALLERS = 8


class Asked:
    """Asks from the last to the first, and remembers how many. The bank in one process serves one thread."""

    def __init__(self) -> None:
        self.together: list[int] = []

    def all(self, questions: Sequence[Callable[[], Any]]) -> list[Any]:
        self.together.append(len(questions))
        return [ask() for ask in reversed(questions)][::-1]


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def looker(visitor_of: Any, wallet: Any, town: Any, asked: Asked) -> Any:
    """A linked user of a wallet that asks for accounts and balances together."""
    return visitor_of(wallet, asked.all).sign_in().link(town)


def _rows(page: Any) -> list[tuple[str, str]]:
    return re.findall(r'data-account-ref="(\w+)".*?([\d,]+\.\d\d)', page.text, re.DOTALL)


def test_balances_are_asked_for_together_and_stand_with_their_accounts(
    visitor_of: Any, wallet: Any, town: Any, looker: Any, asked: Asked
) -> None:
    together = _rows(looker.get("/accounts"))
    assert asked.together == [2]
    one_by_one = _rows(visitor_of(wallet).sign_in("Lex").link(town).get("/accounts"))
    assert len(together) == len(one_by_one) == 3
    assert [amount for _, amount in together] == [amount for _, amount in one_by_one]


def test_a_bank_that_comes_back_shows_its_balances_at_once(town: Any, looker: Any) -> None:
    """A breaker that probes lets one call through at a time; each of the two questions has its own."""
    town.clock.advance(POLICY.window_s)
    town.wire.bend = _no_balances
    for _ in range(POLICY.calls_min):
        assert _rows(looker.get("/accounts")) == []
    town.wire.bend = None
    town.clock.advance(POLICY.rest_s)
    assert len(_rows(looker.get("/accounts"))) == 3


def test_a_user_who_withdraws_balances_still_sees_accounts_and_how_to_allow_them_again(town: Any, looker: Any) -> None:
    ((consent_id, customer_id),) = town.bank.store.read(
        "SELECT consent_id, customer_id FROM consents WHERE state = 'authorised'"
    )
    with town.bank.store.write() as db:
        town.bank.consents.narrowing.withdraw_api(db, consent_id, customer_id, "accounts.balances")
    page = looker.get("/accounts")
    assert page.status_code == 200
    assert page.text.count("data-account-ref=") == 3
    assert _rows(page) == []
    assert "cannot be fetched" not in page.text
    looker.get("/callback", **town.user_agrees(looker.submit(page, "/consents/amend").location))
    assert len(_rows(looker.get("/accounts"))) == 3


def test_the_end_of_the_consent_ends_the_link_once(town: Any, wallet: Any, looker: Any) -> None:
    with town.bank.store.write() as db:
        db.execute("UPDATE consents SET state = 'revoked' WHERE state = 'authorised'")
    assert looker.get("/accounts").status_code == 403
    ended = wallet.store.read("SELECT event FROM journal WHERE kind = 'authorization' AND result = 'failure'")
    assert len(ended) == 1


def test_the_journal_holds_under_callers_side_by_side(wallet: Any) -> None:
    at_once = threading.Barrier(CALLERS)

    def report(number: int) -> None:
        at_once.wait()
        wallet.journal.call(BankCall("accounts.balances", None, f"{number:032x}", number))

    with ThreadPoolExecutor(CALLERS) as callers:
        list(callers.map(report, range(CALLERS)))
    verdict = wallet.journal.verify()
    assert verdict.first_bad_seq is None
    assert sorted(row["elapsed_us"] for row in wallet.store.read("SELECT elapsed_us FROM journal")) == [*range(CALLERS)]


@pytest.fixture
def synchronous(wallet: Any) -> Iterator[list[tuple[str, str]]]:
    """How the wallet's transactions waited for the disk, and what each changed."""
    waited: list[tuple[str, str]] = []
    how = ""

    def note(sql: str) -> None:
        nonlocal how
        if found := re.match(r"PRAGMA synchronous=(\w+)", sql):
            how = found[1]
        elif found := re.match(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", sql):
            waited.append((found[1], how))

    wallet.store.db.conn.set_trace_callback(note)
    yield waited
    wallet.store.db.conn.set_trace_callback(None)


def test_looking_does_not_wait_for_the_disk(town: Any, visitor: Any, synchronous: list[tuple[str, str]]) -> None:
    visitor.sign_in().link(town)
    synchronous.clear()
    visitor.get("/accounts")
    assert set(synchronous) == {("sessions", "NORMAL"), ("journal", "NORMAL")}


@pytest.mark.clause("9.3.3-1.2")
def test_orders_payments_and_tokens_do(town: Any, visitor: Any, synchronous: list[tuple[str, str]]) -> None:
    visitor.sign_in().link(town)
    visitor.pay(town)
    for table in ("payments", "links", "flows"):
        assert {how for changed, how in synchronous if changed == table} == {"FULL"}, table


def _no_balances(request: httpx.Request, deliver: Any) -> httpx.Response:
    if request.url.path == "/api/balances":
        raise httpx.ConnectError("refused", request=request)
    answer: httpx.Response = deliver(request)
    return answer
