"""The console's limits of calls: seen with their use, set and lifted by the operator, live, told, written down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.console.conftest import AUDITOR, OPERATOR, House, Screen
from tests.gateway.party import Party
from tests.gateway.town import Town


class Counter:
    """The operator at the screen, and a gateway that a party calls."""

    def __init__(self, house: House, town: Town) -> None:
        self.house, self.town = house, town
        self.party = Party(town, "intl", name="Budget Buddy")
        self.app_id = self.party.app_id
        self.screen = Screen(house).log_in(OPERATOR)

    def call(self) -> str | None:
        return self.party.get("/api/products").code

    def notices(self) -> list[str]:
        rows = self.house.bank.store.read("SELECT data FROM events WHERE app_id = ? ORDER BY sequence", (self.app_id,))
        return [row[0] for row in rows]


@pytest.fixture
def counter(house: House) -> Iterator[Counter]:
    town = Town(house.founded, house.clock)
    yield Counter(house, town)
    town.close()


@pytest.mark.clause("10.2.1-2.3", "10.1.2-1.0")
def test_the_operator_throttles_an_application_and_lifts_it_again_and_the_gateway_follows_at_once(
    counter: Counter,
) -> None:
    assert counter.call() is None
    chosen = counter.screen.get(f"/quotas/{counter.app_id}/choose?scope=app&per=minute")
    assert chosen.header("location") == f"/act/set_quota/{counter.app_id}%3Aapp%3Aminute"
    subject = f"{counter.app_id}:app:minute"
    assert counter.screen.act("set_quota", subject, amount="lots").form_code == "PARAM_INVALID"
    assert counter.screen.act("set_quota", subject, amount="0").form_code == "PARAM_INVALID"
    assert counter.call() is None

    counter.screen.act("set_quota", subject, reason="the core is slow today", amount="3")
    shown = counter.screen.follow().text
    assert "The limit is set." in shown
    assert "the core is slow today" in shown
    assert [counter.call(), counter.call()] == [None, "QUOTA_EXCEEDED"]
    assert '"quota_set"' in counter.notices()[-1]
    entry = counter.house.entries()[0].entry
    assert (entry.login_name, entry.action, entry.subject) == ("chen", "set_quota", subject)

    counter.screen.act("lift_quota", subject)
    assert counter.call() is None
    assert '"quota_lifted"' in counter.notices()[-1]
    assert counter.screen.act("lift_quota", subject).status == 404


@pytest.mark.clause("10.1.2-1.1.3")
def test_the_operator_lets_an_application_call_again_before_its_time(counter: Counter) -> None:
    counter.screen.act("set_quota", f"{counter.app_id}:products.list:second", amount="1")
    for _ in range(5):
        assert [counter.call(), counter.call()] == [None, "QUOTA_EXCEEDED"]
        counter.house.clock.advance(60)
    assert counter.call() == "QUOTA_SUSPENDED"
    assert "Rests until" in counter.screen.get("/quotas").text
    assert f"/act/release_quota/{counter.app_id}" in counter.screen.get(f"/quotas/{counter.app_id}").text
    counter.screen.act("release_quota", counter.app_id, reason="their retry loop is mended")
    assert "It may call again." in counter.screen.follow().text
    assert counter.call() is None
    assert '"quota_released"' in counter.notices()[-1]


def test_who_may_not_set_limits_sees_them_and_no_way_to_change_them(counter: Counter) -> None:
    auditor = Screen(counter.house, "zh").log_in(AUDITOR)
    shown = auditor.get(f"/quotas/{counter.app_id}").text
    assert "全部接口，每分钟" in shown
    assert "/act/set_quota" not in shown
    assert auditor.get(f"/quotas/{counter.app_id}/choose?scope=app&per=minute").status == 403
