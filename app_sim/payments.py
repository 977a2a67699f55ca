"""Payments: what the wallet does about them, and honesty about what it does not know.

    created ──user confirms at the bank──▶ authorised ──▶ executing ──▶ executed | rejected
       │                                                     │  ▲
       └──▶ rejected                                         ▼  │ only a query, or the very same order again, leads out
                                                           unknown
                                     executing ──▶ held ──▶ executed | rejected

The bank may hold a payment until somebody there has looked at it; then it tells by an event, and answers when asked.
A lost or untrustworthy answer makes a payment ``unknown``: it is queried until the bank says what became of it, and
nothing is ordered anew before (JR/T 0185 9.3.3-1.2). A refusal counts as definite only when the bank has signed it
and the order was sent for the first time.
"""

from __future__ import annotations

from contextlib import suppress

from app_sim.bank import Bank, Payee, Problem, Tokens, Transfer, TransferOrder, problems
from app_sim.links import Links
from app_sim.orderbook import OrderBook, Payment
from app_sim.vault import Vault

_OUTCOMES = {"executed": "executed", "rejected": "rejected", "expired": "rejected", "held": "held"}
"""What the bank says of a transfer that was sent for execution, and our state for it."""

_TELLS_OF_ANOTHER = frozenset({"RESULT_UNKNOWN", "TRANSFER_STATE", "IDEMPOTENCY_KEY_REUSED"})


