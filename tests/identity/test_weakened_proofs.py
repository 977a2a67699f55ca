"""Each limit on a user's proofs and sessions, and what comes through without it and only without it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bank_sim.identity.attempts import Attempts
from bank_sim.sdk.protocol.problems import Problem
from tests.branch import Branch
from tests.identity.test_login import NAME, PASSWORD, WRONG, log_in
from tests.identity.test_one_time_codes import Login, wrong

Try = Callable[[], str | None]
"""The code of the refusal; None, or a secret, where it comes through."""


def guessing_at_one_login(branch: Branch) -> Try:
    for _ in range(branch.config.policy.login_tries):
        log_in(branch, password=WRONG)
    return lambda: log_in(branch, NAME, PASSWORD)


def guessing_from_one_address(branch: Branch) -> Try:
    limit, rest_s = branch.config.policy.login_source_tries, branch.config.policy.login_lock_s
    with branch.bank.store.write() as db:
        for _ in range(limit):
            Attempts(branch.clock).claim(db, "source:192.0.2.1", limit, rest_s)
    return lambda: log_in(branch, NAME, PASSWORD)


def guessing_a_code(branch: Branch) -> Try:
    login = Login(branch)
    code = login.send()
    for _ in range(branch.config.policy.otp_tries):
        login.enter(wrong(code))
    return lambda: login.enter(code)


def a_code_for_something_else(branch: Branch) -> Try:
    login = Login(branch)
    code = login.send()
    login.confirms_sm3 = b"another payee and amount".ljust(32)
    return lambda: login.enter(code)


def an_old_code(branch: Branch) -> Try:
    login = Login(branch)
    code = login.send()
    branch.clock.advance(branch.config.policy.otp_lifetime_s)
    return lambda: login.enter(code)


def sent(login: Login) -> str | None:
    try:
        login.send()
    except Problem as problem:
        return problem.code
    return None


def a_code_right_after_another(branch: Branch) -> Try:
    login = Login(branch)
    login.send()
    return lambda: sent(login)


def one_code_too_many_in_a_day(branch: Branch) -> Try:
    login = Login(branch)
    for _ in range(branch.config.policy.otp_sends_day_max):
        login.send()
        branch.clock.advance(branch.config.policy.otp_interval_s)
        login = Login(branch)
    return lambda: sent(login)


def entered(branch: Branch, secret: str, device: bytes = b"") -> str | None:
    try:
        with branch.bank.store.write() as db:
            branch.bank.identity.sessions.enter(db, secret, device)
    except Problem as problem:
        return problem.code
    return None


def opened(branch: Branch, device: bytes = b"") -> str:
    with branch.bank.store.write() as db:
        return branch.bank.identity.sessions.open(db, "ebank", device=device)


def an_idle_session(branch: Branch) -> Try:
    secret = opened(branch)
    branch.clock.advance(branch.config.policy.session_idle_s)
    return lambda: entered(branch, secret)


def an_old_session(branch: Branch) -> Try:
    secret, policy = opened(branch), branch.config.policy
    for _ in range(0, policy.session_absolute_s, policy.session_idle_s // 2):
        entered(branch, secret)
        branch.clock.advance(policy.session_idle_s // 2)
    return lambda: entered(branch, secret)


def a_copied_session(branch: Branch) -> Try:
    secret = opened(branch, b"its owner's browser")
    return lambda: entered(branch, secret, b"another")


def a_planted_session(branch: Branch) -> Try:
    def log_in_with_it() -> str | None:
        planted = opened(branch)
        with branch.bank.store.write() as db:
            sessions = branch.bank.identity.sessions
            sessions.log_in(db, sessions.enter(db, planted), branch.customer_id(0))
        return entered(branch, planted)

    return log_in_with_it


ATTACKS = [
    ("login_tries", "LOGIN_LOCKED", guessing_at_one_login),
    ("source_tries", "LOGIN_LOCKED", guessing_from_one_address),
    ("code_tries", "OTP_LOCKED", guessing_a_code),
    ("code_purpose", "CONFIRMATION_MISMATCH", a_code_for_something_else),
    ("code_time", "OTP_EXPIRED", an_old_code),
    ("code_interval", "OTP_TOO_FREQUENT", a_code_right_after_another),
    ("code_day", "OTP_TOO_FREQUENT", one_code_too_many_in_a_day),
    ("session_idle", "SESSION_EXPIRED", an_idle_session),
    ("session_absolute", "SESSION_EXPIRED", an_old_session),
    ("session_device", "SESSION_EXPIRED", a_copied_session),
    ("session_rotation", "SESSION_EXPIRED", a_planted_session),
]


@pytest.mark.clause("7.2.1-b-1", "7.2.1-b-2.2", "9.3.1-3.1", "9.3.1-3.2")
@pytest.mark.parametrize(("row", "code", "attack"), ATTACKS, ids=[each[0] for each in ATTACKS])
def test_it_is_refused_until_its_row_is_left_out(
    branch: Branch, row: str, code: str, attack: Callable[[Branch], Try]
) -> None:
    try_it = attack(branch)
    assert try_it() == code

    branch.switches.weaken([row])
    assert try_it() != code
