"""The wire keeps a signed execution that the bank refused for lack of funds, and sends it again once there are some."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bank_sim.sdk.protocol.amounts import format_fen
from scenarios.happy.transfer import AMOUNT_FEN
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from scenarios.wire import Replay, calls

# The small electronic account: what stands on it is below any line from which risk would ask for more.
PAYS_FROM, TOP_UP = "III", "500.00"


@scenario(
    "transfer-replayed",
    kind="attack",
    clauses=("7.2.2-2.2", "7.3.2-1", "9.2.1-b-3.1"),
    summary_en="A transfer failed for lack of funds; the attacker replays its signed message when money has come in.",
    summary_zh="转账因余额不足失败；款项到账后攻击者重放当时已签名的报文。",
    defence=Defence("replay", "ATK-MSG-02", 409, "NONCE_REPLAYED", "money", alarm="REPLAYED_MESSAGES"),
)
def transfer_replayed(stage: Stage) -> Attempt:
    """Idempotency does not help here, since a refused order had no effect: only the nonce tells the second sending."""
    user, mine = stage.linked_user(), stage.numbers(stage.user)[PAYS_FROM]
    too_much = format_fen(stage.bank.balance_fen(mine) + AMOUNT_FEN)
    wire = Replay(stage.wire.record, calls("POST", "/execute"))
    with stage.wire.interfering(wire):
        failed = user.pay(mine[-4:], stage.numbers(stage.stranger)["I"], stage.stranger.name, too_much)
    lacking = Text("the transfer fails for lack of funds", "转账因余额不足失败")
    stage.require(failed.state == "rejected", lacking, failed.state)
    _top_up(stage, mine)
    stage.attack_begins()
    # Three at once, as from three machines: the first copy may be a client's slip, the third is an alarm.
    with ThreadPoolExecutor(3) as threads:
        answer, *_ = list(threads.map(lambda _: wire.again(), range(3)))
    if answer.is_error:
        _is_stale_later(stage, wire)
    return Attempt(answer.status_code, answer.json().get("code"))


def _is_stale_later(stage: Stage, wire: Replay) -> None:
    """Long before the bank forgets the nonce, the message is too old to be looked at."""
    stage.advance(301)
    later = wire.again()
    stale = Text("outside the window it is refused for its age", "超出时间窗后因过期被拒绝")
    found = (later.status_code, later.json().get("code"))
    stage.require(found == (401, "TIMESTAMP_EXPIRED"), stale, found)


def _top_up(stage: Stage, number: str) -> None:
    """A friend pays the user back."""
    friend, theirs = stage.plays(stage.payee), stage.numbers(stage.payee)["I"]
    friend.open_wallet(f"friend-of-{stage.user.person_id}")
    friend.link_bank()
    paid = friend.pay(theirs[-4:], number, stage.user.name, TOP_UP)
    stage.require(paid.state == "executed", Text(f"{TOP_UP} come in", f"{TOP_UP}元到账"), paid.state)
