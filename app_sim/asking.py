"""What the wallet asks its users to allow at the bank, as authorization details (RFC 9396). It sends nothing.

The wallet asks for what its pages need and no more, and always until a day (JR/T 0185 9.3.2-1.2.2, 9.3.5-1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from app_sim.orders import AgreementTerms

CONSENT_APIS = ("accounts.list", "accounts.balances", "accounts.transactions", "transfers.create", "transfers.get")
"""What the user is asked to let the wallet do with an account; a payment is confirmed at the bank each time."""

Details = dict[str, Any]


def accounts(until_s: float, apis: Iterable[str] = CONSENT_APIS) -> Details:
    """To see accounts and prepare payments, until a moment (seconds since 1970)."""
    asked = {"type": "account_information", "validity": "period", "valid_to": _instant(until_s)}
    return asked | {"apis": list(apis)}


def renewal(consent: Mapping[str, Any], until_s: float) -> Details:
    """What a consent covers, as the bank tells of it, for longer."""
    return accounts(until_s, consent["apis"]) | {"renews": consent["consent_id"]}


def amendment(consent: Mapping[str, Any], until_s: float) -> Details:
    """All that the wallet has a use for, with accounts chosen anew, in the place of a consent."""
    return accounts(until_s) | {"amends": consent["consent_id"]}


def one_payment(transfer_id: str) -> Details:
    return {"type": "payment", "validity": "once", "transfer_id": transfer_id}


def agreement(terms: AgreementTerms, amount: str, total: str) -> Details:
    """Payments of ``amount`` once a period, up to ``total``, as decimal strings. The payee travels sealed beside it."""
    limits = {"per_payment": amount, "period": terms.period, "per_period": amount, "total": total}
    return {"type": "payment", "validity": "agreement", "valid_to": _instant(terms.valid_to_s), "limits": limits}


def _instant(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
