"""The profiles of load, as data: who comes, when, and what goes wrong meanwhile. ``profiles.toml`` explains itself.

A ``Plan`` is a profile with the numbers that were asked for. Both are bounded, so that no typing error fells a machine.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from scenarios.failures import WrongUsage
from scenarios.texts import Text

USERS_MAX, RATE_MAX, MINUTES_MAX = 300, 5_000, 120
Kind = Literal["browsing", "saving", "paying", "sale", "careless", "attacking", "flooding", "storming"]
HONEST: tuple[Kind, ...] = ("browsing", "saving", "paying", "sale")
"""Those whom the bank is there for: objectives of speed and failure are theirs."""

_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Seconds = Annotated[float, msgspec.Meta(gt=0, le=MINUTES_MAX * 60)]


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Shares of the users at its beginning and its end, in a straight line between."""

    seconds: _Seconds
    begins: _Share = msgspec.field(name="from")
    ends: _Share = msgspec.field(name="to")


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Seconds since the beginning of the run."""

    begins: float = msgspec.field(name="from")
    ends: float = msgspec.field(name="to")

    def holds(self, second: float) -> bool:
        return self.begins <= second < self.ends


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What befalls the bank, in the words of ``bank-sandbox fault``, and when."""

    kind: str
    parameters: dict[str, int] = {}
    share_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100
    from_s: float
    for_s: float

    @property
    def span(self) -> Span:
        return Span(begins=self.from_s, ends=self.from_s + self.for_s)


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """As ``profiles.toml`` has it."""

    title_en: str
    title_zh: str
    users: Annotated[int, msgspec.Meta(ge=1, le=USERS_MAX)]
    intents_per_s: Annotated[float, msgspec.Meta(gt=0, le=RATE_MAX)]
    customers: Annotated[int, msgspec.Meta(ge=1, le=50)]
    stages: Annotated[list[Stage], msgspec.Meta(min_length=1)]
    mix: dict[Kind, int]
    beside: dict[Kind, int] = {}
    loud_limit_per_s: int | None = None
    flood_factor: int = 10
    floods: list[Span] = []
    fault: Fault | None = None

    @property
    def title(self) -> Text:
        return Text(self.title_en, self.title_zh)

    @property
    def seconds(self) -> float:
        return sum(each.seconds for each in self.stages)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One run: the profile's name, and the profile with the numbers that were asked for."""

    name: str
    profile: Profile

    def users_at(self, second: float) -> int | None:
        """How many of the mix should be there, at least one; None once the run is over."""
        for stage in self.profile.stages:
            if second < stage.seconds:
                share = stage.begins + (stage.ends - stage.begins) * second / stage.seconds
                return max(1, round(share * self.profile.users))
            second -= stage.seconds
        return None

    @property
    def interval_s(self) -> float:
        """Between the intents of one user."""
        return self.profile.users / self.profile.intents_per_s


@cache
def profiles() -> dict[str, Profile]:
    """By name, in the order of the file."""
    return msgspec.toml.decode((Path(__file__).parent / "profiles.toml").read_bytes(), type=dict[str, Profile])


def plan(name: str, users: int | None = None, rate: float | None = None, minutes: float | None = None) -> Plan:
    """The profile of that name with what is asked for in its place; ``WrongUsage`` beyond the bounds."""
    found = profiles().get(name)
    if found is None:
        raise WrongUsage(f"There is no profile {name!r}; there are: {', '.join(profiles())}.")
    for what, asked, most in (("users", users, USERS_MAX), ("rate", rate, RATE_MAX), ("minutes", minutes, MINUTES_MAX)):
        if asked is not None and not 0 < asked <= most:
            raise WrongUsage(f"--{what} is more than 0 and at most {most}.")
    changed = msgspec.structs.replace(
        found,
        users=users or found.users,
        intents_per_s=rate or found.intents_per_s * (users or found.users) / found.users,
    )
    if minutes is not None:
        changed = _stretched(changed, minutes * 60 / found.seconds)
    return Plan(name=name, profile=changed)


def _stretched(profile: Profile, factor: float) -> Profile:
    """All times as many times as long."""
    replace, fault = msgspec.structs.replace, profile.fault
    return replace(
        profile,
        stages=[replace(each, seconds=each.seconds * factor) for each in profile.stages],
        floods=[Span(begins=each.begins * factor, ends=each.ends * factor) for each in profile.floods],
        fault=None if fault is None else replace(fault, from_s=fault.from_s * factor, for_s=fault.for_s * factor),
    )
