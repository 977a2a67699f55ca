"""The user proves who they are, at the bank and nowhere else (JR/T 0185 7.2.1 b): the acts behind the pages' forms.

Each act first asks the step table whether it is due, then takes one step and notes it. A refused try is committed
before it is raised, so that it stays counted. It must not know of HTTP, of applications or of the core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.identity import activations, approvals, attempts, credentials, factors, one_time_codes, sessions
from bank_sim.identity.attempts import Attempts
from bank_sim.identity.credentials import Credential, Credentials
from bank_sim.identity.devices import Devices
from bank_sim.identity.one_time_codes import OneTimeCodes
from bank_sim.identity.passwords import password_argon2, password_holds
from bank_sim.identity.second_factors import SecondFactors
from bank_sim.identity.sessions import Session, Sessions
from bank_sim.identity.steps import StepCase, require_reached
from bank_sim.identity.tries import TRIES, Try
from bank_sim.keys import Vault
from bank_sim.messages import Outbox
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = "".join(
    each.SCHEMA for each in (attempts, credentials, one_time_codes, sessions, factors, activations, approvals)
)

LOCKED_TEXT = (
    "【沙箱银行】您的网银登录失败次数过多，已暂时锁定；若非本人操作，请联系我行。"
    " Sandbox Bank: too many failed logins, your login rests for a while. If this was not you, contact us."
)


class Identity:
    """``weakened`` is read at each act: the names of the steps that a weakened bank leaves out.

    ``origin`` is the address of the bank's pages, to which security keys are bound. ``second`` holds the factors beyond
    text messages, ``devices`` what phones ask and answer.
    """

    def __init__(
        self, store: Store, clock: Clock, policy: Policy, vault: Vault, outbox: Outbox,
        weakened: Callable[[], frozenset[str]] = frozenset, origin: str = "https://bank.localhost",
    ) -> None:  # fmt: skip
        self._store = store
        self._policy = policy
        self._outbox = outbox
        self._weakened = weakened
        self._attempts = Attempts(clock)
        self._credentials = Credentials(store, vault)
        self._codes = OneTimeCodes(clock, policy, self._attempts, vault, weakened)
        self.sessions = Sessions(clock, policy, weakened)
        self.second = SecondFactors(
            store, clock, policy, vault, self._attempts, self.sessions, self.notify, weakened, origin
        )
        self.devices = Devices(store, clock, policy, self._attempts, self.second, self.notify, weakened)

    def enrol(self, db: Database, customer_id: str, login_name: str, password: str, phone: str) -> None:
        """Give a customer a login, within the caller's write transaction."""
        self._credentials.add(db, customer_id, login_name, password_argon2(password), phone)

    def log_in(self, session: Session, login_name: str, password: str, source: str) -> str | None:
        """Step ``password``. Returns the session's new secret; None where it keeps its own, at a weakened bank.

        1. The try is counted, for the login and for the source: LOGIN_LOCKED when either has none left.
        2. The password is verified, at equal cost for unknown logins: LOGIN_FAILED, one answer for both.
        3. The session is bound to the customer under a new secret; only the login's counter is forgiven. What a phone
           said in this session before counts no more.
        """
        tries = (
            ("source", _source(source), self._policy.login_source_tries),
            ("login", _login(login_name), self._policy.login_tries),
        )
        known = self._with_password(tries, login_name, password)
        with self._store.write() as db:
            self._attempts.forgive(db, _login(login_name))
            self._attempts.return_one(db, _source(source))
            self.second.approvals.void(db, session.visit_id)
            return self.sessions.log_in(db, session, known.customer_id)

    def claim_relay(self, app_id: str, customer_id: str) -> None:
        """One password that an application is about to relay for this customer: LOGIN_LOCKED after a few wrong ones.

        Fewer than a login has, so that no application can use a customer's own tries up.
        """
        with self._store.write() as db:
            refusal = self._claim(db, ("login", _relay(app_id, customer_id), self._policy.relay_tries))[1]
        if refusal:
            raise refusal

    def confirm_password(self, session: Session, customer_id: str, password: str, app_id: str) -> None:
        """Step ``password`` of an embedded form, whose customer is known. A wrong one counts for the login as well."""
        login_name = self._credentials.login_of(customer_id) or ""
        tries = ("login", _login(login_name), self._policy.login_tries)
        known = self._with_password((tries,), login_name, password)
        with self._store.write() as db:
            self._attempts.forgive(db, _login(login_name))
            self._attempts.return_one(db, _relay(app_id, customer_id))
            self.second.approvals.void(db, session.visit_id)
            self.sessions.bind(db, session, known.customer_id)

    def read_notice(self, case: StepCase, version: str) -> None:
        """Step ``risk_notice``: the user marked a notice as read. NOTICE_REQUIRED unless it is the one in force."""
        require_reached(case, "risk_notice", self._weakened())
        if version != case.notice_version:
            raise problems.NOTICE_REQUIRED.problem()
        with self._store.write() as db:
            self.sessions.note_notice(db, case.session, case.notice_version)

    def send_code(self, case: StepCase, text: Callable[[str], str]) -> None:
        """Before step ``second_factor``: send a code for the case's purpose; ``text`` words the message around it."""
        require_reached(case, "second_factor", self._weakened())
        customer_id = _customer(case)
        phone = self._credentials.phone(customer_id)
        with self._store.write() as db:
            self._codes.issue(
                db, customer_id, case.purpose_sm3, lambda code: self._outbox.enqueue(db, phone, text(code))
            )

    def enter_code(self, case: StepCase, code: str) -> None:
        """Step ``second_factor``: OTP_INVALID, OTP_EXPIRED, OTP_LOCKED or CONFIRMATION_MISMATCH unless it holds."""
        require_reached(case, "second_factor", self._weakened())
        with self._store.write() as db:
            refusal = self._codes.judge(db, _customer(case), case.purpose_sm3, code)
            if refusal is None:
                self.second.note_taken(db, case, "sms_code")
        if refusal:
            raise refusal

    def notify(self, db: Database, customer_id: str, text: str) -> None:
        """A message to the customer's phone, sent once the caller's transaction holds."""
        self._outbox.enqueue(db, self._credentials.phone(customer_id), text)

    def _with_password(self, tries: Sequence[tuple[str, str, int]], login_name: str, password: str) -> Credential:
        with self._store.write() as db:
            left, refusal = self._claim(db, *tries)
        if refusal:
            raise refusal
        known = self._credentials.find(login_name)
        if not password_holds(known.password_argon2 if known else None, password) or known is None:
            self._warn_of_lock(known, left)
            raise problems.LOGIN_FAILED.problem()
        return known

    def _claim(self, db: Database, *tries: tuple[str, str, int]) -> tuple[int, problems.Problem | None]:
        """Count one try for each (column of ``TRIES``, subject, limit), in order.

        How many the last one has left, or the refusal of the first.
        """
        left = 0
        for column, subject, limit in tries:
            left = self._attempts.claim(db, subject, limit, self._policy.login_lock_s)
            rest_s = self._attempts.rest_s(db, subject) if left < 0 else 0
            try:
                TRIES.run(Try(left, rest_s), column, self._weakened())
            except problems.Problem as problem:
                return left, problem
        return left, None

    def _warn_of_lock(self, known: Credential | None, left: int) -> None:
        if known is None or left > 0:
            return
        with self._store.write() as db:
            self._outbox.enqueue(db, self._credentials.phone(known.customer_id), LOCKED_TEXT)


def _login(login_name: str) -> str:
    return f"login:{login_name}"


def _source(source: str) -> str:
    return f"source:{source}"


def _relay(app_id: str, customer_id: str) -> str:
    return f"relay:{app_id}:{customer_id}"


def _customer(case: StepCase) -> str:
    if case.session.customer_id is None:
        raise problems.SESSION_REQUIRED.problem()
    return case.session.customer_id
