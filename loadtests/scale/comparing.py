"""Two banks side by side on one machine, the same calls at each in turns: what the second costs, over the first.

Processor time of the bank's processes is compared, not latency, and round against round: what else the machine does
falls on both. Each bank has an application, a payer and a payee of its own, with consents given on its pages.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import msgspec

from loadtests.application import LoadApplication, join, payee_account
from loadtests.measuring import Target
from loadtests.servers import cpu_seconds
from scenarios.world import World
from user_sim.bank_visit import require_welcome
from user_sim.driver import HeadlessUser, Places

RATIO_MAX = 1.3
AMOUNT = "0.01"
PAGES = {"consents page": "/consents", "own data page": "/data"}
CELLS = ("token", "public query", "accounts", "balance", "history", "order", "execute", *PAGES)
_VISITS_SHARE = 10
"""A page costs several calls: so many fewer visits."""
_DAY_S = 86_400


@dataclass(slots=True)
class Subject:
    """One bank with what it takes to call it. ``visitor`` is logged in on its pages; ``number``: of the next order."""

    name: str
    world: World
    application: LoadApplication
    target: Target
    visitor: HeadlessUser
    token: str = field(repr=False)
    account_ref: str
    payee_number: str
    number: int = 0

    def round(self, count: int) -> Iterator[tuple[str, float]]:
        """Name and cost of each cell, in processor seconds per 1,000 calls."""
        presigner = self.application.presigner
        account = f"/api/accounts/{self.account_ref}"
        queries: dict[str, Callable[[], bytes]] = {
            "token": presigner.token_request,
            "public query": lambda: presigner.public_query("/api/rates"),
            "accounts": lambda: presigner.query("/api/accounts", self.token),
            "balance": lambda: presigner.query(f"{account}/balance", self.token),
            "history": lambda: presigner.query(f"{account}/transactions", self.token),
        }
        for name, make in queries.items():
            yield name, self._cost(name, [make() for _ in range(count)])[0]
        cost, bodies = self._cost("order", [self._order() for _ in range(count)])
        yield "order", cost
        yield "execute", self._cost("execute", self._executions(bodies))[0]
        for name, path in PAGES.items():
            yield name, self._page(path, max(1, count // _VISITS_SHARE))

    def idle(self, seconds: float) -> float:
        """Processor milliseconds a second while nobody calls."""
        before_s = cpu_seconds(self.target.pid)
        time.sleep(seconds)
        return (cpu_seconds(self.target.pid) - before_s) * 1000 / seconds

    def day(self) -> float:
        """Seconds until everything is done that falls due when a day passes."""
        started_s = time.perf_counter()
        self.world.control.advance(_DAY_S)
        took_s = time.perf_counter() - started_s
        self.world.control.reset_clock()
        return took_s

    def _cost(self, name: str, requests: list[bytes]) -> tuple[float, list[bytes]]:
        measured = self.target.measure(name, "gm", requests, keep_bodies=True)
        return measured.measurement.cpu_s_per_1000, measured.bodies

    def _page(self, path: str, visits: int) -> float:
        before_s = cpu_seconds(self.target.pid)
        for _ in range(visits):
            require_welcome(self.visitor.browser.open(f"{self.world.addresses.pages}{path}"))
        return (cpu_seconds(self.target.pid) - before_s) * 1000 / visits

    def _order(self) -> bytes:
        self.number += 1
        order_no = f"S{self.number:08}"
        body = {"order_no": order_no, "debtor_account_ref": self.account_ref, "amount": AMOUNT, "currency": "CNY"}
        sealed = {"creditor_account": self.payee_number, "creditor_name": self.world.people[1].name}
        return self.application.presigner.order("transfers.create", "/api/transfers", self.token, body, sealed)

    def _executions(self, ordered: list[bytes]) -> list[bytes]:
        """Under a standing order that is asked for right before: tokens that move money live for five minutes."""
        payer, payee = self.world.people[:2]
        token = self.application.ask_for_standing_payment(payer, self.payee_number, payee.name).access_token
        return [
            self.application.presigner.order(
                "transfers.execute",
                f"/api/transfers/{msgspec.json.decode(body)['transfer_id']}/execute",
                token,
                {"amount": AMOUNT},
            )
            for body in ordered
        ]


@contextmanager
def subject(name: str, world: World, environment: Mapping[str, str]) -> Iterator[Subject]:
    """Join, have the first of the people consent, and log in on the bank's pages."""
    payer, payee = world.people[:2]
    bank = next(each for each in world.parties if each.party.name == "bank")
    port = int(world.addresses.gateway.rpartition(":")[2])
    places = Places(world.addresses.wallet, world.addresses.pages, world.addresses.phone)
    with (
        closing(LoadApplication(world, join(world, "gm"))) as application,
        HeadlessUser(payer, places, world.authority) as visitor,
    ):
        token = application.ask_for_accounts(payer).access_token
        visitor.log_in_at_bank("/consents")
        yield Subject(
            name=name,
            world=world,
            application=application,
            target=Target(port, bank.pid, 1, world.authority, environment),
            visitor=visitor,
            token=token,
            account_ref=application.account_ref(token),
            payee_number=payee_account(world, payee),
        )


@dataclass(slots=True)
class Comparison:
    """``costs``: by bank and cell, a figure a round."""

    first: str
    second: str
    costs: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def note(self, name: str, cell: str, cost: float) -> None:
        self.costs.setdefault(name, {}).setdefault(cell, []).append(cost)

    def ratio(self, cell: str) -> float:
        """The median over the rounds, each against the other bank's in the same round."""
        pairs = zip(self.costs[self.first][cell], self.costs[self.second][cell], strict=True)
        return statistics.median(after / before for before, after in pairs)

    def rows(self) -> Iterator[tuple[str, float, float, float]]:
        """Cell, both medians, ratio."""
        for cell in CELLS:
            medians = (statistics.median(self.costs[each][cell]) for each in (self.first, self.second))
            before, after = medians
            yield cell, before, after, self.ratio(cell)

    @property
    def holds(self) -> bool:
        return all(self.ratio(each) <= RATIO_MAX for each in CELLS)


def compare(first: Subject, second: Subject, rounds: int, count: int) -> Comparison:
    """Call by call the two take turns, and each round in the other order: neither is always on the warmer machine."""
    found = Comparison(first.name, second.name)
    for number in range(rounds):
        one, other = (first, second) if number % 2 == 0 else (second, first)
        for (cell, cost), (_, next_cost) in zip(one.round(count), other.round(count), strict=True):
            found.note(one.name, cell, cost)
            found.note(other.name, cell, next_cost)
    return found
