"""From the units of the inside to the shapes of the wire: amounts, instants, and nothing that no shape knows.

What the core answers leaves through the interface's shape only. A member too many, or a number that is not masked,
is a defect and ends the call as an internal error instead of leaking (JR/T 0185 7.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from bank_sim.clock import rfc3339
from bank_sim.registry.api import Api
from bank_sim.sdk.protocol.amounts import format_fen, parse_fen

_SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer ready for the wire: ``clear`` members, and those that must travel sealed."""

    clear: dict[str, Any]
    sealed: dict[str, Any] | None = None


def compose(api: Api, result: dict[str, Any]) -> Composed:
    """The core's result as the interface answers it. ``msgspec.ValidationError`` for what its shape does not allow."""
    clear = to_wire(result)
    sealed = clear.pop(_SEALED, None)
    msgspec.convert(clear, api.answer)
    if api.sealed_answer is not None:
        msgspec.convert(sealed, api.sealed_answer)
    elif sealed is not None:
        raise msgspec.ValidationError("the interface answers nothing sealed")
    return Composed(clear, sealed)


def to_wire(members: dict[str, Any]) -> dict[str, Any]:
    """``amount_fen: 10000`` becomes ``amount: "100.00"``, ``created_at_ms`` becomes ``created_at: "…Z"``."""
    wire: dict[str, Any] = {}
    for name, value in members.items():
        if name.endswith("_fen"):
            wire[name[:-4]] = format_fen(value)
        elif name.endswith("_ms"):
            wire[name[:-3]] = _instant(value // 1000)
        elif isinstance(value, dict):
            wire[name] = to_wire(value)
        elif isinstance(value, list):
            wire[name] = [to_wire(each) if isinstance(each, dict) else each for each in value]
        else:
            wire[name] = value
    return wire


def from_wire(members: dict[str, Any]) -> dict[str, Any]:
    """The members of a request in the units of the inside: ``amount`` becomes ``amount_fen``. AMOUNT_INVALID."""
    inside = dict(members)
    if "amount" in inside:
        inside["amount_fen"] = parse_fen(inside.pop("amount"))
    return inside


@lru_cache(maxsize=1024)
def _instant(time_s: int) -> str:
    return rfc3339(time_s)
