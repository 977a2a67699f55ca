"""A proxy on the phone's line shows a small amount; the user taps, and the phone signs what it showed."""

from __future__ import annotations

import httpx

from bank_sim.sdk.device import BoundDevice, DeviceClient
from bank_sim.sdk.protocol.problems import Problem
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from user_sim.browser import Page
from user_sim.driver import HeadlessUser
from user_sim.forms import Form
from user_sim.http_browser import LoopbackTransport
from user_sim.persona import HASTY
from user_sim.phone_screen import PhoneScreen, Question
from user_sim.second_factors import bind_phone

SHOWN, ORDERED = "100.00", "10000.00"


@scenario(
    "approval-of-another-amount",
    kind="attack",
    clauses=("10.2.2-2.2", "10.2.2-2.1", "7.2.1-b-2.2"),
    summary_en="The order is for 10000.00; a proxy on the phone's line makes the phone show, and sign, 100.00.",
    summary_zh="订单金额为10000.00，手机线路上的代理让手机显示并签署100.00。",
    defence=Defence("approval_statement", "ATK-USR-10", 409, "CONFIRMATION_MISMATCH", "money"),
)
def approval_of_another_amount(stage: Stage) -> Attempt:
    """The application orders too much; its accomplice had the user trust a proxy's certificate on the phone."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user, HASTY)
    user.phone = _PhoneBehindProxy(stage, user)
    bind_phone(user)
    token = shop.linked(user)
    payer = shop.paying_account(token)
    seller = stage.numbers(stage.stranger)["I"]
    order = shop.order_transfer(token, payer, ORDERED, seller, stage.stranger.name)
    stage.attack_begins()
    try:
        return _confirmed(user, shop, order.data["transfer_id"])
    except Problem as problem:
        return refused(problem)


class _PhoneBehindProxy(PhoneScreen):
    """The user's phone, with the bank's app and what is done to its line. What it shows is what it signs."""

    def __init__(self, stage: Stage, user: HeadlessUser) -> None:
        super().__init__(user.phone_browser, stage.world.addresses.phone, user.person.phone)
        self._control = stage.world.control
        line = _Proxy(LoopbackTransport(stage.world.authority))
        self._bank = DeviceClient(httpx.Client(transport=line, base_url=stage.world.addresses.pages), b"the phone's")
        stage.closing.callback(self._bank.close)
        self._device: BoundDevice | None = None

    def bind(self, activation_code: str) -> Page:
        self._device = self._bank.activate(activation_code, "154****0000")
        return self._glance()

    def wait_for_question(self, number: str) -> Question:
        assert self._device is not None
        statements = self._bank.waiting(self._device, self._control.clock()["now_ms"])
        return Question(next(each for each in statements if number in each), Form("", "POST"))

    def answer(self, question: Question, decision: str) -> Page:
        assert self._device is not None
        self._bank.decide(self._device, "approve", question.text)
        return self._glance()

    def _glance(self) -> Page:
        return self._browser.open(self._url)


class _Proxy(httpx.BaseTransport):
    """Changes the amount in what the phone is told, and passes on what the phone says."""

    def __init__(self, onward: httpx.BaseTransport) -> None:
        self._onward = onward

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._onward.handle_request(request)
        content = answer.read().replace(ORDERED.encode(), SHOWN.encode())
        answer.close()
        return httpx.Response(answer.status_code, headers={"content-type": "application/json"}, content=content)

    def close(self) -> None:
        self._onward.close()


def _confirmed(user: HeadlessUser, shop: Partner, transfer_id: str) -> Attempt:
    payment = shop.ask_for_payment(transfer_id)
    token = shop.tokens(payment, user.at_bank(payment.url).location.query).access_token
    return Attempt(shop.execute_transfer(token, transfer_id, ORDERED).status)
