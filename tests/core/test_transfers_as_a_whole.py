"""Whatever customers and applications do in whatever order: money is conserved, never negative, and moves once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from bank_sim.core.auditor import audit
from bank_sim.core.holds import lift_hold, place_hold
from bank_sim.core.ledger import balance_of
from bank_sim.core.payments import Transfer
from bank_sim.sdk.protocol.problems import Problem

if TYPE_CHECKING:
    from tests.core.conftest import Town

MINUTE_MS = 60_000
# Around what the accounts hold and what their classes allow, so that every refusal comes up.
AMOUNTS_FEN = st.sampled_from(
    [1, 1_00, 499_99, 1_000_00, 1_999_99, 2_000_00, 9_999_99, 10_000_00, 10_000_01, 60_000_00]
)


class Machine(RuleBasedStateMachine):
    """A model that knows nothing but balances, beside a town that must agree with it."""

    transfers: Bundle[Transfer] = Bundle("transfers")
    holds: Bundle[str] = Bundle("holds")

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town = town
        first, second = town.person("王小明"), town.person("李红")
        main = town.account(first, 50_000_00)
        self.accounts = [
            main,
            town.account(first, 12_000_00, "II", main),
            town.account(first, 1_500_00, "III", main),
            town.account(second, 5_000_00),
        ]
        self.model = {account.account_id: self.town.balance_fen(account) for account in self.accounts}
        self.executed: set[str] = set()
        self.numbers = count()

    @rule(target=transfers, payer=st.integers(0, 3), payee=st.integers(0, 3), amount_fen=AMOUNTS_FEN)
    def order(self, payer: int, payee: int, amount_fen: int) -> Transfer | MultipleResults[Transfer]:
        try:
            return self.town.order(self.accounts[payer], self.accounts[payee], amount_fen)
        except Problem:
            return multiple()

    @rule(transfer=transfers, tampered=st.booleans())
    def execute(self, transfer: Transfer, tampered: bool) -> None:
        try:
            ended = self.town.execute(transfer, transfer.amount_fen + tampered)
        except Problem:
            return
        assert not tampered
        assert ended.transfer_id not in self.executed
        self.executed.add(ended.transfer_id)
        self.model[transfer.debtor_account_id] -= transfer.amount_fen
        self.model[transfer.creditor_account_id] += transfer.amount_fen

    @rule(payer=st.integers(0, 3), payee=st.integers(0, 3), amount_fen=AMOUNTS_FEN)
    def pay(self, payer: int, payee: int, amount_fen: int) -> None:
        transfer = self.order(payer, payee, amount_fen)
        if isinstance(transfer, Transfer):
            self.execute(transfer, tampered=False)

    @rule(transfer=transfers)
    def decline(self, transfer: Transfer) -> None:
        try:
            self.town.reject(transfer)
        except Problem:
            return
        assert transfer.transfer_id not in self.executed

    @rule(target=holds, account=st.integers(0, 3), amount_fen=AMOUNTS_FEN)
    def hold(self, account: int, amount_fen: int) -> str:
        hold_id = f"hold-{next(self.numbers)}"
        account_id = self.accounts[account].account_id
        available_fen = balance_of(self.town.db, account_id).available_fen
        try:
            with self.town.writing():
                place_hold(self.town.db, hold_id, account_id, amount_fen, "hotel", self.town.now_ms)
        except Problem:
            refused = True
        else:
            refused = False
        assert refused == (amount_fen > available_fen)
        return hold_id

    @rule(hold_id=holds)
    def lift(self, hold_id: str) -> None:
        with self.town.writing():
            lift_hold(self.town.db, hold_id, self.town.now_ms)

    @rule(minutes=st.sampled_from([1, 5, 15, 24 * 60, 200 * 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.town.now_ms += minutes * MINUTE_MS

    @invariant()
    def the_town_agrees_with_the_model_and_the_auditor(self) -> None:
        verdict = audit(self.town.db)
        assert verdict.findings == ()
        assert verdict.executed_transfers == len(self.executed)
        assert {account.account_id: self.town.balance_fen(account) for account in self.accounts} == self.model
        assert verdict.customers_total_fen == 68_500_00


def test_money_is_conserved_never_negative_and_moves_once(found_town: Callable[[], Town]) -> None:
    run_state_machine_as_test(
        lambda: Machine(found_town()),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=50, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
