"""Those whom the bank is there for, as Locust's user classes: each has a line of its own and a pace.

A sound application stands behind them: it repeats only what failed, waits before it does, longer each time, and never
sends a payment again but under the same Idempotency-Key. Locust spawns them; how many, the profile says.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, ClassVar

from locust import User, task

from loadtests.crowd.calling import Line, Result
from loadtests.crowd.customers import Customer, NoToken
from loadtests.crowd.pacing import Pace, pause_s
from loadtests.profiles import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from loadtests.crowd.company import Company

AMOUNT = "0.01"
_ATTEMPTS = 4


class Visitor(User):
    """Somebody with a line to the bank. Subclasses say in ``intent`` what they want each time."""

    abstract = True
    kind: ClassVar[Kind]
    speaks_as: ClassVar[str] = "crowd"
    attempts: ClassVar[int] = _ATTEMPTS
    line: Line

    def on_start(self) -> None:
        self.crowd: Company = self.environment.crowd
        self.dice = random.Random()  # noqa: S311 - when people come guards nothing
        self.line = self.crowd.line(self.kind, self.speaks_as)
        self.pace = Pace(self.interval_s(), time.perf_counter(), self.dice)

    def on_stop(self) -> None:
        self.line.connection.close()

    def interval_s(self) -> float:
        """Between two intents of this user."""
        return self.crowd.plan.interval_s

    def wait_time(self) -> float:
        return self.pace.wait_s(time.perf_counter())

    @task
    def act(self) -> None:
        """One intent, when it is due; Locust asks for the first one too early."""
        now_s = time.perf_counter()
        if self.pace.wait_s(now_s) > 0:
            return
        self.line.behind_us = int(self.pace.begin(now_s) * 1_000_000)
        try:
            self.intent()
        except NoToken:
            return

    def intent(self) -> None:
        raise NotImplementedError

    def call(self, name: str, compose: Callable[[], bytes]) -> Result:
        """Call until served, or until the patience of a sound application is at its end. Each time signed anew."""
        result = self.line.call(name, compose())
        for attempt in range(1, self.attempts):
            if result.outcome not in ("failed", "throttled"):
                break
            time.sleep(self.pause_s(attempt, result))
            result = self.line.call(name, compose(), repeated=True)
            self.pace.forget(time.perf_counter())
        return result

    def pause_s(self, attempt: int, result: Result) -> float:
        return pause_s(attempt, result.wait_s, self.dice)


class Customerly(Visitor):
    """Somebody who acts under the consents of one of the bank's customers."""

    abstract = True
    customer: Customer

    def on_start(self) -> None:
        super().on_start()
        self.customer = self.crowd.customers.next()

    def pay(self) -> None:
        """Order a payment to the merchant and have it executed under the agreement: two signed calls."""
        crowd, customer, presigner = self.crowd, self.customer, self.line.voice.presigner
        token, number = customer.accounts_token(self.line), customer.order_no()
        order = {"order_no": number, "debtor_account_ref": customer.account_ref, "amount": AMOUNT, "currency": "CNY"}
        ordered = self.call(
            "order",
            lambda: presigner.order("transfers.create", "/api/transfers", token, order, crowd.payee, f"order-{number}"),
        )
        if ordered.outcome == "ok":
            self._execute(str(ordered.document["transfer_id"]), number)

    def _execute(self, transfer_id: str, number: str) -> None:
        token, presigner = self.customer.payments_token(self.line), self.line.voice.presigner
        path, body = f"/api/transfers/{transfer_id}/execute", {"amount": AMOUNT}
        executed = self.call(
            "execute",
            lambda: presigner.order("transfers.execute", path, token, body, idempotency_key=f"execute-{number}"),
        )
        if executed.outcome == "ok" and executed.document.get("state") == "executed":
            self.crowd.meter.acknowledged(str(executed.document["serial"]))


class Browsing(Visitor):
    """Looks at products and rates: public, authenticated by App_Secret."""

    kind = "browsing"

    def intent(self) -> None:
        path = self.dice.choice([*self.crowd.products, "/api/rates"])
        self.call("products", lambda: self.line.voice.presigner.public_query(path))


class Saving(Customerly):
    """Looks at a balance, which comes sealed."""

    kind = "saving"

    def intent(self) -> None:
        token, path = self.customer.accounts_token(self.line), f"/api/accounts/{self.customer.account_ref}/balance"
        self.call("balance", lambda: self.line.voice.presigner.query(path, token))


class Paying(Customerly):
    """Pays the merchant a fen, under an agreement that the customer confirmed with two factors."""

    kind = "paying"

    def intent(self) -> None:
        self.pay()


class Sale(Customerly):
    """Looks at the one product that everybody wants, and pays."""

    kind = "sale"

    def intent(self) -> None:
        path = self.crowd.products[0]
        self.call("products", lambda: self.line.voice.presigner.public_query(path))
        self.pay()


USERS: tuple[type[Visitor], ...] = (Browsing, Saving, Paying, Sale)
