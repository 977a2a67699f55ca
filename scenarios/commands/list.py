"""``bank-sandbox list``: which scenarios there are, and what each shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.surroundings import Surroundings


@click.command("list", short_help="List the scenarios and what each shows.")
@options.as_json
@click.pass_obj
def command(surroundings: Surroundings, as_json: bool) -> None:
    """List the scenarios: name, kind, the requirements of the standard that each stands for, and its summary."""
    from scenarios.registry import scenarios

    known = scenarios().values()
    if as_json:
        click.echo(json.dumps([each.facts() for each in known], ensure_ascii=False))
        return
    from scenarios.terminal import terminal

    rows = [(each.name, each.kind, each.summary(surroundings.language), " ".join(each.clauses)) for each in known]
    terminal().table(("name", "kind", "what it shows", "clauses"), rows)
