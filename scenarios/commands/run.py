"""``bank-sandbox run``: play scenarios in throw-away worlds and judge them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.runner import Result
    from scenarios.surroundings import Surroundings


@click.command("run", short_help="Play scenarios: happy paths, attacks, proofs of attacks.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Play every scenario.")
@click.option(
    "--prove", is_flag=True, help="Play each attack a second time without its one defence: it must succeed then."
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
    as_json: bool,
    report: Path | None,
) -> int:
    """Play the named scenarios, or --all of them, in worlds of their own on free ports.

    A sandbox that is running is not touched. Exit code 1 when a scenario fails.

    \b
    Examples:
      bank-sandbox run transfer-gm
      bank-sandbox run --all --prove --report reports
      bank-sandbox run amount-tampered --prove --json
    """
    if bool(names) == everything:
        raise click.UsageError("Name scenarios, or say --all; bank-sandbox list shows them.")
    from scenarios.registry import chosen
    from scenarios.report import prepare
    from scenarios.runner import play_all
    from scenarios.signals import terminable

    scenarios = chosen(names)
    if report is not None:
        prepare(report)
    heard = _silent if as_json else _tell
    with terminable():
        results = play_all(scenarios, prove=prove, environment=surroundings.environment, heard=heard)
    _close(results, as_json, report)
    return 0 if all(each.passed for each in results) else 1


def _silent(result: Result) -> None:
    """Programs read the document at the end."""


def _tell(result: Result) -> None:
    word = "passed" if result.passed else "FAILED"
    bank = f"{result.suite}, {result.mode}" if result.scenario.defence else result.suite
    click.echo(f"{word}  {result.scenario.name:<22} ({bank})  {result.outcome}")


def _close(results: list[Result], as_json: bool, report: Path | None) -> None:
    if report is not None:
        from scenarios.report import write

        for path in write(report, results):
            click.echo(f"Wrote {path}", err=True)
    if as_json:
        passed = all(each.passed for each in results)
        click.echo(json.dumps({"passed": passed, "results": [each.facts() for each in results]}, ensure_ascii=False))
    else:
        click.echo(f"{sum(each.passed for each in results)} of {len(results)} passed.")
