"""What a run left behind: the document of ``scenarios.report`` and how the tests went. It is read, never made, here."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scenarios.failures import BrokenSurroundings
from scenarios.standard.advisories import Finding
from scenarios.standard.testing import Outcome

RUN = "run.json"
_NEEDED = ("written_at", "results", "verifications")


@dataclass(frozen=True)
class Evidence:
    """``run``: a run's document. ``tests``: test -> outcome; None where no tests were run.

    ``findings``: the advisories that concern a component, by a feed; None where no feed was given.
    """

    run: dict[str, Any]
    tests: dict[str, Outcome] | None = None
    findings: list[Finding] | None = None

    @cached_property
    def plays(self) -> dict[str, list[dict[str, Any]]]:
        """Name of a scenario -> its plays: in each suite, at the whole bank and without the one defence."""
        found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for each in self.run["results"]:
            found[each["name"]].append(each)
        return dict(found)

    @cached_property
    def checks(self) -> dict[str, dict[str, Any]]:
        """Row -> ``held`` and ``refused`` over all plays at the whole bank, and ``refusals``, each with its play."""
        found: dict[str, dict[str, Any]] = {}
        for play in self.run["results"]:
            if play["mode"] != "whole":
                continue
            for name, judged in play["evidence"].get("checks", {}).items():
                row = found.setdefault(name, {"held": 0, "refused": 0, "refusals": []})
                row["held"] += judged["held"]
                row["refused"] += judged["refused"]
                row["refusals"] += [each | {"play": play["name"]} for each in judged["refusals"]]
        return found

    @property
    def verifications(self) -> list[dict[str, Any]]:
        verifications: list[dict[str, Any]] = self.run["verifications"]
        return verifications


def read(folder: Path) -> dict[str, Any]:
    """The document that ``run --report DIR`` wrote into a folder. ``BrokenSurroundings`` where there is none."""
    path = folder / RUN
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BrokenSurroundings(
            f"{path} cannot be read: {error.strerror}; bank-sandbox run --report makes it."
        ) from error
    except ValueError as error:
        raise BrokenSurroundings(f"{path} is no document of bank-sandbox run --report: {error}") from error
    if not isinstance(document, dict) or any(each not in document for each in _NEEDED):
        raise BrokenSurroundings(f"{path} is no document of bank-sandbox run --report, or of an older one.")
    return document
