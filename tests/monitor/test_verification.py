"""The chain is walked through beside the running bank, and a rewritten log is found by the heads seen before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bank_sim import audit
from bank_sim.monitor import verification
from bank_sim.monitor.verification import Verified, Verifier
from bank_sim.store import Store

if TYPE_CHECKING:
    from tests.monitor.conftest import Post


def walked(post: Post) -> Verified:
    verifier = Verifier(lambda: Store(post.path))
    verifier.start("zhou", post.clock.now_ms(), lambda _store, _verified: None, 10)
    assert not verifier.is_running
    return verification.outcomes(post.store)[0]


@pytest.mark.clause("12.3-1.3")
def test_a_log_that_holds_is_kept_with_its_head(post: Post) -> None:
    post.call(20)
    verified = walked(post)
    assert (verified.records, verified.first_bad, verified.by_whom) == (20, None, "zhou")
    assert verified.head == audit.verify(post.store).head
    post.call(5)
    assert walked(post).first_bad is None


@pytest.mark.clause("12.3-1.3")
def test_a_changed_record_is_named(post: Post) -> None:
    post.call(20)
    post.store.db.execute("DROP TRIGGER access_log_is_not_rewritten")
    post.store.db.execute("UPDATE access_log SET source = '192.0.2.8' WHERE serial = 7")
    assert walked(post).first_bad == 7


@pytest.mark.clause("12.3-1.3")
def test_a_log_rewritten_as_a_whole_holds_by_itself_and_not_against_the_heads_seen_before(post: Post) -> None:
    post.call(20)
    assert walked(post).first_bad is None
    post.store.db.execute("DROP TRIGGER access_log_is_not_shortened")
    post.store.db.execute("DELETE FROM access_log")
    post.store.db.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'access_log'")
    post.call(25, source="192.0.2.8")
    assert audit.verify(post.store).holds
    assert walked(post).first_bad == 20


def test_who_waits_for_the_outcome_is_told_with_the_walks_own_store(post: Post) -> None:
    post.call(3)
    told: list[int] = []
    verifier = Verifier(lambda: Store(post.path))
    verifier.start("zhou", 1, lambda store, verified: told.append(len(store.read("SELECT 1 FROM access_log"))), 10)
    assert told == [3]
