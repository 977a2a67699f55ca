"""The published operations that only look: products, rates, accounts, statements, limits, holdings and points.

Each answers a fresh dict in the units of the inside (``_fen``, ``_ms``). Numbers and names are masked here already;
what must travel sealed stands under ``sealed``. Absent values are left out. A caller names an account by
``account_id``; that it may see that account was settled before.
"""

from __future__ import annotations

import sqlite3

from bank_sim.core import products, wealth
from bank_sim.core.accounts import Account, account_of
from bank_sim.core.customers import customer
from bank_sim.core.ledger import balance_of, balances_of
from bank_sim.core.limits import usages
from bank_sim.core.payments import serial_of
from bank_sim.core.statements import Movement, page_of
from bank_sim.corelink import OperationRequest, Result
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.masking import mask_account


def list_products(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """params ``category``? -> ``items`` of products."""
    return {"items": [_product(product) for product in products.products(db, request.params.get("category"))]}


def search_products(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """params ``category``?, ``risk_level_max``? -> ``count`` and ``items`` of products."""
    at_most = request.params.get("risk_level_max", "R5")
    offered = products.products(db, request.params.get("category"))
    found = [_product(product) for product in offered if (product.risk_level or "") <= at_most]
    return {"count": len(found), "items": found}


def get_product(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """params ``product_id`` -> one product. RESOURCE_NOT_FOUND."""
    return _product(products.product(db, request.params["product_id"]))


def list_rates(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """-> ``as_of_ms``, ``items`` of rates."""
    rates, set_at_ms = products.rates(db)
    return {"as_of_ms": set_at_ms, "items": [_rate(rate) for rate in rates]}


def list_rates_by_kind(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """-> ``as_of_ms``, and the rates of each kind in a list of its own."""
    rates, set_at_ms = products.rates(db)
    by_kind: Result = {"as_of_ms": set_at_ms, "deposit": [], "loan": [], "exchange": []}
    for rate in rates:
        by_kind[rate.kind].append({name: value for name, value in _rate(rate).items() if name != "kind"})
    return by_kind


def list_accounts(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """account_refs -> ``items``, one for each account under the consent."""
    accounts = [account_of(db, account_id) for account_id in sorted(request.account_refs)]
    return {
        "items": [
            {
                "account_ref": request.account_refs[account.account_id],
                "account_masked": mask_account(account.account_number),
                "holder_name_masked": customer(db, account.customer_id).name_masked,
                "account_class": account.account_class,
                "currency": account.currency,
            }
            for account in accounts
        ]
    }


def get_balance(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """account_id, params ``account_ref`` -> the balance that may be spent and the one that is booked, sealed."""
    account = _account(db, request)
    balance = balance_of(db, account.account_id)
    return {
        "account_ref": request.params["account_ref"],
        "account_masked": mask_account(account.account_number),
        "currency": account.currency,
        "as_of_ms": request.now_ms,
        "sealed": {"available_balance_fen": balance.available_fen, "ledger_balance_fen": balance.ledger_fen},
    }


def list_balances(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """account_refs -> ``items``, sealed: what ``get_balance`` tells, of each account under the consent."""
    balances = balances_of(db, request.account_refs)
    accounts = [account_of(db, account_id) for account_id in sorted(balances)]
    items = [
        {
            "account_ref": request.account_refs[account.account_id],
            "account_masked": mask_account(account.account_number),
            "currency": account.currency,
            "available_balance_fen": balances[account.account_id].available_fen,
            "ledger_balance_fen": balances[account.account_id].ledger_fen,
        }
        for account in accounts
    ]
    return {"as_of_ms": request.now_ms, "sealed": {"items": items}}


def list_transactions(policy: Policy, db: sqlite3.Connection, request: OperationRequest) -> Result:
    """account_id, params ``account_ref``, ``cursor``?, ``limit``? -> a page, newest first, its ``items`` sealed."""
    account = _account(db, request)
    limit = int(request.params.get("limit") or policy.page_items_default)
    if not 1 <= limit <= policy.page_items_max:
        raise problems.PARAM_INVALID.problem(f"limit is from 1 to {policy.page_items_max}.")
    page = page_of(db, account.account_id, request.params.get("cursor"), limit)
    return _present(
        {
            "account_ref": request.params["account_ref"],
            "account_masked": mask_account(account.account_number),
            "next_cursor": page.next_cursor,
            "sealed": {"items": [_movement(movement, account.currency) for movement in page.movements]},
        }
    )


def get_limits(policy: Policy, db: sqlite3.Connection, request: OperationRequest) -> Result:
    """account_id, params ``account_ref`` -> what may leave the account in a day and a year, and what has."""
    account = _account(db, request)
    answer = {
        "account_ref": request.params["account_ref"],
        "account_class": account.account_class,
        "currency": account.currency,
    }
    outgoing = usages(db, policy, account, "out", request.now_ms)
    for span, usage in zip(("daily", "annual"), outgoing, strict=False):
        answer |= {f"{span}_limit_fen": usage.limit_fen, f"{span}_used_fen": usage.used_fen}
    return answer


def list_holdings(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """customer_id -> ``holdings``, sealed."""
    held = wealth.holdings(db, customer_id_of(request))
    return {"as_of_ms": request.now_ms, "sealed": {"holdings": [_holding(holding) for holding in held]}}


def get_points(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """customer_id -> ``points``, sealed."""
    return {"as_of_ms": request.now_ms, "sealed": {"points": wealth.points(db, customer_id_of(request))}}


def customer_id_of(request: OperationRequest) -> str:
    """CONSENT_REQUIRED when nobody stands behind the call."""
    if request.customer_id is None:
        raise problems.CONSENT_REQUIRED.problem(reason="no customer stands behind the call")
    return request.customer_id


def _account(db: sqlite3.Connection, request: OperationRequest) -> Account:
    if request.account_id is None:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem(reason="the call names no account")
    return account_of(db, request.account_id)


def _present(members: Result) -> Result:
    return {name: value for name, value in members.items() if value is not None}


def _product(product: products.Product) -> Result:
    return _present(
        {
            "product_id": product.product_id,
            "category": product.category,
            "name": product.name,
            "name_zh": product.name_zh,
            "description": product.description,
            "description_zh": product.description_zh,
            "currency": "CNY",
            "risk_level": product.risk_level,
            "annual_rate_percent": _decimal(product.annual_rate_bp, 2),
            "term_days": product.term_days,
            "minimum_amount_fen": product.minimum_amount_fen,
        }
    )


def _rate(rate: products.Rate) -> Result:
    return _present(
        {
            "code": rate.code,
            "kind": rate.kind,
            "name": rate.name,
            "name_zh": rate.name_zh,
            "currency": rate.currency,
            "term_months": rate.term_months,
            "annual_rate_percent": _decimal(rate.annual_rate_bp, 2),
            "buy": _decimal(rate.buy_e4, 4),
            "sell": _decimal(rate.sell_e4, 4),
        }
    )


def _movement(movement: Movement, currency: str) -> Result:
    number = movement.counterparty_number
    return _present(
        {
            "serial": serial_of(movement.entry_id, movement.posted_at_ms),
            "posted_at_ms": movement.posted_at_ms,
            "direction": "credit" if movement.amount_fen > 0 else "debit",
            "amount_fen": abs(movement.amount_fen),
            "currency": currency,
            "balance_after_fen": movement.balance_after_fen,
            "counterparty_account_masked": mask_account(number) if number else None,
            "counterparty_name_masked": movement.counterparty_name_masked,
            "purpose": movement.summary,
            "transfer_id": movement.transfer_id,
        }
    )


def _holding(holding: wealth.Holding) -> Result:
    return {
        "product_id": holding.product_id,
        "name": holding.name,
        "name_zh": holding.name_zh,
        "units": _decimal(holding.units_e2, 2),
        "market_value_fen": holding.market_value_fen,
        "currency": "CNY",
    }


def _decimal(value: int | None, places: int) -> str | None:
    """A non-negative scaled integer as a decimal string: ``_decimal(235, 2)`` is ``2.35``."""
    if value is None:
        return None
    return f"{value // 10**places}.{value % 10**places:0{places}d}"
