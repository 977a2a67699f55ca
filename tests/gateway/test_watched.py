"""What the watch makes of real calls: who shares credentials is shut out at the next one; a caller's trace is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bank_sim.monitor import Watch, alarms, incidents
from bank_sim.monitor.metrics import Circumstances, render
from bank_sim.monitor.search import Sought, search
from bank_sim.supervision.playbook import Playbook

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.mark.clause("12.2-3", "10.1.2-1.2.2", "10.1.2-1.2.1")
def test_an_application_whose_credentials_are_used_from_three_networks_is_suspended_at_once(
    town: Town, party: Party
) -> None:
    bank, policy = town.bank, town.bank.config.policy
    watch, playbook = Watch(bank.clock, policy), Playbook(policy, bank.standings)
    codes = []
    for source in ("192.0.2.7", "203.0.113.9", "198.51.100.20", "198.51.100.20"):
        codes.append(town.send(replace(party.message("GET", "/api/products"), source=source)).code)
        watch.look(bank.store)
        playbook.act(bank.store, bank.clock.now_ms())
    assert codes == [None, None, None, "APP_SUSPENDED"]
    raised = [(each.rule, each.subject) for each in alarms.standing(bank.store)]
    assert ("CREDENTIAL_SHARING", party.app_id) in raised
    assert [each.opened_by for each in incidents.listed(bank.store)] == ["bank"]


def test_a_callers_trace_stands_in_the_record_and_finds_it(town: Town, party: Party) -> None:
    message = party.message("GET", "/api/products")
    reply = town.send(replace(message, extra={"traceparent": TRACEPARENT}))
    record = town.records()[-1]
    assert record["traceparent"] == TRACEPARENT
    assert record["trace_id"] == reply.headers["x-trace-id"] != TRACE
    for trace_id in (TRACE, record["trace_id"]):
        found = search(town.bank.store, Sought({"trace_id": trace_id})).records
        assert [each["serial"] for each in found] == [record["serial"]]


def test_a_malformed_trace_is_ignored_and_refuses_no_call(town: Town, party: Party) -> None:
    for value in (TRACEPARENT.upper(), "00-" + "0" * 32 + "-b7ad6b7169203331-01", "6222020200112230001", ""):
        reply = town.send(replace(party.message("GET", "/api/products"), extra={"traceparent": value}))
        assert reply.code is None
        assert town.records()[-1]["traceparent"] is None


@pytest.mark.clause("10.1.1-1")
def test_metrics_tell_what_an_application_uses_of_its_limits(town: Town, party: Party) -> None:
    for _ in range(3):
        assert town.send(party.message("GET", "/api/products")).code is None
    bank = town.bank
    text = render(bank.store, Circumstances(bank.clock.now_ms(), frozenset(), (), bank.throttle)).decode()
    assert f'bank_quota_used{{app="{party.app_id}",per="minute"}} 3.0' in text
    assert f'bank_quota_limit{{app="{party.app_id}",per="minute"}} {bank.config.policy.app_calls_minute_max}.0' in text
    assert f'bank_calls_total{{api="products.list",app="{party.app_id}",outcome="success"}} 3.0' in text
