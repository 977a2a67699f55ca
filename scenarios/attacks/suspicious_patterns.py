"""Payments that are harmless one by one: split below the lines, passed on by a straw man, paid to a listed account."""

from __future__ import annotations

from scenarios.attacks.standing_debits import BETWEEN_CODES_S, agreed
from scenarios.outcome import outcome
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import at_work
from scenarios.stage import HELD, Attempt, Stage
from scenarios.texts import Text

PART, PART_FEN, IN_ALL = "9000.00", 9_000_00, "30000.00"
LOOT, LOOT_FEN, PASSED_ON = "4000.00", 4_000_00, "10000.01"
HOUR_S, LATE_HOUR = 3_600, 22


@scenario(
    "payments-structured",
    kind="attack",
    clauses=("10.2.3-2", "10.2.3-3.1"),
    summary_en="27,000.00 are split into three payments, each below the line for a stronger factor, to two payees and"
    " through two applications.",
    summary_zh="27,000.00元被拆成三笔，每笔均低于加强验证标准，经两个应用付给两位收款人。",
    defence=Defence("risk_hold", "ATK-BIZ-03", 202, HELD, "money", alarm="PAYMENT_HELD"),
)
def payments_structured(stage: Stage) -> Attempt:
    """Each application and each payee sees a small sum; the bank counts the customer's day."""
    _begin_early(stage)
    one = agreed(stage, stage.partner("one"), stage.user, "I", stage.payee, PART, IN_ALL)
    stage.advance(BETWEEN_CODES_S)
    other = agreed(stage, stage.partner("other"), stage.user, "I", stage.stranger, PART, IN_ALL)
    stage.attack_begins()
    one.take(PART, "first part")
    other.take(PART, "second part")
    return _held_by(stage, "STRUCTURING", other.take(PART, "third part").data["state"], 2 * PART_FEN)


@scenario(
    "loot-passed-on",
    kind="attack",
    clauses=("10.2.3-1", "10.2.3-3.2", "10.2.3-4", "10.2.2-3.2"),
    summary_en="Three people are talked into paying a straw man, who passes the money on the same hour.",
    summary_zh="三人受骗付款给“过渡账户”，款项在同一小时内即被转走。",
    defence=Defence("risk_hold", "ATK-BIZ-06", 202, HELD, "money", alarm="PAYMENT_HELD"),
)
def loot_passed_on(stage: Stage) -> Attempt:
    """The straw man lends an account and gives every consent that is asked for; the payee was paid before."""
    mule, chief, trap = stage.user, stage.stranger, stage.partner("trap")
    assert stage.bystander is not None
    first = agreed(stage, stage.partner("away"), mule, "I", chief, "10000.00", IN_ALL)
    first.take("1.00", "trial")
    stage.advance(BETWEEN_CODES_S)
    onward = agreed(stage, stage.partner("onward"), mule, "I", chief, PASSED_ON, IN_ALL)
    victims = [agreed(stage, trap, each, "I", mule, LOOT, LOOT) for each in (stage.payee, stage.bystander, chief)]
    stage.attack_begins()
    for each in victims:
        each.take(LOOT, "bail")
    attempt = _held_by(stage, "MULE", onward.take(PASSED_ON, "gone").data["state"], 3 * LOOT_FEN)
    if attempt.code == HELD:
        told = stage.plays(mule).phone.wait_for_message("核实", "checking")
        stage.require("10,000.01" in told, Text("the account holder is told", "账户持有人收到短信"), told[:60])
    return attempt


@scenario(
    "payment-to-listed-account",
    kind="attack",
    clauses=("10.2.3-1", "10.2.3-3.2", "10.2.3-4"),
    summary_en="The bank has listed an account as involved in fraud; its holder's application debits a victim again.",
    summary_zh="银行已将某账户列为涉案账户；其持有人控制的应用再次向受害人扣款。",
    defence=Defence("risk_rejection", "ATK-BIZ-06", 403, "RISK_REJECTED", "money", alarm="PAYMENT_REFUSED"),
    # A listed account is removed by two people of the bank; the world is put back instead.
    ages=True,
)
def payment_to_listed_account(stage: Stage) -> Attempt:
    """The victim's word still stands, and the amount is small: what counts is where the money would go."""
    _begin_early(stage)
    trap = agreed(stage, stage.partner("trap"), stage.user, "I", stage.stranger, PART, IN_ALL)
    for number in range(3):
        trap.take(PART, f"part {number}")
    case, operator = str(stage.bank.decisions_of(stage.user.login_name)[-1]["case_id"]), at_work(stage, "operator")
    operator.act("take_risk_case", case, "drill: three parts of one sum")
    operator.act("refuse_payment", case, "drill: the customer was pressed")
    operator.act("report_suspicion", case, "drill: the payee collects from many")
    stage.attack_begins()
    met = outcome(lambda: trap.take("1.00", "just this"))
    return Attempt(403, met) if met == "RISK_REJECTED" else Attempt(201)


def _held_by(stage: Stage, rule: str, state: str, entitled_fen: int) -> Attempt:
    """Whether the last payment was held, and by this rule alone; what came before may move."""
    if state != "held":
        return Attempt(201, entitled_fen=entitled_fen)
    decision = stage.bank.decisions_of(stage.user.login_name)[-1]
    found = (decision["rules"], decision["kind"], decision["state"])
    case = Text("the pattern is named, and a case waits for the bank's people", "命中相应模式，已立案待核查")
    stage.require(found == (rule, "review", "open"), case, found)
    return Attempt(202, HELD, entitled_fen=entitled_fen)


def _begin_early(stage: Stage) -> None:
    """Parts of one day are of one day only before midnight in Beijing."""
    if (int(stage.world.control.clock()["now_ms"]) // 3_600_000 + 8) % 24 >= LATE_HOUR:
        stage.advance(4 * HOUR_S)
