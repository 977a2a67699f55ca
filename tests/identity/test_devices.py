"""A phone as second factor: bound by a code from the bank's page, shown payee and amount, signing what it showed."""

from __future__ import annotations

import pytest

from bank_sim.identity import DeviceWord
from bank_sim.sdk.protocol.device_messages import activation_message, decision_message, listing_message
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from tests.branch import Branch
from tests.identity.proven import Visitor, refusal

PAYMENT = {"for": "payment", "payee_name": "**光", "payee_account": "622100******0001", "amount": "100.00"}


class Phone:
    """A key, and the bank's device id once bound."""

    def __init__(self, branch: Branch) -> None:
        self.key: PrivateKey = generate("gm", "sig")
        self.branch = branch
        self.devices = branch.bank.identity.devices
        self.device_id = ""

    def activate(self, code: str, source: str = "10.0.0.1") -> None:
        jwk = self.key.public.jwk()
        signature = self.key.sign(activation_message(code, jwk, "a phone"))
        self.device_id = self.devices.activate(code, jwk, "a phone", signature, source, "a phone was added")

    def statements(self, at_ms: int | None = None) -> list[str]:
        at_ms = self.branch.clock.now_ms() if at_ms is None else at_ms
        return self.devices.waiting(self.device_id, at_ms, self.key.sign(listing_message(self.device_id, at_ms)))

    def answer(self, statement: str, decision: str = "approve", signed: str | None = None) -> None:
        signature = self.key.sign(decision_message(decision, signed or statement))  # type: ignore[arg-type]
        self.devices.decide(self.device_id, DeviceWord(decision, statement, signature))  # type: ignore[arg-type]


def bound(branch: Branch, person: int = 0) -> Phone:
    visitor, phone = Visitor(branch, person).fully_in(), Phone(branch)
    phone.activate(visitor.second.issue_activation(visitor.case))
    return phone


def paying(branch: Branch) -> Visitor:
    return Visitor(branch, confirms_sm3=b"payee and amount")


def test_an_activation_code_binds_one_phone_and_the_customer_hears_of_it(branch: Branch) -> None:
    visitor = Visitor(branch).fully_in()
    code = visitor.second.issue_activation(visitor.case)
    Phone(branch).activate(code.lower().replace("-", " "))
    assert branch.messages()[-1].text == "a phone was added"
    assert refusal(Phone(branch).activate, code) == "ACTIVATION_INVALID"


def test_an_activation_code_ends_after_ten_minutes_and_with_the_next_one(branch: Branch) -> None:
    visitor = Visitor(branch).fully_in()
    first, second = (visitor.second.issue_activation(visitor.case) for _ in range(2))
    assert refusal(Phone(branch).activate, first) == "ACTIVATION_INVALID"
    branch.clock.advance(600)
    assert refusal(Phone(branch).activate, second) == "ACTIVATION_INVALID"


def test_guesses_at_activation_codes_are_counted_by_source(branch: Branch) -> None:
    visitor = Visitor(branch).fully_in()
    code = visitor.second.issue_activation(visitor.case)
    for _ in range(10):
        assert refusal(Phone(branch).activate, "2222-2222-2222") == "ACTIVATION_INVALID"
    assert refusal(Phone(branch).activate, code) == "ACTIVATION_INVALID"
    Phone(branch).activate(code, source="10.0.0.2")


def test_a_key_that_its_sender_does_not_hold_is_not_bound(branch: Branch) -> None:
    visitor, phone = Visitor(branch).fully_in(), Phone(branch)
    code = visitor.second.issue_activation(visitor.case)
    jwk, signature = phone.key.public.jwk(), generate("gm", "sig").sign(b"something")
    assert refusal(phone.devices.activate, code, jwk, "x", signature, "10.0.0.1", "") == "DEVICE_UNKNOWN"
    assert visitor.second.factors.of_customer(visitor.customer_id) == []


@pytest.mark.clause("7.2.1-b-2.2", "10.2.2-2.2")
def test_the_phone_is_shown_the_payment_and_its_signed_word_is_the_second_factor(branch: Branch) -> None:
    phone, visitor = bound(branch), paying(branch)
    approval = visitor.second.ask_phone(visitor.case, PAYMENT)
    assert refusal(visitor.second.take_approval, visitor.case) == "APPROVAL_PENDING"
    (statement,) = phone.statements()
    for shown in ("100.00", "622100******0001", "**光", approval.number):
        assert shown in statement
    phone.answer(statement)
    visitor.second.take_approval(visitor.case)
    assert visitor.factor_holds() == "device_key"
    assert phone.statements() == []


@pytest.mark.clause("10.2.2-2.2")
@pytest.mark.parametrize("signed_as_shown", [True, False])
def test_an_approval_of_another_amount_is_refused(branch: Branch, signed_as_shown: bool) -> None:
    phone, visitor = bound(branch), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT | {"amount": "10000.00"})
    (statement,) = phone.statements()
    shown = statement.replace("10000.00", "100.00")
    sent = shown if signed_as_shown else statement
    expected = "CONFIRMATION_MISMATCH" if signed_as_shown else "DEVICE_UNKNOWN"
    assert refusal(phone.answer, sent, "approve", shown) == expected
    assert refusal(visitor.second.take_approval, visitor.case) == "APPROVAL_PENDING"


@pytest.mark.clause("10.2.2-2.2")
def test_an_approval_counts_for_what_was_asked_and_not_for_what_is_asked_now(branch: Branch) -> None:
    phone, visitor = bound(branch), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT)
    phone.answer(phone.statements()[0])
    visitor.confirms_sm3 = b"another payee"
    visitor.second.take_approval(visitor.case)
    assert visitor.factor_holds() is None


