"""A case takes its steps in order, one at a time; whatever else is ordered is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.admission.stages import PATH, history
from bank_sim.sdk.protocol.problems import Problem
from tests.admission.conftest import DECIDER, FORM, WORKER, Place, papers

# Each order that the bank takes, with something sound to it.
ORDERS: dict[str, Any] = {
    "apply": lambda place: (FORM,),
    "submit": lambda place: (papers(place.now_ms),),
    "verify": lambda place: (WORKER, "looked at"),
    "assess": lambda place: (WORKER, "sound"),
    "approve": lambda place: (DECIDER, "agreed"),
    "draw_up": lambda place: (WORKER, "as asked"),
    "sign": lambda place: ("a.b.c",),
    "countersign": lambda place: (DECIDER, "checked"),
    "issue": lambda place: (),
    "inspect": lambda place: (WORKER, "looked at"),
    "go_live": lambda place: (DECIDER, "ready"),
}
DUE = dict(zip(PATH, ORDERS, strict=False))


@pytest.mark.clause("9.1.1-0", "9.1.2-0", "9.2.1-a-1.1")
def test_a_case_goes_from_enquiry_to_credentials_and_every_step_is_told(place: Place) -> None:
    issued = place.credentials()
    application = place.bank.registry.application(issued.app_id)
    assert application is not None
    assert (application.status, application.name_zh) == ("testing", "晴川记账")
    assert place.bank.registry.grants(issued.app_id) == FORM.apis.keys()
    steps = history(place.bank.store, place.case_id)
    assert [each.to_stage for each in steps if each.step != "prove"] == list(PATH[: PATH.index("testing") + 1])
    assert {each.by for each in steps} == {"applicant", WORKER, DECIDER}


@pytest.mark.parametrize("stage", PATH[: PATH.index("testing")])
@pytest.mark.clause("9.1.1-0", "9.1.2-0")
def test_no_step_is_taken_out_of_order_and_the_store_stays_as_it_was(place: Place, stage: str) -> None:
    place.until(stage)
    assert place.case.stage == stage
    before = place.dump()
    for name, given in ORDERS.items():
        if name != DUE[stage]:
            with pytest.raises(Problem) as refused:
                place.do(name, *given(place))
            assert refused.value.kind.status == 409, name
    assert place.dump() == before


@pytest.mark.clause("9.2.1-a-1.2", "7.3.4-1")
def test_keys_that_are_somebodys_already_are_refused_when_they_are_handed_in(place: Place) -> None:
    place.credentials()
    place.case_id = ""
    place.until("verified")
    place.do("assess", WORKER, "sound")
    place.do("approve", DECIDER, "agreed")
    before = place.dump()
    with pytest.raises(Problem) as refused:
        place.offer_and_prove()
    assert refused.value.code == "KEY_INVALID"
    assert place.dump() == before


@pytest.mark.parametrize("member", ["holder", "number"])
def test_papers_whose_text_is_not_what_it_looks_like_are_refused(place: Place, member: str) -> None:
    place.until("applied")
    before = place.dump()
    with pytest.raises(Problem) as refused:
        place.do("submit", papers(place.now_ms, qualification={member: "ICP-\u202e1000-101099"}))
    assert refused.value.code == "PARAM_INVALID"
    assert place.dump() == before
