"""What a reset leaves: nothing, or a seed from which the next start founds the same people, accounts and App_IDs."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scenarios import cli
from scenarios.home import Home
from scenarios.passphrase import ephemeral
from scenarios.world import Plan, running_world


def _founded(home: Path) -> dict[str, Any]:
    """What is the same again: people with their logins, accounts, cards, and who applies to the bank."""
    plan = Plan(home=home, passphrase=ephemeral(), port_base=0, people=4, environment=dict(os.environ))
    with running_world(plan) as world:
        people = [(each.name, each.login_name, each.password, each.phone) for each in world.people]
        partner = world.control.register({"name": "Partner", "apis": "public"})
    with closing(sqlite3.connect(home / "bank" / "bank.db")) as db:
        accounts = db.execute("SELECT account_id, account_number FROM accounts ORDER BY 1").fetchall()
        applications = db.execute("SELECT app_id FROM applications ORDER BY registered_at_ms").fetchall()
    return {"people": people, "accounts": accounts, "applications": applications, "partner": partner["app_id"]}


def test_the_same_seed_founds_the_same_sandbox_and_another_seed_another(tmp_path: Path) -> None:
    home, membership = ["--home", str(tmp_path / "home")], tmp_path / "home" / "app" / "membership.json"
    assert cli.run(["reset", "--seed", "7", *home]) == 0
    first, kept = _founded(tmp_path / "home"), membership.read_bytes()
    # Its passphrase was of one run only: it is founded anew, with other keys, and the seed outlives that.
    again = _founded(tmp_path / "home")
    assert membership.read_bytes() != kept
    assert cli.run(["reset", "--seed", "8", *home]) == 0
    other = _founded(tmp_path / "home")

    assert first == again
    assert len(first["accounts"]) >= 12
    assert all(first[name] != other[name] for name in first)


def test_a_foreign_directory_is_not_seeded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("mine")

    assert cli.run(["reset", "--seed", "7", "--home", str(tmp_path / "letters")]) == 3

    assert "not a sandbox's home" in capsys.readouterr().err
    assert [each.name for each in (tmp_path / "letters").iterdir()] == ["dear.txt"]


def test_a_plain_reset_forgets_the_seed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert cli.run(["reset", "--seed", "7", "--home", str(home.path)]) == 0
    assert cli.run(["reset", "--home", str(home.path)]) == 0

    assert home.marker() is None
