"""How the bank's interfaces have stood lately, read off the wallet's own log: volume, success, latency.

A refusal is an answer. Counted as failed is what was not answered, not believed, or the bank's own failure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app_sim.bank import problems
from app_sim.store import Store

# A page reads so many at most: the newest ones of the time asked for.
_CALLS_MAX = 5_000
_FAILED_STATUS = 500
_ALSO_FAILED = frozenset({"RESULT_UNKNOWN", "ANSWER_UNSIGNED", "BANK_IDENTITY_INVALID"})


@dataclass(frozen=True, slots=True)
class Standing:
    """One interface within the time asked for. Times of answers in milliseconds; ``last_ms``: of the newest answer."""

    api_id: str
    calls: int
    refused: int
    failed: int
    p50_ms: float
    p95_ms: float
    last_ms: int | None

    @property
    def success_percent(self) -> float:
        """Of all calls, those that were answered, whatever the answer was."""
        return 100 * (self.calls - self.failed) / self.calls


def standings(store: Store, since_ms: int) -> list[Standing]:
    """By interface, in the order of their names."""
    rows = store.read(
        "SELECT api_id, code, elapsed_us, at_ms FROM journal WHERE kind = 'call' AND at_ms >= ?"
        " ORDER BY seq DESC LIMIT ?",
        (since_ms, _CALLS_MAX),
    )
    by_api: dict[str, list[tuple[str | None, int, int]]] = {}
    for row in rows:
        by_api.setdefault(row["api_id"], []).append((row["code"], row["elapsed_us"], row["at_ms"]))
    return [_standing(api_id, by_api[api_id]) for api_id in sorted(by_api)]


def _standing(api_id: str, calls: list[tuple[str | None, int, int]]) -> Standing:
    failed = sum(_is_failure(code) for code, _, _ in calls)
    refused = sum(code is not None for code, _, _ in calls) - failed
    took = sorted(elapsed_us for _, elapsed_us, _ in calls)
    answered = [at_ms for code, _, at_ms in calls if not _is_failure(code)]
    return Standing(
        api_id, len(calls), refused, failed, _share(took, 0.5), _share(took, 0.95), max(answered, default=None)
    )


def _is_failure(code: str | None) -> bool:
    if code is None:
        return False
    kind = problems.CATALOGUE.get(code)
    return code in _ALSO_FAILED or (kind is not None and kind.status >= _FAILED_STATUS)


def _share(took: Iterable[int], share: float) -> float:
    """The nearest-rank percentile of sorted microseconds, in milliseconds."""
    values = list(took)
    return values[min(len(values) - 1, int(share * len(values)))] / 1000
