"""``bank-sandbox run``: play scenarios in throw-away worlds and judge them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.browsers import Window
    from scenarios.registry import Scenario
    from scenarios.runner import Result
    from scenarios.surroundings import Surroundings


WATCHABLE_MS = 400


@click.command("run", short_help="Play scenarios: happy paths, attacks, proofs of attacks.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Play every scenario.")
@click.option(
    "--prove", is_flag=True, help="Play each attack a second time without its one defence: it must succeed then."
)
@click.option("--browser", is_flag=True, help="The users have a real Chromium instead of a plain HTTP browser.")
@click.option("--headed", is_flag=True, help="With --browser: in windows that one can watch.")
@click.option(
    "--slow",
    type=click.IntRange(0, 10_000),
    default=None,
    metavar="MS",
    help="With --browser: how long each action of a user takes; in windows 400 by default.",
)
@click.option(
    "--theatre",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the play of one NAME as an HTML file that shows it: diagram, bytes, checks.",
)
@options.as_json
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write run.json and run.md with messages, access records and postings into DIR.",
)
@click.pass_obj
def command(
    surroundings: Surroundings,
    names: tuple[str, ...],
    everything: bool,
    prove: bool,
    browser: bool,
    headed: bool,
    slow: int | None,
    theatre: Path | None,
    as_json: bool,
    report: Path | None,
) -> int:
    """Play the named scenarios, or --all of them, in worlds of their own on free ports.

    A sandbox that is running is not touched. After each play, what was trusted to one party is looked for with the
    others: in files, memory and traffic. Exit code 1 when a scenario fails or something is found.

    \b
    Examples:
      bank-sandbox run transfer-gm
      bank-sandbox run --all --prove --report reports
      bank-sandbox run amount-tampered --prove --json
      bank-sandbox run transfer-gm --browser --headed     watch it happen
      bank-sandbox run amount-tampered --theatre play.html
    """
    if bool(names) == everything:
        raise click.UsageError("Name scenarios, or say --all; bank-sandbox list shows them.")
    if (headed or slow is not None) and not browser:
        raise click.UsageError("--headed and --slow go with --browser.")
    if theatre is not None and len(names) != 1:
        raise click.UsageError("--theatre shows one play: name one scenario.")
    if theatre is not None and not theatre.absolute().parent.is_dir():
        raise click.UsageError(f"There is no folder {theatre.absolute().parent}.")
    from scenarios.browsers import Window
    from scenarios.registry import chosen
    from scenarios.report import prepare, verified
    from scenarios.runner import play_all
    from scenarios.signals import terminable

    scenarios = chosen(names)
    if report is not None:
        prepare(report)
    heard = _silent if as_json else _tell
    pace_ms = slow if slow is not None else WATCHABLE_MS if headed else 0
    window = Window(headed, pace_ms) if browser else None
    verifications: list[dict[str, Any]] = []
    with terminable():
        if theatre is None:
            results = play_all(
                scenarios,
                prove=prove,
                environment=surroundings.environment,
                heard=heard,
                window=window,
                trace=report is not None,
                played=lambda world: verifications.extend(verified(world)) if report is not None else None,
            )
        else:
            results = _into_file(theatre, scenarios[0], prove, surroundings, window, heard)
    _close(results, as_json, report, verifications)
    held = all(each["holds"] for each in verifications)
    return 0 if held and all(each.passed for each in results) else 1


def _into_file(
    path: Path,
    scenario: Scenario,
    prove: bool,
    surroundings: Surroundings,
    window: Window | None,
    heard: Callable[[Result], None],
) -> list[Result]:
    from scenarios.theatre.files import play_into

    results, files = play_into(
        path,
        scenario,
        prove=prove,
        language=surroundings.language,
        environment=surroundings.environment,
        window=window,
        heard=heard,
    )
    for each in files:
        click.echo(f"Wrote {each}", err=True)
    return results


def _silent(result: Result) -> None:
    """Programs read the document at the end."""


def _tell(result: Result) -> None:
    word = "passed" if result.passed else "FAILED"
    bank = f"{result.suite}, {result.mode}" if result.scenario.defence else result.suite
    click.echo(f"{word}  {result.scenario.name:<22} ({bank})  {result.outcome}")


def _close(results: list[Result], as_json: bool, report: Path | None, verifications: list[dict[str, Any]]) -> None:
    if report is not None:
        from scenarios.report import write

        for path in write(report, results, verifications):
            click.echo(f"Wrote {path}", err=True)
    if as_json:
        passed = all(each.passed for each in results)
        click.echo(json.dumps({"passed": passed, "results": [each.facts() for each in results]}, ensure_ascii=False))
    else:
        click.echo(f"{sum(each.passed for each in results)} of {len(results)} passed.")
        for line in _searched(results):
            click.echo(line)


def _searched(results: list[Result]) -> list[str]:
    """How far the search for residues went, and loudly what it could not look into."""
    searches = [(each.mode, each.residues) for each in results if each.residues is not None]
    if not searches:
        return []
    mib, looks = sum(each.bytes for _, each in searches) >> 20, sum(each.processes for _, each in searches)
    found = {mode: sum(len(each.residues) for of, each in searches if of == mode) for mode in ("whole", "weakened")}
    spilled = f", {found['weakened']} more where a defence was left out" if found["weakened"] else ""
    line = f"Residues: {found['whole']} found{spilled}; searched {mib} MiB, and looked into processes {looks} times."
    return [line, *sorted({f"NOT SEARCHED: {each}" for _, search in searches for each in search.unread})]
