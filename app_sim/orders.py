"""What the wallet orders of the bank, as values: payees, transfers, debits, and the terms of an agreement."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom the user wants to pay: in memory until it is sealed to the bank, never written down, not even in a repr."""

    account: str = field(repr=False)
    name: str = field(repr=False)

    def sealed(self) -> dict[str, str]:
        """The members of a request that travel sealed to the bank."""
        return {"creditor_account": self.account, "creditor_name": self.name}


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """A payment as the wallet orders it. ``order_no`` is the wallet's own number, unique for ever."""

    order_no: str
    debtor_account_ref: str
    amount_fen: int
    purpose: str | None = field(repr=False)

    def body(self, amount: str) -> dict[str, str]:
        """What the request says in clear. ``amount``: in yuan, as the wire writes it."""
        return _body(self.order_no, self.debtor_account_ref, amount) | (
            {"purpose": self.purpose} if self.purpose else {}
        )


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """What the user is to agree to: this amount once a ``period`` (``day`` or ``month``), ``times`` times at most."""

    amount_fen: int
    period: str
    times: int
    valid_to_s: float


@dataclass(frozen=True, slots=True)
class Debit:
    """One payment under an agreement. ``order_no`` is the wallet's own number, unique for ever."""

    order_no: str
    debtor_account_ref: str
    amount_fen: int

    def body(self, amount: str) -> dict[str, str]:
        """What the request says; the bank has the payee on record. ``amount`` as above."""
        return _body(self.order_no, self.debtor_account_ref, amount)


def _body(order_no: str, debtor_account_ref: str, amount: str) -> dict[str, str]:
    return {"order_no": order_no, "debtor_account_ref": debtor_account_ref, "amount": amount, "currency": "CNY"}
