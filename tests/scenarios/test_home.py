"""A home is ours only with its marker; nothing else is ever written to or deleted."""

from pathlib import Path

import pytest

from scenarios.failures import BrokenSurroundings
from scenarios.home import Home, Marker

MARKER = Marker(suite="gm", port_base=8440, ports={}, seed=1, people=2, passphrase="kept", salt="00")


def test_a_directory_with_other_peoples_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    for use in (Home(tmp_path).marker, Home(tmp_path).erase, Home(tmp_path).remove, Home(tmp_path).lock().__enter__):
        with pytest.raises(BrokenSurroundings, match="left alone"):
            use()

    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"product": "bank-api-sandbox"}', '{"suite": 1, "unknown": 2}', "\x00\x01", '"text"'],
)
def test_a_damaged_marker_is_said_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "sandbox.json").write_text(content)

    with pytest.raises(BrokenSurroundings, match="damaged") as refusal:
        Home(tmp_path).marker()

    assert "\n" not in str(refusal.value)


def test_a_marker_of_another_format_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create(MARKER)
    marker = home.path / "sandbox.json"
    marker.write_text(marker.read_text().replace('"format": 1', '"format": 99'))

    with pytest.raises(BrokenSurroundings, match="format 99"):
        home.marker()


def test_a_file_in_the_place_of_a_home_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BrokenSurroundings, match="not a directory"):
        Home(tmp_path / "file").marker()


def test_a_home_counts_as_founded_only_at_the_end(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create(MARKER)
    half = home.marker()
    home.founded(MARKER)
    whole = home.marker()

    assert half is not None
    assert whole is not None
    assert (half.reopens, whole.reopens) == (False, True)


def test_a_second_sandbox_is_kept_out_until_the_first_has_ended(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")

    with home.lock():
        with pytest.raises(BrokenSurroundings, match="already running"), home.lock():
            pass
    with home.lock():
        assert home.path.is_dir()


def test_removing_takes_a_home_of_ours_away_but_follows_no_link_out_of_it(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").touch()
    home = Home(tmp_path / "home")
    home.create(MARKER)
    (home.path / "bank" / "bank.db").touch()
    (home.path / "link").symlink_to(outside)

    home.remove()

    assert not home.path.exists()
    assert (outside / "precious").exists()


def test_run_facts_are_private_and_gone_afterwards(tmp_path: Path) -> None:
    import os

    home = Home(tmp_path / "home")
    home.create(MARKER)

    with home.running({"pid": os.getpid(), "control_token": "secret"}):
        facts = home.run()
        mode = (home.path / "run.json").stat().st_mode & 0o777

    assert facts is not None
    assert mode == 0o600
    assert home.run() is None


def test_facts_of_a_sandbox_that_was_killed_count_as_none(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create(MARKER)
    (home.path / "run.json").write_text('{"pid": 4194304}')

    assert home.run() is None
