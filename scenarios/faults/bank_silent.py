"""One interface of the bank falls silent: the wallet stops asking there, and asks again by itself."""

from __future__ import annotations

from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text

_API = "accounts.balances"
_LOOKS_MAX = 8
_REST_S = 60


@scenario(
    "bank-silent",
    kind="fault",
    clauses=("10.1.2-1.3.2", "9.3.4-4"),
    summary_en="The balances do not answer any more: after some tries the wallet spares bank and user, then probes.",
    summary_zh="余额查询不再应答：钱包尝试数次后熔断，不再等待；随后自动试探并恢复。",
)
def bank_silent(stage: Stage) -> None:
    """1. The balances hang. 2. The wallet stops asking, and its other pages work. 3. It probes, and all is well."""
    user = stage.linked_user()
    accounts = f"{stage.world.addresses.wallet}/accounts"
    with stage.fault("hang", api_id=_API, parameters={"ms": 20}):
        asked = [_looked(stage, accounts) for _ in range(_LOOKS_MAX)]
        stops = Text("after some tries the bank is not asked any more", "数次尝试后不再向银行发起该请求")
        stage.require(asked[0] > 0 and asked[-1] == 0, stops, asked)
        products = user.browser.open(f"{stage.world.addresses.wallet}/products")
        works = Text("what does not need the balances works as before", "不依赖余额的页面照常可用")
        stage.require(products.status == 200, works, products.status)
    stage.advance(_REST_S)
    shown = user.see_balances()
    again = Text("it asks again by itself, and shows the balances", "钱包自动恢复查询并显示余额")
    stage.require(len(shown) == len(stage.numbers(stage.user)), again, shown)


def _looked(stage: Stage, address: str) -> int:
    """The user looks at the page; how often the bank was asked for the balances by it."""
    mark = stage.bank.mark()
    stage.wallet_user().browser.open(address)
    return sum(each["api_id"] == _API for each in stage.bank.records_since(mark))
