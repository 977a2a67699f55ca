"""Passwords and the counters that guard them, on the virtual clock."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from bank_sim.identity.attempts import Attempts
from bank_sim.identity.passwords import password_argon2, password_holds
from bank_sim.sdk.protocol.problems import Problem
from tests.branch import Branch

WRONG = "not the password"
NAME, PASSWORD = "xiaoming", "40917265"


def session_of(branch: Branch) -> Any:
    with branch.bank.store.write() as db:
        secret = branch.bank.identity.sessions.open(db, "ebank")
        return branch.bank.identity.sessions.enter(db, secret)


def log_in(branch: Branch, name: str = NAME, password: str = WRONG, source: str = "192.0.2.1") -> str:
    """The new secret, or the code of the refusal."""
    try:
        secret: str = branch.bank.identity.log_in(session_of(branch), name, password, source)
    except Problem as problem:
        return problem.code
    return secret


def test_a_password_is_kept_as_argon2id_with_the_cost_we_say() -> None:
    stored = password_argon2(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password_holds(stored, PASSWORD)
    assert not password_holds(stored, WRONG)
    assert not password_holds(None, PASSWORD)


def test_a_password_beyond_all_bounds_is_wrong_and_not_hashed() -> None:
    stored = password_argon2("")
    assert not password_holds(stored, "x" * 100_000)


def test_an_unknown_login_costs_what_a_known_one_costs() -> None:
    stored = password_argon2(PASSWORD)

    def cost(argon2: str | None) -> float:
        started = time.process_time()
        for _ in range(5):
            password_holds(argon2, WRONG)
        return time.process_time() - started

    cost(stored)
    known, unknown = cost(stored), cost(None)
    assert known / 2 < unknown < known * 2


@pytest.mark.clause("7.2.1-b-1")
def test_a_wrong_password_and_an_unknown_login_are_told_apart_by_nothing(branch: Branch) -> None:
    for name in (NAME, "nobody"):
        assert [log_in(branch, name) for _ in range(6)] == 5 * ["LOGIN_FAILED"] + ["LOGIN_LOCKED"]


@pytest.mark.clause("7.2.1-b-1")
def test_a_login_rests_after_five_failures_even_for_the_right_password(branch: Branch) -> None:
    for _ in range(5):
        assert log_in(branch) == "LOGIN_FAILED"
    assert log_in(branch, password=PASSWORD, source="192.0.2.9") == "LOGIN_LOCKED"
    branch.clock.advance(899)
    assert log_in(branch, password=PASSWORD) == "LOGIN_LOCKED"
    branch.clock.advance(1)
    assert len(log_in(branch, password=PASSWORD)) == 43


def test_the_user_hears_of_the_lock_once(branch: Branch) -> None:
    for _ in range(7):
        log_in(branch)
    texts = [each.text for each in branch.messages()]
    assert len(texts) == 1
    assert "锁定" in texts[0]


def test_a_right_password_forgives_the_failures_before_it(branch: Branch) -> None:
    for _ in range(3):
        for _ in range(4):
            assert log_in(branch) == "LOGIN_FAILED"
        assert len(log_in(branch, password=PASSWORD)) == 43


@pytest.mark.clause("10.1.2-1.2.1")
def test_one_source_cannot_spray_over_many_logins(branch: Branch) -> None:
    limit = branch.config.policy.login_source_tries
    attempts, db = Attempts(branch.clock), branch.bank.store.db
    for _ in range(limit):
        attempts.claim(db, "source:192.0.2.1", limit, 900)
    assert log_in(branch, password=PASSWORD) == "LOGIN_LOCKED"
    assert len(log_in(branch, password=PASSWORD, source="192.0.2.2")) == 43


def test_right_passwords_do_not_wear_a_source_out(branch: Branch) -> None:
    rows = "SELECT sum(count) FROM attempts"
    assert len(log_in(branch, password=PASSWORD)) == 43
    assert branch.bank.store.read(rows) == [(0,)]


def test_what_is_typed_into_the_name_is_not_kept(branch: Branch) -> None:
    log_in(branch, name="my password by mistake")
    branch.bank.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"my password by mistake" not in branch.config.database.read_bytes()


def test_parallel_guesses_are_counted_one_by_one(branch: Branch) -> None:
    """Every guess is claimed before it is judged, so that none slips by while another is being hashed."""
    from bank_sim.store import Store

    verdicts: list[int] = []

    def guess() -> None:
        store = Store(branch.config.database)
        with store.write() as db:
            verdicts.append(Attempts(branch.clock).claim(db, "login:x", 5, 900))
        store.close()

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(verdicts) == 15 * [-1] + [0, 1, 2, 3, 4]
