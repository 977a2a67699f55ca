"""``run --theatre FILE``: plays one scenario and writes each play as a file that shows it by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scenarios.failures import BrokenSurroundings
from scenarios.theatre.export import exported
from scenarios.theatre.playing import record
from scenarios.theatre.recording import Recording

if TYPE_CHECKING:
    from scenarios.browsers import Window
    from scenarios.registry import Scenario
    from scenarios.runner import Result

_TEMPLATES = Path(__file__).parent / "templates"


def play_into(
    path: Path,
    scenario: Scenario,
    *,
    prove: bool,
    language: str,
    environment: Mapping[str, str],
    window: Window | None = None,
    heard: Callable[[Result], None] = lambda _: None,
) -> tuple[list[Result], list[Path]]:
    """Play in every suite, with ``prove`` also without the defence. The results, and the files: ``path`` is the first.

    Further plays go beside it, named after what is different: ``x.html``, ``x-weakened.html``. ``BrokenSurroundings``
    when a file cannot be written.
    """
    from scenarios.runner import Theatre

    results, files = [], []
    for suite in scenario.suites:
        for mode in Theatre.modes(scenario, prove=prove):
            recording = Recording(scenario.name, suite, "starting", scenario, mode)
            results.append(record(recording, language, environment, window))
            heard(results[-1])
            beside = [*([suite] if suite != scenario.suites[0] else []), *([mode] if mode != "whole" else [])]
            files.append(path.with_stem("-".join([path.stem, *beside])))
            write(files[-1], recording, language)
    return results, files


def write(path: Path, recording: Recording, language: str) -> None:
    """Write one recording as a self-contained HTML file."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    try:
        path.write_text(exported(environment, recording, language), encoding="utf-8")
    except OSError as error:
        raise BrokenSurroundings(f"{path} cannot be written: {error.strerror}.") from error
