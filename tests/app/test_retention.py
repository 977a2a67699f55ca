"""The wallet's log is kept its time and no longer; users take their data along, and have it deleted, in writing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app_sim.config import from_file
from bank_sim.sdk.deletion import DELETION_TYP
from bank_sim.sdk.protocol.keypairs import load_private
from bank_sim.sdk.protocol.statements import read_statement
from tests.app.test_events import Post
from tests.bank_in_process import PASSPHRASE

DAY_S = 86_400


def _log(wallet: Any) -> list[int]:
    return [row["seq"] for row in wallet.store.read("SELECT seq FROM journal ORDER BY seq")]


@pytest.mark.clause("9.3.4-3.2")
@pytest.mark.parametrize(("days", "is_kept"), [(90, True), (183, True), (365, True), (368, False)])
def test_the_log_is_kept_for_its_time(wallet: Any, visitor: Any, town: Any, days: int, is_kept: bool) -> None:
    visitor.sign_in().get("/products")
    before = _log(wallet)
    town.clock.advance(days * DAY_S)
    visitor.get("/")

    assert (before[0] in _log(wallet)) == is_kept
    assert wallet.journal.verify().first_bad_seq is None


@pytest.mark.clause("9.3.4-3.2", "12.3-2.2")
def test_the_chain_goes_on_from_what_was_deleted(wallet: Any, visitor: Any, town: Any) -> None:
    visitor.sign_in().get("/products")
    last = _log(wallet)[-1]
    town.clock.advance(400 * DAY_S)
    visitor.get("/")
    visitor.sign_in()

    assert _log(wallet)[0] == last
    assert wallet.journal.verify().first_bad_seq is None
    wallet.store.db.execute("DROP TRIGGER journal_is_not_rewritten")
    wallet.store.db.execute("UPDATE journal SET event = 'x' WHERE seq = ?", (last,))
    assert wallet.journal.verify().first_bad_seq in (last, last + 1)


@pytest.mark.clause("9.3.4-3.2")
def test_settings_that_keep_the_log_for_less_than_six_months_are_refused(wallet: Any, tmp_path: Path) -> None:
    settings = msgspec.to_builtins(wallet.config, enc_hook=str) | {"journal_days": 90}
    file = tmp_path / "config.json"
    file.write_text(json.dumps(settings))

    with pytest.raises(ValueError, match="183"):
        from_file(file)


@pytest.mark.clause("9.3.4-3.2", "12.3-2.2")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal WHERE seq = 1",
        "UPDATE journal SET result = 'failure' WHERE seq = 1",
        "INSERT INTO journal_anchors SELECT seq, hash, at_ms + 1 FROM journal WHERE seq = 1",
        "INSERT INTO journal_anchors SELECT seq, zeroblob(32), at_ms * 2 FROM journal WHERE seq = 1",
    ],
)
def test_the_database_refuses_to_forget_early(wallet: Any, visitor: Any, statement: str) -> None:
    visitor.sign_in().get("/products")
    before = [tuple(row) for row in wallet.store.read("SELECT * FROM journal")]

    with pytest.raises(sqlite3.IntegrityError), wallet.store.write() as db:
        db.execute(statement)

    assert [tuple(row) for row in wallet.store.read("SELECT * FROM journal")] == before


@pytest.mark.clause("9.3.3-4")
def test_a_user_takes_along_their_own_rows_and_no_secrets(
    wallet: Any, visitor: Any, visitor_of: Any, town: Any
) -> None:
    visitor.sign_in("Lux").link(town).pay(town)
    visitor_of(wallet).sign_in("Eve")
    reply = visitor.get("/kept/export")
    taken = json.loads(reply.text)

    assert [each["nickname"] for each in taken["users"]] == ["Lux"]
    assert len(taken["payments"]) == 1
    assert isinstance(taken["links"][0]["access_sealed"], int)
    assert {each["user_id"] for rows in taken.values() for each in rows} == {taken["users"][0]["user_id"]}
    assert "Eve" not in reply.text
    assert visitor_of(wallet).get("/kept/export").status_code == 401


def _verified(wallet: Any, statement: str) -> dict[str, Any]:
    key = load_private((wallet.config.keys / "sig.pem").read_bytes(), PASSPHRASE, "sig")
    read = read_statement(statement)
    assert read.typ == DELETION_TYP
    assert read.is_by(key.public)
    return dict(read.claims)


@pytest.mark.clause("9.3.3-4")
def test_deleting_a_user_leaves_a_signed_statement_and_nothing_in_any_file(
    wallet: Any, visitor: Any, town: Any
) -> None:
    nickname = "Luminosissima"
    visitor.sign_in(nickname).link(town).pay(town)
    visitor.submit(visitor.get("/kept"), "/forget")

    row = wallet.store.read("SELECT scope, statement FROM deletions")[0]
    claims = _verified(wallet, row["statement"])
    assert row["scope"] == "user"
    assert claims["deleted"]["users"] == claims["deleted"]["links"] == 1
    assert {"journal", "payments"} <= claims["kept"].keys()
    assert claims["stated_at"] == int(town.clock.now_s())
    files = [each for each in wallet.config.home.rglob("*") if each.is_file()]
    assert [each.name for each in files if nickname.encode() in each.read_bytes()] == []


@pytest.mark.clause("9.3.3-4", "9.3.3-5.3")
def test_leaving_the_bank_deletes_everything_and_states_it(wallet: Any, visitor: Any, town: Any) -> None:
    visitor.sign_in("Luminosissima").link(town).pay(town)
    assert visitor.get("/kept/statement").status_code == 404
    statement = wallet.deletion.of_everything()

    claims = _verified(wallet, statement)
    assert claims["deleted"]["app_secret"] == claims["deleted"]["users"] == 1
    for table in ("users", "sessions", "flows", "links", "agreements", "bank_events"):
        assert wallet.store.read(f"SELECT * FROM {table}") == []
    assert not wallet.vault.holds("app-secret")
    assert len(wallet.store.read("SELECT * FROM payments")) == 1
    assert wallet.journal.verify().first_bad_seq is None
    assert visitor.get("/kept/statement").text == statement


@pytest.mark.clause("9.3.3-4")
@pytest.mark.parametrize(("stage", "is_gone"), [("announced", False), ("closing", False), ("voided", True)])
def test_the_banks_word_that_the_exit_took_effect_deletes_everything(
    wallet: Any, visitor: Any, town: Any, stage: str, is_gone: bool
) -> None:
    visitor.sign_in().link(town)
    post = Post(town, wallet)

    assert post.send(post.message("application.notice", "exit_1", notice="exit", stage=stage))[0] == 204

    assert (wallet.store.read("SELECT * FROM users") == []) == is_gone
    assert (wallet.deletion.newest() is not None) == is_gone
    assert wallet.journal.verify().first_bad_seq is None
