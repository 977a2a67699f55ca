"""An application calls far more than was agreed with it, and does not mind being told to wait."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from scenarios.outcome import SERVED, outcome
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.partner import Partner

_AGREED, _CALLS, _THREADS = 10, 100, 8
_BESIDE, _TARGET_S = 20, 1.0
_AT_ONCE_AGREED, _AT_ONCE, _TAKES_MS = 2, 20, 150


@scenario(
    "flood-by-one-application",
    kind="attack",
    clauses=("8-3", "10.1.2-1.1.2", "10.2.1-2.3"),
    summary_en="An application that may call ten times a minute calls a hundred times at once; beyond the tenth it is"
    " told to wait, and its neighbours notice nothing.",
    summary_zh="每分钟限十次调用的应用方一口气调用一百次，超出部分被要求等待，其他应用方不受影响。",
    defence=Defence("quota", "ATK-AVA-01", 429, "QUOTA_EXCEEDED", "data", alarm="QUOTA_NEAR"),
)
def flood_by_one_application(stage: Stage) -> Attempt:
    """The limit is set by the bank's staff at the console, and holds at the next call. Who goes on for minutes rests:
    ``quota-exceeded`` tells that part.
    """
    loud, neighbour = stage.partner("loud"), stage.partner("neighbour")
    desk = at_work(stage, "operator")
    desk.act("set_quota", f"{loud.app_id}:app:minute", "drill: as agreed", amount=str(_AGREED))
    stage.attack_begins()
    with ThreadPoolExecutor(_THREADS) as threads:
        flood = [threads.submit(_asked, loud) for _ in range(_CALLS)]
        beside = sorted(_timed(neighbour) for _ in range(_BESIDE))
        met = Counter(each.result() for each in flood)
    # Where a minute ends in the middle of it, the sliding window makes room for one more.
    if met[SERVED] > _AGREED + 1:
        return Attempt(200, read=f"{met[SERVED]} answers in a minute in which {_AGREED} are agreed")
    claim = Text(
        "it was served as often as agreed, and told to wait for the rest", "协议内的调用均已受理，其余被要求等待"
    )
    # Whoever goes on calling on a connection that was told to wait is refused there before cryptography.
    waits = {"QUOTA_EXCEEDED", "RATE_LIMITED"}
    stage.require(met[SERVED] >= _AGREED and met.keys() <= waits | {SERVED}, claim, dict(met))
    _is_told_how_long(stage)
    soon = Text(
        f"19 of 20 calls of its neighbour are answered within {_TARGET_S:.0f} s", "相邻应用九成五的调用及时得到应答"
    )
    p95_s = beside[_BESIDE * 95 // 100 - 1]
    stage.require(p95_s < _TARGET_S, soon, f"{p95_s:.2f} s")
    return Attempt(429, "QUOTA_EXCEEDED")


@scenario(
    "flood-at-the-same-time",
    kind="attack",
    clauses=("10.1.2-1.1.1",),
    summary_en="An application that may have two calls under way has twenty, each of them slow, to fill the bank up.",
    summary_zh="仅可并发两次调用的应用方同时发起二十次慢调用，企图占满银行资源。",
    defence=Defence("concurrency", "ATK-AVA-01", 429, "CONCURRENCY_LIMIT", "service"),
)
def flood_at_the_same_time(stage: Stage) -> Attempt:
    """None of its calls is too many in a minute; each keeps its place until its answer has left."""
    greedy = stage.partner("greedy")
    desk = at_work(stage, "operator")
    desk.act("set_quota", f"{greedy.app_id}:app:concurrent", "drill: as agreed", amount=str(_AT_ONCE_AGREED))
    stage.attack_begins()
    with (
        stage.fault("latency", app_id=greedy.app_id, api_id="rates.list", parameters={"ms": _TAKES_MS}),
        ThreadPoolExecutor(_AT_ONCE) as threads,
    ):
        met = Counter(threads.map(_asked, [greedy] * _AT_ONCE))
    if met == {SERVED: _AT_ONCE}:
        return Attempt(200, read=f"{_AT_ONCE} places where {_AT_ONCE_AGREED} are agreed")
    full = Text("what finds no place is told to come again", "超出并发的调用被要求稍后再来")
    stage.require(SERVED in met and "CONCURRENCY_LIMIT" in met, full, dict(met))
    return Attempt(429, "CONCURRENCY_LIMIT")


def _asked(partner: Partner) -> str:
    return outcome(lambda: partner.client.call("rates.list", "GET", "/api/rates", with_secret=True))


def _timed(partner: Partner) -> float:
    """How long a call took that was served; for ever, where it was not."""
    began_s = time.monotonic()
    return time.monotonic() - began_s if _asked(partner) == SERVED else float("inf")


def _is_told_how_long(stage: Stage) -> None:
    limited = [each for each in stage.wire.record.messages if b'"QUOTA_EXCEEDED"' in each.answer.content]
    names = {"retry-after", "ratelimit", "ratelimit-policy"}
    told = Text("each refusal says how long to wait, and under which limits", "每次拒绝均告知等待时间与所适用的限额")
    stage.require(all(names <= each.answer.headers.keys() for each in limited[-1:]), told, names)
