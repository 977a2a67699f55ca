"""A large first payment: the bank asks for more than a code, then looks at it before the money leaves."""

from __future__ import annotations

from scenarios.registry import scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Stage
from scenarios.texts import Text
from user_sim.driver import Payment
from user_sim.second_factors import bind_phone

AMOUNT, AMOUNT_FEN = "20000.00", 20_000_00


@scenario(
    "payment-held-and-released",
    kind="lifecycle",
    clauses=("10.2.3-1", "10.2.3-3.1", "10.2.3-3.2", "10.2.3-4", "10.2.2-3.2", "10.2.2-2.2"),
    summary_en="A large first payment takes the key on the phone, is held, and is carried out once two people of the"
    " bank agree.",
    summary_zh="首次大额付款须用手机密钥确认，随后暂缓核查，经银行两人复核后放行。",
)
def payment_held_and_released(stage: Stage) -> None:
    """1. Pay: the phone's key is asked for. 2. Held: nothing moves, everybody knows. 3. Wrong orders at the console.
    4. Two people release it: posted once, payer and application are told.
    """
    user = stage.wallet_user()
    bind_phone(user)
    user.link_bank()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    before, mark = stage.bank.balance_fen(mine), stage.bank.mark()
    payment = user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "car")
    _require_held(stage, payment)
    decision = stage.bank.decisions_of(stage.user.login_name)[-1]
    why = Text("the decision names the rules that struck", "风险判定载明命中的规则")
    stage.require({"NEW_PAYEE_LARGE", "NEW_PAYEE"} <= set(decision["rules"].split()), why, decision)
    unmoved = Text("the money has not left", "款项尚未付出")
    stage.require((stage.bank.postings_since(mark), stage.bank.balance_fen(mine)) == ([], before), unmoved)
    waiting = user.phone.wait_for_message("核实", "checking")
    told = Text("the payer is told that the bank is checking it", "付款人收到核实中的短信")
    stage.require("20,000.00" in waiting, told, waiting[:60])

    case = str(decision["case_id"])
    operator, reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")
    _wrong_orders(stage, operator, reviewer, case)
    operator.act("propose_payment_release", case, "drill: called back, it is for a car")
    stage.require(stage.bank.postings_since(mark) == [], Text("one person alone moves nothing", "一人不能放行"))
    reviewer.act("approve_proposal", proposal_on(reviewer), "drill: listened to the call")
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    debited = user.phone.wait_for_message("付款20,000.00", "CNY 20,000.00 was paid")
    stage.require(theirs[-4:] in debited, Text("the payer is told of the debit", "付款人收到扣款短信"), debited[:60])
    heard = Text("the wallet is told by an event", "钱包收到事件通知")
    stage.eventually(lambda: ("transfer.executed", decision["transfer_id"]) in stage.wallet.events(), heard)
    page = user.browser.open(f"{stage.world.addresses.wallet}{payment.page.location.path}")
    executed = Text("the wallet shows it as executed", "钱包显示：已执行")
    stage.require("已执行" in page.text or "Executed" in page.text, executed, page.text[:80])


def proposal_on(desk: StaffDesk) -> str:
    """The newest open proposal, as the page of proposals links it for those who may decide."""
    links = [link.href for link in desk.see("/proposals").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]


def _require_held(stage: Stage, payment: Payment) -> None:
    stage.require(payment.state == "held", Text("the wallet says: held", "钱包显示：银行核实中"), payment.state)
    execution = [each for each in stage.readings() if each.api_id == "transfers.execute"][-1]
    accepted = Text("the bank answers 202 Accepted", "银行应答202")
    stage.require(execution.status == 202, accepted, execution.status)


def _wrong_orders(stage: Stage, operator: StaffDesk, reviewer: StaffDesk, case: str) -> None:
    page = operator.act("propose_payment_release", case, "drill: nobody has taken it")
    taken = Text("nobody releases what nobody has looked into", "无人受理的案件不能放行")
    stage.require("ILLEGAL_TRANSITION" in page.text, taken, page.text[:80])
    operator.act("take_risk_case", case, "drill: I call the customer")
    page = operator.act("close_risk_case", case, "drill: as if it were over")
    closed = Text("a held payment is not simply closed", "暂缓付款不能直接结案")
    stage.require("ILLEGAL_TRANSITION" in page.text, closed, page.text[:80])
    page = reviewer.act("refuse_payment", case, "drill: not mine to refuse")
    role = Text("who reviews does not act", "复核人员不能直接处置")
    stage.require("STAFF_ROLE_REQUIRED" in page.text, role, page.text[:80])
