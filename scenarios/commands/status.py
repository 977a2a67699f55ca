"""``bank-sandbox status``: is one running, where, and is it whole?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from scenarios.commands import options


@click.command("status", short_help="Say whether a sandbox is running, and where.")
@options.home
@options.as_json
def command(home: Path, as_json: bool) -> int:
    """Say whether a sandbox is running in a home, where it listens, and which defences are off.

    Exit code 0 when it runs, 3 when it does not, so that a script can wait for it.
    """
    facts = status(home)
    if as_json:
        click.echo(json.dumps(facts))
    else:
        for line in _lines(facts):
            click.echo(line)
    return 0 if facts["running"] else 3


def status(path: Path) -> dict[str, Any]:
    """The facts as ``--json`` prints them; nothing secret among them."""
    from scenarios.home import Home
    from scenarios.running import control_of

    home = Home(path)
    marker, facts = home.marker(), home.run()
    known: dict[str, Any] = {"home": str(home.path), "running": facts is not None}
    if marker is not None:
        known |= {"suite": marker.suite, "passphrase": marker.passphrase}
    if facts is not None:
        with control_of(path) as control:
            health = control.health()
            known |= {"weakened": health["weakened"], "faults": health["faults"]}
            known |= {"production_like": True} if "production_like" in health else {"now": control.clock()["now"]}
        known |= {name: facts[name] for name in ("pid", "urls", "workers", "parties")}
    return known


def _lines(facts: dict[str, Any]) -> list[str]:
    if not facts["running"]:
        return [f"No sandbox runs in {facts['home']}."]
    lines = [f"A sandbox runs in {facts['home']} (suite {facts['suite']}, pid {facts['pid']})."]
    lines += [f"  {name:<8} {url}" for name, url in facts["urls"].items()]
    lines.append(f"  time     {facts.get('now', 'the machine is its only clock: production-like')}")
    if facts["weakened"]:
        lines.append(f"  WEAKENED: {', '.join(facts['weakened'])} — this bank is not whole.")
    if facts["faults"]:
        lines.append(f"  FAULTS ON: {', '.join(facts['faults'])} — see bank-sandbox fault list.")
    return lines
