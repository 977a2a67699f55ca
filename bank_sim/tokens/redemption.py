"""What a code or a refresh token must stand up to before it becomes tokens, row by row.

It was consumed before anything here is asked: one attempt, right or wrong. A refusal with one of the reasons below says
that somebody holds what is not theirs, and is worth an alarm to whoever raises them. It must not consume anything.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.tokens.model import AuthorizationCode

REUSED = "presented for a second time"
INJECTED = "the code of another session"


@dataclass(frozen=True, slots=True)
class Redemption:
    """A code or refresh token as it stands, and what was presented with it.

    ``uses``     how often it has been presented, this time included
    ``code``     what a code stands for; None for a refresh token
    """

    called: str
    uses: int
    revoked: bool
    expires_s: int
    now_s: int
    code: AuthorizationCode | None = None
    redirect_uri: str = ""
    code_verifier: str = ""


def presented_once(case: Redemption) -> None:
    """Who presents it again is the thief, or the one it was stolen from: nobody can tell (RFC 9700 section 4.14)."""
    if case.uses > 1:
        raise problems.OAUTH_INVALID_GRANT.problem(f"The {case.called} is unknown or was used.", reason=REUSED)


def stands(case: Redemption) -> None:
    if case.revoked:
        raise problems.OAUTH_INVALID_GRANT.problem(f"The {case.called} is revoked.")
    if case.expires_s <= case.now_s:
        raise problems.OAUTH_INVALID_GRANT.problem(f"The {case.called} has expired.")


def came_back_the_same_way(case: Redemption) -> None:
    if case.code is not None and case.code.redirect_uri != case.redirect_uri:
        raise problems.OAUTH_INVALID_GRANT.problem("redirect_uri is not the one of the request.")


def brought_by_who_asked(case: Redemption) -> None:
    """The verifier is the one whose digest was pushed (RFC 7636 section 4.6): a code put into another's session fails.

    A request that was pushed without a digest has nothing to compare. Whether one may be, ``pkce`` has said.
    """
    if case.code is None or not case.code.code_challenge:
        return
    if not hmac.compare_digest(_s256(case.code_verifier), case.code.code_challenge):
        raise problems.OAUTH_INVALID_GRANT.problem("Code challenge failed.", reason=INJECTED)


def _s256(code_verifier: str) -> str:
    return urlsafe_b64encode(sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()


REDEMPTIONS: CheckTable[Redemption] = CheckTable(
    [
        row("grant_once", presented_once, "code refresh", "9.2.1-b-3.1 9.2.1-b-4.1"),
        row("grant_standing", stands, "code refresh", "9.2.1-b-3.1 9.2.1-b-4.1"),
        row("code_redirect", came_back_the_same_way, "code", "9.3.1-1.1"),
        row("code_challenge", brought_by_who_asked, "code", "7.3.2-1 9.3.1-1.1"),
    ]
)

DEFENCES = frozenset(each.name for each in REDEMPTIONS.rows)
"""The rows that a training run may leave out."""
