"""What an application registers about its SDK and where its events go, and what is refused about it."""

from __future__ import annotations

import pytest

from bank_sim.events import endpoint_of
from bank_sim.registry.registration import Registration
from bank_sim.sdk.protocol.problems import Problem
from tests.bank_in_process import Founded, OpenedBank

CALLBACK = "https://shop.example:8443/callback"


@pytest.fixture
def opened(founded: Founded) -> object:
    opened = OpenedBank(founded, ())
    yield opened
    opened.close()


def test_an_address_of_a_redirect_uris_origin_is_taken(opened: OpenedBank) -> None:
    url = "https://shop.example:8443/from/the/bank"
    document = Registration(name="shop", suite="intl", redirect_uris=[CALLBACK], events_url=url)
    app_id = opened.bank.registry.register(document).app_id
    endpoint = endpoint_of(opened.bank.store, app_id)
    assert endpoint is not None
    assert (endpoint.url, endpoint.suite) == (url, "intl")


@pytest.mark.clause("7.2.2-1")
@pytest.mark.parametrize(
    "members",
    [
        {"events_url": "https://shop.example/events"},
        {"events_url": "http://shop.example:8443/events"},
        {"events_url": "https://shop.example:8443@evil.example/events"},
        {"events_url": "https://169.254.169.254/latest"},
        {"redirect_uris": ["https://10.1.2.3/callback"], "events_url": "https://10.1.2.3/events"},
        {"redirect_uris": ["https://[fd00::1]/callback"], "events_url": "https://[fd00::1]/events"},
        {"events_url": "file:///etc/passwd"},
        {"events_url": "https://shop.example:8443/events#x"},
        {"redirect_uris": [], "events_url": "https://shop.example:8443/events"},
        {"sdk_attested": True, "integration_mode": "server-direct", "direct_assessment": "RA-1"},
    ],
)
def test_any_other_is_refused_and_nothing_is_registered(opened: OpenedBank, members: dict[str, object]) -> None:
    before = opened.bank.store.read("SELECT count(*) FROM applications")
    with pytest.raises(Problem) as refusal:
        opened.bank.registry.register(Registration(**{"name": "shop", "redirect_uris": [CALLBACK], **members}))
    assert refusal.value.code == "PARAM_INVALID"
    assert opened.bank.store.read("SELECT count(*) FROM applications") == before
    assert opened.bank.store.read("SELECT * FROM event_endpoints") == []


@pytest.mark.clause("9.3.5-3.1")
def test_an_application_is_held_to_its_sdk_only_where_it_was_registered_so(opened: OpenedBank) -> None:
    registry = opened.bank.registry
    held, free = (registry.register(Registration(name="a", sdk_attested=each)).app_id for each in (True, False))
    attested = {each: registry.application(each).sdk_attested for each in (held, free)}  # type: ignore[union-attr]
    assert attested == {held: True, free: False}
