"""``bank-sandbox backup``: one party's state as a sealed file for another place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.backups import PartyName
    from scenarios.surroundings import Surroundings


@click.command("backup", short_help="Seal the state of one party into a file.")
@click.argument("party", type=click.Choice(["bank", "app", "user"]))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
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
    """Seal the state of PARTY, running or at rest, into FILE, encrypted with the home's passphrase.

    The copy's databases, books and chains are verified before it is sealed. Keep FILE elsewhere: with it and the
    passphrase, recover brings the party back after its folder is lost.

    \b
    Example:
      BANK_SANDBOX_PASSPHRASE=… bank-sandbox backup bank /mnt/elsewhere/bank-2026-11-24.backup
    """
    from scenarios.backups import back_up
    from scenarios.commands.backup_report import report

    made = back_up(home, party, file, options.chosen(surroundings, home, use_keyring, ask_passphrase))
    report(made, f"Sealed the state of {party} into {file} ({file.stat().st_size // 1024} KiB).", as_json)