class Payments:
    """Orders, executes and settles the payments of the book."""

    def __init__(self, book: OrderBook, vault: Vault, bank: Bank, links: Links) -> None:
        self.book = book
        self._vault = vault
        self._bank = bank
        self._links = links

    def order(self, user_id: str, order: TransferOrder, payee: Payee) -> Payment:
        """Lay an order before the bank; the user has yet to confirm it there. No money moves.

        Sent twice, a form finds its order in the book. TRANSFER_STATE while an earlier result is unknown. A problem
        ends the order: without the user's confirmation nothing can become of it at the bank.
        """
        if self.book.unsettled(user_id):
            raise problems.TRANSFER_STATE.problem("The result of an earlier payment is unknown; have it queried first.")
        token = self._links.token(user_id)
        if not self.book.open(user_id, order.order_no, order.amount_fen):
            return self.book.payment(user_id, order.order_no)
        payment = self.book.payment(user_id, order.order_no)
        try:
            transfer = self._bank.create_transfer(token, order, payee)
            _require_ours(transfer, payment)
        except Problem as problem:
            self.reject(payment, problem)
            self._links.heed(user_id, problem)
            raise
        self.book.move(
            payment,
            "created",
            transfer_id=transfer["transfer_id"],
            debtor_account_masked=transfer["debtor_account_masked"],
            creditor_account_masked=transfer["creditor_account_masked"],
        )
        return self.book.payment(user_id, order.order_no)

    def reject(self, payment: Payment, problem: Problem) -> None:
        """The order ends before it was ever sent for execution."""
        self.book.move(payment, "rejected", problem=problem)

    def authorise(self, payment: Payment, tokens: Tokens) -> None:
        """The user has confirmed the payment at the bank; the token says so, once."""
        sealed = self._vault.seal(f"payment {payment.order_no}", tokens.access_token.encode())
        self.book.move(payment, "authorised", token_sealed=sealed, token_expires_ms=int(tokens.expires_s * 1000))

    def execute(self, payment: Payment) -> None:
        """Have a confirmed payment executed and record what is known then; an unknown one is ordered under its old key.

        Whoever moves the row to ``executing`` sends; a second call at the same time finds it moved and does nothing.
        """
        first = payment.state == "authorised"
        if payment.state not in ("authorised", "unknown") or not self.book.move(payment, "executing"):
            return
        sent = self.book.payment(payment.user_id, payment.order_no)
        try:
            transfer = self._bank.execute_transfer(
                self._confirmation(sent), str(sent.transfer_id), sent.order_no, sent.amount_fen
            )
            _require_ours(transfer, sent)
        except Problem as problem:
            self.book.move(sent, _after(problem, first), problem=problem)
            return
        self._record(sent, transfer)

    def settle(self, payment: Payment) -> None:
        """Ask the bank what became of a payment. Raises the ``Problem`` that leaves it as it was.

        Without a link the confirmation of the payment itself still lets the wallet ask, for as long as it lasts. When
        that is over too, the result stays as it is until the user links the bank again.
        """
        if payment.transfer_id is None:
            return
        transfer = self._asked(payment, payment.transfer_id)
        _require_ours(transfer, payment)
        if transfer["state"] in _OUTCOMES:
            self._record(payment, transfer)

    def hear(self, transfer_id: str) -> None:
        """The bank tells that a payment which it held has ended. That is a hint: what became of it is asked for."""
        payment = self.book.of_transfer(transfer_id)
        if payment is not None and payment.state in ("held", "unknown"):
            with suppress(Problem):
                self.settle(payment)

    def _asked(self, payment: Payment, transfer_id: str) -> Transfer:
        if self._links.is_linked(payment.user_id):
            try:
                return self._bank.transfer(self._links.token(payment.user_id), transfer_id)
            except Problem as problem:
                self._links.heed(payment.user_id, problem)
                if self._links.is_linked(payment.user_id):
                    raise
        return self._bank.transfer(self._confirmation(payment), transfer_id)

    def recover(self) -> None:
        """After a start: what was under way when the wallet stopped is unknown until ``settle_all`` has asked.

        An order whose creation was cut short has no confirmation of the user, so nothing can become of it.
        """
        for payment in self.book.unordered():
            self.reject(payment, problems.RESULT_UNKNOWN.problem())
        for payment in self.book.unsettled():
            if payment.state == "executing":
                self.book.move(payment, "unknown", problem=problems.RESULT_UNKNOWN.problem())

    def settle_all(self) -> bool:
        """Query every payment that is not at its end; whether no result is unknown any more."""
        for payment in self.book.pending():
            with suppress(Problem):
                self.settle(payment)
        return not self.book.unsettled()

    def _confirmation(self, payment: Payment) -> str:
        if payment.token_sealed is None:
            raise problems.TRANSFER_STATE.problem("The user's confirmation is spent.")
        return self._vault.open(f"payment {payment.order_no}", payment.token_sealed).decode()

    def _record(self, payment: Payment, transfer: Transfer) -> None:
        """Take over the bank's word; a state that is not definite after an execution leaves the result unknown."""
        state = _OUTCOMES.get(transfer["state"], "unknown")
        problem = _refusal(transfer) if state == "rejected" else None
        self.book.move(payment, state, problem=problem, serial=transfer.get("serial"))


def _refusal(transfer: Transfer) -> Problem:
    """Why a transfer can never be executed."""
    if transfer["state"] == "expired":
        return problems.TRANSFER_EXPIRED.problem()
    return (problems.RISK_REJECTED if transfer.get("rejected_by") == "bank" else problems.TRANSFER_STATE).problem()


def _after(problem: Problem, first: bool) -> str:
    """The state that a refused execution leads to.

    1. RESULT_UNKNOWN, or any refusal of a repetition: unknown, since the first sending may have been heeded. So may
       an earlier one have been that the bank tells of.
    2. What may be tried again (the bank was not reached, or is busy): confirmed, as before.
    3. The bank's signed refusal of the first sending: rejected.
    """
    if problem.code in _TELLS_OF_ANOTHER or not first:
        return "unknown"
    return "authorised" if problem.kind.retry_safe else "rejected"


def _require_ours(transfer: Transfer, payment: Payment) -> None:
    """An answer about another order or amount than ours is no answer."""
    if (transfer["order_no"], transfer["amount"]) != (payment.order_no, payment.amount):
        raise problems.RESULT_UNKNOWN.problem("The bank's answer is about another order.")
