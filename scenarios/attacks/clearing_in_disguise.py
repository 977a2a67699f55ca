"""An application plays clearing house: it gathers money of several people on one account and pays others out of it."""

from __future__ import annotations

from scenarios.attacks.standing_debits import BETWEEN_CODES_S, Agreement, agreed
from scenarios.outcome import SERVED, outcome
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

IN, OUT, OUT_FEN, IN_ALL = "300.00", "297.00", 297_00, "900.00"
OTHER_BANKS = "6222020200112233445"


@scenario(
    "clearing-in-disguise",
    kind="attack",
    clauses=("9.1.1-4",),
    summary_en="Through one application three people pay into one account, and what they paid goes on from there to"
    " three others, less one percent.",
    summary_zh="三人经同一应用付款至同一账户，款项扣除百分之一后再由该账户转付另外三人。",
    defence=Defence("clearing", "ATK-BIZ-08", 403, "CLEARING_PROHIBITED", "money", alarm="PAYMENT_REFUSED"),
)
def clearing_in_disguise(stage: Stage) -> Attempt:
    """Everybody agreed to what leaves their account, and every limit is kept: only all six together are a pattern."""
    broker, hub = stage.partner("broker"), stage.user
    assert stage.bystander is not None
    ring = (stage.payee, stage.stranger, stage.bystander)
    gathering = [agreed(stage, broker, each, "I", hub, IN, IN_ALL) for each in ring]
    _legs_are_this_banks(stage)
    paying: list[Agreement] = []
    owner = stage.customer_of(broker, hub)
    for each in (*ring[1:], ring[0]):
        stage.advance(BETWEEN_CODES_S)
        paying.append(agreed(stage, broker, hub, "I", each, OUT, IN_ALL, user=owner))
    stage.attack_begins()
    met = [_passed_on(gathered, paid) for gathered, paid in zip(gathering, paying, strict=True)]
    entitled_fen = len(ring) * 300_00 + 2 * OUT_FEN
    if met[-1] == SERVED:
        return Attempt(201, entitled_fen=entitled_fen)
    third = Text("twice is chance, three times is not", "两次或属偶然，第三次即受阻")
    stage.require(met[:-1] == 2 * [SERVED], third, met)
    decision = stage.bank.decisions_of(hub.login_name)[-1]
    case = Text("a case is open for the bank's people", "已立案待核查")
    stage.require((decision["rules"], decision["kind"], decision["state"]) == ("CLEARING", "refused", "open"), case)
    return Attempt(403, met[-1], entitled_fen=entitled_fen)


def _passed_on(gathered: Agreement, paid: Agreement) -> str:
    gathered.take(IN, "in")
    return outcome(lambda: paid.take(OUT, "out"))


def _legs_are_this_banks(stage: Stage) -> None:
    """Both legs of a payment are accounts of this bank: no agreement can name a payee elsewhere."""
    broker = stage.partner("abroad")
    met = outcome(lambda: broker.ask_for_agreement(OTHER_BANKS, "王某", IN, IN_ALL))
    own = Text("a payee at another bank cannot be agreed upon", "他行收款人无法签约")
    stage.require(met == "PAYEE_MISMATCH", own, met)
