"""What an application's own calls show before it goes live, and what it may do until then."""

from __future__ import annotations

import pytest

from bank_sim.admission.inspection import CALLBACKS, ITEMS, Finding
from bank_sim.audit import AccessRecord, append
from bank_sim.events import probes
from bank_sim.events.delivery import Delivery
from bank_sim.sdk.protocol.problems import Problem
from tests.admission.conftest import DECIDER, WORKER, Place
from tests.events.conftest import Shop


def record(
    app_id: str, at_ms: int, api_id: str, level: str, code: str | None = None, trace_id: str = ""
) -> AccessRecord:
    return AccessRecord(
        trace_id=trace_id or f"trace of {api_id} {code}",
        at_ms=at_ms,
        app_id=app_id,
        api_id=api_id,
        u_api_id="an identifier",
        level=level,
        method="GET",
        path="/api",
        source="127.0.0.1",
        elapsed_us=1,
        result="failure" if code else "success",
        status=403 if code else 200,
        code=code,
        signature="sig1=:AA==:",
    )


class Testing:
    """An application in the test environment, whose calls are written as the gateway writes them."""

    __test__ = False

    def __init__(self, place: Place) -> None:
        self.place = place
        place.until("testing")
        self.app_id = place.case.app_id

    def called(self, api_id: str, level: str, code: str | None = None) -> None:
        self.place.bank.access_log.record(record(self.app_id, self.place.now_ms, api_id, level, code))

    def mends(self, api_id: str, level: str) -> None:
        self.called(api_id, level, "PARAM_INVALID")
        self.called(api_id, level)

    def behaves(self) -> None:
        self.mends("rates.list", "A1")
        self.called("accounts.list", "A2")

    def probed(self, *left_out: str) -> None:
        """The bank probes its callbacks, and it answers as an application that leaves out these checks of its own."""
        place, url = self.place, "https://clearbook.example/events"
        bank = place.bank
        shop = Shop(place.opened.clock, bank.keys, url, self.app_id, weakened=frozenset(left_out))
        with bank.store.write() as db:
            probes.order(db, self.app_id, WORKER, place.now_ms)
        delivery = Delivery(lambda _: bank.keys, bank.clock, bank.config.policy, shop.post, lambda *_: None)
        delivery.deliver_due(bank.store)

    def callbacks(self) -> Finding:
        """What the newest inspection says of them."""
        return next(each for each in self.place.case.inspection.findings if each.item == CALLBACKS)

    def inspected(self) -> dict[str, bool]:
        found = self.place.do("inspect", WORKER, "looked at")
        return {each.item: each.passed for each in found.findings}


@pytest.mark.clause("9.1.1-2.3", "9.3.4-2.1", "9.3.4-2.2")
def test_an_application_that_behaves_goes_live_by_a_second_person(place: Place) -> None:
    testing = Testing(place)
    testing.behaves()
    assert testing.inspected() == dict.fromkeys(ITEMS, True)
    assert place.case.stage == "inspected"
    place.do("go_live", DECIDER, "ready")
    application = place.bank.registry.application(testing.app_id)
    assert application is not None
    assert application.status == "active"
    changes = [(each.from_status, each.to_status, each.by) for each in place.bank.standings.history(testing.app_id)]
    assert changes == [(None, "testing", place.case_id), ("testing", "active", DECIDER)]
    told = place.bank.store.read("SELECT type, data FROM events WHERE app_id = ?", (testing.app_id,))
    assert told == [("application.status_changed", '{"from":"testing","to":"active"}')]


@pytest.mark.parametrize(
    ("item", "misdeed"),
    [
        ("public_call", lambda each: each.mends("accounts.list", "A2")),
        ("signed_user_call", lambda each: each.mends("rates.list", "A1")),
        ("refusal_mended", lambda each: [each.called("rates.list", "A1"), each.called("accounts.list", "A2")]),
        ("no_overreach", lambda each: [each.behaves(), each.called("points.get", "A2", "API_NOT_GRANTED")]),
        ("nothing_unsafe", lambda each: [each.behaves(), each.called("x", "A2", "PLAINTEXT_SENSITIVE_FIELD")]),
        ("no_storm", lambda each: [each.behaves(), *(each.called("x", "A1", "PARAM_INVALID") for _ in range(11))]),
    ],
)  # fmt: skip
@pytest.mark.clause("9.1.1-2.3", "9.3.4-2.2")
def test_a_finding_keeps_it_in_the_test_environment_until_it_behaves(place: Place, item: str, misdeed: object) -> None:
    testing = Testing(place)
    assert callable(misdeed)
    misdeed(testing)
    found = testing.inspected()
    assert [name for name, passed in found.items() if not passed] == [item]
    assert place.case.stage == "testing"
    with pytest.raises(Problem, match="INSPECTION_OPEN"):
        place.do("go_live", DECIDER, "ready")
    place.opened.clock.advance(60)
    testing.behaves()
    assert all(testing.inspected().values())


@pytest.mark.clause("9.1.1-2.3")
def test_what_an_inspection_saw_tells_for_thirty_days(place: Place) -> None:
    testing = Testing(place)
    testing.behaves()
    testing.inspected()
    place.opened.clock.advance(30 * 86_400)
    with pytest.raises(Problem, match="INSPECTION_OPEN"):
        place.do("go_live", DECIDER, "ready")


@pytest.mark.clause("9.1.1-2.3")
def test_what_an_application_did_is_not_buried_under_calls_that_are_in_order(place: Place) -> None:
    testing = Testing(place)
    testing.called("points.get", "A2", "API_NOT_GRANTED")
    with place.bank.store.write() as db:
        for number in range(1_000):
            append(db, record(testing.app_id, place.now_ms, "rates.list", "A1", trace_id=f"trace {number}"))
    testing.behaves()
    assert not testing.inspected()["no_overreach"]


def test_without_an_address_for_events_callbacks_are_not_judged(place: Place) -> None:
    testing = Testing(place)
    testing.behaves()
    testing.inspected()
    assert (testing.callbacks().judged, place.case.stage) == (False, "inspected")


@pytest.mark.clause("10.4-1.3", "10.4-1.1")
def test_an_application_that_refuses_false_events_passes_and_the_probe_stands_as_evidence(place: Place) -> None:
    testing = Testing(place)
    place.takes_events()
    testing.behaves()
    testing.probed()
    assert all(testing.inspected().values())
    probe = probes.latest(place.bank.store, testing.app_id)
    assert probe is not None
    assert (testing.callbacks().judged, testing.callbacks().trace_id) == (True, probe.probe_id)
    place.do("go_live", DECIDER, "ready")


@pytest.mark.clause("10.4-1.3", "9.1.1-2.3")
def test_one_that_believes_a_forgery_stays_in_the_test_environment_until_it_is_mended(place: Place) -> None:
    testing = Testing(place)
    place.takes_events()
    testing.behaves()
    testing.probed("event_intact")
    assert [name for name, passed in testing.inspected().items() if not passed] == [CALLBACKS]
    assert place.case.stage == "testing"
    place.opened.clock.advance(60)
    testing.behaves()
    with pytest.raises(Problem, match="EVIDENCE_MISSING"):
        testing.inspected()
    testing.probed()
    assert all(testing.inspected().values())


@pytest.mark.clause("10.4-1.3")
def test_a_probe_says_nothing_of_another_address(place: Place) -> None:
    testing = Testing(place)
    place.takes_events()
    testing.behaves()
    testing.probed()
    place.takes_events("https://clearbook.example/elsewhere")
    with pytest.raises(Problem, match="EVIDENCE_MISSING"):
        testing.inspected()
