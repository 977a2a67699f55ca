"""``bank-sandbox evidence``: the evidence of one payment, as a file for somebody who was not there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.surroundings import Surroundings


@click.command("evidence", short_help="Put the evidence of one payment into a file.")
@click.argument("payment", metavar="ORDER_NO|TRANSFER_ID")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it; a file that is there already stays as it is.",
)
@options.home
@click.pass_obj
def command(surroundings: Surroundings, payment: str, out: Path, home: Path) -> int:
    """Put together what proves one executed payment of the wallet's: the signed order, the bank's signed answer, the
    payer's confirmation, the bank's access record, and its way up to a checkpoint of the log that both parties signed.

    Offline and read-only, with the sandbox running or not. `bank-sandbox verify-evidence FILE` judges it anywhere.

    \b
    Example:
      bank-sandbox evidence LW0123456789abcdef0123 --out payment.json
    """
    from scenarios.failures import WrongUsage
    from scenarios.home import Home
    from scenarios.payment_evidence.building import build
    from scenarios.payment_evidence.package import write_package

    target = Home(home)
    target.marker()
    if out.exists():
        raise WrongUsage(f"{out} is there already; choose another --out.")
    out.write_bytes(write_package(build(target, payment)))
    written = {
        "en": f"Written: {out}. Verify it with: bank-sandbox verify-evidence {out}",
        "zh": f"已写入{out}。校验：bank-sandbox verify-evidence {out}",
    }
    click.echo(written[surroundings.language])
    return 0
