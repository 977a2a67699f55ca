"""A real Chromium as the user's browser, in a window or without one, driven by what a person does: look, type, click.

The same walker that uses the plain HTTP browser uses this one and cannot tell them apart. It fills what is visible and
presses what can be pressed; it calls no page's scripts and plants nothing in a page.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import httpx

from user_sim import installed_chromium
from user_sim.browser import Device, NavigationBlocked, OnVisit, Page, Visit
from user_sim.filling import fill, pressed
from user_sim.forms import Answers, Button, CannotFill, Form
from user_sim.origins import locate
from user_sim.page_snapshot import shown

if TYPE_CHECKING:
    import playwright.sync_api as playwright

TIMEOUT_MS = 15_000
_GLANCE_MS = 10
_SIZES = {"computer": (1280, 860), "phone": (390, 844)}


class NoChromium(Exception):
    """No browser of the Chromium family could be started; the text says why."""


class Chromium:
    """One running Chromium, used as a context manager; the browsers it opens share nothing, as different people's.

    ``trusted``    the server certificates (PEM files) that it takes for good, and no others
    ``headed``     show windows; ``slow_ms``: how long a person takes for each action
    """

    def __init__(self, trusted: Iterable[Path], *, headed: bool = False, slow_ms: int = 0) -> None:
        self._trusted = tuple(trusted)
        self._headed = headed
        self._slow_ms = slow_ms
        self._closing = ExitStack()

    def __enter__(self) -> Chromium:
        from playwright.sync_api import Error, sync_playwright

        driver = self._closing.enter_context(sync_playwright())
        own = Path(driver.chromium.executable_path)
        executable = own if own.exists() else installed_chromium.found(windowless=not self._headed)
        if executable is None:
            self._closing.close()
            raise NoChromium("no Chromium, Chrome or Edge is installed")
        try:
            self._process = driver.chromium.launch(
                executable_path=executable,
                headless=not self._headed,
                slow_mo=self._slow_ms,
                args=[*installed_chromium.switches(self._trusted), "--disable-gpu"],
            )
        except Error as error:
            self._closing.close()
            raise NoChromium(f"{executable} does not start: {error.message.splitlines()[0]}") from error
        self._closing.callback(self._process.close)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    @property
    def process(self) -> playwright.Browser:
        """Playwright's own handle, for tests that look deeper than a user does."""
        return self._process

    def opened(self, device: Device, languages: str, on_visit: OnVisit | None = None) -> ChromiumBrowser:
        """A browser of its own, with nothing remembered."""
        width, height = _SIZES[device]
        context = self._process.new_context(
            locale=languages.partition(",")[0],
            viewport={"width": width, "height": height},
            is_mobile=device == "phone",
            has_touch=device == "phone",
        )
        context.set_default_timeout(TIMEOUT_MS)
        return ChromiumBrowser(context, on_visit)


class ChromiumBrowser:
    """One user's browser with one window."""

    def __init__(self, context: playwright.BrowserContext, on_visit: OnVisit | None) -> None:
        self.page: Page | None = None
        self._context = context
        self._on_visit = on_visit
        self._tab = context.new_page()
        self._moves = 0
        self._moves_seen = 0
        self._blocked = ""
        self._answer: playwright.Response | None = None
        self._told: playwright.Response | None = None
        self._tab.on("response", self._answered)
        self._tab.on("framenavigated", self._moved)
        self._tab.on("console", self._said)

    @property
    def tab(self) -> playwright.Page:
        """Playwright's own handle, for tests that look deeper than a user does."""
        return self._tab

    def open(self, url: str) -> Page:
        """Type an address; a connection that fails is ``NavigationBlocked``."""
        from playwright.sync_api import Error

        try:
            self._tab.goto(url, wait_until="load")
        except Error as error:
            raise NavigationBlocked(error.message.splitlines()[0]) from error
        return self._look()

    def follow(self, href: str) -> Page:
        """Click the first visible link written so."""
        return self._press(self._tab.locator(f'a[href="{href}"]:visible').first)

    def submit(self, form: Form, answers: Answers, button: Button | None = None) -> Page:
        """Type and tick what is answered, then press. A page that has moved on by itself is looked at anew instead."""
        page = self.page
        index = next((index for index, each in enumerate(page.document.forms if page else ()) if each is form), None)
        if index is None:
            raise CannotFill("the page shown has no such form")
        if self._moves != self._moves_seen:
            return self._look()
        button = button or (form.buttons[0] if form.buttons else None)
        form.filled(answers, button)
        there = self._tab.locator("form").nth(index)
        fill(there, form, answers)
        return self._press(pressed(there, button))

    def close(self) -> None:
        self._context.close()

    def _press(self, target: playwright.Locator) -> Page:
        """Click, and look at the page that this leads to. ``NavigationBlocked`` if it leads nowhere."""
        from playwright.sync_api import Error

        before, self._blocked = self._moves, ""
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        try:
            # Else it waits for a navigation that a policy has just forbidden.
            target.click(no_wait_after=True)
            while self._moves == before and not self._blocked and time.monotonic() < deadline:
                self._tab.wait_for_timeout(_GLANCE_MS)
            if self._moves == before:
                raise NavigationBlocked(self._blocked or "the page stays as it is")
            self._tab.wait_for_load_state("load")
        except Error as error:
            raise NavigationBlocked(error.message.splitlines()[0]) from error
        return self._look()

    def _look(self) -> Page:
        """The page as it stands now."""
        self._moves_seen = self._moves
        location, answer = locate(self._tab.url), self._answer
        headers = httpx.Headers(list(answer.all_headers().items()) if answer else [])
        self.page = Page(location, answer.status if answer else 200, headers, shown(self._tab.main_frame))
        if answer is not None and answer is not self._told:
            self._told = answer
            self._tell(answer.request)
        return self.page

    def _tell(self, request: playwright.Request) -> None:
        """Tell of the request that led here and of those that redirected to it, oldest first."""
        if request.redirected_from is not None:
            self._tell(request.redirected_from)
        answer = request.response()
        if self._on_visit is None or answer is None:
            return
        where = locate(request.url)
        title = self.page.document.title if self.page and request.redirected_to is None else ""
        self._on_visit(Visit(request.method, where.host, where.path, answer.status, title))

    def _answered(self, answer: playwright.Response) -> None:
        request = answer.request
        if request.is_navigation_request() and request.frame == self._tab.main_frame:
            self._answer = answer

    def _moved(self, frame: playwright.Frame) -> None:
        if frame == self._tab.main_frame:
            self._moves += 1

    def _said(self, message: playwright.ConsoleMessage) -> None:
        if "form-action" in message.text:
            self._blocked = message.text
