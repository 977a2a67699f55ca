"""What an application checks when a user comes back from the bank: one table (RFC 6749 section 10.12, RFC 9207).

Anybody can send a browser to the callback, with any parameters. The way back counts only in the session that it began
in, and only from the bank that the user was sent to. Keeping states and sessions is the application's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import ISS_MISMATCH, STATE_MISMATCH


@dataclass(frozen=True, slots=True)
class ReturnCase:
    """One return. ``iss``: who says to have sent the user back; ``issuer``: whom the user was sent to.

    ``began_here``: the state that came with it was given out in the very session that it has come back to.
    """

    iss: str | None = None
    issuer: str | None = None
    began_here: bool = False


def _began_in_this_session(case: ReturnCase) -> None:
    if not case.began_here:
        raise STATE_MISMATCH.problem()


def _comes_from_the_issuer(case: ReturnCase) -> None:
    if case.iss is None or case.iss != case.issuer:
        raise ISS_MISMATCH.problem()


RETURN_CHECKS: CheckTable[ReturnCase] = CheckTable(
    [
        row("return_state", _began_in_this_session, "session", "9.3.1-1.1 10.2.2-1"),
        row("return_issuer", _comes_from_the_issuer, "code", "9.3.1-1.1 10.2.2-1"),
    ]
)

CHECK_NAMES = frozenset(each.name for each in RETURN_CHECKS.rows)


def require_own_state(began_here: bool, weakened: frozenset[str] = frozenset()) -> None:
    """STATE_MISMATCH unless the way back began in the session that it ends in. Asked first of all."""
    RETURN_CHECKS.run(ReturnCase(began_here=began_here), "session", weakened)


def require_return(parameters: Mapping[str, str], issuer: str, weakened: frozenset[str] = frozenset()) -> None:
    """ISS_MISMATCH unless the parameters name the issuer that the user was sent to; asked before any is believed."""
    RETURN_CHECKS.run(ReturnCase(parameters.get("iss"), issuer), "code", weakened)
