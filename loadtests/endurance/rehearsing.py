"""One rehearsal of endurance in a running world: payment after payment, most of them struck by an accident.

Whoever died is back before the next payment begins; at the end the users look once more at what is still open.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from loadtests.application import payee_account
from loadtests.endurance import aftermath
from loadtests.endurance.accidents import Accident, drawn
from loadtests.endurance.aftermath import Aftermath
from loadtests.endurance.paying import Moment, Payment, be_at_wallet, look_again, pay, reloading
from loadtests.endurance.striking import Striker
from scenarios.failures import BrokenSurroundings
from scenarios.observe import Bank
from scenarios.world import World
from user_sim.driver import HeadlessUser, Places

AMOUNT = "0.01"
PAYMENTS_EACH = 12
"""Of one user: the bank sends twenty messages a day to each, and an accident may cost one."""
_ARRIVALS_MAX = 3
_A_WHILE_S = 60
"""Virtual: until a user looks again. A wallet whose calls failed has rested by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``every``: an accident in each so-many-th payment; ``kinds``: which may happen; ``clock``: whether time may be
    moved on between a failure and the user's next look."""

    transfers: int
    seed: int
    kinds: Sequence[str]
    every: int = 1
    clock: bool = True


@dataclass(slots=True)
class Rehearsal:
    """``outcomes``: by accident and what the wallet said then; ``missed``: accidents that never came to be due."""

    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    recoveries_s: dict[str, list[float]] = field(default_factory=dict)
    missed: int = 0
    resolved: int = 0
    told: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)

    @property
    def struck(self) -> int:
        return sum(len(each) for each in self.recoveries_s.values())


def rehearse(
    world: World, asked: Asked, environment: Mapping[str, str], heard: Callable[[str], None]
) -> tuple[Rehearsal, Aftermath]:
    """Pay, be struck, look again; then read what the parties' files say."""
    dice, found = random.Random(asked.seed), Rehearsal()  # noqa: S311 - repeatable accidents, guards nothing
    striker = Striker(world, environment)
    accidents = [drawn(dice, asked.kinds) if number % asked.every == 0 else None for number in range(asked.transfers)]
    with _customers(world, 1 + asked.transfers // PAYMENTS_EACH) as customers:
        for number, accident in enumerate(accidents):
            customer = customers[number % len(customers)]
            _one(world, asked, customer, accident, striker, found)
            if (number + 1) % 20 == 0:
                heard(f"{number + 1} payments, {found.struck} accidents, {len(found.told)} told as executed")
        _settle(world, asked, customers, found)
    app_id = Bank(world.home).wallet_app_id()
    return found, Aftermath(
        frozenset(found.told),
        frozenset(found.denied),
        aftermath.ordered(world.home),
        aftermath.transferred(world.home, app_id),
    )


@dataclass(slots=True)
class _Customer:
    user: HeadlessUser
    nickname: str
    moment: Moment
    wanted: Payment
    orders: list[str] = field(default_factory=list)


@contextmanager
def _customers(world: World, count: int) -> Iterator[list[_Customer]]:
    """So many, who pay the last of the people; each has linked the wallet before anything happens."""
    payee = world.people[-1]
    number, bank = payee_account(world, payee), Bank(world.home)
    places = Places(world.addresses.wallet, world.addresses.pages, world.addresses.phone)
    with ExitStack() as stack:
        customers = []
        for person in world.people[:count]:
            moment = Moment()
            browsers = reloading(world.authority, moment)
            user = stack.enter_context(HeadlessUser(person, places, world.authority, browsers=browsers))
            nickname = f"endurance {person.login_name}"[:20]
            if not be_at_wallet(user, nickname):
                raise BrokenSurroundings(f"{person.login_name} could not link the wallet, before anything happened.")
            account = bank.account_numbers(person.login_name)["I"][-4:]
            customers.append(_Customer(user, nickname, moment, Payment(account, number, payee.name, AMOUNT)))
        yield customers


def _one(
    world: World, asked: Asked, customer: _Customer, accident: Accident | None, striker: Striker, found: Rehearsal
) -> None:
    before = {each.order_no for each in aftermath.ordered(world.home)}
    _arrive(world, asked, customer)
    customer.moment.await_in(accident, striker.strike)
    said = pay(customer.user, customer.wanted)
    took_s = customer.moment.over()
    world.require_alive()
    new = [each.order_no for each in aftermath.ordered(world.home) if each.order_no not in before]
    customer.orders += new
    _note(found, new, {"executed": True, "rejected": False}.get(said))
    kind = accident.kind if accident else "none"
    found.outcomes.setdefault(kind, Counter())[said] += 1
    if accident is not None and took_s is None:
        found.missed += 1
    if took_s is not None:
        found.recoveries_s.setdefault(kind, []).append(took_s)
    if said != "executed":
        _look(world, asked, customer, new, found)


def _look(world: World, asked: Asked, customer: _Customer, order_nos: list[str], found: Rehearsal) -> None:
    customer.moment.await_in(None, lambda _: 0.0)
    _pass_a_while(world, asked)
    _arrive(world, asked, customer)
    for order_no in order_nos:
        was_executed = look_again(customer.user, f"{world.addresses.wallet}/payments/{order_no}")
        found.resolved += was_executed is True
        _note(found, [order_no], was_executed)


def _note(found: Rehearsal, order_nos: list[str], was_executed: bool | None) -> None:
    """What users were told of their orders."""
    if was_executed is not None:
        (found.told if was_executed else found.denied).update(order_nos)


def _arrive(world: World, asked: Asked, customer: _Customer) -> None:
    """A wallet that rests, or a session that is over, keeps nobody away for long."""
    for _ in range(_ARRIVALS_MAX):
        if be_at_wallet(customer.user, customer.nickname):
            return
        _pass_a_while(world, asked)


def _pass_a_while(world: World, asked: Asked) -> None:
    if asked.clock:
        world.control.advance(_A_WHILE_S)


def _settle(world: World, asked: Asked, customers: list[_Customer], found: Rehearsal) -> None:
    """Whoever was told of no end of a payment looks at it again."""
    for customer in customers:
        left = [each for each in customer.orders if each not in found.told | found.denied]
        if left:
            _look(world, asked, customer, left, found)
