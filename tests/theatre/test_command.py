"""``run --theatre FILE`` writes what was played; what it cannot do, it says before anything is started."""

from pathlib import Path

import pytest

from scenarios import cli


def test_a_play_is_written_as_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "play.html"

    assert cli.run(["run", "transfer-gm", "--theatre", str(file)]) == 0
    assert "POST /api/transfers" in file.read_text(encoding="utf-8")
    assert capsys.readouterr().err == f"Wrote {file}\n"


@pytest.mark.parametrize("names", [["--all"], ["a1-query", "transfer-gm"]])
def test_one_file_shows_one_play(names: list[str], tmp_path: Path) -> None:
    assert cli.run(["run", *names, "--theatre", str(tmp_path / "play.html")]) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named_before_anything_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["run", "a1-query", "--theatre", str(tmp_path / "nowhere" / "play.html")]) == 2
    assert "nowhere" in capsys.readouterr().err
