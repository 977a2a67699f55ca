"""Findings of the security tools, and those that are accepted with a reason.

An accepted finding is data (``accepted.toml``): which tool and check, a pattern of place and message, and why
it is none. A reason that no finding of a whole run needs any more is itself told, so that the list cannot rot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

ACCEPTED = Path(__file__).with_name("accepted.toml")


@dataclass(frozen=True, slots=True)
class Finding:
    """``tool`` and ``check`` that found it, ``where`` (operation, listener, page), ``what`` in a sentence."""

    tool: str
    check: str
    where: str
    what: str


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``where`` and ``what`` are regular expressions that are searched for; ``reason`` says why it is no finding."""

    tool: str
    check: str
    reason: str
    where: str = ""
    what: str = ""

    def covers(self, finding: Finding) -> bool:
        return (
            (self.tool, self.check) == (finding.tool, finding.check)
            and re.search(self.where, finding.where) is not None
            and re.search(self.what, finding.what, re.DOTALL) is not None
        )


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    accepted: list[Accepted]


@dataclass(frozen=True, slots=True)
class Judged:
    """``open`` findings fail the run; ``accepted`` ones come with their reason; ``idle`` reasons met nothing."""

    open: list[Finding]
    accepted: list[tuple[Finding, str]]
    idle: list[Accepted]


def accepted_findings(path: Path = ACCEPTED) -> list[Accepted]:
    """The list as data. ``msgspec.ValidationError`` for an entry without a reason."""
    return msgspec.toml.decode(path.read_bytes(), type=_List).accepted


def judge(findings: Iterable[Finding], accepted: Sequence[Accepted]) -> Judged:
    """Part the findings into those that count and those that are accepted."""
    judged = Judged([], [], [])
    used: set[int] = set()
    for finding in findings:
        number = next((at for at, each in enumerate(accepted) if each.covers(finding)), None)
        if number is None:
            judged.open.append(finding)
            continue
        used.add(number)
        judged.accepted.append((finding, accepted[number].reason))
    judged.idle.extend(each for at, each in enumerate(accepted) if at not in used)
    return judged
