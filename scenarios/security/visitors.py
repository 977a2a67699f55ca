"""In whose name the pages are tried: nobody, a customer of bank and wallet, an applicant, the bank's staff by role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from scenarios.colleagues import colleagues
from scenarios.portal_desk import HONEST, Applicant
from scenarios.staff_desk import StaffDesk
from scenarios.world import World
from user_sim.driver import LANGUAGES, HeadlessUser, Places
from user_sim.http_browser import HttpBrowser, LoopbackTransport

Listener = Callable[[httpx.Response], None]


class HeardTransport(httpx.BaseTransport):
    """The wire to the pages; every answer is told to ``heard`` before the browser makes anything of it."""

    def __init__(self, world: World) -> None:
        self.heard: Listener = _nothing
        self._inner = LoopbackTransport(world.authority)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = request.url
        answer = self._inner.handle_request(request)
        answer.read()
        request.url = asked
        answer.request = request
        self.heard(answer)
        return answer

    def close(self) -> None:
        self._inner.close()


def _nothing(_: httpx.Response) -> None:
    """Until somebody listens."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """``name`` in findings; ``starts``: the pages they begin at."""

    name: str
    browser: HttpBrowser
    wire: HeardTransport
    starts: tuple[str, ...]


@contextmanager
def nobody(world: World) -> Iterator[Visitor]:
    """Somebody who has logged in nowhere, and comes to every face."""
    addresses = world.addresses
    faces = (addresses.pages, addresses.wallet, addresses.phone, addresses.portal, addresses.console)
    with _browsing(world) as (browser, wire):
        yield Visitor("nobody", browser, wire, tuple(f"{each}/" for each in faces))


@contextmanager
def customer(world: World) -> Iterator[Visitor]:
    """A customer who has linked accounts at the wallet and is logged in at the bank."""
    addresses, person = world.addresses, world.people[2]
    places = Places(addresses.wallet, addresses.pages, addresses.phone)
    wire = HeardTransport(world)
    with HeadlessUser(person, places, world.authority, transport=wire) as user:
        user.open_wallet("security")
        user.link_bank()
        assert isinstance(user.browser, HttpBrowser)
        starts = (f"{addresses.pages}/", f"{addresses.wallet}/", f"{addresses.wallet}/operations")
        yield Visitor("customer", user.browser, wire, starts)


@contextmanager
def applicant(world: World) -> Iterator[Visitor]:
    """Somebody at the developer portal who has begun to apply for a company."""
    portal = world.addresses.portal
    with _browsing(world) as (browser, wire):
        Applicant(HONEST, "intl", "https://security-tools.localhost/callback", portal, browser).enquire()
        yield Visitor("applicant", browser, wire, (f"{portal}/apply/case", f"{portal}/"))


@contextmanager
def staff(world: World, role: str) -> Iterator[Visitor]:
    """The first of the bank's staff with this role, at the console."""
    marker = world.home.marker()
    assert marker is not None
    colleague = next(each for each in colleagues(marker.seed) if each.role == role)
    with _browsing(world) as (browser, wire):
        StaffDesk(colleague, browser, world.addresses.console).log_in()
        yield Visitor(role, browser, wire, (f"{world.addresses.console}/",))


@contextmanager
def _browsing(world: World) -> Iterator[tuple[HttpBrowser, HeardTransport]]:
    wire = HeardTransport(world)
    browser = HttpBrowser(wire, LANGUAGES)
    try:
        yield browser, wire
    finally:
        browser.close()
