"""The verifications notice what was changed behind the parties' backs, and name the first record that is wrong."""

import json
import sqlite3
from contextlib import closing

import pytest

from scenarios import cli, verification
from scenarios.failures import BrokenSurroundings
from scenarios.home import Home
from user_sim.people import people

LEAKS = {
    "in clear": lambda value: value,
    "in hex of another charset": lambda value: value.encode("gbk").hex(),
    "backwards": lambda value: value[::-1],
}


def bank_db(home: Home) -> sqlite3.Connection:
    return sqlite3.connect(home.party("bank") / "bank.db", isolation_level=None)


def as_administrator(db: sqlite3.Connection, *statements: str) -> None:
    """Somebody with full access to the file, who takes the triggers away first."""
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        db.execute(statement)


def test_what_an_honest_run_leaves_behind_holds(abandoned: Home) -> None:
    verdicts = verification.verify_home(abandoned)

    names = [each.name.en for each in verdicts]
    assert names == ["access log", "archives", "books", "executions", "wallet journal", "staff journal", "checkpoints"]
    assert all(each.holds for each in verdicts), [str(each.sentence) for each in verdicts]
    assert verdicts[0].figures["records"] > 10
    assert verdicts[2].figures["transfers"] > 0
    assert verdicts[3].figures["executed"] == 1
    assert verdicts[4].figures["records"] > 5


@pytest.mark.clause("12.3-1.3", "12.3-2.1")
@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        ("UPDATE access_log SET elapsed_us = 1 WHERE serial = 7", 7),
        ("UPDATE access_log SET app_id = 'app_somebodyelse' WHERE serial = 9", 9),
        ("DELETE FROM access_log WHERE serial = 5", 5),
        ("UPDATE access_log SET serial = 1000 WHERE serial = 3", 3),
    ],
)
def test_a_changed_access_record_is_named(abandoned: Home, change: str, first_bad: int) -> None:
    with closing(bank_db(abandoned)) as db:
        as_administrator(db, change)

    verdict = verification.access_log(abandoned)

    assert (verdict.holds, verdict.figures["first_bad"]) == (False, first_bad)


@pytest.mark.clause("12.3-1.3")
def test_cutting_off_the_newest_access_record_is_noticed(abandoned: Home) -> None:
    with closing(bank_db(abandoned)) as db:
        as_administrator(db, "DELETE FROM access_log WHERE serial = (SELECT max(serial) FROM access_log)")

    assert not verification.access_log(abandoned).holds


@pytest.mark.clause("12.3-1.3")
def test_a_transfer_without_the_record_of_its_call_is_named(abandoned: Home) -> None:
    with closing(bank_db(abandoned)) as db:
        as_administrator(db, "DELETE FROM access_log", "DELETE FROM sqlite_sequence WHERE name = 'access_log'")
        ((executed,),) = db.execute(
            "SELECT transfer_id FROM transfers WHERE state = 'executed' AND app_id LIKE 'app_%'"
        )

    verdict = verification.executions(abandoned)

    assert verification.access_log(abandoned).holds  # an empty chain is a whole one
    assert (verdict.holds, verdict.figures["unrecorded"]) == (False, [executed])
    assert executed in verdict.sentence.en


@pytest.mark.clause("10.2.2-3.2")
def test_a_debit_that_nobody_was_told_of_is_named(abandoned: Home) -> None:
    with closing(bank_db(abandoned)) as db:
        db.execute("DELETE FROM debit_notices")
        db.commit()
        ((executed,),) = db.execute(
            "SELECT transfer_id FROM transfers WHERE state = 'executed' AND app_id LIKE 'app_%'"
        )

    verdict = verification.executions(abandoned)

    assert (verdict.holds, verdict.figures["untold"]) == (False, [executed])
    assert executed in verdict.sentence.en


@pytest.mark.clause("12.3-1.3", "12.3-2.2")
@pytest.mark.parametrize(
    ("database", "statement", "broken"),
    [
        ("bank/bank.db", "DROP TABLE access_log", {"access log", "executions"}),
        ("bank/bank.db", "ALTER TABLE access_log ADD COLUMN more TEXT", {"access log"}),
        ("bank/bank.db", "ALTER TABLE ledger_lines RENAME TO lines", {"books"}),
        ("bank/bank.db", "DROP TABLE staff_journal", {"staff journal"}),
        ("app/wallet.db", "DROP TABLE journal", {"wallet journal"}),
        ("app/wallet.db", "ALTER TABLE journal DROP COLUMN elapsed_us", {"wallet journal"}),
    ],
)
def test_records_that_cannot_be_read_do_not_hold(
    abandoned: Home, capsys: pytest.CaptureFixture[str], database: str, statement: str, broken: set[str]
) -> None:
    with closing(sqlite3.connect(abandoned.path / database, isolation_level=None)) as db:
        as_administrator(db, statement)

    code = cli.run(["audit", "verify", "--home", str(abandoned.path), "--json"])

    verdicts = json.loads(capsys.readouterr().out)
    assert code == 1
    assert {each["name"] for each in verdicts if not each["holds"]} == broken


