"""One day's file of the bank beside the wallet's own books: what agrees, what does not, what the file settles. Pure.

The file's word is the bank's, signed: an order whose result the wallet does not know is settled by it. Where the wallet
does know and the file says otherwise, neither is changed: people look (JR/T 0185 9.3.3-1.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from app_sim.bank import Difference, DifferenceKind, FileLine

_OPEN = frozenset({"authorised", "executing", "unknown", "held"})
_REFUSED = frozenset({"rejected", "refused"})


@dataclass(frozen=True, slots=True)
class Held:
    """One order as the wallet's books have it. ``amount`` has two places."""

    order_no: str
    state: str
    amount: str
    serial: str | None
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What the file tells of an order that was open here."""

    order_no: str
    state: Literal["executed", "rejected"]
    serial: str | None


@dataclass(slots=True)
class Comparison:
    """``matched``: order numbers that agree, those included that the file has settled."""

    matched: set[str] = field(default_factory=set)
    settled: list[Settled] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def compare(lines: Iterable[FileLine], held: Mapping[str, Held], unseen: Iterable[Held], begins_ms: int) -> Comparison:
    """``unseen``: orders that are executed here and stood in no earlier file; the day begins at ``begins_ms``.

    1. Each line against the order of its number.
    2. What is executed here and stands in no file yet: ``late`` while it may have fallen into the bank's next day, then
       ``missing_there``.
    """
    found, told = Comparison(), set()
    for line in lines:
        told.add(line.order_no)
        _judge(found, line, held.get(line.order_no))
    for each in unseen:
        if each.order_no not in told:
            kind: DifferenceKind = "late" if each.updated_ms >= begins_ms else "missing_there"
            found.differences.append(Difference(each.order_no, kind, each.amount, ""))
    return found


def _judge(found: Comparison, line: FileLine, held: Held | None) -> None:
    if held is None:
        found.differences.append(Difference(line.order_no, "missing_here", "", f"{line.state} {line.amount}"))
    elif held.amount != line.amount:
        found.differences.append(Difference(line.order_no, "amount", held.amount, line.amount))
    elif line.state == "open" or _agree(line, held):
        found.matched.add(line.order_no)
    elif held.state in _OPEN:
        found.settled.append(
            Settled(line.order_no, "executed" if line.state == "executed" else "rejected", line.serial)
        )
        found.matched.add(line.order_no)
    else:
        ours, theirs = _told(held.state, held.serial), _told(line.state, line.serial)
        found.differences.append(Difference(line.order_no, "state", ours, theirs))


def _told(state: str, serial: str | None) -> str:
    """With the posting's number: two executions under different numbers are no match."""
    return f"{state} {serial}" if serial else state


def _agree(line: FileLine, held: Held) -> bool:
    """An order that was never confirmed may stand here as it was laid down: the bank let it run out."""
    if line.state == "executed":
        return held.state == "executed" and held.serial == line.serial
    return held.state in _REFUSED or held.state == "created"
