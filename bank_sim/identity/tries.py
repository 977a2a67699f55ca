"""How often a user's proofs may be tried and codes be sent, and what a code is good for, row by row.

    login_tries    passwords tried for one login name, whoever tries them
    source_tries   passwords tried from one address, whosever they are
    code_interval  a minute between two codes, and code_day so many in a day: nobody's phone is flooded
    code_purpose   a code confirms what it was sent for, code_tries within a few tries, code_time within its minutes

The counting is ``attempts``'; a try is counted before it is judged here (JR/T 0185 7.2.1 b, 10.1.2).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row


@dataclass(frozen=True, slots=True)
class Try:
    """One claim on a number of tries. ``left`` after it, -1: it was one too many; ``rest_s`` until there are new."""

    left: int
    rest_s: int = 0


def tries_left(case: Try) -> None:
    if case.left < 0:
        raise problems.LOGIN_LOCKED.problem(retry_after_s=case.rest_s)


def sent_long_ago(case: Try) -> None:
    """``rest_s``: what is still missing of the pause after the last code."""
    if case.rest_s > 0:
        raise problems.OTP_TOO_FREQUENT.problem(retry_after_s=case.rest_s)


def sent_seldom(case: Try) -> None:
    if case.left < 0:
        raise problems.OTP_TOO_FREQUENT.problem(retry_after_s=case.rest_s)


TRIES: CheckTable[Try] = CheckTable(
    [
        row("source_tries", tries_left, "source", "7.2.1-b-1 9.3.1-1.1 10.1.2-1.2.1"),
        row("login_tries", tries_left, "login", "7.2.1-b-1 9.3.1-1.1 10.1.2-1.2.1"),
        row("code_interval", sent_long_ago, "interval", "7.2.1-b-2.2"),
        row("code_day", sent_seldom, "day", "7.2.1-b-2.2"),
    ]
)


@dataclass(frozen=True, slots=True)
class CodeCase:
    """A code that was sent, as it stands, and what it is wanted for now."""

    issued_for_sm3: bytes
    purpose_sm3: bytes
    tries_left: int
    expires_s: int
    now_s: float


def sent_for_this(case: CodeCase) -> None:
    if not hmac.compare_digest(case.issued_for_sm3, case.purpose_sm3):
        raise problems.CONFIRMATION_MISMATCH.problem()


def not_tried_too_often(case: CodeCase) -> None:
    if case.tries_left <= 0:
        raise problems.OTP_LOCKED.problem()


def has_time_left(case: CodeCase) -> None:
    if case.expires_s <= case.now_s:
        raise problems.OTP_EXPIRED.problem()


CODE_CHECKS: CheckTable[CodeCase] = CheckTable(
    [
        row("code_purpose", sent_for_this, "code", "7.2.1-b-2.2 10.2.2-2.2"),
        row("code_tries", not_tried_too_often, "code tried", "7.2.1-b-2.2"),
        row("code_time", has_time_left, "code", "7.2.1-b-2.2"),
    ]
)
