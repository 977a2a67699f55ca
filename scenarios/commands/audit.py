"""``bank-sandbox audit``: verify what the parties wrote, from their files alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.surroundings import Surroundings


@click.group("audit", short_help="Verify the access log, the books and the journal offline.")
def command() -> None:
    """Verify what the parties left behind: offline, read-only, with the sandbox running or not."""


@command.command()
@options.home
@click.option(
    "--checkpoint",
    "shown",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint of the bank's log that an application keeps, as a file; may be given several times.",
)
@options.as_json
@click.pass_obj
def verify(surroundings: Surroundings, home: Path, shown: tuple[Path, ...], as_json: bool) -> int:
    """Verify the bank's access log (chain) and its archives (files and chains), its books (independent auditor), log
    and books together (each executed transfer has the record of its call, and its payer was told), the journal of its
    staff (chain), the wallet's journal (chain), and both logs against the checkpoints that the other party has
    countersigned.

    Exit code 1 when something does not hold; the line names the first bad record.

    \b
    Example:
      bank-sandbox audit verify --home .sandbox --json
    """
    from scenarios.home import Home
    from scenarios.verification import verify_home

    target = Home(home)
    target.marker()
    verdicts = verify_home(target, [each.read_text("ascii", "replace").strip() for each in shown])
    if as_json:
        click.echo(json.dumps([each.facts() for each in verdicts], ensure_ascii=False))
    else:
        for each in verdicts:
            name, sentence = each.name.in_(surroundings.language), each.sentence.in_(surroundings.language)
            click.echo(f"{'holds ' if each.holds else 'BROKEN'}  {name:<14}  {sentence}")
    return 0 if all(each.holds for each in verdicts) else 1
