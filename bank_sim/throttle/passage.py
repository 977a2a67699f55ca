"""One call at the throttle: which limits it meets, whether there is room under all of them, what its answer says of it.

Sources are limited before cryptography, with one look; they are counted with the rest of a call, or where it is
refused. Everything else is counted for those who have proven who they are, and in one transaction: a call takes its
place under each limit, or under none. What follows from a refusal is the ladder's business, not this module's.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from bank_sim.clock import Clock
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.throttle.counters import Flight, Rate, Taken
from bank_sim.throttle.headers import seconds, standing_of
from bank_sim.throttle.quotas import WINDOW_S, Limit, Quotas
from bank_sim.throttle.remote import Counters
from bank_sim.throttle.suspensions import Suspensions
from bank_sim.throttle.ways import ENFORCEABLE, RATES, SOURCE, Way, key_of, way_of

_SECOND_MS, _HOUR_MS = 1_000, 3_600_000
_GUESS_BUCKETS = 1024


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls what. ``customer_id``: the user whose token it is, None where there is none."""

    app_id: str
    api_id: str
    customer_id: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Passage:
    """The outcome for one call. ``taken.uses`` stand in the order of ``rates``, the source's use last."""

    way: Way
    taken: Taken

    @property
    def rates(self) -> tuple[Limit, ...]:
        """The limits of calls in a window that it met."""
        return self.way.timed

    @property
    def source_exceeded(self) -> bool:
        return self.taken.exceeded == len(self.rates)

    @property
    def exceeded(self) -> Limit | None:
        """The limit of calls in a window that has no room for it."""
        number = self.taken.exceeded
        return self.rates[number] if number is not None and number < len(self.rates) else None

    @property
    def crowded(self) -> Limit | None:
        """The limit of calls at the same time that has no room for it."""
        return self.way.crowds[self.taken.crowded] if self.taken.crowded is not None else None

    @property
    def near_numbers(self) -> tuple[int, ...]:
        """Which of ``rates`` this call, as the first in its window, has brought to the share worth a warning."""
        return tuple(each for each in self.taken.near if each < len(self.rates))

    @property
    def wait_ms(self) -> int:
        """How long the refused caller does well to wait."""
        limit = self.exceeded
        return self.taken.uses[self.taken.exceeded or 0].wait_ms(limit.amount) if limit is not None else _SECOND_MS

    def headers(self) -> dict[str, str]:
        """``ratelimit-policy`` and ``ratelimit`` of the answer."""
        return {"ratelimit-policy": self.way.policy, "ratelimit": standing_of(self.rates, self.taken.uses)}

    def require_rates(self) -> None:
        """QUOTA_EXCEEDED; RATE_LIMITED where it is the address that calls too often."""
        if self.source_exceeded:
            raise problems.RATE_LIMITED.problem("Too many calls from this address.", retry_after_s=1)
        if (limit := self.exceeded) is not None:
            raise problems.QUOTA_EXCEEDED.problem(
                f"More than {limit.amount} calls a {limit.per} ({limit.name}).", retry_after_s=seconds(self.wait_ms)
            )

    def require_berth(self) -> None:
        """CONCURRENCY_LIMIT."""
        if (limit := self.crowded) is not None:
            raise problems.CONCURRENCY_LIMIT.problem(
                f"{limit.amount} calls are under way already ({limit.name}).", retry_after_s=1
            )


