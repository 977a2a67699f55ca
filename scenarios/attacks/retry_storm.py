"""The bank's core stands still, and everybody who waits for it asks again: impatience as an attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.outcome import outcome
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.partner import Partner

_API, _LOOKS, _LOAD, _OUTAGE_S = "accounts.balances", 7, 20, 60


@scenario(
    "retry-storm",
    kind="attack",
    clauses=("10.1.2-2.1.1", "10.1.2-2.1.2", "10.1.2-2.2", "10.1.2-1.3.2"),
    summary_en="The core stands still for a minute while users press reload; the wallet's breaker opens, probes and"
    " closes, and the bank comes back to no storm.",
    summary_zh="核心系统停摆一分钟，用户不断刷新；钱包熔断、试探、恢复，银行恢复时不致被重试风暴压垮。",
    defence=Defence(
        "breaker", "ATK-AVA-03", 500, "INTERNAL_ERROR", "service", witness="wallet", alarm="FAULTS"
    ),
)  # fmt: skip
def retry_storm(stage: Stage) -> Attempt:
    """1. Every interface answers 500, also to another application's load. 2. The user reloads and reloads.
    3. The core is back: the wallet finds out by itself, and both sides have had their alarm.
    """
    user, load = stage.linked_user(), stage.partner("load")
    user.see_balances()
    mark = stage.bank.mark()
    stage.attack_begins()
    with stage.fault("server_error", parameters={"status": 500}):
        _ask(load)
        asked = [_looked(stage) for _ in range(_LOOKS)]
    if sum(asked[-3:]) > 0:
        return Attempt(200, read=f"a bank's rest: asked {asked} times in {_LOOKS} looks at a core that stands still")
    opened = Text("after some tries the bank is not asked at all", "数次失败后不再向银行发起调用")
    stage.require(sum(asked) > 0, opened, asked)
    ticket = Text("the wallet's operators have a ticket", "钱包运营人员收到工单")
    stage.require(("breaker_open", _API) in stage.wallet.tickets(), ticket, stage.wallet.tickets())
    unmoved = Text("nothing was posted meanwhile", "期间账务未变动")
    stage.require(stage.bank.postings_since(mark) == [], unmoved)
    stage.advance(_OUTAGE_S)
    shown = user.see_balances()
    again = Text("a minute later the wallet has probed, and shows the balances", "一分钟后钱包试探成功，恢复显示余额")
    stage.require(len(shown) == len(stage.numbers(stage.user)), again, shown)
    return Attempt(500, "INTERNAL_ERROR")


def _looked(stage: Stage) -> int:
    """The user reloads the page; how often the bank was asked for the balances by it."""
    mark = stage.bank.mark()
    stage.wallet_user().browser.open(f"{stage.world.addresses.wallet}/accounts")
    return sum(each["api_id"] == _API for each in stage.bank.records_since(mark))


def _ask(load: Partner) -> None:
    """As many calls as the bank's watch needs to speak of a share that fails."""
    for _ in range(_LOAD):
        outcome(lambda: load.client.call("rates.list", "GET", "/api/rates", with_secret=True))
