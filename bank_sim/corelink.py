"""The only door to the bank's business systems (JR/T 0185 figure 1: service layer above, core below).

The gateway and the bank's pages ask the core by the *name* of an operation; ``__main__`` and ``founding`` hand in
the core's functions. This module holds the types of that seam and must not import the core, HTTP or a web framework.

Both sides keep the units of the inside: money is integer fen in members that end in ``_fen``, instants are
milliseconds since the epoch in members that end in ``_ms``. The gateway renders them for the wire
(``amount_fen: 10000`` becomes ``"amount": "100.00"``, ``created_at_ms`` becomes ``"created_at": "…Z"``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Result = dict[str, Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """What the service layer has established about one call, for the core to act on.

    ``customer_id``   the user whose consent stands behind the call; None for A1
    ``account_id``    the one account that the call names, already proven to lie under the consent
    ``account_refs``  account_id -> account_ref of every account under the consent; an answer names accounts by
                      ``account_ref`` only, since account_id never leaves the bank
    ``params``        path and query parameters by name, validated: ``product_id``, ``transfer_id``, ``cursor``…
    ``body``          validated members of the body, the opened sealed fields merged in: ``amount_fen``,
                      ``creditor_account``, ``creditor_name``, ``order_no``…
    ``factors``       what proved the user when they gave the word that this call acts upon
    ``standing``      that word was given in advance: nobody is there who could be asked
    """

    app_id: str
    now_ms: int
    customer_id: str | None = None
    consent_id: str | None = None
    account_id: str | None = None
    account_refs: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    params: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    body: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    idempotency_key: str | None = None
    factors: tuple[str, ...] = ()
    standing: bool = False


@dataclass(frozen=True, slots=True)
class ProposedPayment:
    """A payment that the core is about to post, for whoever judges its risk. Accounts and customers by the core's ids.

    ``transfer_id`` None: it is only foreseen, and so may be the account that it comes from.
    """

    transfer_id: str | None
    app_id: str
    customer_id: str
    debtor_account_id: str | None
    creditor_account_id: str
    creditor_customer_id: str
    amount_fen: int
    at_ms: int
    factors: tuple[str, ...] = ()
    standing: bool = False
    consent_id: str | None = None

    @property
    def to_others(self) -> bool:
        return self.customer_id != self.creditor_customer_id


Judgement = Literal["pass", "hold", "reject"]
Judge = Callable[[sqlite3.Connection, ProposedPayment], Judgement]
"""Asked inside the transaction that would move the money, before it does. May raise a ``Problem``: nothing is done."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One business operation. It answers a JSON-ready dict (fresh, the caller may change it) or raises a ``Problem``.

    ``writes``: it runs inside the caller's write transaction, beside the idempotency row and the access record, which a
    ``Problem`` undoes as a whole; the caller records the refusal in another. It must never begin or commit by itself.
    """

    run: Callable[[sqlite3.Connection, OperationRequest], Result]
    writes: bool = False


class CoreLink:
    """The operations by name: those of the catalogue, and the inner ones that pages use (``transfers.describe``…)."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._operations = dict(operations)

    def call(self, name: str, connection: sqlite3.Connection, request: OperationRequest) -> Result:
        """Run one operation. KeyError for a name nobody registered: a defect of the wiring, found at start."""
        return self._operations[name].run(connection, request)

    def writes(self, name: str) -> bool:
        return self._operations[name].writes

    def missing(self, names: Iterable[str]) -> frozenset[str]:
        """The names that no operation answers to; ``create_app`` refuses to start with any."""
        return frozenset(names) - self._operations.keys()
