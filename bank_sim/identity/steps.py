"""The steps by which a user proves who they are and what they want, as a table; none can be skipped or reordered.

A row checks that its step *was* taken, against facts that the server itself noted. So one table serves three
questions: which page is due (the first row that refuses), whether a form may be taken (all rows before its step
hold), and whether the consent may be authorised (all rows hold).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from bank_sim.identity.factors import KEY_KINDS
from bank_sim.identity.sessions import Session
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.suites import digest


@dataclass(frozen=True, slots=True)
class StepCase:
    """A session, and what its steps are judged against at this moment.

    ``confirms_sm3``    digest of the payee and amount that the user must confirm; None where there is none
    ``payer_id``        the customer whose money the payment takes; None where the payment names no account yet
    ``holder_id``       the customer whose consent is to be changed; None where it is a new one
    ``notice_version``  the risk notice in force
    ``owned``           the customer's own accounts
    ``agreed``          the user ticked that they agree, and chose ``account_ids``
    ``services_closed``  the user has closed API services for every application
    ``tests_enough``    the application is not live yet, and has as many test customers as it may have without this one
    ``needs_key``       the payment is one that a code confirms not well enough: the user's own key must
    """

    session: Session
    confirms_sm3: bytes | None = None
    payer_id: str | None = None
    holder_id: str | None = None
    notice_version: str = ""
    owned: frozenset[str] = frozenset()
    agreed: bool = False
    account_ids: tuple[str, ...] = ()
    services_closed: bool = False
    tests_enough: bool = False
    needs_key: bool = False

    @property
    def purpose_sm3(self) -> bytes:
        """What a one-time code sent now is good for: this session and, in a payment, this payee and amount."""
        confirms = self.confirms_sm3.hex() if self.confirms_sm3 else "login"
        return digest("gm", strict_json.dump([self.session.visit_id, confirms]))


def password_was_given(case: StepCase) -> None:
    if case.session.customer_id is None:
        raise problems.SESSION_REQUIRED.problem()


def services_are_open(case: StepCase) -> None:
    if case.services_closed:
        raise problems.API_SERVICES_CLOSED.problem()


def customer_may_test(case: StepCase) -> None:
    if case.tests_enough:
        raise problems.TEST_ENVIRONMENT_ONLY.problem()


def payment_is_the_users(case: StepCase) -> None:
    if case.payer_id is not None and case.payer_id != case.session.customer_id:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem()


def consent_is_the_users(case: StepCase) -> None:
    if case.holder_id is not None and case.holder_id != case.session.customer_id:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem()


def risk_notice_was_read(case: StepCase) -> None:
    if case.session.notice_version != case.notice_version:
        raise problems.NOTICE_REQUIRED.problem()


def second_factor_was_given(case: StepCase) -> None:
    if case.session.factor_sm3 is None:
        raise problems.SECOND_FACTOR_REQUIRED.problem()
    if not hmac.compare_digest(case.session.factor_sm3, case.purpose_sm3):
        raise problems.CONFIRMATION_MISMATCH.problem()


def factor_is_strong_enough(case: StepCase) -> None:
    if case.needs_key and case.session.factor not in KEY_KINDS:
        raise problems.STEP_UP_REQUIRED.problem()


def user_agreed(case: StepCase) -> None:
    if not case.agreed or not case.account_ids:
        raise problems.CONSENT_REQUIRED.problem()


def accounts_are_the_users(case: StepCase) -> None:
    if not case.owned.issuperset(case.account_ids):
        raise problems.RESOURCE_NOT_AUTHORIZED.problem()


_ALL = "ebank account_information payment embedded"

STEPS: CheckTable[StepCase] = CheckTable(
    [
        row("password", password_was_given, _ALL, "7.2.1-b-2.1 9.3.1-1.1"),
        row("services_open", services_are_open, "account_information payment embedded", "9.3.2-2"),
        row("test_customers", customer_may_test, "account_information payment embedded", "9.1.1-2.3 9.3.4-2.2"),
        row("own_payment", payment_is_the_users, "payment embedded", "10.2.2-2.1"),
        row("own_consent", consent_is_the_users, "account_information", "9.3.2-1.1.1 10.2.2-1"),
        row("risk_notice", risk_notice_was_read, "payment embedded", "10.2.2-3.1"),
        row("second_factor", second_factor_was_given, _ALL, "7.2.1-b-2.2 10.2.2-2.2"),
        row("step_up", factor_is_strong_enough, "payment embedded", "10.2.3-3.2 10.2.2-2.2"),
        row("agreement", user_agreed, "account_information payment embedded", "9.3.2-1.2.1 10.2.2-1"),
        row("own_accounts", accounts_are_the_users, "account_information payment embedded", "9.3.2-1.1.2"),
    ]
)


def first_unmet(case: StepCase, weakened: frozenset[str]) -> tuple[str, Problem] | None:
    """The step that is due, with its refusal; None when all are taken."""
    for each in STEPS.path(case.session.column, weakened):
        try:
            each.check(case)
        except Problem as problem:
            return each.name, problem
    return None


def require_reached(case: StepCase, step: str, weakened: frozenset[str]) -> None:
    """Every step before ``step`` was taken; the first missing one says so. STEP_OUT_OF_ORDER where there is no such."""
    path = STEPS.path(case.session.column, weakened)
    names = [each.name for each in path]
    if step not in names:
        raise problems.STEP_OUT_OF_ORDER.problem()
    for each in path[: names.index(step)]:
        each.judge(case)


def require_all(case: StepCase, weakened: frozenset[str]) -> None:
    """Every step was taken: the user's word may become a consent."""
    STEPS.run(case, case.session.column, weakened)
