"""Somebody of the bank's staff at the console, in a browser: logs in, acts as its pages ask, reads what they show.

It sees what its role sees and does nothing past the pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from scenarios.colleagues import Colleague, colleagues
from user_sim.http_browser import opener

if TYPE_CHECKING:
    from scenarios.stage import Stage
    from user_sim.browser import Browser, Page


class StaffDesk:
    """One person's desk; gone when the scenario ends."""

    def __init__(self, colleague: Colleague, browser: Browser, console: str) -> None:
        self.colleague = colleague
        self._browser = browser
        self._console = console

    def see(self, path: str) -> Page:
        """Open a page of the console."""
        return self._browser.open(f"{self._console}{path}")

    def act(self, name: str, subject: str, reason: str, **answers: str) -> Page:
        """Ask for an action, give the reason, confirm. The page that says what came of it, a refusal too.

        ``answers``: to whatever else the form asks, by field.
        """
        page = self.see(f"/act/{name}/{quote(subject)}")
        form = page.form_with("csrf", "reason")
        return page if form is None else self._browser.submit(form, {"reason": reason, **answers})

    def log_in(self) -> None:
        form = self.see("/login").form_with("login_name", "password")
        assert form is not None, "the console shows no login"
        self._browser.submit(form, {"login_name": self.colleague.login_name, "password": self.colleague.password})


def at_work(stage: Stage, role: str, number: int = 0) -> StaffDesk:
    """The ``number``-th person of this role, logged in."""
    world = stage.world
    marker = world.home.marker()
    assert marker is not None
    colleague = [each for each in colleagues(marker.seed) if each.role == role][number]
    browser = (stage.browsers or opener(world.authority))("computer", stage.languages, stage.on_visit)
    stage.closing.callback(browser.close)
    desk = StaffDesk(colleague, browser, world.addresses.console)
    desk.log_in()
    return desk