def test_an_approval_belongs_to_the_visit_that_asked(branch: Branch) -> None:
    phone, visitor, other = bound(branch), paying(branch), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT)
    phone.answer(phone.statements()[0])
    assert refusal(other.second.take_approval, other.case) == "APPROVAL_EXPIRED"


def test_an_approval_counts_for_the_login_that_asked_and_not_for_the_next_one_of_that_visit(branch: Branch) -> None:
    phone, visitor = bound(branch), Visitor(branch)
    visitor.second.ask_phone(visitor.case, {"for": "login", "app": ""})
    phone.answer(phone.statements()[0])
    visitor.second.take_approval(visitor.case)
    visitor.password_again()
    assert visitor.factor_holds() is None
    assert refusal(visitor.second.take_approval, visitor.case) == "APPROVAL_EXPIRED"


def test_what_was_declined_stays_declined(branch: Branch) -> None:
    phone, visitor = bound(branch), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT)
    (statement,) = phone.statements()
    phone.answer(statement, "decline")
    assert refusal(phone.answer, statement) == "APPROVAL_EXPIRED"
    assert refusal(visitor.second.take_approval, visitor.case) == "APPROVAL_DECLINED"


def test_a_question_waits_for_three_minutes_and_ends_with_the_next_one(branch: Branch) -> None:
    phone, visitor = bound(branch), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT)
    (first,) = phone.statements()
    visitor.second.ask_phone(visitor.case, PAYMENT)
    (second,) = phone.statements()
    assert refusal(phone.answer, first) == "APPROVAL_EXPIRED"
    branch.clock.advance(180)
    assert phone.statements() == []
    assert refusal(phone.answer, second) == "APPROVAL_EXPIRED"
    assert refusal(visitor.second.take_approval, visitor.case) == "APPROVAL_EXPIRED"


def test_a_question_is_withdrawn_when_the_step_was_taken_in_another_way(branch: Branch) -> None:
    phone, visitor = bound(branch), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT)
    (statement,) = phone.statements()
    branch.bank.identity.send_code(visitor.case, lambda code: f"code {code}")
    branch.bank.identity.enter_code(visitor.case, branch.code())
    assert phone.statements() == []
    assert refusal(phone.answer, statement) == "APPROVAL_EXPIRED"


def test_a_phone_sees_and_answers_its_owners_questions_only(branch: Branch) -> None:
    mine, theirs, visitor = bound(branch), bound(branch, person=1), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT)
    assert theirs.statements() == []
    assert refusal(theirs.answer, mine.statements()[0]) == "APPROVAL_EXPIRED"


def test_a_phone_without_its_key_or_its_time_is_told_nothing(branch: Branch) -> None:
    phone = bound(branch)
    stale = branch.clock.now_ms() - 301_000
    assert refusal(phone.statements, stale) == "TIMESTAMP_EXPIRED"
    phone.key = generate("gm", "sig")
    assert refusal(phone.statements) == "DEVICE_UNKNOWN"
    phone.device_id = "fac_unknown"
    assert refusal(phone.statements) == "DEVICE_UNKNOWN"


def test_a_removed_phone_is_a_stranger(branch: Branch) -> None:
    phone, visitor = bound(branch), Visitor(branch).fully_in()
    visitor.second.remove(visitor.case, phone.device_id, lambda factor: f"{factor.label} removed")
    assert branch.messages()[-1].text == "a phone removed"
    assert refusal(phone.statements) == "DEVICE_UNKNOWN"
    late = Visitor(branch)
    assert refusal(late.second.ask_phone, late.case, PAYMENT) == "FACTOR_NOT_ENROLLED"


def test_what_a_phone_said_before_it_was_removed_counts_no_more(branch: Branch) -> None:
    phone, waiting = bound(branch), Visitor(branch)
    waiting.second.ask_phone(waiting.case, {"for": "login", "app": ""})
    phone.answer(phone.statements()[0])
    owner = Visitor(branch).fully_in()
    owner.second.remove(owner.case, phone.device_id, lambda factor: "removed")
    assert refusal(waiting.second.take_approval, waiting.case) == "APPROVAL_EXPIRED"
    assert waiting.factor_holds() is None


def test_nobody_is_worn_out_with_questions(branch: Branch) -> None:
    bound(branch)
    visitor = Visitor(branch)
    for _ in range(branch.config.policy.approvals_day_max):
        visitor.second.ask_phone(visitor.case, PAYMENT)
    assert refusal(visitor.second.ask_phone, visitor.case, PAYMENT) == "APPROVAL_TOO_FREQUENT"


def test_without_the_comparison_of_statements_another_amount_is_approved(branch: Branch) -> None:
    phone, visitor = bound(branch), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT | {"amount": "10000.00"})
    shown = phone.statements()[0].replace("10000.00", "100.00")
    branch.switches.weaken(["approval_statement"])
    phone.answer(shown)
    visitor.second.take_approval(visitor.case)
    assert visitor.factor_holds() == "device_key"


def test_without_the_signature_anybody_approves(branch: Branch) -> None:
    phone, visitor = bound(branch), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT)
    (statement,) = phone.statements()
    phone.key = generate("gm", "sig")
    assert refusal(phone.answer, statement) == "DEVICE_UNKNOWN"
    branch.switches.weaken(["approval_signature"])
    phone.answer(statement)
    visitor.second.take_approval(visitor.case)
    assert visitor.factor_holds() == "device_key"


def test_the_word_and_what_was_signed_stay_as_evidence(branch: Branch) -> None:
    phone, visitor = bound(branch), paying(branch)
    visitor.second.ask_phone(visitor.case, PAYMENT)
    phone.answer(phone.statements()[0])
    ((signed, signature),) = branch.bank.store.read("SELECT signed, signature FROM approvals")
    assert phone.key.public.verify(signature, decision_message("approve", signed))
