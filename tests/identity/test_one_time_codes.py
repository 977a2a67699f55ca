"""Codes by text message: their number of digits, tries and seconds, and what they are good for."""

from __future__ import annotations

import pytest

from bank_sim.identity import StepCase
from bank_sim.sdk.protocol.problems import Problem
from tests.branch import Branch


class Login:
    """A user with the password given, about to give the second factor."""

    def __init__(self, branch: Branch, person: int = 0, confirms_sm3: bytes | None = None) -> None:
        self.branch = branch
        sessions = branch.bank.identity.sessions
        with branch.bank.store.write() as db:
            session = sessions.enter(db, sessions.open(db, "ebank"))
            self.secret = sessions.log_in(db, session, branch.customer_id(person))
        self.confirms_sm3 = confirms_sm3

    @property
    def case(self) -> StepCase:
        with self.branch.bank.store.write() as db:
            session = self.branch.bank.identity.sessions.enter(db, self.secret)
        return StepCase(session, confirms_sm3=self.confirms_sm3)

    def send(self) -> str:
        self.branch.bank.identity.send_code(self.case, lambda code: f"code {code}")
        return self.branch.code()

    def enter(self, code: str) -> str | None:
        """None when the code holds, else the refusal's code."""
        try:
            self.branch.bank.identity.enter_code(self.case, code)
        except Problem as problem:
            return problem.code
        return None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_has_six_digits_and_confirms_its_session(branch: Branch) -> None:
    login = Login(branch)
    code = login.send()
    assert len(code) == 6
    assert branch.messages()[-1].to == "15400000001"
    assert login.enter(code) is None
    assert login.case.session.factor_sm3 == login.case.purpose_sm3


@pytest.mark.clause("7.2.2-4")
def test_a_code_is_wiped_once_it_was_used_and_never_lay_open(branch: Branch) -> None:
    login = Login(branch)
    code = login.send()
    (stored,) = branch.bank.store.read("SELECT * FROM one_time_codes")
    assert code not in str(stored)
    login.enter(code)
    assert branch.bank.store.read("SELECT * FROM one_time_codes") == []
    assert login.enter(code) == "OTP_INVALID"


@pytest.mark.clause("7.2.1-b-2.2")
def test_five_wrong_tries_spoil_a_code(branch: Branch) -> None:
    login = Login(branch)
    code = login.send()
    outcomes = [login.enter(wrong(code)) for _ in range(5)]
    assert outcomes == 4 * ["OTP_INVALID"] + ["OTP_LOCKED"]
    assert login.enter(code) == "OTP_LOCKED"


def test_a_refusal_says_how_many_tries_are_left(branch: Branch) -> None:
    login = Login(branch)
    code = login.send()
    with pytest.raises(Problem) as refusal:
        branch.bank.identity.enter_code(login.case, wrong(code))
    assert refusal.value.members == {"tries_left": 4}


def test_a_code_lives_for_180_seconds(branch: Branch) -> None:
    login = Login(branch)
    code = login.send()
    branch.clock.advance(179)
    assert login.enter(wrong(code)) == "OTP_INVALID"
    branch.clock.advance(1)
    assert login.enter(code) == "OTP_EXPIRED"


def test_the_next_code_comes_after_60_seconds(branch: Branch) -> None:
    login = Login(branch)
    login.send()
    branch.clock.advance(59)
    with pytest.raises(Problem, match="OTP_TOO_FREQUENT") as refusal:
        login.send()
    assert refusal.value.members == {"retry_after_s": 1}
    assert len(branch.messages()) == 1
    branch.clock.advance(1)
    login.send()
    assert len(branch.messages()) == 2


def test_another_session_does_not_shorten_the_pause(branch: Branch) -> None:
    Login(branch).send()
    with pytest.raises(Problem, match="OTP_TOO_FREQUENT"):
        Login(branch).send()
    Login(branch, person=1).send()


def test_a_spoilt_code_does_not_shorten_the_pause(branch: Branch) -> None:
    login = Login(branch)
    code = login.send()
    for _ in range(5):
        login.enter(wrong(code))
    with pytest.raises(Problem, match="OTP_TOO_FREQUENT"):
        login.send()


def test_only_the_newest_code_holds(branch: Branch) -> None:
    login = Login(branch)
    first = login.send()
    branch.clock.advance(60)
    second = login.send()
    while second == first:
        branch.clock.advance(60)
        second = login.send()
    assert login.enter(first) == "OTP_INVALID"
    assert login.enter(second) is None


def test_a_day_has_room_for_twenty_codes(branch: Branch) -> None:
    for _ in range(branch.config.policy.otp_sends_day_max):
        Login(branch).send()
        branch.clock.advance(60)
    with pytest.raises(Problem, match="OTP_TOO_FREQUENT"):
        Login(branch).send()
    branch.clock.advance(86_400)
    Login(branch).send()


@pytest.mark.clause("10.2.2-2.2")
def test_a_code_for_one_payment_confirms_no_other(branch: Branch) -> None:
    login = Login(branch, confirms_sm3=b"payee and amount")
    code = login.send()
    login.confirms_sm3 = b"another payee"
    assert login.enter(code) == "CONFIRMATION_MISMATCH"
    login.confirms_sm3 = None
    assert login.enter(code) == "CONFIRMATION_MISMATCH"
    login.confirms_sm3 = b"payee and amount"
    assert login.enter(code) is None


def test_a_code_of_one_session_opens_no_other(branch: Branch) -> None:
    code = Login(branch).send()
    assert Login(branch).enter(code) == "CONFIRMATION_MISMATCH"


def test_a_code_of_one_customer_opens_nothing_of_another(branch: Branch) -> None:
    code = Login(branch).send()
    other = Login(branch, person=1)
    assert other.enter(code) == "OTP_INVALID"
    other.send()
    assert other.enter(wrong(branch.code())) == "OTP_INVALID"


def test_the_same_code_is_kept_differently_for_two_customers(branch: Branch) -> None:
    codes = branch.bank.identity._codes
    assert codes._hmac("cu_1", "123456") != codes._hmac("cu_2", "123456")
