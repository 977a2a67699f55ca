"""Every refusal of the pipeline, in the order of its rows: of two defects the earlier row's is answered.

The happy path is one transfer order; a defect is that path with one thing changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bank_sim.gateway.pipeline import PIPELINE
from bank_sim.sdk.wire import BEFORE_THE_NONCE
from tests.gateway.defects import DEFECTS, Defect, Draft

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town

ORDER = {each.name: place for place, each in enumerate(PIPELINE.rows)}
# One defect a row stands for its row; each is tried against the two rows that follow it and against the last one.
OF_ROW = {each.row: each for each in DEFECTS}
ROWS = list(OF_ROW)
PAIRS = [
    (earlier, OF_ROW[row])
    for earlier in DEFECTS
    for row in sorted({*ROWS[ROWS.index(earlier.row) + 1 :][:2], ROWS[-1]} - {earlier.row}, key=ROWS.index)
]


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
@pytest.mark.clause("7.2.2-1", "7.3.3-1.2", "9.3.2-1.1.2")
def test_a_defect_is_refused_with_its_code_recorded_and_without_effect(draft: Draft, defect: Defect) -> None:
    defect.spoil(draft)
    reply = draft.send()
    assert (reply.code, reply.data["status"]) == (defect.code, reply.status)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    record = draft.town.records()[-1]
    assert (record["result"], record["code"], record["status"]) == ("failure", defect.code, reply.status)
    assert record["trace_id"] == reply.data["trace_id"] == reply.headers["x-trace-id"]
    assert draft.town.orders() == 0


def test_the_table_of_defects_leaves_out_only_the_rows_that_this_interface_never_meets() -> None:
    never_met = {"purpose_grant", "transaction_confirmation", "agreement_limits", "secret_guesses", "user_absent"}
    assert set(ORDER) - {each.row for each in DEFECTS} == never_met
    places = [ORDER[each.row] for each in DEFECTS]
    assert places == sorted(places)


@pytest.mark.clause("9.3.3-1.2")
def test_the_sdk_knows_which_refusals_say_that_no_message_was_accepted() -> None:
    """The SDK must not take such a refusal for the fate of a transfer: a replayed copy earns it as well."""
    until_the_nonce = {each.code for each in DEFECTS if ORDER[each.row] <= ORDER["replay"]}
    behind = {each.code for each in DEFECTS if ORDER[each.row] > ORDER["replay"]}
    assert until_the_nonce <= BEFORE_THE_NONCE
    assert not behind & BEFORE_THE_NONCE


@pytest.mark.parametrize(("earlier", "later"), PAIRS, ids=str)
def test_of_two_defects_the_earlier_row_s_is_answered(draft: Draft, earlier: Defect, later: Defect) -> None:
    later.spoil(draft)
    earlier.spoil(draft)
    assert draft.send().code == earlier.code


@pytest.mark.clause("7.2.1-b-2.2")
def test_a_confirmation_is_judged_after_everything_but_the_idempotency_key(town: Town, party: Party) -> None:
    user = town.consent(party)
    first, second = (town.send(party.order(user)).data["transfer_id"] for _ in range(2))
    paying = town.payment(party, first)
    without_key = party.execution(second, paying.token)
    headers = {name: value for name, value in without_key.headers.items() if name != "idempotency-key"}
    assert town.send(replace(without_key, headers=headers)).code == "TRANSACTION_NOT_CONFIRMED"
    other = Draft(town, party, user).party.execution("tr_does_not_exist", paying.token)
    assert town.send(other).code == "RESOURCE_NOT_AUTHORIZED"
    assert town.send(party.execution(first, paying.token, json={"amount": "99.99"})).code == "CONFIRMATION_MISMATCH"
    assert town.send(party.execution(first, paying.token)).status == 200
