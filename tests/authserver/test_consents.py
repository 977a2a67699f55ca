"""The consent as an object: its states, its uses and limits, and what a confirmation covers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from bank_sim.bank import open_bank
from bank_sim.consent import Authorisation, ConsentRequest, PaymentTerms, confirmation_digest, one_payment
from bank_sim.core.operations import core_operations
from bank_sim.sdk.protocol.problems import Problem
from tests.branch import Branch
from tests.client import Client


def asked(branch: Branch, **changes: Any) -> ConsentRequest:
    facts: dict[str, Any] = {
        "app_id": "app_a",
        "type": "account_information",
        "validity": "period",
        "valid_to_s": int(branch.clock.now_s()) + 1000,
        "apis": ("accounts.list",),
    }
    return ConsentRequest(**(facts | changes))


def standing(branch: Branch, **changes: Any) -> ConsentRequest:
    until_s = int(branch.clock.now_s()) + 1000
    terms = PaymentTerms(payee_account_id="ac_payee", per_payment_fen=100, total_fen=250, until_s=until_s)
    return asked(branch, type="payment", payment=terms, apis=("transfers.execute", "transfers.get"), **changes)


def given(branch: Branch, request: ConsentRequest, confirmed: PaymentTerms | None = None) -> str:
    confirmed_sm3 = confirmation_digest(confirmed or request.payment) if request.payment else None
    with branch.bank.store.write() as db:
        consent_id: str = branch.bank.consents.request(db, request)
        word = Authorisation("cu_1", ["ac_1", "ac_2"], ["password", "sms_code"], {"language": "zh"}, confirmed_sm3)
        branch.bank.consents.authorise(db, consent_id, word)
    return consent_id


def use(branch: Branch, consent_id: str, amount_fen: int = 0) -> None:
    with branch.bank.store.write() as db:
        branch.bank.consents.use(db, consent_id, amount_fen)


def test_a_consent_that_was_only_asked_for_allows_nothing(branch: Branch) -> None:
    with branch.bank.store.write() as db:
        consent_id = branch.bank.consents.request(db, asked(branch))
    consent = branch.bank.consents.get(consent_id)
    assert consent.state == "requested"
    with pytest.raises(Problem, match="CONSENT_REQUIRED"):
        consent.require_live()
    with pytest.raises(Problem, match="CONSENT_REQUIRED"):
        use(branch, consent_id)


def test_a_consent_is_authorised_once(branch: Branch) -> None:
    consent_id = given(branch, asked(branch))
    word = Authorisation("cu_2", ["ac_9"], ["password"], {})
    with pytest.raises(Problem, match="STEP_OUT_OF_ORDER"), branch.bank.store.write() as db:
        branch.bank.consents.authorise(db, consent_id, word)
    assert branch.bank.consents.get(consent_id).customer_id == "cu_1"
    assert set(branch.bank.consents.account_refs(consent_id)) == {"ac_1", "ac_2"}


@pytest.mark.clause("9.3.2-1.1.1")
def test_two_consents_name_one_account_differently(branch: Branch) -> None:
    first, second = given(branch, asked(branch)), given(branch, asked(branch))
    refs = [branch.bank.consents.account_refs(each)["ac_1"] for each in (first, second)]
    assert refs[0] != refs[1]
    assert branch.bank.consents.account_of(refs[0]) == (first, "ac_1")
    assert branch.bank.consents.account_of(refs[1]) == (second, "ac_1")
    assert branch.bank.consents.account_of("never given out") is None


@pytest.mark.clause("9.3.2-1.2.2")
def test_a_consent_ends_on_the_virtual_clock(branch: Branch) -> None:
    consent_id = given(branch, asked(branch))
    branch.clock.advance(999)
    use(branch, consent_id)
    branch.clock.advance(1)
    assert branch.bank.consents.get(consent_id).state == "expired"
    with pytest.raises(Problem, match="CONSENT_EXPIRED"):
        use(branch, consent_id)


@pytest.mark.clause("9.3.2-1.3")
@pytest.mark.parametrize(("validity", "uses"), [("once", 1), ("period", 3), ("agreement", 3)])
def test_only_a_consent_for_one_use_is_used_up(branch: Branch, validity: str, uses: int) -> None:
    consent_id = given(branch, asked(branch, validity=validity))
    for _ in range(uses):
        use(branch, consent_id)
    consent = branch.bank.consents.get(consent_id)
    consent.require_live()
    if validity == "once":
        with pytest.raises(Problem, match="GRANT_CONSUMED"):
            use(branch, consent_id)
        with pytest.raises(Problem, match="GRANT_CONSUMED"):
            consent.require_usable()
    else:
        consent.require_usable()


@pytest.mark.clause("9.3.2-2")
def test_only_its_user_revokes_a_consent(branch: Branch) -> None:
    consent_id = given(branch, asked(branch))
    with pytest.raises(Problem, match="RESOURCE_NOT_AUTHORIZED"), branch.bank.store.write() as db:
        branch.bank.consents.revoke(db, consent_id, "cu_2")
    with branch.bank.store.write() as db:
        branch.bank.consents.revoke(db, consent_id, "cu_1")
    with pytest.raises(Problem, match="CONSENT_REVOKED"):
        use(branch, consent_id)


def test_a_standing_payment_keeps_within_its_limits(branch: Branch) -> None:
    consent_id = given(branch, standing(branch))
    with pytest.raises(Problem, match="CONSENT_LIMIT_EXCEEDED"):
        use(branch, consent_id, 101)
    use(branch, consent_id, 100)
    use(branch, consent_id, 100)
    with pytest.raises(Problem, match="CONSENT_LIMIT_EXCEEDED"):
        use(branch, consent_id, 51)
    use(branch, consent_id, 50)
    assert branch.bank.consents.get(consent_id).used_fen == 250


@pytest.mark.clause("10.2.2-2.1", "10.2.2-2.2")
def test_a_confirmation_covers_one_transfer_payee_and_amount(branch: Branch) -> None:
    terms = PaymentTerms(transfer_id="tr_1")
    request = asked(branch, type="payment", validity="once", payment=terms)
    consent = branch.bank.consents.get(given(branch, request, confirmed=one_payment("tr_1", "ac_payee", 100)))
    consent.require_confirmed("tr_1", "ac_payee", 100)
    for transfer, payee, amount_fen, code in (
        ("tr_2", "ac_payee", 100, "TRANSACTION_NOT_CONFIRMED"),
        ("tr_1", "ac_other", 100, "CONFIRMATION_MISMATCH"),
        ("tr_1", "ac_payee", 101, "CONFIRMATION_MISMATCH"),
    ):
        with pytest.raises(Problem, match=code):
            consent.require_confirmed(transfer, payee, amount_fen)


def test_a_standing_confirmation_covers_its_payee_only(branch: Branch) -> None:
    consent = branch.bank.consents.get(given(branch, standing(branch)))
    consent.require_confirmed("tr_any", "ac_payee", 100)
    with pytest.raises(Problem, match="TRANSACTION_NOT_CONFIRMED"):
        consent.require_confirmed("tr_any", "ac_other", 100)
    consent.require_within_limits(100)
    with pytest.raises(Problem, match="CONSENT_LIMIT_EXCEEDED"):
        consent.require_within_limits(101)


def test_a_consent_to_accounts_confirms_no_payment(branch: Branch) -> None:
    consent = branch.bank.consents.get(given(branch, asked(branch)))
    with pytest.raises(Problem, match="TRANSACTION_NOT_CONFIRMED"):
        consent.require_confirmed("tr_1", "ac_payee", 100)


def race(branch: Branch, runners: int, act: Callable[[Any], object]) -> list[object]:
    """``act`` at the same moment by so many banks, each with its own connections; its results or its refusals."""
    barrier, results = threading.Barrier(runners), []

    def run() -> None:
        operations = core_operations(branch.config.policy, lambda size: b"x" * size, branch.bank.risk.judge)
        bank = open_bank(branch.config, branch.clock, branch.switches, branch.secrets, operations)
        barrier.wait(20)
        try:
            results.append(act(bank))
        except Problem as problem:
            results.append(problem.code)
        bank.close()

    threads = [threading.Thread(target=run) for _ in range(runners)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert len(results) == runners
    return results


@pytest.mark.clause("9.3.2-1.3")
def test_of_ten_simultaneous_uses_of_a_consent_for_one_one_succeeds(branch: Branch) -> None:
    consent_id = given(branch, asked(branch, validity="once"))

    def act(bank: Any) -> object:
        with bank.store.write() as db:
            bank.consents.use(db, consent_id)
        return "used"

    results = race(branch, 10, act)
    assert sorted(map(str, results)) == 9 * ["GRANT_CONSUMED"] + ["used"]


def test_ten_simultaneous_payments_stay_within_the_total(branch: Branch) -> None:
    consent_id = given(branch, standing(branch))

    def act(bank: Any) -> object:
        with bank.store.write() as db:
            bank.consents.use(db, consent_id, 100)
        return "paid"

    assert race(branch, 10, act).count("paid") == 2
    assert branch.bank.consents.get(consent_id).used_fen == 200


@pytest.mark.clause("7.3.2-1")
def test_of_ten_browsers_with_one_request_uri_one_gets_in(branch: Branch, client: Client) -> None:
    request_uri = client.ask().json["request_uri"]

    def act(bank: Any) -> object:
        with bank.store.write() as db:
            bank.tokens.codes.take_request(db, request_uri, client.app_id)
        return "taken"

    results = race(branch, 10, act)
    assert sorted(map(str, results)) == 9 * ["invalid_request"] + ["taken"]
