"""What a page costs its server: the time from a request to its whole answer, for one visitor at a time on loopback.

A user links an account first, so that pages show something. Measured is the page itself, without pictures and styles,
and with whatever the party asks of others meanwhile: the wallet's accounts come from the bank by signed calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loadtests.measuring import DEADLINE_S, BenchFailed
from loadtests.volley import Job, VolleyFailed, fire
from scenarios.world import World
from user_sim.driver import HeadlessUser, Places
from user_sim.http_browser import AGENT, HttpBrowser
from user_sim.origins import locate
from user_sim.people import Person

BUDGET_MS = 20.0
"""What a page may take at its median."""
_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class PageTime:
    """One page: how large it is, and how long its server takes at the median and in the slowest of a hundred."""

    party: str
    path: str
    bytes: int
    p50_ms: float
    p99_ms: float

    @property
    def in_budget(self) -> bool:
        return self.p50_ms <= BUDGET_MS


def page_times(world: World, person: Person, visits: int) -> Iterator[PageTime]:
    """Measure the pages of every party, each ``visits`` times. ``BenchFailed`` when a page is refused."""
    addresses = world.addresses
    places = Places(addresses.wallet, addresses.pages, addresses.phone)
    with HeadlessUser(person, places, world.authority) as user:
        user.open_wallet("visitor")
        user.link_bank()
        user.at_bank(f"{addresses.pages}/login")
        for party, origin, path in _pages(world, person):
            assert isinstance(user.browser, HttpBrowser)
            yield _timed(world, user.browser, party, origin, path, visits)


def _pages(world: World, person: Person) -> Iterator[tuple[str, str, str]]:
    """Party, origin and path of each page."""
    paths = {
        "wallet": (world.addresses.wallet, ("/", "/accounts", "/pay", "/history", "/products", "/kept")),
        "bank": (world.addresses.pages, ("/", "/login", "/consents", "/services", "/security")),
        "phone": (world.addresses.phone, ("/", f"/phone/{person.phone}")),
        "portal": (world.addresses.portal, ("/", "/apis", "/problems", "/handbook/wire")),
        "console": (world.addresses.console, ("/login",)),
    }
    for party, (origin, under) in paths.items():
        yield from ((party, origin, path) for path in under)


def _timed(world: World, browser: HttpBrowser, party: str, origin: str, path: str, visits: int) -> PageTime:
    request = _request(browser, origin, path)
    try:
        fire(_job(world, origin, [request] * _WARM_UP))
        outcome = fire(_job(world, origin, [request] * visits))
    except (VolleyFailed, OSError) as error:
        raise BenchFailed(f"{party} {path}: {error}") from error
    if set(outcome.statuses) != {200}:
        raise BenchFailed(f"{party} {path}: answered {outcome.statuses} instead of the page")
    return PageTime(party, path, len(outcome.bodies[0]), outcome.p50_ms, outcome.p99_ms)


def _job(world: World, origin: str, requests: list[bytes]) -> Job:
    return Job(
        port=locate(origin).port,
        ca_certificate=str(world.authority),
        connections=1,
        requests=requests,
        deadline_s=DEADLINE_S,
        keep_bodies=True,
    )


def _request(browser: HttpBrowser, origin: str, path: str) -> bytes:
    """The page as this user's browser asks for it."""
    location = locate(origin + path)
    cookie = browser.cookies.header(location, "GET", None)
    lines = [
        f"GET {path} HTTP/1.1",
        f"host: {location.host}:{location.port}",
        "accept: text/html",
        "accept-language: zh-CN",
        # The bank takes a session from the browser that opened it only.
        f"user-agent: {AGENT}",
        *([f"cookie: {cookie}"] if cookie else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()
