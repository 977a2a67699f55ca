"""A developer at the portal in a real Chromium: a first call, consent with the bank's keypad, a user's data."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from scenarios.world import World
from user_sim.browser import Page
from user_sim.chromium import Chromium
from user_sim.driver import HeadlessUser, Places

ZH, EN = "zh-CN,zh;q=0.9,en;q=0.5", "en-GB,en;q=0.9"
WORDS = {ZH: ("应答经验证确为银行所发", "令牌已存入本次会话"), EN: ("proven to be the bank", "The token is kept")}


def sent(user: HeadlessUser, page: Page, action: str, press: tuple[str, str] | None = None, **answers: str) -> Page:
    form = next(each for each in page.document.forms if urlsplit(each.action).path == action)
    return user.browser.submit(form, answers, form.button(*press) if press else None)


@pytest.mark.clause("12.1-5")
@pytest.mark.parametrize(("languages", "number"), [(ZH, 3), (EN, 4)])
def test_a_developer_reaches_a_users_balance_in_a_real_browser(
    world: World, chromium: Chromium, languages: str, number: int
) -> None:
    addresses = world.addresses
    places = Places(addresses.wallet, addresses.pages, addresses.phone)
    verified, kept = WORDS[languages]
    with HeadlessUser(
        world.people[number], places, world.authority, browsers=chromium.opened, languages=languages
    ) as user:
        page = user.browser.open(f"{addresses.portal}/register")
        sent(user, page, "/register", name="Balances")
        page = user.browser.open(f"{addresses.portal}/try/rates.list")
        assert verified in sent(user, page, "/try/rates.list", ("act", "send")).text
        page = sent(user, user.browser.open(f"{addresses.portal}/tokens"), "/tokens/accounts")
        (address,) = (each.href for each in page.document.links if "/authorize?" in each.href)
        assert kept in user.at_bank(address).text
        page = user.browser.open(f"{addresses.portal}/try/accounts.balance")
        page = sent(user, page, "/try/accounts.balance", ("act", "send"))
        assert verified in page.text
        assert '"available_balance":' in page.text
