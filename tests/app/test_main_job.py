"""What the wallet is for: link an account, see the balance, pay; in both suites, at a real bank."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.clause("9.3.4-2.1", "9.3.5-3.1")
def test_a_user_links_an_account_sees_its_balance_and_pays(
    town: Any, suite: str, visitor_of: Callable[..., Any]
) -> None:
    wallet = town.open_wallet(town.wallet_config(suite))
    visitor = visitor_of(wallet).sign_in().link(town)
    before = _balances(visitor)
    page = visitor.pay(town)
    assert 'data-state="executed"' in page.text
    assert re.search(r'<code id="serial">\w+', page.text)
    assert town.executed() == [1234]
    assert before[0] - _balances(visitor)[0] == 1234
    wallet.close()


def _balances(visitor: Any) -> list[int]:
    """The available balances that the accounts page shows, in fen."""
    page = visitor.get("/accounts")
    return [int(text.replace(".", "")) for text in re.findall(r'<data value="([0-9.]+)"', page.text)]


def test_transactions_are_shown_with_masked_counterparties(town: Any, visitor: Any) -> None:
    visitor.sign_in().link(town).pay(town)
    account = re.search(r'href="(/accounts/\w+)"', visitor.get("/accounts").text)
    assert account is not None
    page = visitor.get(account[1]).text
    assert "−12.34" in page
    assert "**光" in page
    assert town.payee_account not in page


@pytest.mark.clause("6.1-2", "7.2.2-2.1")
def test_products_and_rates_are_for_everybody(visitor: Any, town: Any) -> None:
    page = visitor.get("/products")
    assert page.status_code == 200
    assert page.text.count("data-product-id=") == town.count("products")
    assert all('.secret"' in request.headers["signature-input"] for request in town.wire.sent)
