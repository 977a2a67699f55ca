"""One fault that somebody switched on: what it does, whom it befalls, how often and when; and a strike of it.

Which calls are hit follows from the seed and from the number of the call among those that the fault concerns: the same
seed and the same calls, the same hits. Times are virtual.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec

from bank_sim.sandbox.faults.kinds import KINDS, FaultKind
from bank_sim.sdk.protocol.problems import PARAM_INVALID

SEED_DEFAULT = 2020
_NAME = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_SPAN_S = Annotated[int, msgspec.Meta(ge=1, le=3650 * 86_400)]
_SEED = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class FaultOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fault as it is asked for. Spans are seconds from now on.

    ``api_id``   an interface (``transfers.execute``), an endpoint (``oauth.token``), of a callback the event's type
    ``share_percent``  of the calls that it concerns, how many are hit; ``count``: after so many hits it is over
    ``after_s``  when it begins; ``for_s``: how long it lasts, ``every_s``: and begins anew; ``until_s``: its very end
    """

    kind: _NAME
    parameters: dict[str, int] = {}
    app_id: _NAME | None = None
    api_id: _NAME | None = None
    share_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100
    seed: _SEED = SEED_DEFAULT
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    after_s: Annotated[int, msgspec.Meta(ge=0, le=3650 * 86_400)] = 0
    for_s: _SPAN_S | None = None
    every_s: _SPAN_S | None = None
    until_s: _SPAN_S | None = None


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault with a name and all its numbers; times in ms since 1970."""

    fault_id: str
    kind: str
    parameters: dict[str, int]
    app_id: str | None
    api_id: str | None
    share_percent: int
    seed: int
    count: int | None
    from_ms: int
    for_ms: int | None
    every_ms: int | None
    until_ms: int | None

    @property
    def what(self) -> FaultKind:
        return KINDS[self.kind]

    def concerns(self, app_id: str, api_id: str, now_ms: int) -> bool:
        """Whether it befalls a call of this application and interface at this moment."""
        mine = self.app_id in (None, app_id) and self.api_id in (None, api_id)
        return mine and (self.what.oauth or not api_id.startswith("oauth.")) and self.is_on(now_ms)

    def is_on(self, now_ms: int) -> bool:
        """Within one of its spells."""
        since_ms = now_ms - self.from_ms
        if since_ms < 0 or (self.until_ms is not None and now_ms >= self.until_ms):
            return False
        if self.for_ms is None:
            return True
        return (since_ms % self.every_ms if self.every_ms is not None else since_ms) < self.for_ms

    def is_over(self, now_ms: int) -> bool:
        """It will never be on again by its schedule."""
        if self.until_ms is not None and now_ms >= self.until_ms:
            return True
        return self.for_ms is not None and self.every_ms is None and now_ms >= self.from_ms + self.for_ms

    def drawn(self, number: int) -> Strike | None:
        """What it does to the ``number``-th call that it concerns (from 1): a strike, or nothing."""
        dice = random.Random(f"{self.seed} {number}")  # noqa: S311 - repeatable, and guards nothing
        if dice.randrange(100) >= self.share_percent:
            return None
        return Strike(self.what, _drawn(self.parameters, dice), self.fault_id)


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that befalls this call. ``origin``: the fault's name, or ``header``, or ``magic``."""

    kind: FaultKind
    parameters: Mapping[str, int] = field(default_factory=dict)
    origin: str = ""

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def shown(self) -> str:
        """As a header names it: ``latency; ms=500``."""
        return "; ".join([self.name, *(f"{name}={value}" for name, value in self.parameters.items())])


def read_order(document: Any) -> FaultOrder:
    """An order that can be carried out: PARAM_INVALID with what is wrong with it, else the order, its numbers whole."""
    try:
        order = msgspec.convert(document, FaultOrder)
    except msgspec.ValidationError as error:
        raise PARAM_INVALID.problem(str(error)) from error
    kind = kind_named(order.kind)
    if order.every_s is not None and (order.for_s is None or order.for_s >= order.every_s):
        raise PARAM_INVALID.problem("every_s needs a for_s that is shorter: how long each spell lasts.")
    if order.api_id is not None and order.api_id.startswith("oauth.") and not kind.oauth:
        raise PARAM_INVALID.problem(f"{kind.name} does not befall the authorization server's endpoints.")
    return msgspec.structs.replace(order, parameters=parameters_of(kind, order.parameters))


def kind_named(name: str) -> FaultKind:
    """PARAM_INVALID with the kinds that there are."""
    if name not in KINDS:
        raise PARAM_INVALID.problem(f"No fault is of the kind {name[:64]!r}. Known: {', '.join(KINDS)}.")
    return KINDS[name]


def parameters_of(kind: FaultKind, given: Mapping[str, int]) -> dict[str, int]:
    """Every parameter of the kind with its value: PARAM_INVALID for one that it has not, or that is out of bounds."""
    known = {each.name: each for each in kind.parameters}
    if unknown := sorted(set(given) - set(known)):
        takes = ", ".join(known) or "none"
        raise PARAM_INVALID.problem(f"{kind.name} takes {takes}, not {', '.join(unknown)[:64]}.")
    for name, value in given.items():
        if not known[name].takes(value):
            bounds = known[name].choices or f"{known[name].least} to {known[name].most}"
            raise PARAM_INVALID.problem(f"{name} of {kind.name} is {bounds}.")
    return {each.name: given.get(each.name, each.default) for each in kind.parameters}


def _drawn(parameters: Mapping[str, int], dice: random.Random) -> dict[str, int]:
    """The numbers of one strike: jitter becomes a part of what it makes longer."""
    drawn = dict(parameters)
    jitter_ms = drawn.pop("jitter_ms", 0)
    if jitter_ms:
        drawn["ms"] += dice.randint(0, jitter_ms)
    return drawn
