"""A deed as somebody ordered it, and what they are shown before they confirm it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Order:
    """``until_ms``: when it ends by itself, for deeds that can; None: it does not. ``fields``: what else was typed."""

    subject: str
    reason: str
    until_ms: int | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """``facts``: key of a label and its value, about whom or what it is done to. ``warning``: key of one more text."""

    facts: tuple[tuple[str, str], ...]
    warning: str | None = None
