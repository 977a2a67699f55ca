"""Trainings: an application of the sandbox leaves named checks of its own out, to show what they are for.

Outside of a sandbox nobody names any, and nothing here is asked. It imports no table: whoever gathers the names does.
"""

from __future__ import annotations

from collections.abc import Callable

LeftOut = Callable[[], frozenset[str]]
"""The checks that are left out at this moment; names that are no check of an application mean nothing to it."""

_NONE: frozenset[str] = frozenset()


def nothing() -> frozenset[str]:
    """No training is on."""
    return _NONE
