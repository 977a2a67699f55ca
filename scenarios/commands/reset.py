"""``bank-sandbox reset``: delete a sandbox's state, and only a sandbox's."""

from __future__ import annotations

from pathlib import Path

import click

from scenarios.commands import options


@click.command("reset", short_help="Delete a sandbox's state.")
@options.home
def command(home: Path) -> None:
    """Delete the state of a sandbox that is not running.

    Only a directory that carries the sandbox's marker is ever deleted.
    """
    from scenarios.home import Home

    target = Home(home)
    if target.marker() is None:
        click.echo(f"Nothing to delete: there is no sandbox in {target.path}.")
        return
    with target.lock():
        target.remove()
    click.echo(f"Deleted {target.path}.")
