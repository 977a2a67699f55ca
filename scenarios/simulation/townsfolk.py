"""Honest people: each with a browser and a phone, doing one thing after the other at the wallet and at the bank.

They go by what pages show. Where something fails they sigh and do something else; nobody here knows of the simulation
but through their patience.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import httpx

from scenarios.simulation.foundation import PAGES, PHONE, WALLET, Foundation
from scenarios.simulation.instants import World
from scenarios.simulation.meaning import Meaning
from scenarios.simulation.wire import Wire
from user_sim.browser import Device, NavigationBlocked, OnVisit
from user_sim.cookies import CookieJar
from user_sim.driver import CannotFill, Declined, HeadlessUser, NoMessage, Places, TurnedAway
from user_sim.http_browser import HttpBrowser
from user_sim.people import Person
from user_sim.second_factors import bind_phone

SIGHED_AT = (TurnedAway, CannotFill, NoMessage, Declined, NavigationBlocked, httpx.TransportError, StopIteration)
"""How an act may end that does not succeed: a page says no, a code does not come, the network fails."""

_YUAN_MAX = 300
_REST_S = (15.0, 75.0)


@dataclass(slots=True)
class Townsman:
    """``place``: of the person among the founded people. ``is_busy`` while an act of theirs is under way;
    ``is_linked`` is what they believe."""

    place: int
    person: Person
    user: HeadlessUser
    is_busy: bool = False
    rests_until_s: float = 0.0
    is_linked: bool = False
    is_bound: bool = False


class Townsfolk:
    """The people but the last one, who is the attacker's accomplice."""

    def __init__(self, founded: Foundation, wire: Wire, world: World, meaning: Meaning, lots: Random) -> None:
        self._founded, self._wire, self._world, self._meaning, self._lots = founded, wire, world, meaning, lots
        self.everybody = [Townsman(place, each, self.seated(each)) for place, each in enumerate(founded.people)]
        self.accomplice = self.everybody.pop()
        self._acts: dict[str, tuple[float, Callable[[Townsman], object]]] = {
            "link": (5, self._link),
            "balances": (8, lambda man: man.user.see_balances()),
            "pay": (14, self._pay),
            "look_at_account": (4, self._look_at_account),
            "history": (2, lambda man: man.user.history()),
            "agree": (2, self._agree),
            "pay_due": (3, lambda man: man.user.pay_what_is_due()),
            "renew": (2, lambda man: man.user.renew_consent()),
            "take_back": (1, self._take_back),
            "revoke": (1, self._revoke),
            "close_services": (0.5, self._close_services),
            "bind_phone": (1, self._bind),
        }

    def seated(self, person: Person) -> HeadlessUser:
        """A person with a browser and a phone on the virtual wire."""
        line = self._wire.line_of(f"people {person.person_id}")

        def opened(device: Device, languages: str, on_visit: OnVisit | None) -> HttpBrowser:
            browser = HttpBrowser(line, languages, on_visit)
            browser.cookies = CookieJar(lambda: self._world.now_s)
            return browser

        return HeadlessUser(person, Places(WALLET, PAGES, PHONE), Path("no-authority"), browsers=opened)

    def rested(self) -> list[Townsman]:
        """Those who may do something now."""
        return [each for each in self.everybody if not each.is_busy and each.rests_until_s <= self._world.now_s]

    def all_rest(self) -> bool:
        """Nobody is at anything, nor about to be."""
        return not self.rested() and not any(each.is_busy for each in self.everybody)

    def done(self, man: Townsman) -> None:
        """Somebody has done something, and rests for a while: a code comes once a minute."""
        man.is_busy = False
        man.rests_until_s = self._world.now_s + self._lots.uniform(*_REST_S)

    def next_act(self, man: Townsman) -> tuple[str, Callable[[], object]]:
        """What somebody does next, drawn by lots: its name, and the doing."""
        names = list(self._acts) if man.is_linked else ["link"]
        (name,) = self._lots.choices(names, [self._acts[each][0] for each in names])
        act = self._acts[name][1]
        return name, lambda: self._come_and(act, man)

    def _come_and(self, act: Callable[[Townsman], object], man: Townsman) -> None:
        page = man.user.open_wallet(f"user-{man.person.person_id}")
        man.is_linked = not any(urlsplit(each.action).path.endswith("/link") for each in page.document.forms)
        act(man)

    def _link(self, man: Townsman) -> None:
        if not man.is_linked:
            man.user.link_bank()
            man.is_linked = True

    def _pay(self, man: Townsman) -> None:
        payer, payee, name = self._parties(man)
        amount_fen = self._lots.randint(1, _YUAN_MAX * 100)
        self._meaning.pay(payer, payee, amount_fen)
        man.user.pay(payer[-4:], payee, name, _decimal(amount_fen))

    def _look_at_account(self, man: Townsman) -> None:
        man.user.see_balances()
        page = man.user.browser.page
        assert page is not None
        if leads := [each.href for each in page.document.links if "/accounts/" in each.href]:
            man.user.browser.follow(self._lots.choice(leads))

    def _agree(self, man: Townsman) -> None:
        payer, payee, name = self._parties(man)
        amount_fen, times = self._lots.randint(1, 100) * 100, self._lots.randint(2, 4)
        self._meaning.agree(payer, payee, amount_fen, times)
        man.user.agree_to_recurring(payer[-4:], payee, name, _decimal(amount_fen), times)

    def _take_back(self, man: Townsman) -> None:
        account = self._lots.choice(self._founded.accounts_of(man.place))
        man.user.take_back(account.account_number[-4:])

    def _revoke(self, man: Townsman) -> None:
        man.is_linked = False
        man.user.revoke_consent()

    def _close_services(self, man: Townsman) -> None:
        man.is_linked = False
        man.user.close_services()
        man.user.reopen_services()

    def _bind(self, man: Townsman) -> None:
        if not man.is_bound:
            man.is_bound = True
            bind_phone(man.user)

    def _parties(self, man: Townsman) -> tuple[str, str, str]:
        """From which number to which, and the payee's name."""
        mine = self._founded.accounts_of(man.place)[0].account_number
        others = [each for each in self._founded.accounts if each.person != man.place and each.account_class == "I"]
        other = self._lots.choice(others)
        return mine, other.account_number, self._founded.people[other.person].name


def _decimal(amount_fen: int) -> str:
    return f"{amount_fen // 100}.{amount_fen % 100:02}"
