"""A snapshot is put back whole, into the home it was taken of, or not at all; a running sandbox follows."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios import cli, snapshotting
from scenarios.failures import SandboxError, WrongUsage
from scenarios.home import Home
from scenarios.runner import Theatre
from scenarios.snapshots import DOCUMENT, Shelf, SnapshotRefused
from scenarios.stage import Stage
from scenarios.verification import verify_home


def _spend(home: Home) -> None:
    """Something that a snapshot puts back: a customer's name for themselves at each party's database."""
    with closing(sqlite3.connect(home.party("bank") / "bank.db")) as db:
        db.execute("DELETE FROM consents")
        db.commit()
    with closing(sqlite3.connect(home.party("app") / "wallet.db")) as db:
        db.execute("DELETE FROM users")
        db.commit()


def _figures(home: Home) -> tuple[int, int]:
    with closing(sqlite3.connect(home.party("bank") / "bank.db")) as db:
        consents = db.execute("SELECT count(*) FROM consents").fetchone()[0]
    with closing(sqlite3.connect(home.party("app") / "wallet.db")) as db:
        return consents, db.execute("SELECT count(*) FROM users").fetchone()[0]


def test_a_home_at_rest_is_put_back_with_keys_databases_and_time(abandoned: Home) -> None:
    shelf, before = Shelf(abandoned), _figures(abandoned)
    taken = snapshotting.take(abandoned.path, "lesson-1")
    key = min((abandoned.party("bank") / "keys").rglob("*.pem"))
    stray = abandoned.party("app") / "keys" / "stray.pem"
    content = key.read_bytes()
    key.write_bytes(b"another key")
    stray.write_bytes(b"a key that was not there")
    _spend(abandoned)
    assert _figures(abandoned) == (0, 0)

    restored = snapshotting.put_back(abandoned.path, "lesson-1")

    assert restored == taken
    assert _figures(abandoned) == before
    assert key.read_bytes() == content
    assert not stray.exists()
    assert all(each.holds for each in verify_home(abandoned))
    assert [each.name for each in shelf.all()] == ["lesson-1"]


def _of_another_home(shelf: Shelf) -> None:
    document = shelf.folder / "kept" / DOCUMENT
    document.write_text(json.dumps(json.loads(document.read_text()) | {"salt": "00" * 16}))


def _altered(shelf: Shelf) -> None:
    with (shelf.folder / "kept" / "bank" / "bank.db").open("ab") as file:
        file.write(b"one byte more")


def _incomplete(shelf: Shelf) -> None:
    (shelf.folder / "kept" / "app" / "membership.json").unlink()


def _enlarged(shelf: Shelf) -> None:
    (shelf.folder / "kept" / "bank" / "keys" / "planted.pem").write_bytes(b"a key of somebody else")


def _with_a_way_out(shelf: Shelf) -> None:
    document = shelf.folder / "kept" / DOCUMENT
    read = json.loads(document.read_text())
    read["files"] |= {"../../outside": "00" * 32}
    document.write_text(json.dumps(read))


def _with_settings(shelf: Shelf) -> None:
    _planted(shelf, "bank/config.json", b"{}")


def _with_the_marker(shelf: Shelf) -> None:
    _planted(shelf, "sandbox.json", b"{}")


def _with_a_link(shelf: Shelf) -> None:
    place = shelf.folder / "kept" / "app" / "membership.json"
    place.rename(shelf.folder / "elsewhere")
    place.symlink_to(shelf.folder / "elsewhere")


def _planted(shelf: Shelf, name: str, content: bytes) -> None:
    """A file that the snapshot names rightly, and that is no state of a party."""
    (shelf.folder / "kept" / name).write_bytes(content)
    document = shelf.folder / "kept" / DOCUMENT
    read = json.loads(document.read_text())
    read["files"][name] = hashlib.sha256(content).hexdigest()
    document.write_text(json.dumps(read))


def _garbled(shelf: Shelf) -> None:
    (shelf.folder / "kept" / DOCUMENT).write_text('{"name": 7}')


@pytest.mark.parametrize(
    "spoil",
    [
        _of_another_home,
        _altered,
        _incomplete,
        _enlarged,
        _with_a_way_out,
        _with_settings,
        _with_the_marker,
        _with_a_link,
        _garbled,
    ],
    ids=lambda each: each.__name__,
)
def test_a_snapshot_that_does_not_fit_is_refused_and_nothing_is_changed(
    abandoned: Home, spoil: Callable[[Shelf], None], tmp_path: Path
) -> None:
    shelf = Shelf(abandoned)
    snapshotting.take(abandoned.path, "kept")
    _spend(abandoned)
    spoil(shelf)

    with pytest.raises(SnapshotRefused):
        snapshotting.put_back(abandoned.path, "kept")

    assert _figures(abandoned) == (0, 0)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("name", ["../kept", "", ".hidden", "Kept", "a" * 41, "a/b", "-x"])
def test_a_name_that_is_no_name_is_wrong_usage(abandoned: Home, name: str) -> None:
    with pytest.raises(WrongUsage, match="name"):
        snapshotting.take(abandoned.path, name)


def test_an_unknown_snapshot_is_refused_with_those_that_exist(abandoned: Home) -> None:
    snapshotting.take(abandoned.path, "monday")

    with pytest.raises(SandboxError, match="there are: monday"):
        snapshotting.put_back(abandoned.path, "tuesday")


def test_the_commands_keep_list_put_back_and_delete(abandoned: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(abandoned.path)]

    assert cli.run(["snapshot", "noon", *home]) == 0
    assert cli.run(["snapshot", *home, "--json"]) == 0
    kept = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [each["name"] for each in kept] == ["noon"]
    assert cli.run(["restore", "noon", *home]) == 0
    assert cli.run(["snapshot", "noon", "--delete", *home]) == 0
    assert cli.run(["restore", "noon", *home]) == 1
    assert "There is no snapshot noon" in capsys.readouterr().err


def test_a_founding_cut_short_has_nothing_to_keep(abandoned: Home) -> None:
    marker = abandoned.marker()
    assert marker is not None
    abandoned.create(replace(marker, state="founding"))

    with pytest.raises(SandboxError, match="no founded sandbox"):
        snapshotting.take(abandoned.path, "early")


def test_a_running_sandbox_follows_its_snapshot_and_goes_on(gm_theatre: Theatre) -> None:
    world = gm_theatre.world
    stage = gm_theatre.stage()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    before, offset_s = stage.bank.balance_fen(mine), world.control.clock()["offset_s"]
    snapshotting.take(world.home.path, "before")
    stage.advance(40 * 86_400)
    stage.linked_user().pay(mine[-4:], theirs, stage.payee.name, "8.00", "once")
    assert stage.bank.balance_fen(mine) == before - 800

    snapshotting.put_back(world.home.path, "before")

    assert world.control.clock()["offset_s"] == offset_s
    assert stage.bank.balance_fen(mine) == before
    stage.close()
    # The same person again, for whom nothing of that ever happened; messages reach the phone, the chains go on.
    again = Stage(world, stage.user, stage.payee, stage.stranger)
    again.linked_user().pay(mine[-4:], theirs, again.payee.name, "9.00", "twice")
    assert again.bank.balance_fen(mine) == before - 900
    again.close()
    assert [each.name.en for each in verify_home(world.home) if not each.holds] == []
