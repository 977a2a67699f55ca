"""Finds the sandbox that runs in a home, for commands that talk to it."""

from __future__ import annotations

from pathlib import Path

from scenarios.control import Control
from scenarios.facts import RunFacts
from scenarios.failures import BrokenSurroundings
from scenarios.home import Home


def facts_of(path: Path) -> RunFacts:
    """What the running sandbox wrote about itself; one clear line when none runs."""
    home = Home(path)
    home.marker()
    facts = home.run()
    if facts is None:
        raise BrokenSurroundings(f"No sandbox runs in {home.path}; start one with: bank-sandbox up --home {path}")
    return facts


def control_of(path: Path) -> Control:
    """A client of the control listener of the sandbox that runs in this home."""
    facts = facts_of(path)
    return Control(facts["urls"]["control"], facts["control_token"], Home(path).authority / "ca.crt")
