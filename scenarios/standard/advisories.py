"""Known weaknesses of the components that the project admits, by a feed in the format of OSV (osv.dev).

The feed is a file that somebody fetched; nothing is asked of anybody here. What it names and cannot be judged by its
list of versions counts as concerned: a finding too many costs a look, one too few costs more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.failures import BrokenSurroundings
from scenarios.standard.components import Component

ECOSYSTEM = "PyPI"


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory that concerns a component in the version that is admitted."""

    advisory: str
    component: str
    version: str
    summary: str

    def facts(self) -> dict[str, str]:
        """The finding as a report keeps it."""
        return {
            "advisory": self.advisory,
            "component": self.component,
            "version": self.version,
            "summary": self.summary,
        }


def read(feed: Path) -> list[dict[str, Any]]:
    """The advisories of a file: one of them, a list, or an answer of OSV's API. ``BrokenSurroundings``."""
    try:
        document = json.loads(feed.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenSurroundings(f"{feed} is no feed of advisories: {error}") from error
    advisories = document.get("vulns", [document]) if isinstance(document, dict) else document
    if not isinstance(advisories, list) or not all(isinstance(each, dict) and "id" in each for each in advisories):
        raise BrokenSurroundings(f"{feed} is no feed of advisories in the format of OSV.")
    return advisories


def findings(advisories: Iterable[dict[str, Any]], components: Iterable[Component]) -> list[Finding]:
    """What concerns the components, in the order of the advisories; one that was withdrawn concerns nobody."""
    admitted = {_normalized(each.name): each for each in components}
    return [
        Finding(str(each["id"]), component.name, component.version, str(each.get("summary", "")))
        for each in advisories
        if "withdrawn" not in each
        for name, versions in _affected(each)
        if (component := admitted.get(name)) is not None and (not versions or component.version in versions)
    ]


def _affected(advisory: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Name and versions of each package that an advisory names; no versions where it gives ranges only."""
    for each in advisory.get("affected", ()):
        package = each.get("package", {})
        if package.get("ecosystem") == ECOSYSTEM:
            yield _normalized(str(package.get("name", ""))), [str(version) for version in each.get("versions", ())]


def _normalized(name: str) -> str:
    """As PyPI compares names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
