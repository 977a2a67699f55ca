"""Metrics: what a collector reads is what the access log says, whoever asks, and nothing of it is personal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from bank_sim import events, messages
from bank_sim.monitor.machine import ProcessState
from bank_sim.monitor.metrics import Circumstances, metrics_page, render
from bank_sim.registry.applications import SCHEMA as APPLICATIONS

if TYPE_CHECKING:
    from tests.monitor.conftest import Post

NOW = Circumstances(1_769_832_000_000, frozenset({"replay"}), (ProcessState(7, 60.0, 1.5, 1_000_000),))


@pytest.fixture
def watched(post: Post) -> Post:
    post.store.prepare(APPLICATIONS, events.SCHEMA, messages.SCHEMA)
    return post


def samples(post: Post) -> dict[tuple[str, tuple[str, ...]], float]:
    """By name and the values of the labels."""
    families = text_string_to_metric_families(render(post.store, NOW).decode())
    return {(each.name, tuple(each.labels.values())): each.value for family in families for each in family.samples}


@pytest.mark.clause("10.1.1-1", "10.1.1-2.2")
def test_calls_refusals_and_times_are_those_of_the_records(watched: Post) -> None:
    watched.call(5, elapsed_us=900)
    watched.call(2, elapsed_us=3_000_000)
    watched.call(3, code="RATE_LIMITED", status=429, elapsed_us=100)
    watched.call(1, api_id="rates.list", code="INTERNAL_ERROR", status=500)
    found = samples(watched)
    assert found[("bank_calls_total", ("accounts.list", "app_x", "success"))] == 7
    assert found[("bank_calls_total", ("accounts.list", "app_x", "refused"))] == 3
    assert found[("bank_calls_total", ("rates.list", "app_x", "fault"))] == 1
    assert found[("bank_refusals_total", ("accounts.list", "app_x", "RATE_LIMITED"))] == 3
    buckets = {labels[1]: value for (name, labels), value in found.items() if name.endswith("_bucket") and
               labels[0] == "accounts.list"}  # fmt: skip
    assert (buckets["0.000512"], buckets["0.001024"], buckets["2.097152"], buckets["+Inf"]) == (3, 8, 8, 10)
    assert found[("bank_call_duration_seconds_sum", ("accounts.list",))] == pytest.approx(6.0048)
    assert found[("bank_access_records_total", ())] == 11


def test_a_collector_that_asks_twice_counts_nothing_twice_and_sums_outlast_what_is_forgotten(watched: Post) -> None:
    watched.call(5)
    assert samples(watched) == samples(watched)
    watched.clock.advance(90 * 86_400)
    watched.call(1)
    watched.look()
    assert samples(watched)[("bank_calls_total", ("accounts.list", "app_x", "success"))] == 6


def test_alarms_waiting_messages_and_the_state_of_the_bank_are_told(watched: Post) -> None:
    watched.call(1, code="TOKEN_APP_MISMATCH", status=403)
    watched.look()
    found = samples(watched)
    assert found[("bank_alarms", ("major", "open"))] == 1
    assert found[("bank_messages_waiting", ())] == found[("bank_events_dead", ())] == 0
    assert (found[("bank_defences_off", ())], found[("bank_memory_bytes", ())]) == (1, 1_000_000)
    assert found[("bank_virtual_time_seconds", ())] == 1_769_832_000


@pytest.mark.clause("7.3.3-2.3")
def test_no_figure_names_a_customer_an_address_or_a_path(watched: Post) -> None:
    watched.call(1, customer_ref="cus_secret", source="203.0.113.77", path="/api/accounts/acc_secret")
    text = render(watched.store, NOW).decode()
    for word in ("cus_secret", "203.0.113.77", "acc_secret"):
        assert word not in text


def test_it_is_served_as_text_that_collectors_read(watched: Post) -> None:
    app = Flask("control")
    app.register_blueprint(metrics_page(lambda: render(watched.store, NOW)))
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert b"# TYPE bank_call_duration_seconds histogram" in answer.data


def test_what_it_costs_to_ask_does_not_grow_with_the_calls(watched: Post) -> None:
    for api in range(8):
        watched.call(2, api_id=f"api.{api}")
    render(watched.store, NOW)

    def cpu_s() -> float:
        started = time.thread_time()
        for _ in range(3):
            render(watched.store, NOW)
        return time.thread_time() - started

    few = min(cpu_s() for _ in range(3))
    for api in range(8):
        watched.call(400, api_id=f"api.{api}")
    render(watched.store, NOW)
    assert min(cpu_s() for _ in range(3)) < 3 * few
