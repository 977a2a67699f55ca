"""``bank-sandbox range``: a class that learns by attacking, and by finding an attack."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scenarios.range.book import Player
    from scenarios.range.ground import Ground
    from scenarios.surroundings import Surroundings

HOME_DEFAULT = Path(".sandbox-range")
PORT_BASE_DEFAULT = 8540
PLAYERS_MAX = 200
NAME_CHARS_MAX = 40
GLANCE_S = 0.5


@click.group("range", short_help="The attack range: challenges for a class, each player in a world of their own.")
def command() -> None:
    """The attack range: challenges for a class, each player in a world of their own."""


@command.command()
@click.option("--players", type=click.IntRange(1, PLAYERS_MAX), default=1, show_default=True, help="How many play.")
@click.option(
    "--class",
    "roster",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a name on each line, instead of --players.",
)
@click.option(
    "--worlds",
    type=click.IntRange(1, PLAYERS_MAX),
    help="How many worlds may run at once; by default one for each player. Each takes about 220 MiB.",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    default=HOME_DEFAULT,
    show_default=True,
    help="Where progress is kept from one lesson to the next.",
)
@click.option(
    "--port-base",
    type=click.IntRange(0, 65526 - 10 * PLAYERS_MAX),
    default=PORT_BASE_DEFAULT,
    show_default=True,
    help="The range's own port; player N has the ten from +10·N on. 0 takes any free ports.",
)
@click.pass_obj
def up(
    surroundings: Surroundings, players: int, roster: Path | None, worlds: int | None, home: Path, port_base: int
) -> None:
    """Open the range, print everybody's code, and keep it open until Ctrl-C.

    \b
    Examples:
      bank-sandbox range up
      bank-sandbox range up --players 12
      bank-sandbox range up --class names.txt --worlds 8
    """
    from scenarios.range.serving import Settings, open_range
    from scenarios.signals import terminable

    names = _names(roster) if roster is not None else [f"player-{number}" for number in range(1, players + 1)]
    settings = Settings(home.absolute(), tuple(names), worlds or len(names), port_base, surroundings.environment)
    try:
        with terminable(), open_range(settings) as ground:
            _announce(ground, names)
            while True:
                time.sleep(GLANCE_S)
    except KeyboardInterrupt:
        click.echo("Stopped. Progress is kept; codes stay the same.")


def _names(roster: Path) -> list[str]:
    """One name a line; blank lines and repetitions are passed over."""
    lines = [line.strip() for line in roster.read_text(encoding="utf-8-sig").splitlines()]
    names = list(dict.fromkeys(line for line in lines if line))
    if not 1 <= len(names) <= PLAYERS_MAX or any(len(each) > NAME_CHARS_MAX for each in names):
        raise click.BadParameter(
            f"{roster}: 1 to {PLAYERS_MAX} names are wanted, one a line, of up to {NAME_CHARS_MAX} characters each."
        )
    return names


def _announce(ground: Ground, names: list[str]) -> None:
    from scenarios.range.book import TRAINER
    from scenarios.terminal import terminal

    screen = terminal()
    trainer = ground.book.player(TRAINER)
    assert trainer is not None
    screen.table(("who", "code"), [("trainer", trainer.code), *_codes(ground.book.players(), names)])
    screen.line(f"The range: {ground.origin}   (trust {ground.authority}, or accept the browser's warning)")
    screen.line("Ctrl-C closes it.")


def _codes(players: list[Player], names: list[str]) -> list[tuple[str, str]]:
    return [(each.name, each.code) for each in players if each.name in names]
