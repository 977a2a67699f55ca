"""Who may go on with an application for admission, as a table: rows in order, columns the kinds of request.

    enquire   anybody begins a case            enter   somebody comes back with case number and access code
    look      a page of the case               act     a form on such a page

An applicant is nobody's developer yet: it has no App_ID. What a step of its case demands, the admission's table says.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

from bank_sim.identity.attempts import Attempts
from bank_sim.portal.checks import form_is_from_here
from bank_sim.portal.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.keypairs import PrivateKey

COOKIE = "__Host-applicant"
# Ours: an hour at one's papers, a working day in all; more enquiries than a person writes in an hour are a script.
IDLE_S, ABSOLUTE_S = 3600, 8 * 3600
ENQUIRIES_MAX, ENQUIRIES_WINDOW_S = 30, 3600


@dataclass(slots=True)
class ApplicantSession:
    """Somebody at one case. ``signing`` and ``opening``: keys that the sandbox, never a bank, made for them."""

    case_id: str
    opened_s: float
    seen_s: float
    signing: PrivateKey | None = None
    opening: PrivateKey | None = None


@dataclass(slots=True)
class Knock:
    """A request of an applicant. ``given``: case number and access code; ``session``: found by the table."""

    visit: Visit
    given: tuple[str, str] = ("", "")
    session: ApplicantSession | None = None

    @property
    def secret(self) -> str | None:
        return self.visit.request.cookies.get(COOKIE)

    def claimed(self, subject: str, limit: int, window_s: int) -> int:
        """Count one attempt; the seconds to wait where none is left, else 0."""
        bank = self.visit.premises.bank
        with bank.store.write() as db:
            attempts = Attempts(bank.clock)
            if attempts.claim(db, subject, limit, window_s) < 0:
                return max(1, attempts.rest_s(db, subject))
        return 0


def form_origin(knock: Knock) -> None:
    """FORM_FORGED."""
    form_is_from_here(knock.visit.entrance())


def enquiries_are_left(knock: Knock) -> None:
    """So many enquiries from one source in an hour: RATE_LIMITED."""
    if rest_s := knock.claimed(f"admission-enquiry:{knock.visit.source}", ENQUIRIES_MAX, ENQUIRIES_WINDOW_S):
        raise problems.RATE_LIMITED.problem(retry_after_s=rest_s)


def tries_are_left(knock: Knock) -> None:
    """Counted before it is judged, for the source and for the case: LOGIN_LOCKED."""
    policy = knock.visit.premises.bank.config.policy
    limits = (
        (f"admission-source:{knock.visit.source}", policy.login_source_tries),
        (f"admission:{knock.given[0]}", policy.admission_tries),
    )
    for subject, limit in limits:
        if rest_s := knock.claimed(subject, limit, policy.login_lock_s):
            raise problems.LOGIN_LOCKED.problem(retry_after_s=rest_s)


def code_is_right(knock: Knock) -> None:
    """One answer for an unknown case and a wrong code: ADMISSION_CODE_WRONG."""
    if not knock.visit.premises.bank.admissions.dossiers.knows(*knock.given):
        raise problems.ADMISSION_CODE_WRONG.problem()


def session_is_open(knock: Knock) -> None:
    """SESSION_REQUIRED, SESSION_EXPIRED."""
    knock.session = knock.visit.premises.applicants.enter(knock.secret)


def form_bears_the_token(knock: Knock) -> None:
    """The form was made for this very session: FORM_FORGED."""
    if not hmac.compare_digest(knock.visit.form("csrf").encode(), form_token(knock.secret).encode()):
        raise problems.FORM_FORGED.problem()


APPLICANTS: CheckTable[Knock] = CheckTable(
    [
        row("applicant_form_origin", form_origin, "enquire enter act"),
        row("applicant_enquiries", enquiries_are_left, "enquire", "9.2.1-b-4.2"),
        row("applicant_tries", tries_are_left, "enter", "9.2.1-b-4.2"),
        row("applicant_code", code_is_right, "enter", "9.1.2-0"),
        row("applicant_session", session_is_open, "look act"),
        row("applicant_form_token", form_bears_the_token, "act"),
    ]
)

DEFENCES = frozenset(each.name for each in APPLICANTS.rows) - {"applicant_session"}
"""The rows that a training run may leave out; without a session there would be no case to show."""


def form_token(secret: str | None) -> str:
    """Changes with the session's secret, and cannot be computed without it."""
    return hmac.new((secret or "").encode(), b"applicant form", sha256).hexdigest()


def entered(visit: Visit, column: str) -> ApplicantSession:
    """The applicant's session; the first row that refuses is raised."""
    knock = Knock(visit)
    APPLICANTS.run(knock, column, visit.weakened)
    if knock.session is None:
        raise problems.SESSION_REQUIRED.problem()
    return knock.session
