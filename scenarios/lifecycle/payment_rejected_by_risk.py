"""A payment split to stay below every line is noticed; its payee is listed, and from then on nobody pays there."""

from __future__ import annotations

from scenarios.lifecycle.payment_held_and_released import proposal_on
from scenarios.registry import scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Stage
from scenarios.texts import Text

PART, SMALL, SMALL_FEN = "9000.00", "1.00", 1_00
BETWEEN_CODES_S, HOUR_S = 61, 3_600
LATE_HOUR = 22


@scenario(
    "payment-rejected-by-risk",
    kind="lifecycle",
    clauses=("10.2.3-1", "10.2.3-2", "10.2.3-3.1", "10.2.3-4", "10.2.2-3.2"),
    summary_en="The third payment just below the line on one day is held, refused and reported; its payee is listed,"
    " and the next payment there is rejected.",
    summary_zh="同日第三笔略低于标准的付款被暂缓、不予办理并报告可疑；收款账户列为涉案账户，此后付款一律拒绝。",
)
def payment_rejected_by_risk(stage: Stage) -> None:
    """1. Two parts pass, the third is held. 2. Refused, reported, the payee listed. 3. The next payment is rejected,
    with decision, case, record and message. 4. Two people remove the payee; payments pass again.
    """
    if _hour_in_beijing(stage) >= LATE_HOUR:
        stage.advance(4 * HOUR_S)
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]

    def pay(amount: str) -> str:
        stage.advance(BETWEEN_CODES_S)
        return user.pay(mine[-4:], theirs, stage.payee.name, amount).state

    states = [pay(PART) for _ in range(3)]
    split = Text("two parts pass, the third of one day is held", "前两笔通过，同日第三笔被暂缓")
    stage.require(states == ["executed", "executed", "held"], split, states)
    decision = stage.bank.decisions_of(stage.user.login_name)[-1]
    stage.require(decision["rules"] == "STRUCTURING", Text("as structuring", "命中拆分交易规则"), decision)

    operator = at_work(stage, "operator")
    case = str(decision["case_id"])
    operator.act("take_risk_case", case, "drill: three parts of one sum")
    operator.act("refuse_payment", case, "drill: the customer was told to split it")
    refused = user.phone.wait_for_message("未予办理", "did not carry out")
    stage.require(
        "9,000.00" in refused, Text("the payer is told that nothing left", "付款人收到未予办理短信"), refused[:60]
    )
    operator.act("report_suspicion", case, "drill: the payee collects from many")

    mark = stage.bank.mark()
    rejected = Text("the next payment there is rejected, however small", "再向该账户付款，金额再小也被拒绝")
    stage.require(pay(SMALL) == "rejected", rejected)
    codes = {(each["status"], each["code"]) for each in stage.bank.records_since(mark) if each["code"]}
    stage.require(
        (403, "RISK_REJECTED") in codes, Text("refused with 403 RISK_REJECTED", "返回403 RISK_REJECTED"), codes
    )
    stage.require(stage.bank.postings_since(mark) == [], Text("no money moved", "资金未变动"))
    decision = stage.bank.decisions_of(stage.user.login_name)[-1]
    recorded = Text("decision and case are on record", "判定与案件均已留痕")
    stage.require((decision["verdict"], decision["kind"]) == ("reject", "refused"), recorded, decision)
    secret = Text("the application does not learn which rule struck", "应用方不会得知命中的规则")
    answers = b"".join(each.answer.content for each in stage.wire.record.messages[stage.first_message :])
    stage.require(b"LISTED" not in answers and b"STRUCTURING" not in answers, secret)

    links = [link.href for link in operator.see("/risk").document.links]
    listing = next(each for each in links if each.startswith("/act/propose_delisting/")).rpartition("/")[2]
    operator.act("propose_delisting", listing, "drill: it was a misunderstanding")
    reviewer = at_work(stage, "reviewer")
    reviewer.act("approve_proposal", proposal_on(reviewer), "drill: read the file")
    mark = stage.bank.mark()
    stage.require(
        pay(SMALL) == "executed", Text("removed by two people, it may be paid again", "两人复核移出后恢复付款")
    )
    stage.require_posted_once(mark, mine, theirs, SMALL_FEN)


def _hour_in_beijing(stage: Stage) -> int:
    """Parts of one day are of one day only before midnight."""
    return (int(stage.world.control.clock()["now_ms"]) // 3_600_000 + 8) % 24
