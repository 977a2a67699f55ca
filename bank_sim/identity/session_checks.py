"""What a session must stand up to each time it is used, and what becomes of it when its user logs in, row by row.

    session_idle       nobody used it for a while: its user may have left the computer
    session_absolute   it is old, however busy
    session_device     it turns up in another browser than the one that it was opened in
    session_rotation   at login its secret is changed, so that one planted before is worth nothing after

JR/T 0185 9.3.1. It must not read or write sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row

ELSEWHERE = "the session is in another browser"


@dataclass(slots=True)
class SessionCase:
    """A session as it stands, the limits that it is held to (seconds), and who brings it.

    ``device``      what the browser said of itself, hashed, when the session was opened
    ``shown``       what it says now
    ``rotated``     at login: whether the session gets a new secret
    """

    opened_s: int = 0
    seen_s: int = 0
    now_s: int = 0
    idle_s: int = 0
    absolute_s: int = 0
    device: bytes = b""
    shown: bytes = b""
    rotated: bool = False


def not_idle(case: SessionCase) -> None:
    if case.seen_s <= case.now_s - case.idle_s:
        raise problems.SESSION_EXPIRED.problem()


def not_too_old(case: SessionCase) -> None:
    if case.opened_s <= case.now_s - case.absolute_s:
        raise problems.SESSION_EXPIRED.problem()


def in_the_browser_that_opened_it(case: SessionCase) -> None:
    if case.shown != case.device:
        raise problems.SESSION_EXPIRED.problem(reason=ELSEWHERE)


def rotate(case: SessionCase) -> None:
    """Refuses nothing: the session gets a new secret."""
    case.rotated = True


_BROWSERS = "ebank account_information payment"

SESSION_CHECKS: CheckTable[SessionCase] = CheckTable(
    [
        row("session_idle", not_idle, f"{_BROWSERS} embedded", "9.3.1-3.1 9.3.1-3.2"),
        row("session_absolute", not_too_old, f"{_BROWSERS} embedded", "9.3.1-3.1"),
        # The secret of an embedded form is in the hands of an application, which shows it from its server.
        row("session_device", in_the_browser_that_opened_it, _BROWSERS, "9.3.1-3.1 9.3.1-3.2"),
        row("session_rotation", rotate, "login", "9.3.1-3.1"),
    ]
)
