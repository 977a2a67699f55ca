"""Whatever the console can do: not to what there is not, and not by whoever may not. Nothing changes but the books."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from bank_sim.console.actions import ACTIONS
from bank_sim.staff.permissions import ROLES, roles_with
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, House, Screen

ScreenOf = Callable[..., Screen]
BOOKS = re.compile(r'INSERT INTO "(access_log|staff_journal|staff_sessions|sqlite_sequence)"')
"""Where an attempt is written down, and where its author is seen."""
SUBJECTS = ("nothing", "app_aaaaaaaaaaaa", "nothing:1", "app_aaaaaaaaaaaa.rates.list", "gm-nothing", "0" * 64)
"""Names of the kinds that actions take, of things that there are not."""
# These are about the bank as a whole, or about whoever is not listed yet: there is no subject that does not exist.
ABOUT_THE_BANK = {"verify_records", "blacklist_source"}


def kept(house: House) -> list[Any]:
    return [line for line in house.bank.store.db.conn.iterdump() if not BOOKS.match(line)]


class Forger:
    """Sends the form of an action as if a page had shown it."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', screen.get("/alarms").text)[0]

    def order(self, name: str, subject: str) -> str | None:
        """The code of the refusal."""
        return self.screen.post(f"/act/{name}/{subject}", csrf=self.csrf, reason="because of the drill").form_code


@pytest.mark.clause("9.2.1-a-2.1", "10.1.2-1.0")
@pytest.mark.parametrize("member", [OPERATOR, REVIEWER, AUDITOR], ids=lambda each: each.role)
def test_who_may_not_do_something_does_not_and_it_is_written_down(
    house: House, screen_of: ScreenOf, member: Any
) -> None:
    forger = Forger(screen_of(member))
    before = kept(house)
    forbidden = sorted(ACTIONS.keys() - ROLES[member.role])
    assert forbidden

    for name in forbidden:
        assert forger.order(name, "nothing") == "STAFF_ROLE_REQUIRED", name
        entry = house.entries()[0].entry
        assert (entry.login_name, entry.action, entry.result) == (member.login_name, name, "STAFF_ROLE_REQUIRED")

    assert kept(house) == before


def test_nothing_is_done_to_what_there_is_not(house: House, screen_of: ScreenOf) -> None:
    forgers = {each.role: Forger(screen_of(each)) for each in (OPERATOR, REVIEWER, AUDITOR)}
    before = kept(house)
    for name in sorted(ACTIONS.keys() - ABOUT_THE_BANK):
        forger = forgers[roles_with(name)[0]]
        for subject in SUBJECTS:
            assert forger.order(name, subject) not in (None, "STAFF_ROLE_REQUIRED"), (name, subject)

    assert kept(house) == before
