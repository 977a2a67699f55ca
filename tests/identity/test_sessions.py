"""Sessions: a fresh secret at login, an end when idle and an end however busy."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.sdk.protocol.problems import Problem
from tests.branch import Branch


class Door:
    def __init__(self, branch: Branch) -> None:
        self.bank = branch.bank
        self.sessions = branch.bank.identity.sessions

    def open(self) -> str:
        with self.bank.store.write() as db:
            secret: str = self.sessions.open(db, "ebank")
        return secret

    def enter(self, secret: str | None) -> Any:
        with self.bank.store.write() as db:
            return self.sessions.enter(db, secret)

    def refused(self, secret: str | None) -> str:
        with pytest.raises(Problem) as refusal:
            self.enter(secret)
        return refusal.value.code


@pytest.fixture
def door(branch: Branch) -> Door:
    return Door(branch)


def test_a_session_is_kept_by_the_digest_of_its_secret(branch: Branch, door: Door) -> None:
    secret = door.open()
    branch.bank.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert secret.encode() not in branch.config.database.read_bytes()
    assert door.enter(secret).customer_id is None


@pytest.mark.parametrize(
    ("secret", "code"), [(None, "SESSION_REQUIRED"), ("", "SESSION_REQUIRED"), ("x", "SESSION_EXPIRED")]
)
def test_no_session_is_made_up_by_a_browser(door: Door, secret: str | None, code: str) -> None:
    assert door.refused(secret) == code


@pytest.mark.clause("9.3.1-3.1")
def test_login_changes_the_secret(door: Door) -> None:
    planted = door.open()
    session = door.enter(planted)
    with door.bank.store.write() as db:
        fresh = door.sessions.log_in(db, session, "cu_1")
    assert door.refused(planted) == "SESSION_EXPIRED"
    assert door.enter(fresh).customer_id == "cu_1"
    assert door.enter(fresh).visit_id == session.visit_id


@pytest.mark.clause("9.3.1-3.2")
def test_an_idle_session_ends(branch: Branch, door: Door) -> None:
    secret = door.open()
    for _ in range(3):
        branch.clock.advance(599)
        door.enter(secret)
    branch.clock.advance(600)
    assert door.refused(secret) == "SESSION_EXPIRED"


@pytest.mark.clause("9.3.1-3.1")
def test_a_busy_session_ends_at_its_absolute_age(branch: Branch, door: Door) -> None:
    secret = door.open()
    for _ in range(7):
        branch.clock.advance(500)
        door.enter(secret)
    branch.clock.advance(100)
    assert door.refused(secret) == "SESSION_EXPIRED"


def test_a_new_login_forgets_the_factor_and_the_notice_of_the_old(door: Door) -> None:
    secret = door.open()
    with door.bank.store.write() as db:
        session = door.sessions.enter(db, secret)
        secret = door.sessions.log_in(db, session, "cu_1")
        session = door.sessions.enter(db, secret)
        door.sessions.note_factor(db, session, b"purpose")
        door.sessions.note_notice(db, session, "1")
        secret = door.sessions.log_in(db, session, "cu_2")
        session = door.sessions.enter(db, secret)
    assert (session.customer_id, session.factor_sm3, session.notice_version) == ("cu_2", None, None)


def test_an_ended_session_leaves_nothing(branch: Branch, door: Door) -> None:
    secret = door.open()
    with door.bank.store.write() as db:
        door.sessions.end(db, door.sessions.enter(db, secret))
    assert door.refused(secret) == "SESSION_EXPIRED"
    assert branch.bank.store.read("SELECT * FROM sessions") == []


def test_old_sessions_are_cleared_away(branch: Branch, door: Door) -> None:
    door.open()
    branch.clock.advance(2 * 3600)
    door.open()
    assert branch.bank.store.read("SELECT count(*) FROM sessions") == [(1,)]
