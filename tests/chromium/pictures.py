"""Takes the README's pictures: ``python -m tests.chromium.pictures DIR``, in a sandbox of its own.

Small WebP files, some in Chinese and some in English, of a user's path as it is walked. It writes pictures and nothing
else.
"""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from scenarios.colleagues import colleagues
from scenarios.observe import Bank
from scenarios.passphrase import ephemeral
from scenarios.theatre.serving import open_theatre
from scenarios.world import Plan, World, running_world
from user_sim.browser import Device, OnVisit, Page
from user_sim.chromium import Chromium, ChromiumBrowser
from user_sim.driver import HeadlessUser, Places
from user_sim.forms import Answers, Button, Form

ZH, EN = "zh-CN,zh;q=0.9,en;q=0.5", "en-GB,en;q=0.9"
QUALITY = 80
Wanted = Mapping[str, Callable[[Page], bool]]


def on(host: str, path: str) -> Callable[[Page], bool]:
    """The page of that address, once it shows what it has to show."""
    return lambda page: (page.location.host, page.location.path) == (f"{host}.localhost", path)


def asks(*names: str) -> Callable[[Page], bool]:
    """The page of the bank whose form asks for these."""
    return lambda page: page.location.host == "bank.localhost" and page.form_with(*names) is not None


CUSTOMER: dict[str, Wanted] = {
    ZH: {"bank-consent": asks("agree", "account"), "wallet-accounts": on("wallet", "/accounts")},
    EN: {"bank-login": asks("login_name", "password"), "bank-payment": asks("otp", "decision")},
}


class Photographed:
    """A browser whose page is photographed the first time that it is a wanted one."""

    def __init__(self, inner: ChromiumBrowser, wanted: Wanted, folder: Path) -> None:
        self.inner = inner
        self._wanted = dict(wanted)
        self._folder = folder

    @property
    def page(self) -> Page | None:
        return self.inner.page

    def open(self, url: str) -> Page:
        return self._shown(self.inner.open(url))

    def follow(self, href: str) -> Page:
        return self._shown(self.inner.follow(href))

    def submit(self, form: Form, answers: Answers, button: Button | None = None) -> Page:
        return self._shown(self.inner.submit(form, answers, button))

    def close(self) -> None:
        self.inner.close()

    def _shown(self, page: Page) -> Page:
        for name in [name for name, is_it in self._wanted.items() if is_it(page)]:
            del self._wanted[name]
            shoot(self.inner, self._folder / f"{name}.webp")
        return page


def shoot(browser: ChromiumBrowser, path: Path) -> None:
    """What the window shows now, as a WebP file."""
    session = browser.tab.context.new_cdp_session(browser.tab)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(shot["data"]))
    session.detach()


class Photographer:
    """One walk through a world with a camera."""

    def __init__(self, world: World, chromium: Chromium, folder: Path) -> None:
        self._world = world
        self._chromium = chromium
        self._folder = folder

    def customer(self, number: int, languages: str) -> None:
        """A user on a phone links, looks and pays."""
        addresses, payee = self._world.addresses, self._world.people[-1]
        places = Places(addresses.wallet, addresses.pages, addresses.phone)

        def opened(_: Device, languages: str, on_visit: OnVisit | None) -> Photographed:
            return Photographed(self._chromium.opened("phone", languages, on_visit), CUSTOMER[languages], self._folder)

        person = self._world.people[number]
        with HeadlessUser(person, places, self._world.authority, browsers=opened, languages=languages) as user:
            user.open_wallet("Lumen")
            user.link_bank()
            user.see_balances()
            account = Bank(self._world.home).account_numbers(payee.login_name)["I"]
            user.pay("", account, payee.name, "128.00", "dinner")

    def theatre(self) -> None:
        """What the walks before left on the stage, with one message opened."""
        with self._opened(ZH) as shot:
            shot.open(f"{self._world.addresses.theatre}/")
            shot.tab.get_by_text("/oauth/par").first.click()
            shot.tab.locator("#panel h2, #panel h3").first.wait_for()
            shoot(shot, self._folder / "theatre.webp")

    def portal(self) -> None:
        """A developer's first call, byte by byte."""
        portal = self._world.addresses.portal
        with self._opened(EN) as shot:
            form = shot.open(f"{portal}/register").form_with("name", "suite")
            assert form is not None
            shot.submit(form, {"name": "Ledger"})
            form = shot.open(f"{portal}/try/rates.list").form_with("act")
            assert form is not None
            shot.submit(form, {}, form.button("act", "send"))
            shot.tab.get_by_role("heading", name="How the message was made").evaluate("e => e.scrollIntoView()")
            shoot(shot, self._folder / "portal.webp")

    def console(self) -> None:
        """The day so far, as the operator sees it."""
        console = self._world.addresses.console
        operator = next(each for each in colleagues(self._world.plan.seed) if each.role == "operator")
        with self._opened(ZH) as shot:
            form = shot.open(f"{console}/login").form_with("login_name", "password")
            assert form is not None
            shot.submit(form, {"login_name": operator.login_name, "password": operator.password})
            shoot(shot, self._folder / "console.webp")

    def _opened(self, languages: str) -> closing[ChromiumBrowser]:
        return closing(self._chromium.opened("computer", languages))


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="bank-sandbox-") as home:
        plan = Plan(
            home=Path(home) / "home",
            passphrase=ephemeral(),
            port_base=0,
            people=3,
            aids=True,
            trace=True,
            environment=dict(os.environ),
        )
        with (
            running_world(plan) as world,
            open_theatre(world),
            Chromium(world.server_certificates()) as chromium,
        ):
            photographer = Photographer(world, chromium, folder)
            photographer.customer(0, ZH)
            photographer.customer(1, EN)
            photographer.theatre()
            photographer.portal()
            photographer.console()
    for each in sorted(folder.glob("*.webp")):
        print(f"{each}  {each.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
