"""What a throttled interface tells its caller in headers: the limits, and how much of the tightest is left.

Source: draft-ietf-httpapi-ratelimit-headers, ``RateLimit-Policy`` and ``RateLimit`` as lists of structured fields
(RFC 9651). ``q``: quota, ``w``: window in seconds, ``qu``: what is counted where it is not requests; ``r``: remaining,
``t``: seconds until there is more. A client may rely on ``Retry-After`` alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from bank_sim.throttle.quotas import WINDOW_S, Limit
from bank_sim.throttle.windows import Use


def policy_of(limits: Sequence[Limit]) -> str:
    """``"app-second";q=100;w=1, "app-concurrent";q=20;qu="concurrent-requests"``."""
    return ", ".join(f'"{each.name}";q={each.amount}{_unit(each)}' for each in limits)


def _unit(limit: Limit) -> str:
    return ';qu="concurrent-requests"' if limit.per == "concurrent" else f";w={WINDOW_S[limit.per]}"


def standing_of(rates: Sequence[Limit], uses: Sequence[Use]) -> str:
    """``"app-minute";r=12;t=31``: the limit of which the least is left, as a share of the whole.

    ``uses`` stand in the order of ``rates``; there may be more.
    """
    calls = [each.calls for each in uses]
    used = [calls[number] / each.amount for number, each in enumerate(rates)]
    tightest = used.index(max(used))
    limit, use = rates[tightest], uses[tightest]
    left = max(0, limit.amount - calls[tightest])
    wait_ms = use.left_ms if left else use.wait_ms(limit.amount)
    return f'"{limit.name}";r={left};t={seconds(wait_ms)}'


def seconds(wait_ms: int) -> int:
    """Whole seconds, as HTTP counts them: never none, else a client would call again at once."""
    return max(1, -(-wait_ms // 1000))
