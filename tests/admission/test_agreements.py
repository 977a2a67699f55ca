"""What an agreement settles, who has signed what, and what is granted from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bank_sim.admission.agreement import read_agreement, require_signed
from bank_sim.admission.terms import CLAUSES, TEMPLATE_VERSION
from bank_sim.sdk.admission import prove_possession
from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.problems import Problem
from tests.admission.conftest import COMPANY, FORM, Place


@pytest.mark.clause("9.1.1-3", "7.3.1-1", "12.2-0", "12.2-1.1.3", "12.2-2", "12.2-4")
def test_it_names_what_was_asked_for_with_a_reason_and_every_clause(place: Place) -> None:
    place.until("offered")
    agreed = read_agreement(place.case.agreement)
    assert agreed.apis == FORM.apis
    assert (agreed.credit_code, agreed.calls_day, agreed.calls_minute) == (COMPANY.credit_code, 10_000, 60)
    assert agreed.clauses == CLAUSES


@pytest.mark.clause("9.1.1-0", "12.2-0")
def test_both_signatures_hold_over_the_same_bytes(place: Place) -> None:
    place.until("agreed")
    case = place.case
    bank = place.bank.keys.signing("gm").public
    require_signed(case.agreement, case.case_id, place.signing.public, case.signature)
    require_signed(case.agreement, case.case_id, bank, case.countersignature)
    with pytest.raises(Problem, match="AGREEMENT_UNSIGNED"):
        require_signed(case.agreement + b" ", case.case_id, bank, case.countersignature)
    with pytest.raises(Problem, match="AGREEMENT_UNSIGNED"):
        require_signed(case.agreement, case.case_id, bank, "no signature")


@pytest.mark.clause("9.2.1-a-1.2", "7.3.4-1")
def test_keys_are_one_that_signs_and_one_that_opens_of_the_suite(place: Place) -> None:
    place.until("approved")
    signing, other = generate("gm", "sig").public.jwk(), generate("intl", "enc").public.jwk()
    for keys in ([signing], [signing, signing], [signing, other], [signing, generate("gm", "sig").public.jwk()]):
        before = place.dump()
        with pytest.raises(Problem):
            place.do("offer_keys", {"keys": keys}, None)
        assert place.dump() == before


@pytest.mark.clause("9.2.1-a-1.2")
def test_the_challenge_opens_for_its_own_key_alone(place: Place) -> None:
    place.until("approved")
    keys = place.case.keys
    with pytest.raises(Problem, match="DECRYPT_FAILED"):
        prove_possession(place.signing, generate("gm", "enc"), place.case_id, keys.nonce, keys.sealed)


@pytest.mark.clause("9.2.1-a-1.1", "7.3.4-2.1")
def test_the_secret_is_handed_out_once_and_nothing_of_a_case_lies_readable(place: Place) -> None:
    issued = place.credentials()
    assert issued.app_secret is not None
    with pytest.raises(Problem, match="ILLEGAL_TRANSITION"):
        place.do("issue")
    lying = "\n".join(place.dump())
    person = next(each for each in place.case.papers if each.kind == "developer")
    keys = place.case.keys
    for secret in (issued.app_secret, person.number, person.holder, keys.opened):
        assert secret not in lying


@pytest.mark.clause("12.2-0", "12.2-2")
def test_the_published_template_is_the_one_in_force() -> None:
    for language, place in (("en", 0), ("zh", 1)):
        text = (Path(__file__).parents[2] / "docs" / "compliance" / language / "cooperation-agreement.md").read_text()
        assert re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE) == [
            (name, said[place]) for name, said in CLAUSES.items()
        ]
        assert TEMPLATE_VERSION in text
