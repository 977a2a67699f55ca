"""``bank-sandbox verify-evidence``: judge the evidence of one payment from the file alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.surroundings import Surroundings


@click.command("verify-evidence", short_help="Judge the evidence of one payment from its file alone.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank-key", metavar="KID", help="The bank's first signing key, as it was handed over at registration.")
@click.option("--application-key", metavar="KID", help="The key of the application that must have signed the order.")
@options.as_json
@click.pass_obj
def command(
    surroundings: Surroundings, file: Path, bank_key: str | None, application_key: str | None, as_json: bool
) -> int:
    """Judge each part of an evidence package: keys, order, answer, the payer's confirmation, access record, log.

    Needs the file and nothing else: no database, no home, no network. Whose keys they are no file can say: compare the
    two that are named at the end, or name those that you know, and another one is a failure.

    Exit code 1 when a part does not hold.

    \b
    Example:
      bank-sandbox verify-evidence payment.json --bank-key 3q2-7w
    """
    from scenarios.failures import ScenarioFailed
    from scenarios.payment_evidence import texts
    from scenarios.payment_evidence.package import read_package
    from scenarios.payment_evidence.verifying import signers, verify

    try:
        package = read_package(file.read_bytes())
    except ValueError as error:
        raise ScenarioFailed(f"{file} is no evidence package: {error}.") from error
    parts, found = verify(package, bank_key, application_key), signers(package)
    if as_json:
        judged = [{"part": each.name, "holds": each.holds, "signed": each.signed, "why": each.why} for each in parts]
        facts = {"order_no": package.order_no, "transfer_id": package.transfer_id, "app_id": package.app_id}
        click.echo(json.dumps(facts | found | {"parts": judged}, ensure_ascii=False))
    else:
        for each in parts:
            name, sentence = texts.NAMES[each.name], texts.sentence(each)
            click.echo(
                f"{'holds ' if each.holds else 'BROKEN'}  {name.in_(surroundings.language):<18}"
                f"  {sentence.in_(surroundings.language)}"
            )
        click.echo(texts.named(found).in_(surroundings.language))
    return 0 if all(each.holds for each in parts) else 1
