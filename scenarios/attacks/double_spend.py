"""An application holds agreements of a user and spends the same balance many times at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bank_sim.sdk.protocol.amounts import format_fen
from scenarios.attacks.standing_debits import agreed
from scenarios.outcome import SERVED, outcome
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

AT_ONCE, PAYS_FROM, LEFT, LEFT_FEN, IN_ALL = 20, "II", "100.00", 100_00, "20000.00"


@scenario(
    "balance-spent-twenty-times",
    kind="attack",
    clauses=("10.2.2-2.1", "10.1.2-1.3.2", "7.2.2-1"),
    summary_en="Twenty debits of the whole balance arrive at once, each signed, with a nonce and a key of its own; one"
    " is carried out.",
    summary_zh="二十笔扣款同时到达，每笔都等于全部余额，签名、随机数和幂等键各不相同；只有一笔成功。",
    defence=Defence("covered_debit", "ATK-BIZ-01", 422, "INSUFFICIENT_FUNDS", "money"),
    # An overdrawn account would stand in the books for whoever looks at them next.
    ages=True,
)
def balance_spent_twenty_times(stage: Stage) -> Attempt:
    """The user agreed to what twenty debits would take; what is missing is only the money for all but one.

    ``tests/core/test_race.py`` has fifty, each on a connection of its own to the database.
    """
    shop, mine = stage.partner("shop"), stage.numbers(stage.user)[PAYS_FROM]
    spare = format_fen(stage.bank.balance_fen(mine) - LEFT_FEN)
    agreement = agreed(stage, shop, stage.user, PAYS_FROM, stage.payee, spare, IN_ALL)
    agreement.take(spare, "rent")
    left_fen = stage.bank.balance_fen(mine)
    stage.require(left_fen == LEFT_FEN, Text(f"{LEFT} stand on the account", f"账户余额为{LEFT}元"), left_fen)
    stage.attack_begins()
    start = Barrier(AT_ONCE)

    def debit(number: int) -> str:
        start.wait()
        return outcome(lambda: agreement.take(LEFT, f"ride {number}"))

    with ThreadPoolExecutor(AT_ONCE) as threads:
        met = Counter(threads.map(debit, range(AT_ONCE)))
    if met[SERVED] > 1:
        return Attempt(201, entitled_fen=LEFT_FEN)
    once = Text("of twenty debits at once exactly one is carried out", "二十笔并发扣款恰有一笔成功")
    stage.require(met == {SERVED: 1, "INSUFFICIENT_FUNDS": AT_ONCE - 1}, once, dict(met))
    left_fen = stage.bank.balance_fen(mine)
    stage.require(left_fen == 0, Text("the account stands at zero, not below", "账户余额为零，未透支"), left_fen)
    return Attempt(422, "INSUFFICIENT_FUNDS", entitled_fen=LEFT_FEN)
