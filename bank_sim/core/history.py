"""What seeded customers did before the sandbox began: wages, rent, shopping, savings, and paying one another.

Each event is a real entry of its time, in the order of time. Summaries are bilingual, as they stand on statements.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bank_sim.core import ledger, payments, wealth
from bank_sim.core.accounts import Account
from bank_sim.core.holds import place_hold
from bank_sim.core.offers import PRODUCTS
from bank_sim.core.payees import payee_of
from bank_sim.core.payments import Order
from bank_sim.corelink import Judgement
from bank_sim.policy import Policy

DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
# The App_ID of what customers did at the bank itself; no application party can be given it.
OWN_CHANNEL = "bank"

_SHOPPING = (
    "超市购物 Groceries",
    "地铁公交 Transit",
    "餐饮 Dining",
    "网上购物 Online shop",
    "话费 Phone bill",
    "加油 Petrol",
)
_FAVOURS = ("聚餐分摊 Dinner share", "代买 Errand", "生日红包 Birthday gift", None)
_UNITS = tuple(product for product in PRODUCTS if product.unit_price_e4)


class Resident(NamedTuple):
    """A customer with the accounts of the three classes."""

    name: str
    main: Account
    second: Account
    third: Account

    @property
    def accounts(self) -> tuple[Account, Account, Account]:
        return self.main, self.second, self.third


class _Event(NamedTuple):
    at_ms: int
    happen: Callable[[int], object]


def live_through(
    db: sqlite3.Connection,
    policy: Policy,
    dice: random.Random,
    residents: Sequence[Resident],
    now_ms: int,
    days: int,
) -> None:
    """Let everybody live through the ``days`` before ``now_ms``."""
    began_ms = now_ms - days * DAY_MS
    chronicle = _Chronicle(db, policy, dice, residents)
    events = [
        event
        for resident in residents
        for event in (*chronicle.household(resident, began_ms, days), *chronicle.dealings(resident, began_ms, days))
    ]
    for event in sorted(events, key=lambda event: event.at_ms):
        event.happen(event.at_ms)
    for index, resident in enumerate(residents[::2]):
        amount_fen = dice.randrange(300_00, 800_00)
        place_hold(db, f"hold_{index:05d}", resident.main.account_id, amount_fen, "酒店预授权 Hotel", now_ms - _HOUR_MS)


def _unweighed(transfer: payments.Transfer, payee: Account) -> Judgement:
    """What customers did at the bank's own counter, in a past before there were open interfaces to watch."""
    return "pass"


class _Chronicle:
    """Draws events. Every amount is drawn when the event is, so that the order of happening changes none."""

    def __init__(
        self, db: sqlite3.Connection, policy: Policy, dice: random.Random, residents: Sequence[Resident]
    ) -> None:
        self.db = db
        self.policy = policy
        self.dice = dice
        self.residents = residents
        self.orders = 0

    def household(self, resident: Resident, began_ms: int, days: int) -> Iterator[_Event]:
        """Opening balance, wages and rent by the month, shopping every few days: the main account and the outside."""
        main, dice = resident.main.account_id, self.dice
        yield self._booking(
            began_ms, "opening", main, dice.randrange(80_000_00, 260_000_00), "期初余额 Opening balance"
        )
        wages_fen, rent_fen = dice.randrange(8_000_00, 20_000_00), dice.randrange(2_500_00, 5_000_00)
        for day in range(1, days):
            morning_ms = began_ms + day * DAY_MS
            if day % 30 == 10:
                yield self._booking(morning_ms, "income", main, wages_fen, "工资 Wages")
            if day % 30 == 15:
                yield self._booking(morning_ms, "purchase", main, -rent_fen, "房租 Rent")
            if dice.random() < 0.3:
                amount_fen, what = dice.randrange(8_00, 480_00), dice.choice(_SHOPPING)
                yield self._booking(morning_ms + dice.randrange(12) * _HOUR_MS, "purchase", main, -amount_fen, what)
        interest_fen = dice.randrange(5_00, 60_00)
        yield self._booking(
            began_ms + days * DAY_MS // 2, "income", main, interest_fen, "结息 Interest", ledger.INTEREST
        )

    def dealings(self, resident: Resident, began_ms: int, days: int) -> Iterator[_Event]:
        """Money put on the electronic accounts, investments, points, and favours among customers."""
        dice = self.dice
        to_second_fen, to_third_fen = dice.randrange(2_000_00, 8_000_00), dice.randrange(200_00, 1_200_00)
        yield self._transfer(began_ms + DAY_MS, resident, resident, resident.second, to_second_fen, "转入Ⅱ类户 Top-up")
        yield self._transfer(began_ms + DAY_MS, resident, resident, resident.third, to_third_fen, "转入Ⅲ类户 Top-up")
        for product in dice.sample(_UNITS, 2):
            units_e2, price_e4 = dice.randrange(500_00, 4_000_00), product.unit_price_e4 or 0
            yield self._subscription(began_ms + 20 * DAY_MS, resident, product.product_id, units_e2, price_e4)
        others = [other for other in self.residents if other is not resident]
        for day in range(5, days, 14):
            if others:
                other, amount_fen, purpose = dice.choice(others), dice.randrange(20_00, 400_00), dice.choice(_FAVOURS)
                at_ms = began_ms + day * DAY_MS + dice.randrange(12) * _HOUR_MS
                yield self._transfer(at_ms, resident, other, other.main, amount_fen, purpose)
        wealth.award_points(self.db, resident.main.customer_id, dice.randrange(100, 30_000))

    def _booking(
        self,
        at_ms: int,
        kind: ledger.EntryKind,
        account_id: str,
        amount_fen: int,
        summary: str,
        against: str = ledger.NOSTRO,
    ) -> _Event:
        lines = [ledger.Line(account_id, amount_fen), ledger.Line(against, -amount_fen)]
        return _Event(at_ms, lambda at_ms: ledger.post(self.db, ledger.Entry(kind, at_ms, summary), lines))

    def _subscription(
        self, at_ms: int, resident: Resident, product_id: str, units_e2: int, unit_price_e4: int
    ) -> _Event:
        paid_fen = units_e2 * unit_price_e4 // 10_000
        lines = [ledger.Line(resident.main.account_id, -paid_fen), ledger.Line(ledger.WEALTH, paid_fen)]

        def subscribe(at_ms: int) -> None:
            ledger.post(self.db, ledger.Entry("subscription", at_ms, "申购 Subscription"), lines)
            wealth.hold_units(self.db, resident.main.customer_id, product_id, units_e2)

        return _Event(at_ms, subscribe)

    def _transfer(
        self, at_ms: int, payer: Resident, payee: Resident, to: Account, amount_fen: int, purpose: str | None
    ) -> _Event:
        self.orders += 1
        order = Order(
            app_id=OWN_CHANNEL,
            customer_id=payer.main.customer_id,
            order_no=f"past-{self.orders:06d}",
            debtor_account_id=payer.main.account_id,
            amount_fen=amount_fen,
            purpose=purpose,
        )

        def transfer(at_ms: int) -> None:
            transfer_id = f"tr_{order.order_no}"
            named = payee_of(self.db, to.account_number, payee.name)
            created = payments.create(self.db, self.policy, order, named, transfer_id, at_ms)
            payments.execute(self.db, self.policy, created, amount_fen, at_ms, _unweighed)

        return _Event(at_ms, transfer)
