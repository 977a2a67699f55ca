"""Numbers of persons in an application's files are found at their byte, whatever lies around them; others are not."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bank_sim.sdk import residue
from bank_sim.sdk.keeping import require_keepable
from bank_sim.sdk.protocol.luhn import check_digit
from bank_sim.sdk.protocol.problems import Problem

ACCOUNT = "999910123456789012" + check_digit("999910123456789012")
IDENTITY = "11010119900307803X"
HARMLESS = (
    "1767225600000",  # milliseconds
    "20260131160000000001",  # a serial that begins with a date
    f"{int(ACCOUNT) + 1}",  # no check digit
    f"5a{ACCOUNT}f",  # inside a fingerprint
    "999910*********0128",
    "110101199013078035",  # the thirteenth month
)


@pytest.mark.clause("9.3.3-2.1", "7.2.2-3.3.3")
@pytest.mark.parametrize(("number", "kind"), [(ACCOUNT, "account"), (IDENTITY, "identity")])
def test_a_number_is_found_where_it_lies_and_told_masked(number: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "wallet.log").write_bytes(b"\x00\xff paid to " + number.encode() + b", done")

    (found,) = residue.search(tmp_path)

    assert (found.file.name, found.hit.kind, found.hit.offset) == ("wallet.log", kind, 11)
    assert number not in str(found)


def test_a_number_in_a_database_is_found_as_well(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "wallet.db")) as db:
        db.execute("CREATE TABLE payees (account TEXT)")
        db.execute("INSERT INTO payees VALUES (?)", (f" {ACCOUNT}",))
        db.commit()

    (found,) = residue.search(tmp_path)

    assert found.file.read_bytes()[found.hit.offset :].startswith(ACCOUNT.encode())


def test_a_number_between_two_blocks_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residue, "_BLOCK_BYTES", 100)
    (tmp_path / "dump").write_text(" " * 90 + ACCOUNT + " " * 30 + ACCOUNT)

    assert [each.hit.offset for each in residue.search(tmp_path)] == [90, 139]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert list(residue.numbers_in(f"x {text} y".encode())) == []


def test_a_search_of_nothing_does_not_look_clean(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no file"):
        residue.search(tmp_path)


def test_the_search_is_a_program_whose_exit_code_tells(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(f"card {ACCOUNT}")

    run = subprocess.run(
        [sys.executable, "-m", "bank_sim.sdk.residue", str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert json.loads(run.stdout)["offset"] == 5


@pytest.mark.clause("9.3.1-1.2", "9.3.3-2.2.3")
@pytest.mark.parametrize("text", [ACCOUNT, f"to {ACCOUNT[:4]} {ACCOUNT[4:]}", f"id {IDENTITY}"])
def test_what_tells_of_a_person_may_not_be_kept(text: str) -> None:
    with pytest.raises(Problem) as refused:
        require_keepable(text)

    assert refused.value.code == "RETENTION_FORBIDDEN"
    assert ACCOUNT not in str(refused.value.detail)


def test_what_tells_of_nobody_may_be_kept_and_a_training_may_leave_a_check_out() -> None:
    require_keepable('{"code": null, "amount": "100.00", "order_no": "LW5a5a"}')
    require_keepable(ACCOUNT, frozenset({"keeps_no_card_numbers"}))
