"""Codes of an authenticator: the published vectors, the drift, one use, few tries, and no payment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bank_sim.identity.time_codes import STEP_S, code_at, new_authenticator_secret, provisioning_uri, step_of
from tests.branch import Branch
from tests.identity.proven import Authenticator, Visitor, refusal

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/rfc6238_totp.json").read_text())


@pytest.mark.parametrize("vector", VECTORS["codes"], ids=lambda each: str(each["time_s"]))
def test_codes_are_those_of_rfc_6238(vector: dict[str, object]) -> None:
    secret = VECTORS["secret_ascii"].encode()
    assert code_at(secret, int(str(vector["time_s"])) // STEP_S, digits=8) == vector["code"]


def test_a_code_is_known_one_step_before_and_after_its_time_and_no_further() -> None:
    secret, now_s = new_authenticator_secret(), 1_000_000 * STEP_S
    known = [step_of(secret, code_at(secret, 1_000_000 + away), now_s) for away in (-2, -1, 0, 1, 2)]
    assert known == [None, 999_999, 1_000_000, 1_000_001, None]


@pytest.mark.parametrize("typed", ["", "１２３４５６", "é", "12345", "000000\x00", "\ud800"])
def test_what_no_authenticator_shows_is_no_code(typed: str) -> None:
    assert step_of(b"12345678901234567890", typed, 59) is None


def test_an_authenticator_is_told_issuer_and_secret_in_its_own_words() -> None:
    uri = provisioning_uri(b"12345678901234567890", "Sandbox Bank", "xi***")
    assert uri.startswith("otpauth://totp/Sandbox%20Bank:xi%2A%2A%2A?")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in uri


def test_an_authenticator_counts_only_after_its_first_right_code(branch: Branch) -> None:
    visitor = Visitor(branch).fully_in()
    secret = visitor.second.begin_authenticator(visitor.case, "Authenticator").material
    late = Visitor(branch)
    now = code_at(secret, int(branch.clock.now_s() // STEP_S))
    assert late.second.offered(late.case) == ["sms_code"]
    assert refusal(late.second.enter_time_code, late.case, now) == "FACTOR_NOT_ENROLLED"
    visitor.second.confirm_authenticator(visitor.case, now, "an authenticator was added")
    assert branch.messages()[-1].text == "an authenticator was added"
    assert late.second.offered(late.case) == ["sms_code", "totp"]


def test_its_secret_lies_sealed(branch: Branch) -> None:
    secret = Authenticator(branch).secret
    ((stored,),) = branch.bank.store.read("SELECT material_sealed FROM factors")
    assert secret not in stored


def test_setting_one_up_takes_a_whole_login(branch: Branch) -> None:
    visitor = Visitor(branch)
    assert refusal(visitor.second.begin_authenticator, visitor.case, "Authenticator") == "SECOND_FACTOR_REQUIRED"
    assert branch.bank.store.read("SELECT * FROM factors") == []


@pytest.mark.clause("7.2.1-b-2.2")
def test_a_code_is_the_second_factor_of_a_login(branch: Branch) -> None:
    authenticator, visitor = Authenticator(branch), Visitor(branch)
    visitor.second.enter_time_code(visitor.case, authenticator.code())
    assert visitor.factor_holds() == "totp"


@pytest.mark.clause("7.2.1-b-2.2")
def test_no_code_counts_twice_nor_one_older_than_the_last(branch: Branch) -> None:
    authenticator, first, second = Authenticator(branch), Visitor(branch), Visitor(branch)
    first.second.enter_time_code(first.case, authenticator.code())
    assert refusal(second.second.enter_time_code, second.case, authenticator.code()) == "OTP_REPLAYED"
    assert refusal(second.second.enter_time_code, second.case, authenticator.code(-1)) == "OTP_REPLAYED"
    second.second.enter_time_code(second.case, authenticator.code(1))
    assert second.factor_holds() == "totp"


def test_the_code_that_set_it_up_is_used_up(branch: Branch) -> None:
    authenticator, visitor = Authenticator(branch), Visitor(branch)
    assert refusal(visitor.second.enter_time_code, visitor.case, authenticator.code(-1)) == "OTP_REPLAYED"


@pytest.mark.clause("10.2.2-2.2")
def test_a_code_that_names_no_payee_confirms_no_payment(branch: Branch) -> None:
    authenticator = Authenticator(branch)
    visitor = Visitor(branch, confirms_sm3=b"payee and amount")
    assert visitor.second.offered(visitor.case) == ["sms_code"]
    assert refusal(visitor.second.enter_time_code, visitor.case, authenticator.code()) == "FACTOR_NOT_SUITED"
    assert visitor.factor_holds() is None


@pytest.mark.clause("7.2.1-b-2.2")
def test_five_wrong_codes_rest_the_authenticator_for_the_right_one_too(branch: Branch) -> None:
    authenticator, visitor = Authenticator(branch), Visitor(branch)
    wrong = f"{(int(authenticator.code()) + 1) % 1_000_000:06}"
    outcomes = [refusal(visitor.second.enter_time_code, visitor.case, wrong) for _ in range(5)]
    assert outcomes == 5 * ["OTP_INVALID"]
    assert refusal(visitor.second.enter_time_code, visitor.case, authenticator.code()) == "OTP_LOCKED"
    branch.clock.advance(branch.config.policy.login_lock_s)
    again = Visitor(branch)
    again.second.enter_time_code(again.case, authenticator.code())


def test_one_customers_code_opens_nothing_of_anothers(branch: Branch) -> None:
    mine, _theirs = Authenticator(branch), Authenticator(branch, person=1)
    visitor = Visitor(branch, person=1)
    assert refusal(visitor.second.enter_time_code, visitor.case, mine.code()) == "OTP_INVALID"


@pytest.mark.parametrize(
    ("left_out", "confirms", "code"),
    [("totp_purpose", b"a payment", "now"), ("totp_code", None, "wrong"), ("totp_once", None, "used")],
)
def test_without_its_row_each_misuse_succeeds(branch: Branch, left_out: str, confirms: bytes, code: str) -> None:
    authenticator, before = Authenticator(branch), Visitor(branch)
    codes = {"now": authenticator.code(1), "used": authenticator.code()}
    before.second.enter_time_code(before.case, codes["used"])
    codes["wrong"] = next(each for each in ("000000", "111111") if each not in codes.values())
    misuse = Visitor(branch, confirms_sm3=confirms)
    assert refusal(misuse.second.enter_time_code, misuse.case, codes[code]) is not None
    branch.switches.weaken([left_out])
    misuse.second.enter_time_code(misuse.case, codes[code])
    assert misuse.factor_holds() == "totp"


def test_six_authenticators_are_one_too_many_and_a_removed_one_is_forgotten(branch: Branch) -> None:
    for _ in range(5):
        last = Authenticator(branch)
        branch.clock.advance(STEP_S)
    visitor = Visitor(branch).fully_in()
    assert refusal(visitor.second.begin_authenticator, visitor.case, "Authenticator") == "FACTOR_LIMIT"
    newest = visitor.second.factors.active(visitor.customer_id, "totp")[-1]
    assert newest.material == last.secret
    visitor.second.remove(visitor.case, newest.factor_id, lambda factor: f"{factor.kind} removed")
    assert branch.messages()[-1].text == "totp removed"
    late = Visitor(branch)
    assert refusal(late.second.enter_time_code, late.case, last.code()) == "OTP_INVALID"


def test_nobody_removes_anothers_factor(branch: Branch) -> None:
    Authenticator(branch)
    (factor,) = branch.bank.identity.second.factors.of_customer(branch.customer_id(0))
    stranger = Visitor(branch, person=1).fully_in()
    assert refusal(stranger.second.remove, stranger.case, factor.factor_id, str) == "FACTOR_NOT_ENROLLED"
