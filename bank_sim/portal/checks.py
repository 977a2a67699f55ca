"""Who may do what at the portal, as a table: rows in order, columns the kinds of request they apply to.

    open        a page that anybody reads
    sign_in     an application's developer proves to have App_Secret
    register    anybody asks for a test application
    exit        somebody brings the statement of an application that has left
    developer   a page of somebody who signed in
    form        a form on such a page
    send        one that makes the portal call the gateway

What a call at the gateway may do is the gateway's to judge; a session here grants nothing there.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from flask import Request

from bank_sim.bank import Bank
from bank_sim.identity.attempts import Attempts
from bank_sim.portal.sessions import Session, Sessions
from bank_sim.registry.parties import Application, Credential
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.keypairs import MacKey
from bank_sim.sdk.protocol.problems import Problem

# Ours: what somebody can click in a minute, and a script that tries things out one by one.
SENDS_MAX = 120
REGISTRATIONS_MAX = 30
REGISTRATIONS_WINDOW_S = 3600
_CHALLENGE_BYTES = 16
_OWN = frozenset({"same-origin", "none"})


@dataclass(slots=True)
class Entrance:
    """A request at the portal's door, and what the rows find out about it.

    ``cookie``  the session's secret; ``token``: what a form of that session must bear
    ``given``   App_ID and App_Secret of a sign-in
    """

    bank: Bank
    sessions: Sessions
    request: Request
    source: str
    cookie: str | None
    token: str
    given: tuple[str, str] = ("", "")
    session: Session | None = None
    application: Application | None = None
    credential: Credential | None = None

    @property
    def attempts(self) -> Attempts:
        return Attempts(self.bank.clock)

    def subject(self) -> str:
        return f"portal:{self.given[0]}"

    def source_subject(self) -> str:
        return f"portal-source:{self.source}"


def form_is_from_here(entrance: Entrance) -> None:
    """A browser says where a form comes from, and it is from this portal. Programs say nothing: FORM_FORGED.

    ``Sec-Fetch-Site`` decides where it stands: under ``Referrer-Policy: no-referrer`` browsers say ``Origin: null``.
    """
    headers = entrance.request.headers
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    own = site in _OWN if site is not None else origin in (None, entrance.bank.config.portal_url)
    if not own:
        raise problems.FORM_FORGED.problem()


def session_is_open(entrance: Entrance) -> None:
    """SESSION_REQUIRED, SESSION_EXPIRED."""
    entrance.session = entrance.sessions.enter(entrance.cookie)


def session_is_of_the_secret(entrance: Entrance) -> None:
    """App_Secret is still the one that the session began with: SESSION_EXPIRED where it was revoked or renewed since.

    Else whoever had signed in with a stolen one would fetch themselves its successor. One whose time is over ends no
    session: whoever moves the clock to see that happen shall not lose their place.
    """
    session = entrance.session
    if session is None or session.secret_mark is None:
        return
    if secret_mark(entrance.bank, session.party.app_id) != session.secret_mark:
        entrance.sessions.end(entrance.cookie)
        raise problems.SESSION_EXPIRED.problem()


def form_bears_the_token(entrance: Entrance) -> None:
    """The form was made for this very session: FORM_FORGED."""
    if not hmac.compare_digest(entrance.request.form.get("csrf", "").encode(), entrance.token.encode()):
        raise problems.FORM_FORGED.problem()


def attempts_are_left(entrance: Entrance) -> None:
    """Counted before it is judged, for the application and for the source: LOGIN_LOCKED."""
    policy = entrance.bank.config.policy
    limits = ((entrance.source_subject(), policy.login_source_tries), (entrance.subject(), policy.login_tries))
    if rest_s := _claimed(entrance, limits, policy.login_lock_s):
        raise problems.LOGIN_LOCKED.problem(retry_after_s=rest_s)


def secret_is_right(entrance: Entrance) -> None:
    """One answer for an unknown App_ID, an application without App_Secret and a wrong one: APP_AUTH_FAILED."""
    key = entrance.credential.key if entrance.credential else None
    if not isinstance(key, MacKey) or not _same_secret(key, entrance.given[1]):
        raise problems.APP_AUTH_FAILED.problem("App_ID and App_Secret do not go together.")


def secret_is_valid(entrance: Entrance) -> None:
    """KEY_REVOKED, KEY_NOT_YET_VALID, KEY_EXPIRED."""
    if entrance.credential is not None:
        entrance.credential.require_valid(entrance.bank.clock.now_ms())


def pace_is_kept(entrance: Entrance) -> None:
    """The portal calls the gateway from one address, whose failures are counted there: RATE_LIMITED.

    So its developers together stay below what would shut the gateway's door on that address, and each below a share.
    """
    policy = entrance.bank.config.policy
    all_max = policy.source_failures_max // 2
    limits = ((f"portal-pace:{entrance.source}", min(SENDS_MAX, all_max)), ("portal-pace", all_max))
    if refusal := _claimed(entrance, limits, policy.source_failures_window_s):
        raise problems.RATE_LIMITED.problem(retry_after_s=refusal)


def registrations_are_left(entrance: Entrance) -> None:
    """So many test applications from one source in an hour: RATE_LIMITED."""
    limits = ((f"portal-register:{entrance.source}", REGISTRATIONS_MAX),)
    if rest_s := _claimed(entrance, limits, REGISTRATIONS_WINDOW_S):
        raise problems.RATE_LIMITED.problem(retry_after_s=rest_s)


PORTAL: CheckTable[Entrance] = CheckTable(
    [
        row("portal_form_origin", form_is_from_here, "sign_in register exit form send"),
        row("portal_session", session_is_open, "developer form send"),
        row("portal_session_secret", session_is_of_the_secret, "developer form send", "7.3.4-3.2 9.2.1-a-2.2"),
        row("portal_form_token", form_bears_the_token, "form send"),
        row("portal_attempts", attempts_are_left, "sign_in", "9.2.1-b-4.2"),
        row("portal_secret", secret_is_right, "sign_in", "7.2.1-a-1 9.2.1-a-2.2"),
        row("portal_key_state", secret_is_valid, "sign_in", "7.3.4-3.1"),
        row("portal_pace", pace_is_kept, "send", "9.2.1-b-4.2"),
        row("portal_registrations", registrations_are_left, "register exit", "9.2.1-b-4.2"),
    ]
)

DEFENCES = frozenset(each.name for each in PORTAL.rows) - {"portal_session"}
"""The rows that a training run may leave out; without a session there would be nobody to show anything of."""


def secret_mark(bank: Bank, app_id: str) -> bytes | None:
    """What a session remembers of the App_Secret that it began with: tells it from every other, and does not give it
    away. None where there is none, or it is revoked."""
    credential = bank.registry.credential(f"{app_id}.secret")
    if credential is None or credential.status == "revoked" or not isinstance(credential.key, MacKey):
        return None
    return credential.key.mac(b"portal session")


def forgive(entrance: Entrance) -> None:
    """The sign-in was right: forget the application's failures, and take back the source's one attempt."""
    with entrance.bank.store.write() as db:
        entrance.attempts.forgive(db, entrance.subject())
        entrance.attempts.return_one(db, entrance.source_subject())


def _claimed(entrance: Entrance, limits: tuple[tuple[str, int], ...], window_s: int) -> int:
    """Count one attempt for each subject. 0, or the seconds to wait where one of them has none left."""
    with entrance.bank.store.write() as db:
        for subject, limit in limits:
            if entrance.attempts.claim(db, subject, limit, window_s) < 0:
                return max(1, entrance.attempts.rest_s(db, subject))
    return 0


def _same_secret(key: MacKey, given: str) -> bool:
    """Whether the given text is the secret, without the bank's copy of it ever leaving its key."""
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    try:
        return key.verify(MacKey(key.suite, given.encode()).mac(challenge), challenge)
    except Problem:
        return False
