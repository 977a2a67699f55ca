"""``run --browser``: what it needs, and what it says where that is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios import cli
from scenarios.browsers import Window, browsers_of
from scenarios.failures import BrokenSurroundings
from scenarios.world import World
from user_sim import chromium, installed_chromium


@pytest.fixture(autouse=True)
def _with_chromium() -> None:
    pytest.importorskip("playwright")
    if installed_chromium.found() is None:
        pytest.skip("no Chromium; tests/chromium/ensure_chromium.sh installs it")


@pytest.mark.parametrize("more", [["--headed"], ["--slow", "100"]], ids=" ".join)
def test_what_concerns_a_browser_is_refused_without_one(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["run", "transfer-gm", *more]) == 2
    assert "--browser" in capsys.readouterr().err


def test_without_a_chromium_one_line_says_what_to_install(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium.installed_chromium, "found", lambda **_: Path("/nowhere/chromium"))
    with pytest.raises(BrokenSurroundings, match="apt-get install chromium"), browsers_of(world, Window()):
        raise AssertionError("a browser that is not there was opened")


def test_no_window_means_no_browser(world: World) -> None:
    with browsers_of(world, None) as opener:
        assert opener is None
