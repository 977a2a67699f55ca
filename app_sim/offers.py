"""The bank's public offers, on whichever version of its interfaces is in service (JR/T 0185 7.1-6.3).

The wallet was written for version 1 and knows version 2. It asks for the first as long as the bank serves it, and moves
on by itself when that has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app_sim.bank import Bank, Items, Problem

_KNOWN = ("1", "2")
_ENDED = frozenset({"SERVICE_TERMINATED", "API_VERSION_UNKNOWN"})
_KINDS = ("deposit", "loan", "exchange")


def products(bank: Bank) -> Items:
    """What can be bought; both versions list it alike."""
    items: Items = _asked(bank, "products.list", "/api/products")["items"]
    return items


def rates(bank: Bank) -> Items:
    """One list of all rates, each with its kind, as version 1 has it."""
    answer = _asked(bank, "rates.list", "/api/rates")
    items: Items = answer.get("items") or [{**each, "kind": kind} for kind in _KINDS for each in answer.get(kind, ())]
    return items


def _asked(bank: Bank, api_id: str, path: str) -> Mapping[str, Any]:
    """The answer of the eldest version that is in service; the refusal of the last where none is."""
    *elder, newest = _KNOWN
    for version in elder:
        try:
            return bank.public(api_id, path, version)
        except Problem as problem:
            if problem.code not in _ENDED:
                raise
    return bank.public(api_id, path, newest)
