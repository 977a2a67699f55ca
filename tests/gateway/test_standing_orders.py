"""A standing order takes from the accounts that its user chose at the bank, and from no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town


@pytest.mark.clause("9.3.2-1.1.2", "10.2.2-2.1")
def test_a_standing_order_leaves_accounts_alone_that_were_not_chosen_for_it(town: Town, party: Party) -> None:
    user = town.consent(party)
    transfer_id = town.send(party.order(user)).data["transfer_id"]
    standing = town.standing_order(party, per_payment_fen=100_00, total_fen=250_00)
    with town.store.write() as db:
        db.execute("DELETE FROM consent_accounts WHERE account_ref = ?", (standing.account_refs[0],))
    before_fen = town.balance_fen(0)
    refused = town.send(party.execution(transfer_id, standing.token))
    assert (refused.status, refused.code) == (403, "TRANSACTION_NOT_CONFIRMED")
    assert town.balance_fen(0) == before_fen
