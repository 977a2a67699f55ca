"""A walk over all pages of all parties, each examined the first time that it is shown.

The user's own path is walked by the same driver that plays scenarios; from there on every link is followed that stays
at the party, so that pages which nobody listed are examined too.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scenarios.colleagues import colleagues
from scenarios.observe import Bank
from scenarios.world import World
from tests.chromium.examination import Examiner, Finding, Watched
from user_sim.browser import Browser, Device, NavigationBlocked, OnVisit, Page
from user_sim.chromium import Chromium, ChromiumBrowser
from user_sim.driver import HeadlessUser, Places
from user_sim.forms import Answers, Button, Form

LINKS_MAX = 28
# Of pages that lie side by side, made from one template, a few stand for all.
SIBLINGS_MAX = 2
# Told apart by a name or number of theirs only, an interface's name for one: one of a kind is examined.
_NAMED = re.compile(r"(?<=/)(?=[\w.:%-]*[\d.])[\w.:%-]{6,}(?=/|$)")
_LEFT_OUT = re.compile(r"/(language|logout|sign-out|sdk|static|openapi\.json|aids)\b")


@dataclass(slots=True)
class Book:
    """What was seen and found on one walk, in one language. On a phone there is no narrower window to look at, and dark
    colours are those of the other walk."""

    language: str
    on_a_phone: bool
    seen: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def of(self, party: str) -> list[str]:
        """The findings on one party's pages."""
        return [str(each) for each in self.findings if each.page.startswith(f"{party}.")]


class ExaminedBrowser:
    """A Chromium that examines each kind of page once, as it is shown to its user."""

    def __init__(self, inner: ChromiumBrowser, examiner: Examiner, book: Book) -> None:
        self.inner = inner
        self._examiner = examiner
        self._book = book
        self._watched = Watched()
        self._watched.watch(inner.tab)
        examiner.come_along(inner.tab)

    @property
    def page(self) -> Page | None:
        return self.inner.page

    def open(self, url: str) -> Page:
        return self._seen(self.inner.open(url))

    def follow(self, href: str) -> Page:
        return self._seen(self.inner.follow(href))

    def submit(self, form: Form, answers: Answers, button: Button | None = None) -> Page:
        return self._seen(self.inner.submit(form, answers, button))

    def close(self) -> None:
        self.inner.close()

    def _seen(self, page: Page) -> Page:
        name = f"{page.location.host}{kind_of(page.location.path)}"
        key = f"{name} {page.document.title} {page.status}"
        if key not in self._book.seen and "html" in page.headers.get("content-type", ""):
            self._book.seen[key] = page.location.url
            shown = f"{name} ({page.document.title}, {self._book.language})"
            self._book.findings += self._examiner.examine(
                self.inner.tab, shown, self._watched, self._book.language, thoroughly=not self._book.on_a_phone
            )
        return page


def kind_of(path: str) -> str:
    """The path with ``*`` for what names one thing of a kind."""
    return _NAMED.sub("*", path)


@dataclass(slots=True)
class Walk:
    """One walk with one person; ``languages`` as the browser asks for them."""

    world: World
    chromium: Chromium
    examiner: Examiner
    languages: str
    book: Book
    explored: set[str] = field(default_factory=set)

    def opened(self, device: Device, languages: str, on_visit: OnVisit | None = None) -> Browser:
        """What opens this walk's browsers: the phone's stays a phone."""
        held: Device = "phone" if self.book.on_a_phone else device
        return ExaminedBrowser(self.chromium.opened(held, languages, on_visit), self.examiner, self.book)

    def user(self, number: int) -> HeadlessUser:
        """A customer of the bank with such browsers."""
        places = Places(self.world.addresses.wallet, self.world.addresses.pages, self.world.addresses.phone)
        return HeadlessUser(
            self.world.people[number],
            places,
            self.world.authority,
            browsers=self.opened,
            languages=self.languages,
        )

    def explore(self, browser: Browser, *addresses: str, anew: bool = False) -> None:
        """Open the addresses and every kind of page that they lead to at the same party.

        ``anew``: those too that an earlier exploration has opened, for they show this visitor something else.
        """
        known: set[str] = set()
        siblings: Counter[str] = Counter()
        waiting = deque(addresses)
        while waiting and len(known) < LINKS_MAX:
            address = waiting.popleft()
            kind = kind_of(urlsplit(address).path)
            parent = kind.rpartition("/")[0]
            place = f"{urlsplit(address).netloc}{kind}"
            is_stale = place in self.explored and not anew and address not in addresses
            if kind in known or is_stale or (parent and siblings[parent] == SIBLINGS_MAX):
                continue
            known.add(kind)
            self.explored.add(place)
            siblings[parent] += 1
            try:
                page = browser.open(address)
            except NavigationBlocked as blocked:
                # A file to keep is no page.
                if "Download" in str(blocked):
                    continue
                raise
            inside = [each.href for each in page.document.links if each.href.startswith("/")]
            waiting.extend(page.location.origin + each for each in inside if not _LEFT_OUT.search(each))


def users_path(walk: Walk, number: int, payee_number: int) -> tuple[str, str]:
    """Link, look, pay, leaf through wallet, bank and phone, revoke: all that a customer sees. State and objection."""
    world, payee = walk.world, walk.world.people[payee_number]
    account = Bank(world.home).account_numbers(payee.login_name)["I"]
    with walk.user(number) as user:
        user.open_wallet(f"walker {number}")
        user.link_bank()
        user.see_balances()
        payment = user.pay("", account, payee.name, "12.34", "lunch")
        walk.explore(user.browser, f"{world.addresses.wallet}/")
        user.revoke_consent()
        walk.explore(user.browser, f"{world.addresses.pages}/")
        walk.explore(user.phone_browser, f"{world.addresses.phone}/")
    return payment.state, payment.objection or ""


def developers_path(walk: Walk) -> int:
    """Make a test application at the portal, send its first call, leaf through everything. The call's status."""
    portal = walk.world.addresses.portal
    browser = walk.opened("computer", walk.languages)
    try:
        walk.explore(browser, f"{portal}/")
        page = browser.open(f"{portal}/register")
        form = page.form_with("name", "suite")
        assert form is not None
        browser.submit(form, {"name": f"Tour {walk.book.language}"})
        page = browser.open(f"{portal}/try/products.list")
        form = page.form_with("act")
        assert form is not None
        page = browser.submit(form, {}, form.button("act", "send"))
        # As a stranger's and as a registered developer's, the same addresses show different pages.
        walk.explore(browser, page.location.url, f"{portal}/", f"{portal}/application", f"{portal}/tokens", anew=True)
        return page.status
    finally:
        browser.close()


def spectators_path(walk: Walk) -> None:
    """Leaf through the theatre, where the running sandbox's own messages can be seen."""
    browser = walk.opened("computer", walk.languages)
    try:
        walk.explore(browser, f"{walk.world.addresses.theatre}/")
    finally:
        browser.close()


def staffs_path(walk: Walk, role: str) -> None:
    """Log in at the console in one role, and look at everything that this role may see."""
    console = walk.world.addresses.console
    member = next(each for each in colleagues(walk.world.plan.seed) if each.role == role)
    browser = walk.opened("computer", walk.languages)
    try:
        form = browser.open(f"{console}/login").form_with("login_name", "password")
        assert form is not None
        browser.submit(form, {"login_name": member.login_name, "password": member.password})
        walk.explore(browser, f"{console}/")
    finally:
        browser.close()
