"""Whom the wallet's pages may fill in: a file beside the parties' folders, there only while there are aids."""

from __future__ import annotations

from pathlib import Path

from scenarios.home import Home
from scenarios.payees import payees_file, write_payees


def test_without_aids_a_file_of_an_earlier_run_goes(tmp_path: Path) -> None:
    home = Home(tmp_path)
    payees_file(home).write_text('{"payees": []}')
    for _ in range(2):
        write_payees(home, [], aids=False)
        assert not payees_file(home).exists()


def test_the_file_lies_in_no_partys_folder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert not any(payees_file(home).is_relative_to(home.party(name)) for name in ("bank", "app", "user"))
