"""``bank-sandbox recover``: bring one party back from its backup, in a home that rests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.backups import PartyName
    from scenarios.surroundings import Surroundings


@click.command("recover", short_help="Bring one party back from its backup.")
@click.argument("party", type=click.Choice(["bank", "app", "user"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@options.home
@options.passphrase
@options.as_json
@click.pass_obj
def command(
    surroundings: Surroundings,
    party: PartyName,
    file: Path,
    home: Path,
    use_keyring: bool,
    ask_passphrase: bool,
    as_json: bool,
) -> None:
    """Make the state of PARTY that of the backup FILE. The sandbox must not be running.

    A backup of another sandbox or party, an altered one and one that was cut off are refused, and so is one whose
    books or chains do not hold; then nothing is changed. What happened at this party since the backup is gone.

    \b
    Example:
      bank-sandbox recover bank /mnt/elsewhere/bank-2026-11-24.backup && bank-sandbox up
    """
    from scenarios.backups import recover
    from scenarios.commands.backup_report import report

    used = recover(home, party, file, options.chosen(surroundings, home, use_keyring, ask_passphrase))
    report(used, f"Brought {party} back as of {used.header.taken_at}.", as_json)