def test_a_file_that_is_no_database_does_not_hold(abandoned: Home) -> None:
    (abandoned.party("app") / "wallet.db").write_bytes(b"not a database, but long enough to look like one" * 100)

    assert not verification.journal(abandoned).holds


def test_money_out_of_nowhere_is_noticed(abandoned: Home) -> None:
    with closing(bank_db(abandoned)) as db:
        as_administrator(
            db, "UPDATE ledger_accounts SET balance_fen = balance_fen + 1 WHERE side = 'customer' AND held_fen = 0"
        )

    verdict = verification.books(abandoned)

    assert not verdict.holds
    assert "balance_differs" in verdict.sentence.en


@pytest.mark.clause("12.3-2.2")
def test_a_changed_journal_record_is_named(abandoned: Home) -> None:
    with closing(sqlite3.connect(abandoned.party("app") / "wallet.db", isolation_level=None)) as db:
        as_administrator(db, "UPDATE journal SET result = 'failure' WHERE seq = 4")

    verdict = verification.journal(abandoned)

    assert (verdict.holds, verdict.figures["first_bad"]) == (False, 4)


@pytest.mark.clause("12.3-2.2")
def test_cutting_off_the_newest_journal_record_is_noticed(abandoned: Home) -> None:
    with closing(sqlite3.connect(abandoned.party("app") / "wallet.db", isolation_level=None)) as db:
        as_administrator(db, "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")

    assert not verification.journal(abandoned).holds


@pytest.mark.clause("9.3.3-2.1", "9.3.3-2.2.3", "7.3.3-2.2", "7.3.3-2.3")
def test_an_honest_application_keeps_nothing_that_was_trusted_to_the_bank(abandoned: Home) -> None:
    marker = abandoned.marker()
    assert marker is not None

    verdict = verification.residue(
        abandoned, people(marker.seed, marker.people), verification.account_numbers(abandoned)
    )

    assert verdict.holds, str(verdict.sentence)
    assert verdict.figures["files"] > 5


@pytest.mark.clause("9.3.3-2.1", "9.3.1-1.2")
@pytest.mark.parametrize("leak", LEAKS)
def test_a_leaky_application_is_found_out(abandoned: Home, leak: str) -> None:
    somebody = people(2020, 3)
    (abandoned.party("app") / "cache.txt").write_text(f"payee: {LEAKS[leak](somebody[1].name)}")

    verdict = verification.residue(abandoned, somebody, verification.account_numbers(abandoned))

    assert not verdict.holds
    assert "cache.txt at byte 7" in verdict.sentence.en


def test_a_search_of_nothing_does_not_count_as_clean(tmp_path) -> None:
    home = Home(tmp_path)
    home.party("app").mkdir()

    assert not verification.residue(home, people(1, 1), []).holds


def test_audit_verify_exits_with_1_and_the_bad_record(abandoned: Home, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(bank_db(abandoned)) as db:
        as_administrator(db, "UPDATE access_log SET status = 200 WHERE serial = 2")

    code = cli.run(["audit", "verify", "--home", str(abandoned.path), "--json"])

    verdicts = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert code == 1
    assert verdicts["access log"]["figures"]["first_bad"] == 2
    assert verdicts["books"]["holds"]


def test_verifying_changes_nothing(abandoned: Home) -> None:
    before = {file: file.read_bytes() for file in abandoned.path.rglob("*") if file.is_file()}

    assert cli.run(["audit", "verify", "--home", str(abandoned.path)]) == 0

    after = {file: file.read_bytes() for file in abandoned.path.rglob("*") if file.is_file()}
    assert {file: after.get(file) for file in before} == before


def test_there_must_be_something_to_verify(tmp_path) -> None:
    with pytest.raises(BrokenSurroundings, match="nothing to verify"):
        verification.verify_home(Home(tmp_path / "nowhere"))
