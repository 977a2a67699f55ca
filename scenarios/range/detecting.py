"""Whether a challenge is solved, read off the world's own books, log and journals.

A proof is what the missing defence would have prevented, so any way round it counts, and no other does: in a whole
world none of this can come about. What a player types is looked at only where the prize is data, and then it must be
the value that stands in the bank's books, read by a call that stands in its log.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bank_sim.sdk.protocol.amounts import format_fen
from scenarios.observe import Bank, Mark, Posting, Wallet
from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.home import Home
    from scenarios.stage import Stage

MONTHLY_FEN = 3000
AGREED_CALLS = 10
SHOWN_FEN = 990
# Up to here a code suffices: bank_sim.risk's rule on first payments.
STEP_UP_ABOVE_FEN = 1_000_000
_MINUTE_MS = 60_000
# A masked number counts by its end.
_DIGITS = re.compile(r"\d+(?![\d*])")
_AMOUNT = re.compile(r"\d+\.\d\d\b")


@dataclass(frozen=True, slots=True)
class Case:
    """What is looked at: a world from the moment at which the attacker was let loose.

    ``row`` the defence that is out of force; ``victim`` and ``attacker`` are login names.
    """

    home: Home
    row: str
    mark: Mark
    victim: str
    attacker: str

    @classmethod
    def of(cls, stage: Stage, row: str, mark: Mark) -> Case:
        return cls(stage.world.home, row, mark, stage.user.login_name, stage.stranger.login_name)

    @property
    def bank(self) -> Bank:
        return Bank(self.home)

    def served(self, *api_ids: str) -> list[dict[str, Any]]:
        """What was answered since then while the defence was out, of these interfaces; of all for none."""
        return [
            each
            for each in self.bank.records_since(self.mark)
            if each["result"] == "success"
            and self.row in each["weakened"].split()
            and (not api_ids or each["api_id"] in api_ids)
        ]

    def refused(self, newest: int) -> list[dict[str, Any]]:
        """The newest refusals since then, the last one first."""
        failed = [each for each in self.bank.records_since(self.mark) if each["result"] == "failure"]
        return failed[: -newest - 1 : -1]


@dataclass(frozen=True, slots=True)
class Finding:
    """What an observer says of a case: whether it is solved, and why (not)."""

    solved: bool
    why: Text


@dataclass(frozen=True, slots=True)
class Proof:
    """``typed``: what the player has to type in, said to them; None where the world alone says it."""

    look: Callable[[Case, str], Finding]
    typed: Text | None = None


NOT_YET = Finding(
    False, Text("Nothing has come of it yet, as the books and the log have it.", "账务和日志中尚未出现攻击结果。")
)
UNREAD = Finding(
    False,
    Text(
        "No answered call in the log since the scene was set could have told you this. Read it from the bank.",
        "场景就绪以来，日志中没有能让您读到该数据的成功调用。请从银行读取。",
    ),
)


def judge(proof: str, case: Case, typed: str = "") -> Finding:
    """Look at a case. ``typed``: what the player typed in, where this proof asks for something."""
    return PROOFS[proof].look(case, typed)


def _balance(case: Case, typed: str) -> Finding:
    if not case.served("accounts.balance"):
        return UNREAD
    amounts = _AMOUNT.findall(typed.replace(",", ""))
    if len(amounts) != 1:
        return Finding(False, Text("One amount, please, with its two decimals.", "请填写一个金额，保留两位小数。"))
    asked = amounts[0]
    if asked in _balances(case, case.victim):
        return Finding(True, Text("That is what the bank's books say.", "与银行账务一致。"))
    if asked in _balances(case, case.attacker):
        return Finding(False, Text("That is the balance of your own account.", "这是您自己账户的余额。"))
    return Finding(False, Text("No account of the victim has this balance.", "受害者没有余额为此的账户。"))


def _balances(case: Case, login_name: str) -> set[str]:
    return {format_fen(case.bank.balance_fen(each)) for each in case.bank.account_numbers(login_name).values()}


def _account_endings(case: Case, typed: str) -> Finding:
    if not case.served("accounts.list"):
        return UNREAD
    asked = {each[-4:] for each in _DIGITS.findall(typed)}
    endings = {each[-4:] for each in case.bank.account_numbers(case.victim).values()}
    if asked == endings:
        return Finding(True, Text("These are the victim's accounts.", "正是受害者的账户。"))
    if asked & endings:
        return Finding(
            False, Text("Some are right, not all: three accounts are wanted.", "部分正确；需要全部三个账户。")
        )
    return Finding(False, Text("No account of the victim ends so.", "受害者没有此尾号的账户。"))


def _beyond_agreement(case: Case, _: str) -> Finding:
    """More has left the victim's accounts than they agreed to a month, whoever got it."""
    moved = sum(each.amount_fen for each in _debits(case))
    if moved > MONTHLY_FEN and case.served():
        return _got(moved)
    return (
        Finding(False, Text("That much the victim has agreed to.", "该金额在受害者约定范围之内。"))
        if moved
        else NOT_YET
    )


