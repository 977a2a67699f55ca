"""Who calls during a soak: a sound application, strangers whose calls are refused, a user who looks at pages and pays.

Each is a thread with a pace of its own until the time is over. A call that ends as nobody meant it is counted by what
it was; whether that is bad is for the soak to say.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from bank_sim.sdk.authorization import Tokens
from bank_sim.sdk.protocol.problems import Problem
from loadtests.application import LoadApplication, payee_account
from loadtests.volley import Answered, Job, Lane
from scenarios.observe import Bank
from scenarios.world import World
from user_sim.driver import HeadlessUser, Places
from user_sim.people import Person

AMOUNT = "0.01"
_RENEW_S = 200.0
"""Tokens that move money live for five minutes."""
_PAYS_EVERY_S, _PAYMENTS_MAX = 30.0, 15
"""Of a user: the bank sends twenty messages a day."""


@dataclass(slots=True)
class Traffic:
    """``done``: what was called, how often; ``failed``: what did not end as it should, by what it was."""

    deadline_s: float
    done: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def each(self, pause_s: float) -> Iterator[int]:
        """Numbers, one a pause, until the time is over."""
        number = 0
        while time.monotonic() < self.deadline_s:
            yield number
            number += 1
            time.sleep(pause_s)

    def note(self, name: str, problem: str | None = None) -> None:
        with self._lock:
            self.done[name] += 1
            if problem is not None:
                self.failed[f"{name}: {problem}"] += 1


@contextmanager
def under_way(world: World, application: LoadApplication, traffic: Traffic, pause_s: float) -> Iterator[None]:
    """All of them, for as long as the time lasts; what one of them dies of is raised at the end."""
    died: list[BaseException] = []

    def living(life: Callable[[], None]) -> Callable[[], None]:
        def lived() -> None:
            try:
                life()
            except BaseException as error:
                died.append(error)

        return lived

    payer, payee, visitor = world.people[:3]
    lives: dict[str, Callable[[], None]] = {
        "application": lambda: _apply(world, application, traffic, payer, payee, pause_s),
        "stranger": lambda: _intrude(world, application, traffic, 4 * pause_s),
        "user": lambda: _visit(world, traffic, visitor, payee, 10 * pause_s),
    }
    threads = [threading.Thread(target=living(life), name=name) for name, life in lives.items()]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        for each in threads:
            each.join()
    if died:
        raise died[0]


def _apply(
    world: World, application: LoadApplication, traffic: Traffic, payer: Person, payee: Person, pause_s: float
) -> None:
    """A public query, a balance, a history, a transfer, in turns."""
    client, number = application.client, payee_account(world, payee)
    token = application.ask_for_accounts(payer).access_token
    account = f"/api/accounts/{application.account_ref(token)}"
    paying = _Paying(application, application.ask_for_standing_payment(payer, number, payee.name), time.monotonic())

    def transfer(turn: int) -> None:
        order = {"order_no": f"K{turn:08}", "debtor_account_ref": account.rpartition("/")[2]}
        created = client.call(
            "transfers.create",
            "POST",
            "/api/transfers",
            body={**order, "amount": AMOUNT, "currency": "CNY"},
            sealed={"creditor_account": number, "creditor_name": payee.name},
            token=token,
            idempotency_key=f"soak-create-{turn}",
        )
        client.call(
            "transfers.execute",
            "POST",
            f"/api/transfers/{created.data['transfer_id']}/execute",
            body={"amount": AMOUNT},
            token=paying.token(),
            idempotency_key=f"soak-execute-{turn}",
        )

    deeds: tuple[tuple[str, Callable[[int], object]], ...] = (
        ("public query", lambda _: client.call("rates.list", "GET", "/api/rates", with_secret=True)),
        (
            "balance",
            lambda _: client.call("accounts.balance", "GET", f"{account}/balance", token=token, user_present=True),
        ),
        (
            "history",
            lambda _: client.call(
                "accounts.transactions", "GET", f"{account}/transactions", token=token, user_present=True
            ),
        ),
        ("transfer", transfer),
    )
    for turn in traffic.each(pause_s):
        name, deed = deeds[turn % len(deeds)]
        try:
            deed(turn)
        except Problem as problem:
            traffic.note(name, problem.code)
        else:
            traffic.note(name)


@dataclass(slots=True)
class _Paying:
    """A standing order's token, renewed before it is over."""

    application: LoadApplication
    tokens: Tokens
    since_s: float

    def token(self) -> str:
        if time.monotonic() - self.since_s > _RENEW_S:
            assert self.tokens.refresh_token is not None
            self.tokens = self.application.client.oauth.refresh(self.tokens.refresh_token)
            self.since_s = time.monotonic()
        return self.tokens.access_token


def _intrude(world: World, application: LoadApplication, traffic: Traffic, pause_s: float) -> None:
    """A new connection each time, a call that must be refused: forged, replayed, to nowhere, or never finished."""
    presigner, port = application.presigner, int(world.addresses.gateway.rpartition(":")[2])
    job = Job(port=port, ca_certificate=str(world.authority), connections=1, requests=[], deadline_s=10.0)
    context = ssl.create_default_context(cafile=job.ca_certificate)
    replayed = presigner.public_query("/api/rates")
    _refused(job, context, replayed)
    for turn in traffic.each(pause_s):
        forged = presigner.public_query("/api/rates").replace(b"keyid=", b"keyId=", 1)
        bad = {"forged": forged, "replayed": replayed, "nowhere": b"GET /x HTTP/1.1\r\nhost: localhost\r\n\r\n"}
        name = ("forged", "replayed", "nowhere", "unfinished")[turn % 4]
        if name == "unfinished":
            with suppress(OSError), Lane(job, context) as lane:
                lane.send(0, replayed[:40])
            traffic.note(name)
            continue
        status = _refused(job, context, bad[name])
        traffic.note(name, None if 400 <= status < 500 else str(status))


def _refused(job: Job, context: ssl.SSLContext, request: bytes) -> int:
    with Lane(job, context) as lane:
        lane.socket.setblocking(True)
        lane.send(0, request)
        answer: Answered | None = None
        while answer is None:
            answer = lane.receive()
    return answer.status


def _visit(world: World, traffic: Traffic, visitor: Person, payee: Person, pause_s: float) -> None:
    """The wallet's pages, the phone's, the bank's front; now and then a payment."""
    addresses = world.addresses
    number, account = payee_account(world, payee), Bank(world.home).account_numbers(visitor.login_name)["I"][-4:]
    places = Places(addresses.wallet, addresses.pages, addresses.phone)
    pages = [f"{addresses.wallet}{path}" for path in ("/", "/accounts", "/history", "/kept", "/products")]
    pages += [f"{addresses.pages}/login", f"{addresses.phone}/phone/{visitor.phone}", f"{addresses.portal}/apis"]
    with HeadlessUser(visitor, places, world.authority) as user:
        user.open_wallet("soak")
        user.link_bank()
        started_s, payments = time.monotonic(), 0
        for turn in traffic.each(pause_s):
            if payments < _PAYMENTS_MAX and time.monotonic() - started_s >= payments * _PAYS_EVERY_S:
                payments += 1
                state = user.pay(account, number, payee.name, AMOUNT).state
                traffic.note("payment", None if state == "executed" else state)
                continue
            page = user.browser.open(pages[turn % len(pages)])
            traffic.note("page", None if page.status == 200 else f"{page.location.path} {page.status}")
