"""``bank-sandbox simulate``: play the whole sandbox from a seed, in one process, and judge it after every step."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from scenarios.commands import options
from scenarios.failures import WrongUsage

if TYPE_CHECKING:
    from scenarios.simulation.play import Outcome, Setting

# Where there is one, a file system in memory: a run's files live for a second.
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


@click.command("simulate", short_help="Play everything from a seed, in virtual time, and judge each step.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="What all chance is drawn from.")
@click.option(
    "--steps", type=click.IntRange(1, 10_000_000), default=2_000, show_default=True, help="Steps of each run."
)
@click.option(
    "--runs", type=click.IntRange(1, 1_000_000), default=1, show_default=True, help="So many seeds, one after another."
)
@click.option("--weaken", "weakened", multiple=True, metavar="NAME", help="Leave out a defence; may be repeated.")
@click.option("--hostile", is_flag=True, help="Storms and attacks all the time, and less of everyday life.")
@click.option(
    "--suite",
    type=click.Choice(["gm", "intl"]),
    default="intl",
    show_default=True,
    help="Cryptography of the applications; gm is slower, for SM2 takes most of a step.",
)
@click.option(
    "--trace",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write every step as a line of JSON into FILE.",
)
@options.as_json
def command(
    seed: int,
    steps: int,
    runs: int,
    weakened: tuple[str, ...],
    hostile: bool,
    suite: Literal["gm", "intl"],
    trace: Path | None,
    as_json: bool,
) -> int:
    """Play bank, wallet, phones, honest people and attackers in one process, in virtual time, all chance from one seed.

    Letters are lost, doubled, late and altered; parties crash; clocks jump. After every step it is judged whether
    money, consents and records are as they must be. A run that fails prints its seed, which plays it again anywhere.

    \b
    Examples:
      bank-sandbox simulate --seed 7
      bank-sandbox simulate --runs 100 --steps 5000
      bank-sandbox simulate --hostile --weaken replay --trace steps.jsonl
    """
    from scenarios.simulation.play import Setting

    with _traced(trace) as lines:
        settings = [Setting(each, steps, weakened, hostile=hostile) for each in range(seed, seed + runs)]
        return _simulated(settings, suite, lines, as_json)


def _simulated(settings: list[Setting], suite: Literal["gm", "intl"], lines: TextIO | None, as_json: bool) -> int:
    from bank_sim.sdk.protocol.problems import Problem
    from scenarios.simulation.foundation import Foundation
    from scenarios.simulation.play import play, shortest

    def heard(step: dict[str, object]) -> None:
        if lines is not None:
            lines.write(json.dumps(step, ensure_ascii=False) + "\n")

    outcomes = []
    where = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="bank-sandbox-simulate-", dir=where) as folder:
        founded = Foundation.new(Path(folder) / "founded", suite)
        for each in settings:
            try:
                outcomes.append(shortest(founded, play(founded, each, heard)))
            except Problem as problem:
                raise WrongUsage(str(problem)) from problem
            if not as_json:
                click.echo(_line(outcomes[-1]))
    if as_json:
        click.echo(json.dumps([_facts(each) for each in outcomes], indent=2, ensure_ascii=False))
    return 0 if all(each.holds for each in outcomes) else 1


@contextmanager
def _traced(file: Path | None) -> Iterator[TextIO | None]:
    if file is None:
        yield None
        return
    with file.open("w", encoding="utf-8") as lines:
        yield lines


def _line(outcome: Outcome) -> str:
    seed, deliveries = outcome.setting.seed, outcome.happened["arrives"]
    if outcome.holds:
        return f"seed {seed}: all holds after {outcome.steps} steps ({deliveries} letters) · {outcome.digest[:16]}"
    when = "at rest, after" if outcome.at_rest else "after"
    again = f"bank-sandbox simulate --seed {seed} --steps {outcome.steps}"
    again += "".join(f" --weaken {each}" for each in outcome.setting.weakened)
    again += " --hostile" if outcome.setting.hostile else ""
    return f"seed {seed}: VIOLATED {when} {outcome.steps} steps: {outcome.how}\n  again: {again}"


def _facts(outcome: Outcome) -> dict[str, Any]:
    return {
        "seed": outcome.setting.seed,
        "holds": outcome.holds,
        "steps": outcome.steps,
        "failed_at": outcome.failed_at,
        "at_rest": outcome.at_rest and not outcome.holds,
        "invariant": outcome.invariant,
        "how": outcome.how,
        "weakened": list(outcome.setting.weakened),
        "digest": outcome.digest,
        "happened": dict(sorted(outcome.happened.items())),
    }
