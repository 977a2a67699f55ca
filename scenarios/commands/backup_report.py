"""What ``backup`` and ``recover`` print of a backup: what was done, and every verification behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scenarios.backups import Backup


def report(backup: Backup, line: str, as_json: bool) -> None:
    if as_json:
        facts = {
            "party": backup.header.party,
            "taken_at": backup.header.taken_at,
            "files": len(backup.content.files),
            "verified": [each.facts() for each in backup.verdicts],
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(line)
    for each in backup.verdicts:
        click.echo(f"  {each.name}: {each.sentence}")
