"""The wire answers a shop's order for a large payment with the bank's genuine answer about a small one."""

from __future__ import annotations

import httpx

from bank_sim.sdk.protocol.problems import RESULT_UNKNOWN, Problem
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text
from scenarios.wire import calls
from user_sim.driver import HeadlessUser
from user_sim.persona import Intention

SMALL, LARGE = "1.00", "5000.00"


@scenario(
    "answer-spliced",
    kind="attack",
    clauses=("7.2.2-2.3", "9.3.3-1.1", "9.3.3-1.2"),
    summary_en="A buyer who holds the wire has the answer to a payment of 1.00 stand for one of 5000.00.",
    summary_zh="控制线路的买家以1.00元付款的银行应答，冒充5000.00元付款的应答。",
    defence=Defence("answer_intact", "ATK-MSG-05", 502, "RESPONSE_BINDING_FAILED", "trust", witness="partner"),
)
def answer_spliced(stage: Stage) -> Attempt:
    """Nothing is forged: the answer is the bank's, whole, and fresh. It answers another request, that is all.

    The large order never reaches the bank; the shop believes whatever the bank has signed.
    """
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    token = shop.linked(user)
    wire = _Splice(stage.wire.record)
    with stage.wire.interfering(wire):
        small, confirmed = _confirmed(stage, shop, user, token, SMALL)
        stage.require(
            shop.execute_transfer(confirmed, small, SMALL).data["state"] == "executed",
            Text("the small payment is made", "小额付款已完成"),
        )
        large, confirmed = _confirmed(stage, shop, user, token, LARGE)
        stage.attack_begins()
        stage.say(Text("The box keeps the order and answers with the former answer", "中间人扣下指令，重放先前应答"))
        try:
            answer = shop.execute_transfer(confirmed, large, LARGE)
        except Problem as problem:
            shop.note("transfers.execute", problem)
            attempt = refused(problem)
            unknown = Text("the shop holds its result for unknown, and not for paid", "商户视其结果为未知，而非已付款")
            stage.require(problem.kind is RESULT_UNKNOWN, unknown, problem.code)
            state = shop.client.call("transfers.get", "GET", f"/api/transfers/{large}", token=token).data["state"]
            stage.require(
                state != "executed", Text("asked, the bank says: not executed", "查询结果：银行未执行"), state
            )
            return attempt
    believed = f"the shop's belief: {LARGE} paid, by the answer about {answer.data['amount']}"
    return Attempt(answer.status, read=believed if answer.data["state"] == "executed" else None)


def _confirmed(stage: Stage, shop: Partner, user: HeadlessUser, token: str, amount: str) -> tuple[str, str]:
    """An order of the shop's, confirmed by the user at the bank: its id, and the token that executes it."""
    seller = Intention(stage.numbers(stage.payee)["I"], stage.payee.name, amount)
    account = shop.paying_account(token)
    order = shop.order_transfer(token, account, amount, seller.payee_account, seller.payee_name)
    transfer_id = str(order.data["transfer_id"])
    payment = shop.ask_for_payment(transfer_id)
    page = user.at_bank(payment.url, meant=seller)
    return transfer_id, shop.tokens(payment, page.location.query).access_token


class _Splice(httpx.BaseTransport):
    """Delivers the first execution and keeps the bank's answer; to the next it gives that answer, undelivered."""

    def __init__(self, onward: httpx.BaseTransport) -> None:
        self._onward = onward
        self._wanted = calls("POST", "/execute")
        self._kept: httpx.Response | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._wanted(request):
            return self._onward.handle_request(request)
        if self._kept is None:
            self._kept = self._onward.handle_request(request)
        return self._kept
