"""Every row of the admission's table refuses what it is there for, and without it exactly that passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from bank_sim.admission.checks import ADMISSION, DEFENCES
from bank_sim.admission.inspection import Inspection
from bank_sim.admission.questionnaire import KEY_INDICATOR, MEASURES
from bank_sim.sdk.admission import sign_agreement
from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.problems import Problem
from tests.admission.conftest import DAY_MS, DECIDER, FORM, LISTED, WORKER, Place, papers

Trick = Callable[[Place], Callable[[], Any]]


def unanswered(place: Place) -> Callable[[], Any]:
    place.until("enquired")
    form = msgspec.structs.replace(FORM, described={**FORM.described, "market": ""})
    return lambda: place.do("apply", form)


def without_developer(place: Place) -> Callable[[], Any]:
    place.until("applied")
    found = tuple(each for each in papers(place.now_ms) if each.kind != "developer")
    return lambda: place.do("submit", found)


def expired(place: Place) -> Callable[[], Any]:
    place.until("applied")
    found = papers(place.now_ms, business_licence={"until_ms": place.now_ms})
    return lambda: place.do("submit", found)


def expired_meanwhile(place: Place) -> Callable[[], Any]:
    place.until("assessed")
    place.opened.clock.advance(366 * 86_400)
    return lambda: place.do("approve", DECIDER, "agreed")


def mistyped(place: Place) -> Callable[[], Any]:
    place.until("applied")
    licence = papers(place.now_ms)[0]
    found = papers(place.now_ms, business_licence={"number": licence.number[:-2] + "X" + licence.number[-1]})
    return lambda: place.do("submit", found)


def of_another_company(place: Place) -> Callable[[], Any]:
    place.enquire("晴川别处有限公司")
    place.until("submitted")
    return lambda: place.do("verify", WORKER, "looked at")


def with_another_legal_person(place: Place) -> Callable[[], Any]:
    place.until("applied")
    place.do("submit", papers(place.now_ms, legal_person={"holder": "张三"}))
    return lambda: place.do("verify", WORKER, "looked at")


def on_the_list(place: Place) -> Callable[[], Any]:
    place.enquire(LISTED.name)
    place.until("applied")
    of = {"holder": LISTED.name, "number": LISTED.credit_code}
    found = papers(place.now_ms, business_licence=of, legal_person={"holder": LISTED.legal_person})
    place.do("submit", found)
    return lambda: place.do("verify", WORKER, "looked at")


def careless_with_users(place: Place) -> Callable[[], Any]:
    place.until("enquired")
    best = dict.fromkeys(FORM.grades, 5)
    measures = FORM.measures - set(MEASURES[KEY_INDICATOR][:3])
    place.do("apply", msgspec.structs.replace(FORM, grades=best, measures=measures))
    place.until("assessed")
    return lambda: place.do("approve", DECIDER, "agreed")


def weak_all_in_all(place: Place) -> Callable[[], Any]:
    place.until("enquired")
    place.do("apply", msgspec.structs.replace(FORM, grades=dict.fromkeys(FORM.grades, 0)))
    place.until("assessed")
    return lambda: place.do("approve", DECIDER, "agreed")


def by_its_own_assessor(place: Place) -> Callable[[], Any]:
    place.until("assessed")
    return lambda: place.do("approve", WORKER, "my own")


def with_a_stranger_s_proof(place: Place) -> Callable[[], Any]:
    place.until("assessed")
    place.do("approve", DECIDER, "agreed")
    place.do("offer_keys", {"keys": [place.signing.public.jwk(), place.opening.public.jwk()]}, None)
    place.signing = generate("gm", "sig")
    proof = place.proof()
    return lambda: place.do("prove_keys", proof)


def with_a_proof_of_other_keys(place: Place) -> Callable[[], Any]:
    """The statement is the applicant's own, for keys that it handed in before."""
    place.until("assessed")
    place.do("approve", DECIDER, "agreed")
    jwks = {"keys": [place.signing.public.jwk(), place.opening.public.jwk()]}
    place.do("offer_keys", jwks, None)
    proof = place.proof()
    place.do("offer_keys", jwks, None)
    return lambda: place.do("prove_keys", proof)


def with_keys_never_proven(place: Place) -> Callable[[], Any]:
    place.until("offered")
    place.do("offer_keys", {"keys": [place.signing.public.jwk(), place.opening.public.jwk()]}, None)
    return lambda: place.do("sign", place.signature())


def with_another_key(place: Place) -> Callable[[], Any]:
    place.until("offered")
    forged = sign_agreement(generate("gm", "sig"), place.case_id, place.case.agreement)
    return lambda: place.do("sign", forged)


def over_another_text(place: Place) -> Callable[[], Any]:
    place.until("offered")
    other = sign_agreement(place.signing, place.case_id, place.case.agreement.replace(b"10000", b"90000"))
    return lambda: place.do("sign", other)


