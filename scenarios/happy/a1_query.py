"""Public information: no user, no token; App_Secret authenticates both sides by HMAC."""

from __future__ import annotations

from bank_sim.audit import UNKNOWN
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text


@scenario(
    "a1-query",
    kind="happy",
    suites=("gm", "intl"),
    clauses=("7.2.1-a-1", "9.2.1-b-1", "9.2.2-1.1", "7.2.2-1", "7.3.3-2.1"),
    summary_en="The wallet asks for products and rates: level A1, authenticated by App_Secret in both directions.",
    summary_zh="钱包查询产品与利率：A1级接口，双向以App_Secret校验。",
)
def a1_query(stage: Stage) -> None:
    """1. Open the wallet's page of products. 2. Look at the messages. 3. Look at the access records."""
    user = stage.wallet_user()
    first, mark = len(stage.readings()), stage.bank.mark()
    page = user.browser.open(f"{stage.world.addresses.wallet}/products")
    stage.require(page.status == 200, Text("the wallet shows the bank's products", "钱包展示银行产品"), page.status)

    # Looking for the bank's newest keys is no call of an interface, and may be due at any time.
    read = [each for each in stage.readings()[first:] if each.api_id is not None]
    asked = Text("two A1 interfaces are asked: products and rates", "调用了两个A1级接口：产品与利率")
    stage.require([each.api_id for each in read] == ["products.list", "rates.list"], asked)
    signatures = [half.signature for each in read for half in (each.request, each.answer)]
    stage.require(
        all(each is not None and each.keyid.endswith(".secret") for each in signatures),
        Text("requests and answers carry an HMAC with App_Secret", "请求与应答均带App_Secret的HMAC"),
    )
    stage.require(
        all(each is not None and "authorization" not in each.covered for each in signatures),
        Text("no user's token is involved", "不涉及用户令牌"),
    )
    records = [each for each in stage.bank.records_since(mark) if each["level"] != UNKNOWN]
    stage.require(
        [(each["level"], each["result"]) for each in records] == [("A1", "success")] * 2
        and all(each[fact] for each in records for fact in ("serial", "app_id", "api_id", "elapsed_us", "at_ms")),
        Text(
            "each call has its record: serial, App_ID, API_ID, time taken, time, result",
            "每次调用均有记录：流水号、应用标识、接口标识、耗时、时间戳、结果",
        ),
    )
