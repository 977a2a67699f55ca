"""``bank-sandbox reset``: delete a sandbox's state, and only a sandbox's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.home import Home


@click.command("reset", short_help="Delete a sandbox's state.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Found it from this number at its next start.")
@options.home
def command(seed: int | None, home: Path) -> None:
    """Delete the state of a sandbox that is not running.

    Only a directory that carries the sandbox's marker is ever deleted.

    With a seed the home's next start founds the same people with the same passwords, accounts, cards and history, and
    the applications that register get the same App_IDs in the same order. Keys and secrets are new all the same.

    \b
    Examples:
      bank-sandbox reset --seed 7 && bank-sandbox up
      bank-sandbox restore founded      back to the first day, while it runs
    """
    from scenarios.home import Home

    target = Home(home)
    if seed is not None:
        _await_founding(target, seed)
        click.echo(f"{target.path} is empty; its next start founds it from seed {seed}.")
        return
    if target.marker() is None:
        click.echo(f"Nothing to delete: there is no sandbox in {target.path}.")
        return
    with target.lock():
        target.remove()
    click.echo(f"Deleted {target.path}.")


def _await_founding(home: Home, seed: int) -> None:
    """A home with nothing in it but the seed."""
    from dataclasses import replace

    from scenarios.passphrase import ephemeral
    from scenarios.ports import ports_from
    from scenarios.world import Plan, fresh_marker

    with home.lock():
        plan = Plan(home=home.path, passphrase=ephemeral())
        empty = fresh_marker(plan, ports_from(plan.port_base))
        home.erase()
        home.create(replace(empty, seed=seed, identifiers="seeded"))
