"""The bank's figures as a collector of metrics asks for them: Prometheus's text format (JR/T 0185 10.1.1 b).

Read off the counters in the store at the moment of asking, so that all workers are one bank and a restarted one forgets
nothing. It costs what there are interfaces and applications, not what there were calls. No label names a customer, an
address or an account. Durations are of the gateway's own work, as the access log has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from bank_sim.monitor import folding, search, totals
from bank_sim.monitor.latency import bounds_us
from bank_sim.monitor.machine import ProcessState
from bank_sim.monitor.traffic import Counted
from bank_sim.registry import directory
from bank_sim.store import Store
from bank_sim.throttle import Throttle

# Powers of two: classes of ``latency`` end there, so that every call is counted below the bounds that it is below.
BOUNDS_US = tuple(1 << power for power in range(9, 24))
_MICRO = 1_000_000
_NO_INTERFACE = "-"
_ALARMS = "SELECT severity, state, count(*) FROM alarms WHERE state <> 'closed' GROUP BY 1, 2"
_APPLICATIONS = "SELECT status, count(*) FROM applications GROUP BY 1"
_NUMBERS = (
    ("bank_events_pending", "Events that wait to be delivered", "SELECT count(*) FROM events WHERE state = 'pending'"),
    ("bank_events_dead", "Events that were given up", "SELECT count(*) FROM events WHERE state = 'dead'"),
    ("bank_messages_waiting", "Messages to users that are not delivered yet", "SELECT count(*) FROM outbox"),
    ("bank_incidents_open", "Incidents not closed", "SELECT count(*) FROM incidents WHERE closed_ms IS NULL"),
)
"""Gauges without labels: name, help, and the query that counts, each along an index or a short table."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What stands in no counter here: the virtual time, the defences left out, the bank's processes, its throttle."""

    now_ms: int
    weakened: frozenset[str]
    processes: Sequence[ProcessState]
    throttle: Throttle | None = None


class _Bank(Collector):
    def __init__(self, store: Store, circumstances: Circumstances) -> None:
        self._store = store
        self._circumstances = circumstances

    def collect(self) -> Iterator[Metric]:
        yield from _calls(totals.calls(self._store))
        yield _refusals(totals.refusals(self._store))
        yield _alarms(self._store)
        yield _applications(self._store)
        for name, text, sql in _NUMBERS:
            yield GaugeMetricFamily(name, text, self._store.read(sql)[0][0])
        records = search.newest_serial(self._store)
        yield CounterMetricFamily("bank_access_records", "Records of the access log", records)
        yield from self._surroundings()

    def _surroundings(self) -> Iterator[Metric]:
        now = self._circumstances
        yield from _quotas(self._store, now.throttle) if now.throttle is not None else ()
        yield GaugeMetricFamily("bank_virtual_time_seconds", "The bank's clock, since 1970", now.now_ms / 1000)
        yield GaugeMetricFamily("bank_defences_off", "Defences that a training has left out", len(now.weakened))
        yield GaugeMetricFamily("bank_processes", "Processes of the bank", len(now.processes))
        cpu_s, memory = sum(each.cpu_s for each in now.processes), sum(each.memory_bytes for each in now.processes)
        yield GaugeMetricFamily("bank_memory_bytes", "Memory of all processes of the bank", memory)
        yield GaugeMetricFamily("bank_cpu_seconds", "Processor time of the processes that are there now", cpu_s)


def render(store: Store, circumstances: Circumstances) -> bytes:
    """All of them as text, the newest calls included."""
    folding.fold(store)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Bank(store, circumstances))
    return generate_latest(registry)


def metrics_page(text: Callable[[], bytes]) -> Blueprint:
    """``GET /metrics``, for a listener that applications and users do not reach."""
    page = Blueprint("metrics", __name__)

    def show() -> Response:
        return Response(text(), content_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})

    page.add_url_rule("/metrics", view_func=show, provide_automatic_options=False)
    return page


def _calls(found: Sequence[tuple[str, str, Counted]]) -> Iterator[Metric]:
    calls = CounterMetricFamily("bank_calls", "Calls of interfaces by outcome", labels=("api", "app", "outcome"))
    by_api: dict[str, Counted] = {}
    for api_id, app_id, counted in found:
        for outcome in ("success", "refused", "fault"):
            calls.add_metric((api_id, app_id, outcome), getattr(counted, outcome))
        by_api.setdefault(api_id, Counted()).add(counted)
    took = HistogramMetricFamily("bank_call_duration_seconds", "Time of answer by interface", labels=("api",))
    for api_id, counted in by_api.items():
        took.add_metric((api_id,), _buckets(counted.classes), counted.elapsed_us / _MICRO)
    yield calls
    yield took


def _buckets(classes: Mapping[int, int]) -> list[tuple[str, float]]:
    """How many calls were answered below each bound, and in all."""
    found = [
        (repr(bound / _MICRO), float(sum(calls for each, calls in classes.items() if bounds_us(each)[1] < bound)))
        for bound in BOUNDS_US
    ]
    return [*found, ("+Inf", float(sum(classes.values())))]


def _refusals(found: Sequence[tuple[str, str, str, int]]) -> Metric:
    refusals = CounterMetricFamily("bank_refusals", "Refused calls by code", labels=("api", "app", "code"))
    for api_id, app_id, code, calls in found:
        refusals.add_metric((api_id, app_id, code), calls)
    return refusals


def _quotas(store: Store, throttle: Throttle) -> Iterator[Metric]:
    """What each application uses of its own limits, and these; those at single interfaces are the console's to show."""
    used = GaugeMetricFamily("bank_quota_used", "Calls that count towards a limit now", labels=("app", "per"))
    limits = GaugeMetricFamily("bank_quota_limit", "Calls that a limit allows", labels=("app", "per"))
    for each in directory.applications(store):
        for limit, calls in throttle.standing(each.app_id, _NO_INTERFACE) if each.status != "exited" else ():
            if limit.scope == "app":
                used.add_metric((each.app_id, limit.per), calls)
                limits.add_metric((each.app_id, limit.per), limit.amount)
    yield used
    yield limits


def _alarms(store: Store) -> Metric:
    gauge = GaugeMetricFamily("bank_alarms", "Alarms that are not over", labels=("severity", "state"))
    for severity, state, many in store.read(_ALARMS):
        gauge.add_metric((severity, state), many)
    return gauge


def _applications(store: Store) -> Metric:
    gauge = GaugeMetricFamily("bank_applications", "Application parties by how they stand", labels=("status",))
    for status, many in store.read(_APPLICATIONS):
        gauge.add_metric((status,), many)
    return gauge
