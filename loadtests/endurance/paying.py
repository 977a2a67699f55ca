"""A payment at the wallet with an accident in its middle: what a user does who is neither careless nor patient.

A page that does not come is loaded again; a form whose answer is lost is not sent twice: the user looks at the wallet
what became of the payment, and presses its button where the wallet offers one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from loadtests.endurance.accidents import Accident
from user_sim.browser import Device, NavigationBlocked, OnVisit, Opener, Page
from user_sim.driver import CannotFill, HeadlessUser, NoMessage, TurnedAway
from user_sim.http_browser import HttpBrowser, LoopbackTransport

_RELOAD_S, _PATIENCE_S = 0.1, 20.0
INTERRUPTIONS = (httpx.TransportError, TurnedAway, CannotFill, NoMessage, NavigationBlocked)
"""What keeps a user from going on: no answer, a refusal, a page that is not the one expected, no message."""

_EXECUTED, _NOT_EXECUTED = frozenset({"已执行", "Executed"}), frozenset({"未执行", "Not executed"})


class Moment:
    """When an accident is due: it watches the browser's requests, and lets it happen once, beside them."""

    def __init__(self) -> None:
        self._accident: Accident | None = None
        self._happen: Callable[[Accident], float] | None = None
        self._request = 0
        self._thread: threading.Thread | None = None
        self.took_s: float | None = None
        self._failure: BaseException | None = None

    def await_in(self, accident: Accident | None, happen: Callable[[Accident], float]) -> None:
        """For the payment that begins now; None: nothing happens."""
        self._accident, self._happen, self._request = accident, happen, 0
        self._thread, self.took_s, self._failure = None, None, None

    def request_leaves(self) -> None:
        self._request += 1
        if self._accident is not None and self._request == self._accident.request:
            self._thread = threading.Thread(target=self._strike, args=(self._accident,), name="accident")
            self._thread.start()

    def over(self) -> float | None:
        """Wait until everybody serves again: how long that took, None where the accident never came to be due."""
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self.took_s

    def _strike(self, accident: Accident) -> None:
        assert self._happen is not None
        time.sleep(accident.delay_s)
        try:
            self.took_s = self._happen(accident)
        except BaseException as error:
            self._failure = error


class Reloading(httpx.BaseTransport):
    """The way to the network of a browser whose user loads a page again until it comes."""

    def __init__(self, onward: httpx.BaseTransport, moment: Moment | None) -> None:
        self._onward = onward
        self._moment = moment

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline_s = time.monotonic() + _PATIENCE_S
        while True:
            if self._moment is not None:
                self._moment.request_leaves()
            try:
                answer = self._onward.handle_request(request)
                answer.read()
                return answer
            except httpx.TransportError:
                if request.method != "GET" or time.monotonic() > deadline_s:
                    raise
            time.sleep(_RELOAD_S)

    def close(self) -> None:
        self._onward.close()


def reloading(ca_certificate: Path, moment: Moment) -> Opener:
    """Opens the browsers of such a user; the computer's tells ``moment`` of each request."""

    def opened(device: Device, languages: str, on_visit: OnVisit | None) -> HttpBrowser:
        watched = moment if device == "computer" else None
        return HttpBrowser(Reloading(LoopbackTransport(ca_certificate), watched), languages, on_visit)

    return opened


@dataclass(frozen=True, slots=True)
class Payment:
    """What a user asks for each time. ``account``: the ending of the number to pay from."""

    account: str
    payee_account: str
    payee_name: str
    amount: str


def be_at_wallet(user: HeadlessUser, nickname: str) -> bool:
    """Signed in, and linked with the bank: again, where either is over. False while bank or wallet refuse it."""
    try:
        page = user.open_wallet(nickname)
        if any(each.action.endswith("/link") for each in page.document.forms):
            user.link_bank()
    except INTERRUPTIONS:
        return False
    return True


def pay(user: HeadlessUser, wanted: Payment) -> str:
    """Order and confirm; what the wallet says then, or ``interrupted``."""
    try:
        return user.pay(wanted.account, wanted.payee_account, wanted.payee_name, wanted.amount).state
    except INTERRUPTIONS:
        return "interrupted"


def look_again(user: HeadlessUser, address: str) -> bool | None:
    """Open the payment's page, press its button where there is one: whether it was executed, None for no such word."""
    try:
        page: Page = user.browser.open(address)
        form = next((each for each in page.document.forms if each.action.endswith("/execute")), None)
        if form is not None:
            page = user.browser.submit(form, {})
    except INTERRUPTIONS:
        return None
    if not _EXECUTED.isdisjoint(page.document.lines):
        return True
    return None if _NOT_EXECUTED.isdisjoint(page.document.lines) else False
