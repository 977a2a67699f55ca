"""The bank answers a payment, and no answer can be trusted: forged, broken off, of another time, under an old key."""

from __future__ import annotations

from scenarios.happy.transfer import AMOUNT, AMOUNT_FEN, EXECUTED
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text

# Longer than the wallet rests from a bank whose answers are of no use.
_REST_S = 60


@scenario(
    "answers-untrustworthy",
    kind="fault",
    clauses=("9.3.3-1.1", "9.3.3-1.2", "7.2.2-2.3"),
    summary_en="Answers with a wrong signature, a broken body, a wrong time or an old key: the wallet believes none"
    " and asks until one holds.",
    summary_zh="应答签名错误、正文残缺、时间偏差或密钥过期：钱包一概不信，反复查询直至得到可信应答。",
)
def answers_untrustworthy(stage: Stage) -> None:
    """1. The payment is executed, its answer forged. 2. Three answers about it are no better. 3. The next one holds."""
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    mark = stage.bank.mark()
    with (
        stage.fault("wrong_signature", api_id="transfers.execute"),
        stage.fault("bad_json", api_id="transfers.get"),
    ):
        payment = user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "dinner")
    unknown = Text("the wallet says that it does not know", "钱包如实显示结果未知")
    stage.require(payment.state == "unknown", unknown, payment.state)
    for kind in ("clock_skew", "expired_key"):
        with stage.fault(kind, api_id="transfers.get"):
            shown = user.browser.open(payment.page.location.url)
        still = Text(f"it does not believe the next answer either: {kind}", f"下一个应答同样不予采信：{kind}")
        stage.require(EXECUTED.isdisjoint(shown.document.lines), still)
    stage.advance(_REST_S)
    shown = user.browser.open(payment.page.location.url)
    settled = Text("the first answer that holds says that the payment was executed", "首个可信应答表明付款已执行")
    stage.require(not EXECUTED.isdisjoint(shown.document.lines), settled)
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    met = set(stage.faults_met())
    recorded = Text("the bank's records name each fault", "银行的记录标明了每个故障")
    stage.require(met == {"wrong_signature", "bad_json", "clock_skew", "expired_key"}, recorded, met)
