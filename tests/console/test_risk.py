"""Work on risky payments at the console: looked into by one, released by two, refused, reported, listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bank_sim.core.auditor import audit as audit_books
from bank_sim.risk import cases, listing
from bank_sim.staff import proposals
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, House, Screen
from tests.gateway.town import Town
from tests.risk.conftest import Counter

LARGE = "20000.00"


class Desk:
    """The house, and the gateway of the same bank with payments that a case was opened for."""

    def __init__(self, house: House, counter: Counter) -> None:
        self.house, self.counter = house, counter
        self.operator, self.reviewer = self.screen(OPERATOR), self.screen(REVIEWER)

    def screen(self, member: Any, language: str = "en") -> Screen:
        return Screen(self.house, language).log_in(member)

    def held(self) -> tuple[str, str]:
        """A held payment: its transfer, its case."""
        transfer_id, *_ = self.counter.pay(LARGE, "device_key")
        return transfer_id, str(cases.running(self.house.bank.store)[-1].case_id)

    def approve(self) -> Any:
        (open_one,) = [each for each in proposals.listed(self.house.bank.store) if each.state == "open"]
        return self.reviewer.act("approve_proposal", open_one.proposal_id)


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    town = Town(house.founded, house.clock)
    yield Desk(house, Counter(town))
    assert audit_books(town.store.db.conn).findings == ()
    town.close()


@pytest.mark.clause("10.2.3-3.1", "10.2.3-4")
def test_a_held_payment_is_looked_into_by_one_and_released_by_two(desk: Desk) -> None:
    transfer_id, case = desk.held()
    page = desk.operator.get("/risk").text
    assert "¥ 20,000.00" in page
    assert desk.operator.act("propose_payment_release", case).form_code == "ILLEGAL_TRANSITION"
    assert desk.operator.act("take_risk_case", case, "calling the customer").status == 303
    assert desk.operator.act("take_risk_case", case).form_code == "STATE_CHANGED"
    page = desk.operator.get(f"/risk/{case}").text
    assert "A large first payment to somebody" in page
    assert "**光" in page
    assert desk.counter.gateway.account_number(1) not in page
    desk.operator.act("note_risk_case", case, "the customer buys a car from a friend")
    desk.operator.act("propose_payment_release", case, "called back, it is for a car")
    assert desk.counter.state(transfer_id) == "held"
    assert desk.approve().status == 303
    assert desk.counter.state(transfer_id) == "executed"
    done = cases.find(desk.house.bank.store, int(case))
    assert (done.state, done.taken_by, done.ended_by) == ("released", "chen", "lin")
    history = [(each.by, each.step) for each in cases.notes_of(desk.house.bank.store, int(case))]
    assert history == [("chen", "take"), ("chen", "note"), ("lin", "release")]
    assert desk.operator.act("refuse_payment", case).form_code == "STATE_CHANGED"
    assert desk.operator.act("report_suspicion", case).form_code == "ILLEGAL_TRANSITION"


@pytest.mark.clause("10.2.3-2", "10.2.3-4")
def test_a_refused_one_is_reported_and_its_payee_listed_until_two_people_remove_it(desk: Desk) -> None:
    transfer_id, case = desk.held()
    desk.operator.act("refuse_payment", case, "somebody told the customer to pay")
    assert desk.counter.state(transfer_id) == "rejected"
    assert desk.operator.act("report_suspicion", case, "the payee collects from many").status == 303
    assert desk.operator.act("report_suspicion", case).form_code == "STATE_CHANGED"
    assert desk.counter.pay("1.00")[2].code == "RISK_REJECTED"
    page = desk.operator.get("/risk").text
    assert "suspicious" in page
    (listed,) = listing.listed(desk.house.bank.store)
    desk.operator.act("propose_delisting", str(listed.listing_id))
    assert "removal proposed" in desk.operator.get("/risk").text
    assert desk.approve().status == 303
    assert desk.counter.pay("1.00")[2].data["state"] == "executed"


def test_a_refused_or_reported_payment_is_closed_and_nothing_else(desk: Desk) -> None:
    with desk.house.bank.store.write() as db:
        account_id = desk.counter.row(
            "SELECT account_id FROM accounts WHERE account_number = ?", desk.counter.gateway.account_number(1)
        )[0]
        listing.add(db, account_id, 1, "fraud", "chen", desk.house.clock.now_ms())
    desk.counter.pay("1.00")
    case = str(cases.running(desk.house.bank.store)[0].case_id)
    assert desk.operator.act("refuse_payment", case).form_code == "ILLEGAL_TRANSITION"
    desk.operator.act("take_risk_case", case)
    assert desk.operator.act("propose_payment_release", case).form_code == "ILLEGAL_TRANSITION"
    assert desk.operator.act("close_risk_case", case, "the account is listed for good").status == 303
    assert cases.running(desk.house.bank.store) == []


@pytest.mark.parametrize(("language", "words"), [("zh", "首次向该收款人大额付款"), ("en", "A large first payment")])
def test_the_rules_and_the_case_are_shown_in_both_languages(desk: Desk, language: str, words: str) -> None:
    _, case = desk.held()
    auditor = desk.screen(AUDITOR, language)
    for path in ("/risk", f"/risk/{case}"):
        page = auditor.get(path)
        assert page.status == 200
        assert words in page.text
        assert "/act/" not in page.text.partition("<main")[2]
