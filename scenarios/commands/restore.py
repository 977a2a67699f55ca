"""``bank-sandbox restore``: put the state of all parties back to a snapshot."""

from __future__ import annotations

import json
from pathlib import Path

import click

from scenarios.commands import options


@click.command("restore", short_help="Put the state of all parties back to a snapshot.")
@click.argument("name")
@options.home
@options.as_json
def command(name: str, home: Path, as_json: bool) -> None:
    """Put the state of all parties back to that of the snapshot NAME.

    A running sandbox keeps running. What happened since, at any party, is gone; calls that are under way may be lost.
    A snapshot of another sandbox, an altered or an incomplete one is refused, and nothing is changed.
    """
    from time import perf_counter

    from scenarios.snapshotting import put_back

    begun = perf_counter()
    restored = put_back(home, name)
    took_ms = round((perf_counter() - begun) * 1000)
    if as_json:
        click.echo(json.dumps({"name": name, "taken_at": restored.taken_at, "ms": took_ms}))
        return
    click.echo(f"Put back to {name} of {restored.taken_at} in {took_ms} ms.")
