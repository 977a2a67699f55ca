"""WebAuthn at the bank: a challenge for one step, the right host, a counter that grows."""

from __future__ import annotations

import json

import pytest
from fido2.utils import websafe_decode, websafe_encode

from tests.branch import Branch
from tests.identity.proven import Visitor, refusal
from user_sim.security_key import SecurityKey

ORIGIN = "https://bank.localhost:8441"
PAYMENT = b"payee and amount"


def with_key(branch: Branch, person: int = 0) -> SecurityKey:
    """A customer's key, set up."""
    key, visitor = SecurityKey(), Visitor(branch, person).fully_in()
    answer = key.create(visitor.second.security_key_creation(visitor.case), ORIGIN)
    visitor.second.add_security_key(visitor.case, answer, "a key", "a key was added")
    return key


def asked(visitor: Visitor) -> str:
    return visitor.second.security_key_request(visitor.case)


def test_a_key_is_the_second_factor_of_a_login_and_the_customer_hears_of_it(branch: Branch) -> None:
    key, visitor = with_key(branch), Visitor(branch)
    assert branch.messages()[-1].text == "a key was added"
    assert visitor.second.offered(visitor.case) == ["sms_code", "security_key"]
    visitor.second.enter_security_key(visitor.case, key.get(asked(visitor), ORIGIN))
    assert visitor.factor_holds() == "security_key"


@pytest.mark.clause("10.2.2-2.2")
def test_an_assertion_for_one_payment_confirms_no_other(branch: Branch) -> None:
    key, visitor = with_key(branch), Visitor(branch, confirms_sm3=PAYMENT)
    answer = key.get(asked(visitor), ORIGIN)
    visitor.confirms_sm3 = b"another payee"
    assert refusal(visitor.second.enter_security_key, visitor.case, answer) == "CONFIRMATION_MISMATCH"
    visitor.confirms_sm3 = PAYMENT
    visitor.second.enter_security_key(visitor.case, answer)
    assert visitor.factor_holds() == "security_key"


def test_an_assertion_of_another_visit_or_too_late_is_refused(branch: Branch) -> None:
    key, first, second = with_key(branch), Visitor(branch), Visitor(branch)
    answer = key.get(asked(first), ORIGIN)
    assert refusal(second.second.enter_security_key, second.case, answer) == "CONFIRMATION_MISMATCH"
    branch.clock.advance(branch.config.policy.approval_lifetime_s)
    assert refusal(first.second.enter_security_key, first.case, answer) == "CONFIRMATION_MISMATCH"


def test_an_assertion_that_was_seen_opens_no_later_login_of_the_same_session(branch: Branch) -> None:
    key, visitor = with_key(branch), Visitor(branch)
    branch.switches.weaken(["security_key_counter"])  # as with the many keys that count nothing
    seen = key.get(asked(visitor), ORIGIN)
    visitor.second.enter_security_key(visitor.case, seen)
    visitor.password_again()
    assert refusal(visitor.second.enter_security_key, visitor.case, seen) == "CONFIRMATION_MISMATCH"


@pytest.mark.clause("7.2.1-b-2.2")
def test_a_copied_key_betrays_itself_by_its_counter(branch: Branch) -> None:
    key = with_key(branch)
    copy = key.copied()
    owner, thief = Visitor(branch), Visitor(branch)
    owner.second.enter_security_key(owner.case, key.get(asked(owner), ORIGIN))
    stolen = copy.get(asked(thief), ORIGIN)
    assert refusal(thief.second.enter_security_key, thief.case, stolen) == "SECURITY_KEY_CLONED"
    assert thief.factor_holds() is None
    branch.switches.weaken(["security_key_counter"])
    thief.second.enter_security_key(thief.case, stolen)
    assert thief.factor_holds() == "security_key"


def test_an_assertion_that_another_site_asked_for_is_refused(branch: Branch) -> None:
    """A browser would not let it; whoever replaces the browser still has the origin in what was signed."""
    key, visitor = with_key(branch), Visitor(branch)
    answer = key.get(asked(visitor), "https://evil.bank.localhost:8441")
    assert refusal(visitor.second.enter_security_key, visitor.case, answer) == "SECURITY_KEY_INVALID"


@pytest.mark.parametrize("member", ["signature", "authenticatorData"])
def test_a_changed_byte_is_noticed(branch: Branch, member: str) -> None:
    key, visitor = with_key(branch), Visitor(branch)
    answer = json.loads(key.get(asked(visitor), ORIGIN))
    changed = bytearray(websafe_decode(answer["response"][member]))
    changed[-1] ^= 1
    answer["response"][member] = websafe_encode(bytes(changed))
    assert refusal(visitor.second.enter_security_key, visitor.case, json.dumps(answer)) == "SECURITY_KEY_INVALID"


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"rawId": 1}', '{"rawId": "AA", "response": {}}'])
def test_what_is_no_answer_is_refused_as_such(branch: Branch, text: str) -> None:
    with_key(branch)
    visitor = Visitor(branch)
    assert refusal(visitor.second.enter_security_key, visitor.case, text) == "SECURITY_KEY_INVALID"
    inside = visitor.fully_in()
    assert refusal(inside.second.add_security_key, inside.case, text, "a key", "") == "SECURITY_KEY_INVALID"


def test_anothers_key_is_none_of_mine(branch: Branch) -> None:
    with_key(branch)
    theirs, visitor = with_key(branch, person=1), Visitor(branch)
    other = Visitor(branch, person=1)
    answer = theirs.get(asked(other), ORIGIN)
    assert refusal(visitor.second.enter_security_key, visitor.case, answer) == "SECURITY_KEY_INVALID"


def test_a_key_made_for_another_visit_is_not_taken(branch: Branch) -> None:
    first, second = Visitor(branch).fully_in(), Visitor(branch).fully_in()
    answer = SecurityKey().create(first.second.security_key_creation(first.case), ORIGIN)
    assert refusal(second.second.add_security_key, second.case, answer, "a key", "") == "CONFIRMATION_MISMATCH"
