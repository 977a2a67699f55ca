"""Options that several commands share, said once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scenarios.passphrase import Passphrase
    from scenarios.surroundings import Surroundings

HOME_DEFAULT = Path(".sandbox")
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

home: Decorator = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=True),
    default=HOME_DEFAULT,
    show_default=True,
    help="The directory that holds the sandbox's state.",
)
as_json: Decorator = click.option("--json", "as_json", is_flag=True, help="Print one JSON document, for programs.")
suite: Decorator = click.option(
    "--suite",
    type=click.Choice(["gm", "intl"]),
    default="gm",
    show_default=True,
    help="Cryptography of the wallet: gm is SM2, SM3, SM4; intl is ECDSA, SHA-256, AES.",
)
workers: Decorator = click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Gateway processes of the bank."
)
port_base: Decorator = click.option(
    "--port-base",
    type=click.IntRange(0, 65526),
    default=8440,
    show_default=True,
    help=(
        "First port: gateway +0, bank pages +1, wallet +2, phone +3, theatre +4, portal +5, console +6, control +9."
        " 0 takes any free ports."
    ),
)


def passphrase(function: Callable[..., Any]) -> Callable[..., Any]:
    """Where the passphrase comes from: ``use_keyring`` and ``ask_passphrase``; the environment needs no option."""
    function = click.option(
        "--ask-passphrase", is_flag=True, help="Ask for the passphrase of the keys instead of making one for this run."
    )(function)
    return click.option(
        "--keyring", "use_keyring", is_flag=True, help="Keep the passphrase in the operating system's keyring."
    )(function)


def chosen(surroundings: Surroundings, home: Path, use_keyring: bool, ask_passphrase: bool) -> Passphrase:
    """The passphrase that those options and the environment name."""
    from scenarios.passphrase import choose

    return choose(
        surroundings.passphrase,
        use_keyring=use_keyring,
        prompt=_prompt if ask_passphrase else None,
        account=str(home.absolute()),
    )


def _prompt() -> str:
    text: str = click.prompt("Passphrase of the sandbox's keys", hide_input=True)
    return text
