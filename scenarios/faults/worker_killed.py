"""Every worker of the bank is killed at once, with a payment executed and its answer not yet sent."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx
import psutil

from scenarios.failures import BrokenSurroundings
from scenarios.happy.transfer import AMOUNT, AMOUNT_FEN, EXECUTED
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text
from scenarios.wire import Wanted, calls

if TYPE_CHECKING:
    from scenarios.world import World

BACK_S_MAX = 10.0
_LOOK_S = 0.05


class Kill(httpx.BaseTransport):
    """Delivers the wanted request, then kills the bank's workers; the answer dies with the connection. Once."""

    def __init__(self, onward: httpx.BaseTransport, wanted: Wanted, world: World) -> None:
        self._onward, self._wanted, self._world = onward, wanted, world
        self.killed = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._onward.handle_request(request)
        if self.killed or not self._wanted(request):
            return answer
        answer.close()
        self.killed = _kill_workers(self._world)
        _wait_until_back(self._world)
        raise httpx.ReadError("the bank went away", request=request)


def _kill_workers(world: World) -> int:
    """SIGKILL to every worker; their supervisor stays. How many there were."""
    (bank,) = [each for each in world.parties if each.party.name == "bank"]
    workers = psutil.Process(bank.pid).children()
    for each in workers:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(workers, timeout=BACK_S_MAX)
    return len(workers)


def _wait_until_back(world: World) -> None:
    """Until gateway and control listener answer again; whoever comes in between waits in the listener's queue."""
    deadline = time.monotonic() + BACK_S_MAX
    while True:
        try:
            world.control.health()
            return
        except BrokenSurroundings:
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_S)


@scenario(
    "worker-killed",
    kind="fault",
    clauses=("9.3.3-1.2", "9.3.3-5.2"),
    summary_en="All workers of the bank are killed in the middle of a payment; they come back, and it was made once.",
    summary_zh="付款途中银行的全部工作进程被强制终止；进程自动恢复，该笔付款只发生一次。",
)
def worker_killed(stage: Stage) -> None:
    """1. The workers die with the answer. 2. The user looks again. 3. The books hold the payment once, and add up."""
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    before, mark = stage.bank.balance_fen(mine), stage.bank.mark()
    stage.say(
        Text("The bank's workers will be killed in the middle of a payment", "付款途中银行的工作进程将被强制终止")
    )
    wire = Kill(stage.wire.record, calls("POST", "/execute"), stage.world)
    with stage.wire.interfering(wire):
        payment = user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "dinner")
    gone = Text(f"{wire.killed} workers were killed, and came back", f"{wire.killed}个工作进程被终止后恢复")
    stage.require(wire.killed > 0, gone)
    shown = user.browser.open(payment.page.location.url)
    settled = Text("the wallet found out that the payment was executed", "钱包查明付款已执行")
    stage.require(not EXECUTED.isdisjoint(shown.document.lines), settled, payment.state)
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    less = Text(f"the payer has {AMOUNT} less, once", f"付款人余额仅减少一次{AMOUNT}元")
    stage.require(stage.bank.balance_fen(mine) == before - AMOUNT_FEN, less)
