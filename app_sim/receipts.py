"""Receipts of payments: the order to execute, as the wallet signed it, and the bank's signed answer (JR/T 0185 7.2.2).

They are what the wallet shows when somebody denies a payment. An order to execute names no account; the answer has the
masked ones that the order book has too. The confirmation's token in it serves for this one payment, with the wallet's
key only, and the payment is done: it opens nothing any more. Other orders bear tokens that live on, and are not kept.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable

from app_sim.bank import Receipt
from app_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS receipts (
    path TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    receipt TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_KEPT = "transfers.execute"
_log = logging.getLogger("wallet.receipts")


class Receipts:
    """Kept for as long as the order book is."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms

    def keep(self, receipt: Receipt) -> None:
        """Keep the bank's last word on an order; a disk that is full must not take the payment with it.

        The payment's own step is written right behind, in a transaction that waits for the disk and takes this along.
        """
        if receipt.name != _KEPT:
            return
        text = json.dumps(receipt.document(), separators=(",", ":"))
        try:
            with self._store.write(outlasts_power_cut=False) as db:
                db.execute(
                    "INSERT INTO receipts VALUES (?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, receipt = excluded.receipt",
                    (receipt.request.path, self._now_ms(), text),
                )
        except sqlite3.Error as error:
            _log.error("a receipt is lost: %s", type(error).__name__)
