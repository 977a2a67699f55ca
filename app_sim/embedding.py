"""Payments being confirmed on the bank's keypad within the wallet's own page.

What the user types there is sealed in their browser to the bank; the wallet relays it and cannot open it (JR/T 0185
9.3.3-2.2.1). Open forms are held in memory only: they are worth something for minutes, and a wallet that was started
anew lets the user begin again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app_sim.bank import EmbeddedForm
from app_sim.orderbook import Payment


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form in a user's page.

    ``session_id``  the visit of the wallet that it was opened in
    ``code_sent``   the password was taken, so that the bank has sent a code
    """

    order_no: str
    session_id: str = field(repr=False)
    bank: EmbeddedForm = field(repr=False)
    code_sent: bool = False


class OpenForms:
    """At most one open form a payment."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._by_order: dict[str, OpenForm] = {}

    def keep(self, payment: Payment, session_id: str, form: EmbeddedForm) -> None:
        """Take the place of an older form of the same payment; forget those that are over."""
        with self._lock:
            now_s = self._now_s()
            living = {no: each for no, each in self._by_order.items() if each.bank.expires_s > now_s}
            self._by_order = living | {payment.order_no: OpenForm(payment.order_no, session_id, form)}

    def of(self, payment: Payment, session_id: str) -> OpenForm | None:
        """The payment's form if it is open, and was opened in this very visit."""
        with self._lock:
            found = self._by_order.get(payment.order_no)
        if found is None or found.session_id != session_id or found.bank.expires_s <= self._now_s():
            return None
        return found

    def advance(self, payment: Payment) -> None:
        """The bank took the first step."""
        with self._lock:
            if (form := self._by_order.get(payment.order_no)) is not None:
                self._by_order[payment.order_no] = replace(form, code_sent=True)

    def close(self, payment: Payment) -> None:
        with self._lock:
            self._by_order.pop(payment.order_no, None)
