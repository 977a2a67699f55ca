"""The bank cannot serve for a while: an honest, signed 503, on which nothing was done."""

from __future__ import annotations

from scenarios.happy.transfer import AMOUNT, AMOUNT_FEN, EXECUTED
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text


@scenario(
    "bank-busy",
    kind="fault",
    clauses=("10.1.2-1.3.2", "9.3.3-1.2"),
    summary_en="The bank answers a payment with 503; nothing was done, and the same order goes through later, once.",
    summary_zh="银行以503拒绝付款，业务未执行；稍后同一指令成功，且只发生一次。",
)
def bank_busy(stage: Stage) -> None:
    """1. The execution meets 503. 2. Nothing was posted, and the order stands. 3. The user completes it, once."""
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    mark = stage.bank.mark()
    with stage.fault("server_error", api_id="transfers.execute", parameters={"status": 503}):
        payment = user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "dinner")
    open_still = Text("the wallet keeps the confirmed order, not executed", "钱包保留已确认的指令，显示尚未执行")
    stage.require(payment.state in ("authorised", "unknown"), open_still, payment.state)
    unchanged = Text("the books are unchanged", "账务未变")
    stage.require(stage.bank.postings_since(mark) == [], unchanged)
    shown = complete(stage, payment.page.location.url)
    done = Text("the same order goes through", "同一指令执行成功")
    stage.require(not EXECUTED.isdisjoint(shown), done, shown[:8])
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)


def complete(stage: Stage, payment_url: str) -> list[str]:
    """The user looks at the payment again and presses its button; the lines of the page after that."""
    # A wallet that was refused rests for a while.
    stage.advance(60)
    browser = stage.wallet_user().browser
    page = browser.open(payment_url)
    form = next((each for each in page.document.forms if each.action.endswith("/execute")), None)
    return (browser.submit(form, {}) if form is not None else page).document.lines
