"""The wallet's side of the bank's form in a frame: whose it is, how long it lives, and what a refusal leaves behind."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


@pytest.fixture
def order(town: Any, visitor: Any) -> Any:
    """The page with the bank's form for an order of the linked visitor."""
    away = visitor.sign_in().link(town).order(town, way="here")
    assert away.status_code == 303
    return visitor.get(away.location)


@pytest.mark.clause("9.3.3-2.2.1")
def test_the_page_frames_the_bank_and_nothing_else(order: Any) -> None:
    assert order.status_code == 200
    assert 'src="https://bank.localhost:8441/embedded?' in order.text
    assert 'data-origin="https://bank.localhost:8441"' in order.text
    policy = order.headers["Content-Security-Policy"]
    assert "frame-src https://bank.localhost:8441; script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_every_other_page_allows_neither_frame_nor_script(visitor: Any, order: Any) -> None:
    for path in ("/", "/pay", "/history", order.request.path.removesuffix("/here")):
        policy = visitor.get(path).headers["Content-Security-Policy"]
        assert "frame-src" not in policy
        assert "script-src" not in policy


def test_the_form_is_for_the_visit_that_opened_it(wallet: Any, visitor: Any, visitor_of: Any, order: Any) -> None:
    path = order.request.path
    assert visitor_of(wallet).sign_in("Eve").get(path).status_code == 404
    assert visitor.get(path).status_code == 200
    visitor.submit(visitor.get("/"), "/sign-out")
    again = visitor.sign_in().get(path)
    assert (again.status_code, again.location) == (303, path.removesuffix("/here"))


def test_a_form_that_is_over_leads_back_to_the_payment(town: Any, visitor: Any, order: Any) -> None:
    town.clock.advance(601)
    path = order.request.path
    assert visitor.get(path).location == path.removesuffix("/here")
    page = visitor.get(path.removesuffix("/here"))
    assert 'data-state="created"' in page.text
    opened = visitor.submit(page, path.replace("/here", "/open-here"))
    assert visitor.get(opened.location).status_code == 200


@pytest.mark.clause("9.3.3-2.2.3", "9.3.1-1.2")
def test_what_is_relayed_is_kept_nowhere(town: Any, wallet: Any, visitor: Any, order: Any) -> None:
    sealed = "eyJhbGciOiJ0ZXN0In0.relayed-in-a-test.x.y.z"
    page = visitor.submit(order, order.request.path, sealed=sealed)
    assert page.status_code >= 400
    assert sealed in str(httpx.QueryParams(town.wire.sent[-1].content.decode())["sealed"])
    files = [each for each in wallet.config.home.rglob("*") if each.is_file()]
    assert [each.name for each in files if sealed.encode() in each.read_bytes()] == []


def test_an_answer_that_does_not_come_leaves_the_form_open(town: Any, visitor: Any, order: Any) -> None:
    def nobody(request: httpx.Request, deliver: Any) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    town.wire.bend = nobody
    page = visitor.submit(order, order.request.path, sealed="x")
    assert page.status_code == 503
    assert 'id="bank-frame"' in page.text
    town.wire.bend = None
    assert visitor.get(order.request.path).status_code == 200


def test_what_the_bank_refuses_for_good_closes_the_form_and_keeps_the_order(
    town: Any, visitor: Any, order: Any
) -> None:
    with town.bank.store.write() as db:
        db.execute("UPDATE transfers SET expires_at_ms = 0 WHERE state = 'created'")
    path = order.request.path
    page = visitor.submit(order, path, sealed="x")
    assert 400 <= page.status_code < 500
    assert 'id="bank-frame"' not in page.text
    assert visitor.get(path).location == path.removesuffix("/here")
