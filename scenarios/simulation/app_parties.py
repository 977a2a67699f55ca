"""The wallet and the phones, each as one process: opened from its files, served letters by work of its own, killed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import httpx
from flask import Flask

from app_sim.pages.accounts import one_by_one
from app_sim.pages.app import create_app
from app_sim.wallet import Wallet, open_wallet
from bank_sim.messages import Message
from bank_sim.sdk import browser
from bank_sim.sdk.device import DeviceClient
from scenarios.simulation.foundation import PAGES, PASSPHRASE, PHONE, WALLET, Foundation, app_config
from scenarios.simulation.instants import PartyClock
from scenarios.simulation.serving import served
from scenarios.simulation.turns import Work
from scenarios.simulation.wire import BROKEN, Answer, Letter, Wire
from user_sim import phone
from user_sim.apps import Apps
from user_sim.bank_app import BankApp
from user_sim.config import Config as PhoneConfig
from user_sim.config import Phone
from user_sim.inbox import Inbox


class WalletParty:
    """The wallet. What it does by itself, and each page, is work that may wait for the bank."""

    def __init__(self, founded: Foundation, clock: PartyClock, wire: Wire) -> None:
        self._config = app_config(founded.home, founded.suite)
        self._clock, self._wire = clock, wire
        self.deaths = 0
        self._duty: Work | None = None
        self._open()

    def serve(self, letter: Letter, answer: Callable[[Answer], None]) -> None:
        """Begin to work on a letter; ``answer`` is called at the end of it."""
        app = self._app
        self._begin(f"{letter.method} {letter.path}", lambda: served(app, letter, WALLET), answer)

    def do_what_is_due(self) -> None:
        """What the wallet's own thread does every second, unless it is still at it."""
        if self._duty is None or self._duty.is_over:
            self._duty = self._wire.turns.begin("wallet", "duties", self._due, lambda _: None)

    def settle(self) -> None:
        """Ask the bank about everything whose result is unknown, as after a start."""
        self._wire.turns.begin("wallet", "settle", self.wallet.payments.settle_all, lambda _: None)

    def die(self) -> None:
        """Lose all that is in memory, with the work under way, and start again from the files."""
        self.wallet.store.close()
        self.deaths += 1
        self._wire.turns.kill("wallet")
        self._open()

    def close(self) -> None:
        self.deaths += 1
        self._wire.turns.kill("wallet")
        self.wallet.close()

    def _open(self) -> None:
        line, turns = self._wire.line_of("wallet"), self._wire.turns
        self.wallet: Wallet = open_wallet(self._config, PASSPHRASE, line, self._clock, sleep=turns.sleep)
        self.wallet.payments.recover()
        self._app: Flask = create_app(self.wallet, one_by_one)
        self._duty = None

    def _due(self) -> None:
        wallet = self.wallet
        duties = (
            (wallet.agreements.any_active, wallet.debits.run_due),
            (wallet.watch.has_to_look, wallet.watch.look),
            (wallet.reconciliation.has_to_look, wallet.reconciliation.run_due),
        )
        for has_any, perform in duties:
            # As in the wallet's own thread: one that fails does not keep the others from being performed.
            with suppress(Exception):
                if has_any():
                    perform()

    def _begin(self, name: str, do: Callable[[], Answer], answer: Callable[[Answer], None]) -> None:
        """Whatever a process that has died since would still have said, nobody hears."""
        life = self.deaths

        def ended(work: Work) -> None:
            answer(BROKEN if work.error is not None or life != self.deaths else work.result)

        self._wire.turns.begin("wallet", name, do, ended)


class PhonesParty:
    """All phones, with the messages on them and the bank's app."""

    def __init__(self, founded: Foundation, clock: PartyClock, wire: Wire) -> None:
        home, nothing = founded.home / "user", founded.home / "no-listener-runs-here"
        home.mkdir(exist_ok=True)
        config = PhoneConfig(
            home=home,
            certificate=nothing,
            certificate_key=nothing,
            ca_certificate=nothing,
            bank_pages_url=PAGES,
            phones=tuple(Phone(number=each.phone, owner=each.name) for each in founded.people),
        )
        self._wire = wire
        self._inbox, self._apps = Inbox(home / "user.db"), Apps(home / "apps.db")
        self._http = httpx.Client(transport=wire.line_of("phone"), base_url=PAGES)
        line = cast(Any, DeviceClient(self._http, PASSPHRASE))
        bank_app = BankApp(line, self._apps, clock.now_ms)
        self._now_ms = clock.now_ms
        self._app = phone.create_app(
            config, self._inbox, self._apps, bank_app, clock.now_ms, browser.FOLDER, browser.version
        )

    def receive(self, message: Message) -> None:
        """A message has come through the air."""
        self._inbox.receive(message.to, message.text, self._now_ms())

    def serve(self, letter: Letter, answer: Callable[[Answer], None]) -> None:
        self._wire.turns.begin(
            "phone",
            f"{letter.method} {letter.path}",
            lambda: served(self._app, letter, PHONE),
            lambda work: answer(BROKEN if work.error is not None else work.result),
        )

    def close(self) -> None:
        self._http.close()
        self._inbox.close()
        self._apps.close()
