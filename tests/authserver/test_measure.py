"""What an application asks of the authorization server counts as its other calls do."""

from __future__ import annotations

import pytest

from bank_sim.throttle.counters import Rate
from bank_sim.throttle.quotas import Setting, set_quota
from tests.branch import Branch
from tests.client import Client

TOKEN = {"grant_type": "client_credentials"}


@pytest.mark.clause("10.1.2-1.1.2", "8-3")
@pytest.mark.parametrize("weakened", [False, True])
def test_tokens_are_issued_within_the_application_s_limit_of_calls(
    branch: Branch, client: Client, weakened: bool
) -> None:
    branch.switches.weaken(["quota"] if weakened else [])
    with branch.bank.store.write() as db:
        set_quota(db, Setting(client.app_id, "app", "minute", 2, "chen", 0, "a drill"))
    branch.bank.throttle_generation.announce()
    replies = [client.post("token", TOKEN) for _ in range(3)]
    assert [each.status for each in replies] == [200, 200, 200 if weakened else 429]
    if not weakened:
        refused = replies[-1]
        assert (refused.json["error"], refused.json["code"]) == ("temporarily_unavailable", "QUOTA_EXCEEDED")
        assert int(refused.header("retry-after")) > 0
        assert branch.last_record()["code"] == "QUOTA_EXCEEDED"


@pytest.mark.clause("7.3.2-1", "10.1.2-1.1.2")
@pytest.mark.parametrize("weakened", [False, True])
def test_an_address_that_calls_too_often_is_refused_before_its_proof_is_looked_at(
    branch: Branch, client: Client, weakened: bool
) -> None:
    branch.switches.weaken(["source_rate"] if weakened else [])
    for _ in range(5_999):
        branch.bank.throttle.counters.take([Rate("source:127.0.0.1", 6_000, 1_000)])
    replies = [client.post("token", TOKEN) for _ in range(2)]
    assert [each.status for each in replies] == [200, 200 if weakened else 429]
    assert weakened or replies[-1].json["code"] == "RATE_LIMITED"
