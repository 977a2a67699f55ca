"""The wallet's log: complete, masked, chained, and each user's own."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pytest


def _journal(wallet: Any) -> list[sqlite3.Row]:
    return list(wallet.store.read("SELECT * FROM journal ORDER BY seq"))


def _drop_triggers(db: Any) -> None:
    """As an administrator does who would change what is append-only."""
    for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {row['name']}")


@pytest.mark.clause("12.3-2.1")
def test_every_message_to_the_bank_is_logged_and_agrees_with_the_banks_own_log(
    town: Any, wallet: Any, visitor: Any
) -> None:
    visitor.sign_in().link(town).pay(town)
    visitor.get("/products")
    calls = [row for row in _journal(wallet) if row["kind"] == "call"]
    assert len(calls) == len(town.wire.sent)
    traces = {row["trace_id"] for row in calls if not row["api_id"].startswith("oauth.")}
    banks = {row[0] for row in town.bank.store.read("SELECT trace_id FROM access_log WHERE api_id NOT LIKE 'oauth%'")}
    assert traces == banks
    assert all(row["elapsed_us"] > 0 and row["at_ms"] and row["api_id"] and row["result"] for row in calls)


@pytest.mark.clause("12.3-2.3")
def test_logins_authorizations_and_transactions_are_logged_in_order(town: Any, wallet: Any, visitor: Any) -> None:
    visitor.sign_in().link(town).pay(town)
    visitor.submit(visitor.get("/accounts"), "/unlink")
    visitor.submit(visitor.get("/"), "/sign-out")
    events = [(row["kind"], row["event"]) for row in _journal(wallet) if row["kind"] != "call"]
    assert events == [
        ("login", "signed_in"),
        ("authorization", "asked"),
        ("authorization", "linked"),
        ("transaction", "created"),
        ("authorization", "asked"),
        ("authorization", "confirmed"),
        ("transaction", "authorised"),
        ("transaction", "executing"),
        ("transaction", "executed"),
        ("authorization", "unlinked"),
        ("login", "signed_out"),
    ]


@pytest.mark.clause("12.3-2.3")
def test_a_user_sees_all_of_their_own_history_and_nothing_of_others(
    town: Any, wallet: Any, visitor: Any, visitor_of: Any
) -> None:
    visitor.sign_in().link(town).pay(town)
    order_no = wallet.store.read("SELECT order_no FROM payments")[0]["order_no"]
    page = visitor.get("/history").text
    own = [row for row in _journal(wallet) if row["user_id"]]
    assert len(re.findall(r"data-event=", page)) == len(own)
    assert order_no in page
    stranger = visitor_of(wallet).sign_in("Lux").get("/history").text
    assert re.findall(r'data-event="(\w+)"', stranger) == ["signed_in"]


@pytest.mark.clause("7.3.3-2.2", "7.3.3-2.3")
def test_the_log_knows_accounts_only_in_part_and_no_amounts_or_names(town: Any, wallet: Any, visitor: Any) -> None:
    visitor.sign_in().link(town).pay(town)
    rows = [tuple(row) for row in _journal(wallet)]
    text = repr(rows)
    masked = {row["account_masked"] for row in _journal(wallet) if row["account_masked"]}
    assert masked
    assert all(re.fullmatch(r"\d{6}\*{4,}\d{4}", each) for each in masked)
    for sensitive in (town.payee_account, town.payee_name, "12.34", "1234,", "rent"):
        assert sensitive not in text


@pytest.mark.clause("7.3.3-2.2")
def test_an_unmasked_account_number_cannot_be_logged(wallet: Any, town: Any) -> None:
    with pytest.raises(sqlite3.IntegrityError), wallet.store.write() as db:
        wallet.journal.transaction(db, "usr_x", "created", "LW1", town.payee_account, None)
    assert _journal(wallet) == []


@pytest.mark.clause("12.3-2.2")
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE journal SET result = 'failure' WHERE seq = 3",
        "UPDATE journal SET at_ms = at_ms + 1 WHERE seq = 3",
        "UPDATE journal SET hash = zeroblob(32) WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 3",
        "UPDATE journal SET seq = 999 WHERE seq = 3",
    ],
)
def test_a_tampered_record_breaks_the_chain(town: Any, wallet: Any, visitor: Any, tampering: str) -> None:
    visitor.sign_in().link(town)
    whole = wallet.journal.verify()
    assert whole.first_bad_seq is None
    assert whole.count == len(_journal(wallet)) > 4
    with wallet.store.write() as db:
        _drop_triggers(db)
        db.execute(tampering)
    assert wallet.journal.verify().first_bad_seq in (3, 4)


@pytest.mark.clause("12.3-2.2")
@pytest.mark.parametrize("also", ["SELECT 1", "DELETE FROM sqlite_sequence WHERE name = 'journal'"])
def test_cutting_off_the_newest_records_is_noticed(town: Any, wallet: Any, visitor: Any, also: str) -> None:
    visitor.sign_in().link(town)
    with wallet.store.write() as db:
        _drop_triggers(db)
        db.execute("DELETE FROM journal WHERE seq > 3")
        db.execute(also)
    assert wallet.journal.verify().first_bad_seq == 4


def test_a_rolled_back_step_leaves_no_record(wallet: Any) -> None:
    def sign_in_and_fail() -> None:
        with wallet.store.write() as db:
            wallet.journal.login(db, "usr_x", "signed_in")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        sign_in_and_fail()
    assert wallet.journal.verify().count == 0
