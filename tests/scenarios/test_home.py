"""A home is ours only with its marker; nothing else is ever written to or deleted."""

import json
import os
from dataclasses import fields
from pathlib import Path

import pytest

from scenarios import cli
from scenarios.facts import FORMAT, Marker, RunFacts, Urls
from scenarios.failures import BrokenSurroundings
from scenarios.home import Home
from scenarios.ports import Ports, ports_from

PORTS = tuple(each.name for each in fields(Ports))
MARKER = Marker(suite="gm", port_base=8440, ports=ports_from(8440), seed=1, people=2, passphrase="kept", salt="00")
URLS = {name: f"https://localhost:{port}" for port, name in enumerate(Urls.__annotations__)}
FACTS: RunFacts = {
    "pid": os.getpid(),
    "started_at": "2026-01-01T00:00:00+00:00",
    "suite": "gm",
    "workers": 1,
    "urls": URLS,  # type: ignore[typeddict-item]
    "control_token": "secret",
    "parties": {"bank": 1},
}


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


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("ports", {}),
        ("ports", {"gateway": 8440}),
        ("ports", dict.fromkeys(PORTS, "8440")),
        ("ports", dict.fromkeys(PORTS, 65536)),
        ("salt", "not hexadecimal"),
        ("salt", "0"),
        ("salt", ""),
        ("salt", None),
        ("suite", "rot13"),
        ("port_base", "8440"),
        ("seed", 1.5),
        ("people", 1),
        ("workers", 0),
        ("state", "half"),
        ("passphrase", "hunter2"),
    ],
)
@pytest.mark.parametrize("arguments", [["up"], ["demo"], ["status"], ["reset"]], ids=" ".join)
def test_a_marker_with_one_wrong_member_is_damaged_for_every_command(
    tmp_path: Path, member: str, value: object, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    home.create(MARKER)
    home.founded(MARKER)
    marker = home.path / "sandbox.json"
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {member: value}))

    code = cli.run([*arguments, "--home", str(home.path)])

    error = capsys.readouterr().err
    assert (code, error.count("\n")) == (3, 1)
    assert "sandbox.json is damaged" in error


def test_a_marker_is_read_as_it_was_written(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create(MARKER)

    assert home.marker() == MARKER


def test_a_marker_of_another_format_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create(MARKER)
    marker = home.path / "sandbox.json"
    marker.write_text(marker.read_text().replace(f'"format": {FORMAT}', '"format": 99'))

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
    home = Home(tmp_path / "home")
    home.create(MARKER)

    with home.running(FACTS):
        facts = home.run()
        mode = (home.path / "run.json").stat().st_mode & 0o777

    assert facts == FACTS
    assert mode == 0o600
    assert home.run() is None


def test_facts_of_a_sandbox_that_was_killed_count_as_none(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create(MARKER)
    (home.path / "run.json").write_text(json.dumps(FACTS | {"pid": 4194304}))

    assert home.run() is None


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "[]",
        "{",
        "\x00\xff",
        "[" * 100_000,
        '{"pid": 1}',
        json.dumps(FACTS | {"pid": "1"}),
        json.dumps(FACTS | {"pid": 0}),
        json.dumps(FACTS | {"pid": -1}),
        json.dumps(FACTS | {"pid": 2**70}),
        json.dumps(FACTS | {"urls": {}}),
        json.dumps(FACTS | {"urls": URLS | {"control": 8449}}),
        json.dumps(FACTS | {"control_token": None}),
    ],
)
@pytest.mark.parametrize("arguments", [["status"], ["clock", "show"], ["app", "register", "shop"]], ids=" ".join)
def test_damaged_facts_of_a_run_are_said_in_one_line(
    tmp_path: Path, content: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    home.create(MARKER)
    (home.path / "run.json").write_text(content)

    code = cli.run([*arguments, "--home", str(home.path)])

    error = capsys.readouterr().err
    assert (code, error.count("\n")) == (3, 1)
    assert "run.json is damaged" in error
