"""Who holds an account is not learnt by trying names on it: after a few, the right one is not looked at either."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from bank_sim.policy import Policy
from tests.bank_in_process import PAYEE, PEOPLE

if TYPE_CHECKING:
    from tests.gateway.party import Party, User
    from tests.gateway.town import Town
    from tests.gateway.wire import Reply

POLICY = Policy()


def named(town: Town, party: Party, user: User, name: str) -> Reply:
    """An order for the payee's account, under this name."""
    nonce = secrets.token_urlsafe(18)
    payee = {"creditor_account": town.account_number(PAYEE), "creditor_name": name}
    return town.send(party.order(user, nonce=nonce, document={"sealed": party.sealed(payee, nonce=nonce)}))


@pytest.mark.clause("9.3.1-2")
def test_after_a_few_wrong_names_the_right_one_is_told_nothing_either(town: Town, party: Party) -> None:
    user, right = town.consent(party), PEOPLE[PAYEE].name
    wrong = [named(town, party, user, "张伟").code for _ in range(POLICY.payee_tries)]
    assert set(wrong) == {"PAYEE_MISMATCH"}
    reply = named(town, party, user, right)
    assert (reply.status, reply.code) == (429, "RATE_LIMITED")
    assert town.orders() == 0
    town.clock.advance(POLICY.payee_rest_s)
    assert named(town, party, user, right).status == 201


def test_another_customer_of_the_application_is_not_held_up(town: Town, party: Party) -> None:
    user = town.consent(party)
    for _ in range(POLICY.payee_tries + 1):
        refused = named(town, party, user, "张伟")
    assert refused.code == "RATE_LIMITED"
    assert named(town, party, town.consent(party, PAYEE), "张伟").code == "PAYEE_MISMATCH"
