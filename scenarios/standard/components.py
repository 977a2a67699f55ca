"""The third-party components that the project admits: what ``requirements.lock`` pins, each with its hashes.

The lock is the approved list: ``make`` installs nothing that is not in it, and nothing whose hash is another. It holds
for every platform and Python; what is read of it is what applies to this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from packaging.markers import Marker

from scenarios.standard.sources import ROOT

LOCK = ROOT / "requirements.lock"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;([^\\]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Component:
    """One distribution. ``sha256``: of each of its files that may be installed."""

    name: str
    version: str
    sha256: tuple[str, ...]


def locked(text: str) -> list[Component]:
    """The components of a lock's text, in its order.

    >>> locked("flask==3.1.2 \\\\\\n    --hash=sha256:" + "0" * 64)[0].version
    '3.1.2'
    """
    found: list[Component] = []
    applies = False
    for line in text.splitlines():
        if pinned := _PINNED.match(line):
            name, version, marker = pinned.groups()
            applies = marker is None or Marker(marker).evaluate()
            if applies:
                found.append(Component(name.lower(), version, ()))
        if applies:
            last = found[-1]
            found[-1] = Component(last.name, last.version, (*last.sha256, *_HASH.findall(line)))
    return found


def admitted() -> list[Component]:
    """The components of the project's lock; none where it is not installed."""
    return locked(LOCK.read_text(encoding="utf-8")) if LOCK.exists() else []


def bill_of_materials() -> dict[str, Any]:
    """The components that are admitted, as CycloneDX 1.6 says them."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [
            {
                "type": "library",
                "name": each.name,
                "version": each.version,
                "purl": f"pkg:pypi/{each.name}@{each.version}",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in each.sha256],
            }
            for each in admitted()
        ],
    }
