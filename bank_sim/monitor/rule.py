"""What a rule is: a line that says about whom an alarm is, what is measured, and from which number on.

The rules themselves stand in ``rules``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "major", "minor"]
About = Literal["bank", "application", "source", "interface"]
Measure = Literal[
    "signs", "fault_permille", "refused_percent", "p99_ms", "networks", "new_network", "two_places", "customers",
    "surge", "odd_hour", "reported",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One line.

    ``about``     one alarm for each application, source or interface, or one for the bank
    ``measure``   ``signs`` counts records with one of ``signs``; ``reported`` is raised by whoever finds it; what the
                  others are, ``detectors`` says
    ``at_least``  the alarm is raised from this value on
    ``within``    minutes that are looked at together, the running one included
    ``calls_min`` fewer calls than these say nothing of a share, a percentile or a habit
    ``factor``    so many times what is usual, where the measure is held against an application's own past
    """

    name: str
    severity: Severity
    about: About
    measure: Measure
    at_least: int
    within: int
    title_en: str
    title_zh: str
    advice_en: str
    advice_zh: str
    signs: tuple[str, ...] = ()
    calls_min: int = 1
    factor: int = 1
