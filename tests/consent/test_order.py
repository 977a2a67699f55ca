"""No step of a consent is taken out of its order: a refusal, and the store stays as it was to the last byte."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from sqlite_utils import Database

from bank_sim.consent import Authorisation, Consents
from bank_sim.consent.model import ConsentRequest, State
from bank_sim.consent.states import TRANSITIONS
from bank_sim.sdk.protocol.problems import Problem
from tests.branch import Branch

LIFETIME_S = 1000
USER = "cu_1"
GIVEN = Authorisation(USER, ["ac_1", "ac_2"], ["password", "sms_code"], {"language": "zh"}, None)

STEPS: dict[str, Callable[[Consents, Database, str], None]] = {
    "authorise": lambda consents, db, name: consents.authorise(db, name, GIVEN),
    "decline": lambda consents, db, name: consents.decline(db, name),
    "use": lambda consents, db, name: consents.use(db, name),
    "revoke": lambda consents, db, name: consents.revoke(db, name, USER),
    "replace": lambda consents, db, name: consents.endings.replace(db, name, USER, "cns_other"),
    "withdraw_account": lambda consents, db, name: consents.narrowing.withdraw_account(db, name, USER, "ac_1"),
    "withdraw_api": lambda consents, db, name: consents.narrowing.withdraw_api(db, name, USER, "accounts.list"),
}
WAYS: dict[State, tuple[str, ...]] = {
    "requested": (),
    "declined": ("decline",),
    "authorised": ("authorise",),
    "used": ("authorise", "use"),
    "revoked": ("authorise", "revoke"),
    "replaced": ("authorise", "replace"),
    "expired": ("authorise",),
}
ALLOWED = {step: states for step, (states, _) in TRANSITIONS.items()}
NARROWED = frozenset({"authorised"})


def in_state(branch: Branch, state: State) -> str:
    """A consent for one use, brought there by its own steps, and by the clock where that ends it."""
    consents, end_s = branch.bank.consents, int(branch.clock.now_s()) + LIFETIME_S
    asked = ConsentRequest("app_a", "account_information", "once", end_s, ("accounts.list", "accounts.balance"))
    with branch.bank.store.write() as db:
        consent_id = consents.request(db, asked)
        for step in WAYS[state]:
            STEPS[step](consents, db, consent_id)
    if state == "expired":
        branch.clock.advance(LIFETIME_S)
        with branch.bank.store.write() as db:
            consents.endings.expire_due(db, branch.clock.now_ms())
    consent = consents.get(consent_id)
    assert consent is not None
    assert consent.state == state
    return consent_id


def everything(branch: Branch) -> list[Any]:
    return list(branch.bank.store.db.conn.iterdump())


@pytest.mark.clause("9.3.2-1.2.1", "9.3.2-1.2.2", "9.3.2-2")
@pytest.mark.parametrize("state", get_args(State))
def test_a_step_that_does_not_follow_is_refused_and_changes_nothing(branch: Branch, state: State) -> None:
    consent_id = in_state(branch, state)
    before = everything(branch)
    out_of_order = [step for step in STEPS if state not in ALLOWED.get(step, NARROWED)]  # type: ignore[call-overload]

    assert len(out_of_order) >= 2
    for step in out_of_order:
        with pytest.raises(Problem), branch.bank.store.write() as db:
            STEPS[step](branch.bank.consents, db, consent_id)
        assert everything(branch) == before, step


@pytest.mark.clause("9.3.2-2")
@pytest.mark.parametrize("step", ["revoke", "replace", "withdraw_account", "withdraw_api"])
def test_nobody_takes_a_step_with_the_consent_of_somebody_else(branch: Branch, step: str) -> None:
    consent_id = in_state(branch, "authorised")
    with branch.bank.store.write() as db:
        db.execute("UPDATE consents SET customer_id = 'cu_2' WHERE consent_id = ?", (consent_id,))
    before = everything(branch)

    with pytest.raises(Problem), branch.bank.store.write() as db:
        STEPS[step](branch.bank.consents, db, consent_id)

    assert everything(branch) == before
