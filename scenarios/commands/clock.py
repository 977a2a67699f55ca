"""``bank-sandbox clock``: travel in time, all parties together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from scenarios.commands import options


@click.group("clock", short_help="Show, advance or reset the virtual clock.")
def command() -> None:
    """Show, advance or reset the virtual clock of a running sandbox.

    Consents, tokens, codes, keys and sessions all expire by this clock, at all parties at once.

    \b
    Examples:
      bank-sandbox clock show
      bank-sandbox clock advance 90d      a consent of ninety days ends
      bank-sandbox clock advance 1d12h
      bank-sandbox clock reset            back to the machine's time
    """


@command.command()
@options.home
@options.as_json
def show(home: Path, as_json: bool) -> None:
    """Show the time by the virtual clock."""
    from scenarios.running import control_of

    with control_of(home) as control:
        _tell(control.clock(), as_json)


@command.command()
@click.argument("span")
@options.home
@options.as_json
def advance(span: str, home: Path, as_json: bool) -> None:
    """Move the clock forward by SPAN: 90d, 12h, 30m, 45s, 1d12h."""
    from scenarios.durations import seconds_of
    from scenarios.running import control_of

    try:
        seconds = seconds_of(span)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="SPAN") from error
    with control_of(home) as control:
        _tell(control.advance(seconds), as_json)


@command.command()
@options.home
@options.as_json
def reset(home: Path, as_json: bool) -> None:
    """Put the clock back to the machine's time."""
    from scenarios.running import control_of

    with control_of(home) as control:
        _tell(control.reset_clock(), as_json)


def _tell(reading: dict[str, Any], as_json: bool) -> None:
    from scenarios.durations import spoken

    if as_json:
        click.echo(json.dumps(reading))
        return
    offset_s = reading["offset_s"]
    ahead = f"{spoken(offset_s)} ahead of this machine" if offset_s else "this machine's time"
    click.echo(f"{reading['now']}  ({ahead})")