def _to_attacker(over_fen: int) -> Callable[[Case, str], Finding]:
    """One payment of the victim's to the attacker, above what a whole bank may let through to them."""

    def look(case: Case, _: str) -> Finding:
        own = set(case.bank.account_numbers(case.attacker).values())
        debits = _debits(case)
        most = max((each.amount_fen for each in debits if each.creditor_number in own), default=0)
        if most > over_fen and case.served():
            return _got(most)
        if most:
            return Finding(False, Text("That payment a whole bank carries out too.", "这笔付款，完整的银行也会执行。"))
        if debits:
            return Finding(False, Text("The victim has paid, but not you.", "受害者付了款，但收款人不是您。"))
        if case.bank.postings_since(case.mark):
            return Finding(False, Text("Money moved, but none of the victim's.", "有资金变动，但不是受害者的。"))
        return NOT_YET

    return look


def _debits(case: Case) -> list[Posting]:
    mine = set(case.bank.account_numbers(case.victim).values())
    return [each for each in case.bank.postings_since(case.mark) if each.debtor_number in mine]


def _got(fen: int) -> Finding:
    return Finding(True, Text(f"{format_fen(fen)} CNY left the victim.", f"受害者被转走{format_fen(fen)}元。"))


def _cut_off(case: Case, _: str) -> Finding:
    """The wallet takes a consent for revoked that the bank knows to be in force."""
    consent_id = case.bank.accounts_consent(case.victim)
    if Wallet(case.home).is_linked(consent_id):
        return NOT_YET
    if "consent.revoked" in case.bank.events_of(consent_id):
        told = Text("The wallet was told so by the bank itself.", "这确实是银行发出的通知。")
        return Finding(False, told)
    return Finding(True, Text("The wallet believes it; the bank never said so.", "钱包已采信，而银行从未发过该通知。"))


def _flooded(case: Case, _: str) -> Finding:
    """More answers in one minute than were agreed."""
    served = Counter((each["app_id"], each["at_ms"] // _MINUTE_MS) for each in case.served("rates.list"))
    most = max(served.values(), default=0)
    if most > AGREED_CALLS:
        return Finding(True, Text(f"{most} answers in one minute.", f"一分钟内得到{most}次应答。"))
    return Finding(
        False,
        Text(f"At most {most} answers in a minute so far.", f"目前每分钟最多{most}次应答。"),
    )


PROOFS: dict[str, Proof] = {
    "balance": Proof(
        _balance, Text("The balance of one of the victim's accounts, as 1234.56", "受害者任一账户的余额，如1234.56")
    ),
    "account_endings": Proof(
        _account_endings,
        Text("The last four digits of the victim's three accounts", "受害者三个账户的后四位"),
    ),
    "money": Proof(_to_attacker(0)),
    "money_beyond_agreement": Proof(_beyond_agreement),
    "money_beyond_small": Proof(_to_attacker(SHOWN_FEN)),
    "money_beyond_code": Proof(_to_attacker(STEP_UP_ABOVE_FEN)),
    "cut_off": Proof(_cut_off),
    "flooded": Proof(_flooded),
}
