"""``bank-sandbox demo``: the whole story once, told and verified."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.surroundings import Surroundings


@click.command("demo", short_help="Play the whole story once, narrated and verified.")
@click.option("--home", type=click.Path(path_type=Path), help="Keep the state here; by default it is thrown away.")
@options.suite
@click.option("--lang", type=click.Choice(["en", "zh"]), help="Language; by default that of your locale.")
@click.pass_obj
def command(surroundings: Surroundings, home: Path | None, suite: Literal["gm", "intl"], lang: str | None) -> int:
    """Play the whole story once: link, balance, two-factor transfer, A1 query, revoked consent, refused call.

    Three real processes on free ports, a headless user, a tap that shows the messages; then the books, both logs
    and the application's files are verified. Exit code 1 when something does not hold.

    \b
    Examples:
      bank-sandbox demo
      bank-sandbox demo --lang zh --suite intl
      NO_COLOR=1 bank-sandbox demo | less
    """
    from scenarios.performance import perform
    from scenarios.signals import terminable
    from scenarios.terminal import terminal

    with terminable():
        well = perform(terminal(), lang or surroundings.language, suite, home, surroundings.environment)
    return 0 if well else 1
