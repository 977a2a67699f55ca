"""The console's page of reconciliation: what applications told, and account numbers in full by four eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bank_sim.reconciliation import RECONCILIATION, results
from bank_sim.sdk.reconciliation import Difference
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, House, Screen
from tests.gateway.party import Party
from tests.gateway.town import Town

DAY = "2026-01-31"


@pytest.fixture
def party(house: House) -> Iterator[Party]:
    town = Town(house.founded, house.clock)
    yield Party(town, "gm", name="Ledger Lane")
    town.close()


@pytest.mark.clause("7.2.2-3.2.3", "10.1.2-1.4")
def test_full_account_numbers_take_two_people_and_are_taken_away_by_one(house: House, party: Party) -> None:
    operator, purposes = Screen(house).log_in(OPERATOR), house.bank.purposes
    page = f"/reconciliation/{party.app_id}"
    assert f"/act/propose_purpose/{party.app_id}" in operator.get(page).text
    assert "not granted" in operator.get(f"/act/propose_purpose/{party.app_id}").text
    operator.act("propose_purpose", party.app_id, reason="it settles with shops by account number")
    assert not purposes.granted(party.app_id, RECONCILIATION)
    assert operator.act("propose_purpose", party.app_id, reason="once more").form_code == "STATE_CHANGED"

    reviewer = Screen(house).log_in(REVIEWER)
    (proposal,) = re.findall(r"/act/approve_proposal/(\w+)", reviewer.get(page).text)
    reviewer.act("approve_proposal", proposal, reason="as agreed with settlement")
    assert purposes.granted(party.app_id, RECONCILIATION)
    assert "granted" in reviewer.get(page).text

    operator.act("withdraw_purpose", party.app_id, reason="it settles no more")
    assert not purposes.granted(party.app_id, RECONCILIATION)
    assert "it settles no more" in operator.get(page).text
    assert [each.entry.action for each in house.entries()[:1]] == ["withdraw_purpose"]


def test_what_an_application_found_is_shown_by_day(house: House, party: Party) -> None:
    house.clock.advance(86_400)
    assert party.get(f"/api/reconciliation/{DAY}").status == 200
    with house.bank.store.write() as db:
        differences = [Difference("P-7", "amount", "12.00", "21.00")]
        results.take(db, party.app_id, DAY, 3, differences, house.clock.now_ms())
    auditor = Screen(house).log_in(AUDITOR)
    overview = auditor.get("/reconciliation").text
    assert "Ledger Lane" in overview
    shown = auditor.get(f"/reconciliation/{party.app_id}").text
    assert [each in shown for each in (DAY, "P-7", "another amount", "12.00", "21.00", "3 agree")] == [True] * 6
    assert "/act/" not in shown.partition("<main")[2]
    assert "应用方报告的差异" in Screen(house, "zh").log_in(AUDITOR).get(f"/reconciliation/{party.app_id}").text
