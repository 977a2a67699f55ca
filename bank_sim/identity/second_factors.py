"""Second factors beyond text messages: setting them up, and using one for a step (JR/T 0185 7.2.1 b, 10.2.2).

Setting up and removing belongs to a user who has taken every step of a login, and tells them by text message. A
refused try is committed before it is raised, so that it stays counted. It must not know of HTTP or of the core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.identity.activations import Activations
from bank_sim.identity.approvals import Approval, Approvals
from bank_sim.identity.attempts import Attempts
from bank_sim.identity.factors import FACTOR_KINDS, KEY_KINDS, Factor, FactorKind, Factors
from bank_sim.identity.security_keys import ASSERTION_CHECKS, Challenges, SecurityKeys
from bank_sim.identity.sessions import Session, Sessions
from bank_sim.identity.steps import StepCase, require_all, require_reached
from bank_sim.identity.time_codes import (
    TIME_CODE_CHECKS,
    TimeCodeCase,
    new_authenticator_secret,
    step_of,
)
from bank_sim.keys import Vault
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.suites import digest
from bank_sim.store import Store

_DAY_S = 86_400
# Which of their ways a customer is asked for first: those that nobody can be talked out of, then the others.
BEST_FIRST: tuple[FactorKind, ...] = ("device_key", "security_key", "totp", "sms_code")
# What a payment may be confirmed with: what is shown or bound names payee and amount.
PAYMENT_KINDS: frozenset[FactorKind] = frozenset({"sms_code", "device_key", "security_key"})

Notify = Callable[[Database, str, str], None]


class SecondFactors:
    """``notify`` puts a text message to a customer into the outbox: ``(db, customer_id, text)``."""

    def __init__(
        self, store: Store, clock: Clock, policy: Policy, vault: Vault, attempts: Attempts, sessions: Sessions,
        notify: Notify, weakened: Callable[[], frozenset[str]], origin: str,
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._policy = policy
        self._attempts = attempts
        self._sessions = sessions
        self._notify = notify
        self._weakened = weakened
        self.factors = Factors(store, vault, clock)
        self.approvals = Approvals(store, clock, policy.approval_lifetime_s)
        self.activations = Activations(vault, clock, policy.activation_lifetime_s)
        self._keys = SecurityKeys(origin, "Sandbox Bank", Challenges(vault, clock, policy.approval_lifetime_s))

    def offered(self, case: StepCase) -> list[FactorKind]:
        """The ways in which this customer may take the step: text message first, then what they set up and may use.

        Empty where only a key of their own will do, and they have none.
        """
        customer_id = _customer(case.session)
        active = {each.kind for each in self.factors.of_customer(customer_id) if each.active} | {"sms_code"}
        suited = PAYMENT_KINDS if case.confirms_sm3 is not None else frozenset(FACTOR_KINDS)
        if case.needs_key:
            suited = KEY_KINDS
        return [each for each in FACTOR_KINDS if each in active and each in suited]

    # An authenticator

    def begin_authenticator(self, case: StepCase, label: str) -> Factor:
        """A fresh secret, which waits for its first right code."""
        customer_id = self._logged_in(case)
        with self._store.write() as db:
            factor_id = self.factors.add(db, customer_id, "totp", label, new_authenticator_secret(), active=False)
        return self._found(factor_id)

    def pending_authenticator(self, case: StepCase) -> Factor | None:
        """The authenticator that waits for its first code."""
        found = self.factors.of_customer(self._logged_in(case))
        return next((each for each in found if each.kind == "totp" and not each.active), None)

    def confirm_authenticator(self, case: StepCase, code: str, notice: str) -> None:
        """The first code of a new authenticator: OTP_INVALID, OTP_LOCKED, FACTOR_NOT_ENROLLED where none waits."""
        customer_id = self._logged_in(case)
        pending = self.pending_authenticator(case)
        if pending is None:
            raise problems.FACTOR_NOT_ENROLLED.problem()
        with self._store.write() as db:
            refusal = self._judge_code(db, customer_id, [pending], code, confirms=False)
            if refusal is None:
                self._notify(db, customer_id, notice)
        if refusal:
            raise refusal

    def enter_time_code(self, case: StepCase, code: str) -> None:
        """Step ``second_factor``: FACTOR_NOT_SUITED in a payment, OTP_INVALID, OTP_REPLAYED, OTP_LOCKED."""
        require_reached(case, "second_factor", self._weakened())
        customer_id = _customer(case.session)
        known = self.factors.active(customer_id, "totp")
        if not known:
            raise problems.FACTOR_NOT_ENROLLED.problem()
        with self._store.write() as db:
            refusal = self._judge_code(db, customer_id, known, code, confirms=case.confirms_sm3 is not None)
            if refusal is None:
                self.note_taken(db, case, "totp")
        if refusal:
            raise refusal

    # A phone

    def issue_activation(self, case: StepCase) -> str:
        """A code that binds one phone to this customer."""
        customer_id = self._logged_in(case)
        with self._store.write() as db:
            return self.activations.issue(db, customer_id)

    def ask_phone(self, case: StepCase, what: Mapping[str, Any]) -> Approval:
        """Ask the customer's phones; ``what`` is what they shall show. FACTOR_NOT_ENROLLED, APPROVAL_TOO_FREQUENT."""
        require_reached(case, "second_factor", self._weakened())
        customer_id = _customer(case.session)
        if not self.factors.active(customer_id, "device_key"):
            raise problems.FACTOR_NOT_ENROLLED.problem()
        with self._store.write() as db:
            subject = f"approval:{customer_id}"
            if self._attempts.claim(db, subject, self._policy.approvals_day_max, _DAY_S) < 0:
                raise problems.APPROVAL_TOO_FREQUENT.problem(retry_after_s=self._attempts.rest_s(db, subject))
            return self.approvals.ask(db, customer_id, case.session.visit_id, case.purpose_sm3, what)

    def take_approval(self, case: StepCase) -> None:
        """Step ``second_factor``: the phone's word for this visit. It counts for what it was asked for, and no more.

        APPROVAL_EXPIRED where nothing was asked, nobody answered in time, or the phone that did was removed since;
        APPROVAL_PENDING, APPROVAL_DECLINED.
        """
        require_reached(case, "second_factor", self._weakened())
        approval = self.approvals.of_visit(case.session.visit_id)
        if approval is None or approval.state == "expired" or approval.customer_id != case.session.customer_id:
            raise problems.APPROVAL_EXPIRED.problem()
        if approval.state == "waiting":
            raise problems.APPROVAL_PENDING.problem()
        if approval.state == "decline":
            raise problems.APPROVAL_DECLINED.problem()
        phones = self.factors.active(approval.customer_id, "device_key")
        if approval.device_id not in {each.factor_id for each in phones}:
            raise problems.APPROVAL_EXPIRED.problem(reason="the phone that answered is no longer the customer's")
        with self._store.write() as db:
            # For what it was asked, not for what is asked now: the step table compares the two.
            self._sessions.note_factor(db, case.session, approval.purpose_sm3, "device_key")

    # A security key

    def security_key_creation(self, case: StepCase) -> str:
        """Options for the browser that make a key for this customer."""
        customer_id = self._logged_in(case)
        known = self.factors.active(customer_id, "security_key")
        user = digest("gm", f"security key user {customer_id}".encode())
        return self._keys.creation_options(_set_up(case.session), user, "Sandbox Bank", known)

    def add_security_key(self, case: StepCase, answer: str, label: str, notice: str) -> None:
        """Keep a new key: SECURITY_KEY_INVALID, CONFIRMATION_MISMATCH for another visit's, FACTOR_LIMIT."""
        customer_id = self._logged_in(case)
        credential, counter = self._keys.registered(_set_up(case.session), answer)
        with self._store.write() as db:
            self.factors.add(db, customer_id, "security_key", label, credential, counter=counter)
            self._notify(db, customer_id, notice)

    def security_key_request(self, case: StepCase) -> str:
        """Options for the browser, with a challenge that is good for this step only."""
        known = self.factors.active(_customer(case.session), "security_key")
        return self._keys.request_options(_in_this_login(case), known)

    def enter_security_key(self, case: StepCase, answer: str) -> None:
        """Step ``second_factor``: SECURITY_KEY_INVALID, SECURITY_KEY_CLONED, CONFIRMATION_MISMATCH."""
        require_reached(case, "second_factor", self._weakened())
        known = self.factors.active(_customer(case.session), "security_key")
        factor, judged = self._keys.case(_in_this_login(case), answer, known)
        ASSERTION_CHECKS.run(judged, "assertion", self._weakened())
        with self._store.write() as db:
            if not self.factors.note_use(db, factor, judged.count):
                raise problems.SECURITY_KEY_CLONED.problem(reason="another use of the key came first")
            self.note_taken(db, case, "security_key")

    # All of them

    def remove(self, case: StepCase, factor_id: str, notice: Callable[[Factor], str]) -> None:
        """Forget a factor; FACTOR_NOT_ENROLLED where this customer has no such."""
        customer_id = self._logged_in(case)
        with self._store.write() as db:
            removed = self.factors.remove(db, customer_id, factor_id)
            self._notify(db, customer_id, notice(removed))

    def note_taken(self, db: Database, case: StepCase, kind: FactorKind) -> None:
        """The step is taken in this way; a question that still waits on the phone is withdrawn."""
        self._sessions.note_factor(db, case.session, case.purpose_sm3, kind)
        self.approvals.withdraw(db, case.session.visit_id)

    def _judge_code(
        self, db: Database, customer_id: str, known: list[Factor], code: str, *, confirms: bool
    ) -> Problem | None:
        """Count the try, judge it, and note the time step that it used up."""
        subject = f"totp:{customer_id}"
        if self._attempts.claim(db, subject, self._policy.otp_tries, self._policy.login_lock_s) < 0:
            return problems.OTP_LOCKED.problem(retry_after_s=self._attempts.rest_s(db, subject))
        steps = [(each, step_of(each.material, code, self._clock.now_s())) for each in known]
        factor, step = next(((each, step) for each, step in steps if step is not None), (known[0], None))
        try:
            TIME_CODE_CHECKS.run(TimeCodeCase(step, factor.counter, confirms), "code", self._weakened())
        except Problem as problem:
            return problem
        if not self.factors.note_use(db, factor, max(step or 0, factor.counter)):
            return problems.OTP_REPLAYED.problem()
        self._attempts.forgive(db, subject)
        return None

    def _logged_in(self, case: StepCase) -> str:
        require_all(case, self._weakened())
        return _customer(case.session)

    def _found(self, factor_id: str) -> Factor:
        factor = self.factors.find(factor_id)
        if factor is None:
            raise AssertionError("a factor vanished in the transaction that made it")
        return factor


def _customer(session: Session) -> str:
    if session.customer_id is None:
        raise problems.SESSION_REQUIRED.problem()
    return session.customer_id


def _in_this_login(case: StepCase) -> bytes:
    """What a challenge is bound to: the step's purpose, and the password given for it, after which the session's secret
    is another. Many keys count nothing, so an assertion that was seen once would open the same step again."""
    return digest("gm", case.purpose_sm3 + case.session.session_sha256)


def _set_up(session: Session) -> bytes:
    """What a challenge for a new key is bound to: this session, and nothing that a key could confirm."""
    return digest("gm", strict_json.dump([session.visit_id, "security key set up"]))
