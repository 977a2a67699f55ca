"""The step table: every way to skip a step, for every column, and what answers it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from bank_sim.identity import STEPS, Session, StepCase, first_unmet, require_all
from bank_sim.identity.steps import require_reached
from bank_sim.sdk.protocol.problems import Problem

NOTHING: frozenset[str] = frozenset()
COLUMNS = ("ebank", "account_information", "payment")
# What is noted when a step was taken, and what is answered while it was not.
REFUSALS = {
    "password": "SESSION_REQUIRED",
    "services_open": "API_SERVICES_CLOSED",
    "test_customers": "TEST_ENVIRONMENT_ONLY",
    "own_payment": "RESOURCE_NOT_AUTHORIZED",
    "own_consent": "RESOURCE_NOT_AUTHORIZED",
    "risk_notice": "NOTICE_REQUIRED",
    "second_factor": "SECOND_FACTOR_REQUIRED",
    "step_up": "STEP_UP_REQUIRED",
    "agreement": "CONSENT_REQUIRED",
    "own_accounts": "RESOURCE_NOT_AUTHORIZED",
}


def case_with(column: Any, taken: frozenset[str]) -> StepCase:
    """A case in which exactly these steps were taken."""
    session = Session(b"", "visit", column, None, None, None, None)
    if "password" in taken:
        session = replace(session, customer_id="cu_1")
    if "risk_notice" in taken:
        session = replace(session, notice_version="1")
    payer = {True: session.customer_id, False: "cu_9"}["own_payment" in taken]
    holder = {True: session.customer_id, False: "cu_9"}["own_consent" in taken]
    case = StepCase(
        session,
        confirms_sm3=b"payee" if column == "payment" else None,
        payer_id=payer if column == "payment" else None,
        holder_id=holder if column == "account_information" else None,
        notice_version="1",
        owned=frozenset({"ac_1"}),
        agreed="agreement" in taken,
        account_ids=("ac_1",) if "own_accounts" in taken else ("ac_9",),
        services_closed="services_open" not in taken,
        tests_enough="test_customers" not in taken,
        needs_key=column == "payment",
    )
    if "second_factor" in taken:
        session = replace(session, factor_sm3=case.purpose_sm3, factor="sms_code")
    if "step_up" in taken:
        session = replace(session, factor="device_key")
    return replace(case, session=session)


def names(column: str) -> list[str]:
    return [each.name for each in STEPS.path(column)]


def test_a_payment_takes_nine_steps_in_this_order() -> None:
    assert names("payment") == [each for each in REFUSALS if each != "own_consent"]
    assert names("account_information") == [
        "password", "services_open", "test_customers", "own_consent", "second_factor", "agreement", "own_accounts",
    ]  # fmt: skip
    assert names("ebank") == ["password", "second_factor"]


@pytest.mark.clause("7.2.1-b-2.2", "10.2.2-3.1", "9.3.2-1.2.1")
@pytest.mark.parametrize("column", COLUMNS)
def test_whichever_steps_are_skipped_the_first_of_them_is_answered(column: str) -> None:
    path = names(column)
    for flags in product((True, False), repeat=len(path)):
        taken = frozenset(name for name, flag in zip(path, flags, strict=True) if flag)
        case = case_with(column, taken)
        missing = [name for name in path if name not in taken]
        if not missing:
            require_all(case, NOTHING)
            assert first_unmet(case, NOTHING) is None
            continue
        due = first_unmet(case, NOTHING)
        assert due is not None
        assert (due[0], due[1].code) == (missing[0], REFUSALS[missing[0]])
        with pytest.raises(Problem, match=REFUSALS[missing[0]]):
            require_all(case, NOTHING)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_step_is_reached_when_all_before_it_were_taken(column: str) -> None:
    path = names(column)
    for position, name in enumerate(path):
        require_reached(case_with(column, frozenset(path[:position])), name, NOTHING)
        for missing in path[:position]:
            with pytest.raises(Problem, match=REFUSALS[missing]):
                require_reached(case_with(column, frozenset(path[:position]) - {missing}), name, NOTHING)


def test_a_step_of_another_column_is_out_of_order() -> None:
    case = case_with("account_information", frozenset({"password", "services_open", "second_factor"}))
    with pytest.raises(Problem, match="STEP_OUT_OF_ORDER"):
        require_reached(case, "risk_notice", NOTHING)


@pytest.mark.clause("10.2.2-2.2")
def test_a_factor_for_another_payee_does_not_count() -> None:
    case = case_with("payment", frozenset(REFUSALS))
    with pytest.raises(Problem, match="CONFIRMATION_MISMATCH"):
        require_all(replace(case, confirms_sm3=b"another payee"), NOTHING)


def test_a_factor_of_another_visit_does_not_count() -> None:
    case = case_with("account_information", frozenset(REFUSALS))
    with pytest.raises(Problem, match="CONFIRMATION_MISMATCH"):
        require_all(replace(case, session=replace(case.session, visit_id="another")), NOTHING)


def test_a_notice_of_another_version_was_not_read() -> None:
    case = case_with("payment", frozenset(REFUSALS))
    with pytest.raises(Problem, match="NOTICE_REQUIRED"):
        require_all(replace(case, notice_version="2"), NOTHING)


def test_agreeing_to_no_account_is_agreeing_to_nothing() -> None:
    case = case_with("account_information", frozenset(REFUSALS))
    with pytest.raises(Problem, match="CONSENT_REQUIRED"):
        require_all(replace(case, account_ids=()), NOTHING)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("left_out", sorted(REFUSALS))
def test_a_weakened_bank_skips_the_named_step_and_no_other(column: str, left_out: str) -> None:
    path = names(column)
    for missing in path:
        case = case_with(column, frozenset(path) - {missing})
        if missing == left_out:
            require_all(case, frozenset({left_out}))
        else:
            with pytest.raises(Problem, match=REFUSALS[missing]):
                require_all(case, frozenset({left_out}))