class Throttle:
    """What the gateway asks. ``counters`` are shared by all workers of the bank."""

    def __init__(
        self, counters: Counters, quotas: Quotas, suspensions: Suspensions, policy: Policy, clock: Clock
    ) -> None:
        self.counters = counters
        self.quotas = quotas
        self.suspensions = suspensions
        self._policy = policy
        self._clock = clock

    def require_source(self, source: str) -> None:
        """RATE_LIMITED for an address that has called too often within the second. Counts nothing."""
        rate = self._source(source)
        use = self.counters.uses_of([rate])[0]
        if use.calls >= rate.limit:
            wait_s = seconds(use.wait_ms(rate.limit))
            raise problems.RATE_LIMITED.problem("Too many calls from this address.", retry_after_s=wait_s)

    def count_source(self, source: str) -> None:
        """A call of an address that came to nothing before it was proven whose it is."""
        self.counters.take([self._source(source, enforced=False)])

    def require_few_guesses(self, source: str, app_id: str) -> None:
        """APP_LOCKED for an address that has tried too many wrong secrets under an App_ID, whether or not it exists."""
        rate = self._guesses(source, app_id)
        use = self.counters.uses_of([rate])[0]
        if use.calls >= rate.limit:
            raise problems.APP_LOCKED.problem(retry_after_s=seconds(use.wait_ms(rate.limit)))

    def count_guess(self, source: str, app_id: str) -> None:
        """A secret was wrong."""
        self.counters.take([self._guesses(source, app_id)])

    def require_user_or_patience(self, caller: Caller) -> None:
        """USER_ABSENT_LIMIT for a look at a user's data beyond those that an hour allows without the user. Counted."""
        limit = self._policy.absent_calls_hour_max
        rate = Rate(f"absent:{caller.app_id}:{caller.api_id}:{caller.customer_id}", limit, _HOUR_MS)
        taken = self.counters.take([rate])
        if taken.exceeded is not None:
            raise problems.USER_ABSENT_LIMIT.problem(
                f"More than {limit} calls an hour without the user.",
                retry_after_s=seconds(taken.uses[0].wait_ms(limit)),
            )

    def require_unsuspended(self, app_id: str) -> None:
        """QUOTA_SUSPENDED."""
        now_ms = self._clock.now_ms()
        if (found := self.suspensions.of(app_id, now_ms)) is not None:
            raise problems.QUOTA_SUSPENDED.problem(
                f"Calls of this App_ID rest: it went on beyond {found.quota} after being told to wait.",
                retry_after_s=seconds(found.until_ms - now_ms),
            )

    def pass_through(self, caller: Caller, enforced: frozenset[str]) -> Passage:
        """Take a place under every limit, or under none. ``enforced``: of which kinds a limit refuses."""
        way = self._way(caller, enforced, caller.customer_id is not None)
        source = self._source(caller.source, SOURCE in enforced)
        if not way.of_user:
            return Passage(way, self.counters.take((*way.rates, source), way.flights))
        user, enforces = f"user:{caller.app_id}:{caller.customer_id}", RATES in enforced
        users = [Rate(f"{user}:{each.per}", each.amount, each.window_ms, enforces) for each in way.of_user]
        return Passage(way, self.counters.take((*way.rates, *users, source), way.flights))

    def count_call(self, caller: Caller) -> Passage:
        """As ``pass_through``, for what is not counted as under way, and whose source was counted before."""
        way = self._way(caller, ENFORCEABLE, False)
        return Passage(way, self.counters.take(way.rates))

    def standing(self, app_id: str, api_id: str) -> list[tuple[Limit, int]]:
        """Every limit of an application at one interface, but those of its users, and how many calls count now."""
        limits = [each for each in self.quotas.of(app_id, api_id, self._clock.now_ms()).all if each.scope != "user"]
        rates = [
            Rate(key_of(each, app_id, api_id), each.amount, each.window_ms)
            for each in limits
            if each.per != "concurrent"
        ]
        flights = [Flight(key_of(each, app_id, api_id), each.amount) for each in limits if each.per == "concurrent"]
        used = iter(each.calls for each in self.counters.uses_of(rates))
        flying = iter(self.counters.flying(flights))
        return [(each, next(flying if each.per == "concurrent" else used)) for each in limits]

    def _way(self, caller: Caller, enforced: frozenset[str], with_user: bool) -> Way:
        limits = self.quotas.of(caller.app_id, caller.api_id, self._clock.now_ms())
        return way_of(limits, caller.app_id, caller.api_id, enforced, with_user)

    def _guesses(self, source: str, app_id: str) -> Rate:
        # Made-up names share their counters, so that nobody fills the memory with them.
        bucket = crc32(app_id.encode()) % _GUESS_BUCKETS
        policy = self._policy
        key = f"guesses:{source}:{bucket}"
        return Rate(key, policy.secret_guesses_max, policy.secret_guesses_window_s * 1000, enforced=False)

    def _source(self, source: str, enforced: bool = True) -> Rate:
        return Rate(f"source:{source}", self._policy.source_calls_second_max, WINDOW_S["second"] * 1000, enforced)
