"""The bank's published interfaces, as the wallet uses them: public offers (A1), accounts and payments (A2).

Answers pass through to the page that asked and are never stored; a payee exists here only for as long as it takes to
seal it (JR/T 0185 9.3.3-2.2.1). Payments pass one breaker more: where too many in a row come to nothing, whatever the
interface, the wallet takes no more for a while, and goes on asking what became of those it has sent (10.1.2 b 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from app_sim.bank.line import TRANSACTIONS, Line
from app_sim.breaker import Judgement, Resting
from app_sim.orders import Debit, Payee, TransferOrder
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import format_fen
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import Answer

Items = list[dict[str, Any]]
Transfer = dict[str, Any]


class Interfaces(Line):
    """Each method is one interface. What a user's accounts hold is asked for while that user looks at a page only."""

    def public(self, api_id: str, path: str, version: str) -> Mapping[str, Any]:
        """Public information, A1: HMAC with App_Secret, both ways."""
        return self._call(api_id, "GET", path, with_secret=True, version=version).data

    def accounts(self, token: str) -> Items:
        return _items(self._call("accounts.list", "GET", "/api/accounts", token=token, user_present=True))

    def balances(self, token: str) -> Items:
        """The balances of those accounts, each with the moment that all of them are of."""
        answer = self._call("accounts.balances", "GET", "/api/balances", token=token, user_present=True)
        return [each | {"as_of": answer.data["as_of"]} for each in _items(answer)]

    def transactions(self, token: str, account_ref: str) -> dict[str, Any]:
        path = f"/api/accounts/{_segment(account_ref)}/transactions"
        return self._call("accounts.transactions", "GET", path, token=token, user_present=True).data

    def create_transfer(self, token: str, order: TransferOrder, payee: Payee) -> Transfer:
        """Lay the order before the bank; no money moves yet."""
        body, sealed = order.body(format_fen(order.amount_fen)), payee.sealed()
        return self._order(
            "transfers.create", "/api/transfers", token, f"create-{order.order_no}", body=body, sealed=sealed
        )

    def execute_transfer(self, token: str, transfer_id: str, order_no: str, amount_fen: int) -> Transfer:
        """Have the confirmed transfer executed; the same order executes once, however often this is called."""
        path, body = f"/api/transfers/{_segment(transfer_id)}/execute", {"amount": format_fen(amount_fen)}
        return self._order("transfers.execute", path, token, f"execute-{order_no}", body=body)

    def debit(self, token: str, debit: Debit) -> Transfer:
        """Have a debit under an agreement executed; the same order executes once, however often this is called."""
        body = debit.body(format_fen(debit.amount_fen))
        return self._order("debits.create", "/api/debits", token, f"debit-{debit.order_no}", body=body)

    def transfer(self, token: str, transfer_id: str) -> Transfer:
        """The transfer's state as the bank has it."""
        return self._call("transfers.get", "GET", f"/api/transfers/{_segment(transfer_id)}", token=token).data

    def _order(self, api_id: str, path: str, token: str, idempotency_key: str, **how: Any) -> Transfer:
        """Money moves, or is about to: the bank takes the same key for the same intent."""

        def order() -> Transfer:
            return self._call(api_id, "POST", path, token=token, idempotency_key=idempotency_key, **how).data

        try:
            return self.breakers.of(TRANSACTIONS).run(order, _settled)
        except Resting as resting:
            raise problems.SERVICE_UNAVAILABLE.problem(
                "Too many payments came to nothing lately, so the wallet takes none for a moment.",
                next_probe_s=resting.state.next_probe_s,
            ) from None


def _settled(error: Exception) -> Judgement:
    """Whether a transaction that raised came to a proper end: the bank's own no is one. What was not sent is none."""
    if not isinstance(error, Problem) or error.kind.status == HTTPStatus.TOO_MANY_REQUESTS:
        return None
    if error.kind is problems.SERVICE_UNAVAILABLE and not error.members.get("trusted"):
        # Nobody was asked, or nobody answered before anything was ordered: that is the interface's breaker's affair.
        return None
    return error.kind is not problems.RESULT_UNKNOWN and error.kind.status < HTTPStatus.INTERNAL_SERVER_ERROR


def _items(answer: Answer) -> Items:
    items: Items = answer.data["items"]
    return items


def _segment(text: str) -> str:
    """A path segment out of the bank's own identifiers; anything else never leaves the wallet."""
    if not text.isascii() or not text.replace("-", "").replace("_", "").isalnum():
        raise problems.RESOURCE_NOT_AUTHORIZED.problem()
    return text
