"""``bank-sandbox snapshot``: keep the state of all parties under a name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.snapshots import Shelf


@click.command("snapshot", short_help="Keep the state of all parties under a name.")
@click.argument("name", required=False)
@click.option("--delete", is_flag=True, help="Delete the snapshot NAME instead.")
@options.home
@options.as_json
def command(name: str | None, delete: bool, home: Path, as_json: bool) -> None:
    """Keep the state of all parties as NAME, or list what is kept.

    It works on a running sandbox and on one that rests. Databases, keys and the virtual clock are kept; settings, TLS
    certificates and logs belong to a run and are not. A snapshot fits the home that it was taken of, for as long as
    that home is not founded anew: keep a passphrase (BANK_SANDBOX_PASSPHRASE) to use it after a restart.

    \b
    Examples:
      bank-sandbox snapshot before-lesson
      bank-sandbox restore before-lesson
      bank-sandbox snapshot                     what is kept
    """
    from time import perf_counter

    from scenarios.home import Home
    from scenarios.snapshots import Shelf
    from scenarios.snapshotting import take

    if name is None:
        if delete:
            raise click.UsageError("Say which snapshot to delete: bank-sandbox snapshot NAME --delete")
        _list(Shelf(Home(home)), as_json)
        return
    if delete:
        Shelf(Home(home)).drop(name)
        click.echo(f"Deleted the snapshot {name}.")
        return
    begun = perf_counter()
    taken = take(home, name)
    took_ms = round((perf_counter() - begun) * 1000)
    if as_json:
        click.echo(json.dumps({"name": name, "files": len(taken.files), "taken_at": taken.taken_at, "ms": took_ms}))
        return
    click.echo(f"Kept as {name} in {took_ms} ms. Put it back with: bank-sandbox restore {name}")


def _list(shelf: Shelf, as_json: bool) -> None:
    found = shelf.all()
    if as_json:
        click.echo(json.dumps([{"name": each.name, "taken_at": each.taken_at} for each in found]))
    elif not found:
        click.echo(f"There is no snapshot of {shelf.home.path} yet.")
    for each in [] if as_json else found:
        click.echo(f"{each.name:24} {each.taken_at}")
