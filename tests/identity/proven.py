"""A user at the bank with a session of each kind, for tests of second factors; no pages in between."""

from __future__ import annotations

from bank_sim.identity import StepCase
from bank_sim.identity.time_codes import STEP_S, code_at
from bank_sim.sdk.protocol.problems import Problem
from tests.bank_in_process import PEOPLE
from tests.branch import Branch


class Visitor:
    """Somebody whose password was given. ``confirms_sm3``: the payment that the visit is about, None for a login."""

    def __init__(self, branch: Branch, person: int = 0, confirms_sm3: bytes | None = None) -> None:
        self.branch = branch
        self.person = person
        self.second = branch.bank.identity.second
        self.customer_id = branch.customer_id(person)
        self.confirms_sm3 = confirms_sm3
        sessions = branch.bank.identity.sessions
        with branch.bank.store.write() as db:
            session = sessions.enter(db, sessions.open(db, "ebank"))
            self.secret = sessions.log_in(db, session, self.customer_id)

    @property
    def case(self) -> StepCase:
        with self.branch.bank.store.write() as db:
            session = self.branch.bank.identity.sessions.enter(db, self.secret)
        return StepCase(session, confirms_sm3=self.confirms_sm3)

    def fully_in(self) -> Visitor:
        """The second factor was given too."""
        case = self.case
        with self.branch.bank.store.write() as db:
            self.branch.bank.identity.sessions.note_factor(db, case.session, case.purpose_sm3)
        return self

    def password_again(self) -> Visitor:
        """The password is given once more in the same session, which begins its steps anew."""
        me, session = PEOPLE[self.person], self.case.session
        self.secret = self.branch.bank.identity.log_in(session, me.login_name, me.password, "10.0.0.1")
        return self

    def factor_holds(self) -> str | None:
        """Which second factor stands for what is asked now; None where none does."""
        session = self.case.session
        return session.factor if session.factor_sm3 == self.case.purpose_sm3 else None


class Authenticator:
    """A customer's authenticator, set up."""

    def __init__(self, branch: Branch, person: int = 0) -> None:
        self._clock = branch.clock
        visitor = Visitor(branch, person).fully_in()
        self.secret = visitor.second.begin_authenticator(visitor.case, "Authenticator").material
        visitor.second.confirm_authenticator(visitor.case, self.code(), "set up")
        branch.clock.advance(STEP_S)

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps away."""
        return code_at(self.secret, int(self._clock.now_s() // STEP_S) + steps)


def refusal(act: object, *given: object) -> str | None:
    """The code with which an act is refused; None where it is not."""
    try:
        act(*given)  # type: ignore[operator]
    except Problem as problem:
        return problem.code
    return None
