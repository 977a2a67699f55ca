"""An account of class II or III is used as if it were a full one: bigger amounts than its class may pay."""

from __future__ import annotations

from functools import partial

from scenarios.attacks.standing_debits import BETWEEN_CODES_S, agreed, filled
from scenarios.outcome import SERVED, outcome
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

IN_ALL, TOP_UP, HALF = "20000.00", "9000.00", "5000.00"
PART, PART_FEN, PASSING = "530.00", 530_00, 18
BEYOND_A_DAY = {"II": "10000.01", "III": "2000.01"}


@scenario(
    "account-class-bypassed",
    kind="attack",
    clauses=("10.2.3-2", "10.2.1-3.2"),
    summary_en="Whoever holds an account of class II fills it from their own class I account and pays 10,000.01 out of"
    " it at once; class III is tried with 2,000.01.",
    summary_zh="账户持有人从本人Ⅰ类户向Ⅱ类户充值后一次付出10,000.01元；Ⅲ类户则尝试付出2,000.01元。",
    defence=Defence("account_class", "ATK-BIZ-07", 422, "ACCOUNT_CLASS_LIMIT", "money"),
)
def account_class_bypassed(stage: Stage) -> Attempt:
    """The payer agrees to all of it, and so does the application: only the bank minds what class an account is of."""
    shop = stage.partner("shop")
    filled(stage, shop, TOP_UP)
    small = agreed(stage, shop, stage.user, "III", stage.payee, BEYOND_A_DAY["III"], IN_ALL)
    # A payee who was paid before is no reason to ask for a stronger factor.
    small.take("1.00", "coffee")
    stage.advance(BETWEEN_CODES_S)
    electronic = agreed(stage, shop, stage.user, "II", stage.payee, BEYOND_A_DAY["II"], IN_ALL)
    stage.attack_begins()
    met = [
        outcome(lambda: small.take(BEYOND_A_DAY["III"], "class III")),
        outcome(lambda: electronic.take(BEYOND_A_DAY["II"], "class II")),
    ]
    if SERVED in met:
        return Attempt(201)
    both = Text("neither class may pay more than its day allows", "两类账户均不得超过其单日限额付款")
    stage.require(set(met) == {"ACCOUNT_CLASS_LIMIT"}, both, met)
    return Attempt(422, "ACCOUNT_CLASS_LIMIT")


@scenario(
    "day-limit-split",
    kind="attack",
    clauses=("10.2.3-2", "10.2.1-3.2"),
    summary_en="10,600.00 leave a class II account in one day through two applications, to two payees, each part well"
    " below the limit of one payment.",
    summary_zh="同日经两个应用、向两位收款人，从Ⅱ类户拆分付出共10,600.00元，每笔均远低于单笔限额。",
    defence=Defence("daily_limits", "ATK-BIZ-03", 422, "DAILY_LIMIT_EXCEEDED", "money"),
)
def day_limit_split(stage: Stage) -> Attempt:
    """Neither application sees what the other takes; the bank counts for the customer's account, whoever asks."""
    one, other = stage.partner("one"), stage.partner("other")
    filled(stage, one, TOP_UP)
    first = agreed(stage, one, stage.user, "II", stage.payee, HALF, IN_ALL)
    stage.advance(BETWEEN_CODES_S)
    second = agreed(stage, other, stage.user, "II", stage.stranger, HALF, IN_ALL)
    split = [first, second] * 10
    stage.attack_begins()
    met = [outcome(partial(agreement.take, PART, f"part {number}")) for number, agreement in enumerate(split)]
    if met == [SERVED] * len(split):
        return Attempt(201, entitled_fen=PASSING * PART_FEN)
    counted = Text(f"{PASSING} parts pass, through whichever application", f"两个应用合计通过{PASSING}笔")
    stage.require(met.count(SERVED) == PASSING, counted, met)
    return Attempt(422, met[-1], entitled_fen=PASSING * PART_FEN)