def rewritten_after_signing(place: Place) -> Callable[[], Any]:
    """Somebody at the bank's database widens what the applicant has signed."""
    place.until("signed")
    wider = place.case.agreement.replace(b'"rates.list"', b'"points.get"')
    with place.bank.store.write() as db:
        place.admissions.dossiers.write(db, place.case_id, agreement=wider)
    return lambda: place.do("countersign", DECIDER, "checked")


def without_a_clause(place: Place) -> Callable[[], Any]:
    place.until("offered")
    document = msgspec.json.decode(place.case.agreement)
    del document["clauses"]["confidentiality"]
    with place.bank.store.write() as db:
        place.admissions.dossiers.write(db, place.case_id, agreement=msgspec.json.encode(document))
    return lambda: place.do("sign", place.signature())


def with_callbacks_never_probed(place: Place) -> Callable[[], Any]:
    place.until("testing")
    place.takes_events()
    return lambda: place.do("inspect", WORKER, "looked at its calls only")


def with_an_address_given_after_its_inspection(place: Place) -> Callable[[], Any]:
    long_after_its_inspection(place)
    passed = Inspection(at_ms=place.now_ms, since_ms=0, by=WORKER, findings=())
    with place.bank.store.write() as db:
        place.admissions.dossiers.write_inspection(db, place.case_id, passed)
    place.takes_events()
    return lambda: place.do("go_live", DECIDER, "ready")


def long_after_its_inspection(place: Place) -> Callable[[], Any]:
    place.until("testing")
    with place.bank.store.write() as db:
        db.execute("UPDATE admission_cases SET stage = 'inspected'")
    return lambda: place.do("go_live", DECIDER, "ready")


TRICKS: list[tuple[str, str, Trick]] = [
    ("questionnaire", "ASSESSMENT_INCOMPLETE", unanswered),
    ("materials_complete", "MATERIAL_MISSING", without_developer),
    ("materials_valid", "MATERIAL_INVALID", expired),
    ("materials_valid", "MATERIAL_INVALID", expired_meanwhile),
    ("materials_valid", "MATERIAL_INVALID", mistyped),
    ("materials_genuine", "MATERIAL_INVALID", of_another_company),
    ("materials_genuine", "MATERIAL_INVALID", with_another_legal_person),
    ("screening", "APPLICANT_SCREENED", on_the_list),
    ("key_indicator", "KEY_INDICATOR_LOW", careless_with_users),
    ("key_indicator", "KEY_INDICATOR_LOW", weak_all_in_all),
    ("another_decides", "FOUR_EYES_REQUIRED", by_its_own_assessor),
    ("key_possession", "KEY_NOT_PROVEN", with_a_stranger_s_proof),
    ("key_possession", "KEY_NOT_PROVEN", with_a_proof_of_other_keys),
    ("keys_proven", "KEY_NOT_PROVEN", with_keys_never_proven),
    ("applicant_signed", "AGREEMENT_UNSIGNED", with_another_key),
    ("applicant_signed", "AGREEMENT_UNSIGNED", over_another_text),
    ("applicant_signed", "AGREEMENT_UNSIGNED", rewritten_after_signing),
    ("agreement_complete", "AGREEMENT_INCOMPLETE", without_a_clause),
    ("callbacks_probed", "EVIDENCE_MISSING", with_callbacks_never_probed),
    ("callbacks_sound", "INSPECTION_OPEN", with_an_address_given_after_its_inspection),
    ("inspection_passed", "INSPECTION_OPEN", long_after_its_inspection),
]


@pytest.mark.parametrize(("name", "code", "trick"), TRICKS, ids=[each[2].__name__ for each in TRICKS])
@pytest.mark.clause(
    "9.1.1-1", "9.1.1-2.1", "9.1.1-2.2", "9.1.1-3", "9.1.2-1", "9.1.2-2.1", "9.1.2-2.2", "9.2.1-a-1.2", "12.2-0",
    "12.2-2", "12.2-4",
)  # fmt: skip
def test_a_trick_is_refused_without_effect_and_passes_only_where_its_row_is_left_out(
    place: Place, name: str, code: str, trick: Trick
) -> None:
    order = trick(place)
    before = place.dump()
    with pytest.raises(Problem) as refused:
        order()
    assert refused.value.code == code
    assert place.dump() == before
    place.opened.switches.weaken([name])
    order()
    assert place.dump() != before


def test_every_row_has_a_trick_here() -> None:
    assert {each[0] for each in TRICKS} == DEFENCES == {each.name for each in ADMISSION.rows}


@pytest.mark.clause("9.1.2-2.1")
def test_papers_are_looked_at_again_when_the_bank_signs(place: Place) -> None:
    place.until("applied")
    place.do("submit", papers(place.now_ms, qualification={"until_ms": place.now_ms + DAY_MS}))
    place.until("signed")
    place.opened.clock.advance(2 * 86_400)
    with pytest.raises(Problem, match="MATERIAL_INVALID"):
        place.do("countersign", DECIDER, "checked")
