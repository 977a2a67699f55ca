"""Nobody learns who holds an account by trying names on it: after a few wrong ones, naming payees rests for a while.

That a name and a number go together is one answer, and says neither which of them is wrong nor whether there is such an
account. But who may ask without end needs no more (JR/T 0185 9.3.1, 10.1.2). Counted for each customer of an
application; for the payees of agreements, which an application names before there is a customer, for the application.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.bank import Bank
from bank_sim.identity.attempts import Attempts
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.store import Transaction


@dataclass(frozen=True, slots=True)
class Naming:
    """An application names a payee. ``customer_id``: for whom; None where nobody has agreed yet."""

    bank: Bank
    app_id: str
    customer_id: str | None = None

    @property
    def subject(self) -> str:
        return f"payee:{self.app_id}:{self.customer_id or '-'}"

    @property
    def limit(self) -> int:
        policy = self.bank.config.policy
        return policy.payee_tries if self.customer_id else policy.payee_tries_app


def few_were_wrong(naming: Naming) -> None:
    rest_s = Attempts(naming.bank.clock).used_up_s(naming.bank.store.db, naming.subject, naming.limit)
    if rest_s > 0:
        raise problems.RATE_LIMITED.problem("Too many payees were named wrongly.", retry_after_s=rest_s)


PROBING: CheckTable[Naming] = CheckTable([row("payee_probing", few_were_wrong, "payee", "9.3.1-2 10.1.2-1.2.1")])

DEFENCES = frozenset(each.name for each in PROBING.rows)
"""The rows that a training run may leave out."""


def require_few_wrong(naming: Naming, weakened: frozenset[str]) -> None:
    """RATE_LIMITED after too many wrong ones. Asked before the name is looked at, so that a right one tells nothing."""
    PROBING.run(naming, "payee", weakened)


def note_wrong(db: Transaction, naming: Naming) -> None:
    """One more, in the transaction that records the refusal."""
    Attempts(naming.bank.clock).claim(db, naming.subject, naming.limit, naming.bank.config.policy.payee_rest_s)
