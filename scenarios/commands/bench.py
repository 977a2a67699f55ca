"""``bank-sandbox bench``: what the bank costs on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from loadtests.measuring import Measurement
    from scenarios.surroundings import Surroundings


@click.command("bench", short_help="Measure speed and cost of the bank on this machine.")
@click.option(
    "--quick", is_flag=True, help="A fifth of the requests: done in a third of the time, less steady figures."
)
@options.as_json
@click.pass_obj
def command(surroundings: Surroundings, quick: bool, as_json: bool) -> None:
    """Measure token issue, A1 query, A2 balance and transfer in both suites, with 1 and 2 workers; then the pages.

    Next to a bare Flask route behind the same server as the yardstick; each figure also as a ratio to it. It takes
    about a minute on throw-away servers; a sandbox that is running is not touched.

    \b
    Examples:
      bank-sandbox bench
      bank-sandbox bench --quick
      bank-sandbox bench --json > bench.json
    """
    from loadtests import bench
    from loadtests.cells import FULL, QUICK
    from scenarios.signals import terminable

    with terminable():
        counts = QUICK if quick else FULL
        report = bench.run(surroundings.environment, counts=counts, heard=_silent if as_json else _tell)
    if as_json:
        click.echo(json.dumps(report.document(), indent=2))
        return
    from loadtests.report import COLUMNS, NOTE, PAGE_COLUMNS, PAGE_NOTE
    from scenarios.terminal import terminal

    screen = terminal()
    screen.table(COLUMNS, report.rows())
    screen.line(f"Cold start of a founded home, to the first verified answer: {report.cold_start_s:.2f} s")
    screen.line(NOTE)
    screen.line()
    screen.table(PAGE_COLUMNS, report.page_rows())
    screen.line(PAGE_NOTE)


def _silent(measurement: Measurement) -> None:
    """Programs read the document at the end."""


def _tell(measurement: Measurement) -> None:
    click.echo(f"measured {measurement.name} ({measurement.suite}, {measurement.workers} workers) …", err=True)
