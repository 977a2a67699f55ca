"""A class is a file of names; what is no class is refused in one line."""

from pathlib import Path

import click
import pytest

from scenarios.cli import run
from scenarios.commands.range import NAME_CHARS_MAX, _names


def test_a_class_is_one_name_a_line(tmp_path: Path) -> None:
    roster = tmp_path / "names.txt"
    roster.write_text("\ufeffAnn\n\n  李雷 \nAnn\n", encoding="utf-8")

    assert _names(roster) == ["Ann", "李雷"]


@pytest.mark.parametrize("content", ["", "\n \n", "x" * (NAME_CHARS_MAX + 1), "\n".join(map(str, range(201)))])
def test_a_class_of_nobody_of_too_many_or_of_endless_names_is_refused(tmp_path: Path, content: str) -> None:
    roster = tmp_path / "names.txt"
    roster.write_text(content)

    with pytest.raises(click.BadParameter, match="names are wanted"):
        _names(roster)


def test_a_directory_of_somebody_elses_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")

    assert run(["range", "up", "--home", str(tmp_path), "--port-base", "0"]) == 3
    assert "is not a range's home" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_class_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["range", "up", "--class", str(tmp_path / "nobody.txt")]) == 2
    assert "nobody.txt" in capsys.readouterr().err
