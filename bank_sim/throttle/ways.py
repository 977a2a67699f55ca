"""What the calls of one application at one interface meet, made once for as long as its limits stay what they are."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from bank_sim.throttle.counters import Flight, Rate
from bank_sim.throttle.headers import policy_of
from bank_sim.throttle.quotas import Limit, Limits

SOURCE, RATES, CONCURRENCY = "source_rate", "quota", "concurrency"
ENFORCEABLE = frozenset({SOURCE, RATES, CONCURRENCY})
"""What may be enforced or left out, by the names of the rows that ask."""


class Way(NamedTuple):
    """``timed``: the limits of calls in a window, those of the user last; ``crowds``: of calls at the same time.

    ``rates`` and ``flights`` are what is counted for them; the user's rates, ``of_user``, bear the user in their keys
    and are made for each call. ``policy``: all limits, as a header tells them.
    """

    timed: tuple[Limit, ...]
    crowds: tuple[Limit, ...]
    of_user: tuple[Limit, ...]
    rates: tuple[Rate, ...]
    flights: tuple[Flight, ...]
    policy: str


# Limits are told apart by being the same object: to compare them by their content would cost more than to count.
@lru_cache(maxsize=4096)
def way_of(limits: Limits, app_id: str, api_id: str, enforced: frozenset[str], with_user: bool) -> Way:
    met = [each for each in limits.all if with_user or each.scope != "user"]
    own = [each for each in met if each.scope != "user" and each.per != "concurrent"]
    of_user = [each for each in met if each.scope == "user"]
    crowds = [each for each in met if each.per == "concurrent"]
    return Way(
        timed=(*own, *of_user),
        crowds=tuple(crowds),
        of_user=tuple(of_user),
        rates=tuple(Rate(key_of(each, app_id, api_id), each.amount, each.window_ms, RATES in enforced) for each in own),
        flights=tuple(Flight(key_of(each, app_id, api_id), each.amount, CONCURRENCY in enforced) for each in crowds),
        policy=policy_of(met),
    )


def key_of(limit: Limit, app_id: str, api_id: str) -> str:
    """Under which key the calls of an application's own limit are counted."""
    return f"{limit.scope}:{app_id}{f':{api_id}' if limit.scope == 'api' else ''}:{limit.per}"
