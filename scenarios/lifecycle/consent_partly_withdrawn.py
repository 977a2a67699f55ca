"""A user takes back one account and keeps the rest: at once, at the bank, without asking anybody."""

from __future__ import annotations

from urllib.parse import urlsplit

from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text
from user_sim.driver import TurnedAway
from user_sim.pages import Link


@scenario(
    "consent-partly-withdrawn",
    kind="lifecycle",
    suites=("gm", "intl"),
    clauses=("9.3.2-2", "9.3.2-1.1.1", "9.3.2-1.1.2"),
    summary_en="The user takes single accounts back at the bank: gone with the next call, the rest goes on.",
    summary_zh="用户在银行收回个别账户：应用的下一次调用即不可见，其余账户照常使用。",
)
def consent_partly_withdrawn(stage: Stage) -> None:
    """1. All accounts. 2. One is taken back. 3. Its reference is refused. 4. The last one goes with the whole only."""
    user = stage.linked_user()
    numbers = stage.numbers(stage.user)
    stage.require(len(user.see_balances()) == len(numbers), Text("at first all accounts are there", "起初可见全部账户"))
    wallet = stage.world.addresses.wallet
    known = _account_pages(user.browser.open(f"{wallet}/accounts").document.links)

    stage.say(Text("The user takes one account back", "用户收回一个账户"))
    taken = numbers["II"][-4:]
    user.take_back(taken)
    left = {each.account_masked[-4:] for each in user.see_balances()}
    stage.require(
        left == {number[-4:] for number in numbers.values()} - {taken},
        Text("the wallet's next look shows the others only", "钱包再次查询时只能看到其余账户"),
        left,
    )
    still = _account_pages(user.browser.open(f"{wallet}/accounts").document.links)
    (gone,) = known - still
    page = user.browser.open(f"{wallet}{gone}")
    stage.require(
        "RESOURCE_NOT_AUTHORIZED" in page.text,
        Text("the reference that the wallet still knows is refused", "钱包仍记得的账户引用被拒绝"),
        page.text[:80],
    )
    (consent,) = stage.bank.consents(stage.user.login_name)
    stage.require(
        (consent["state"], consent["accounts"]) == ("authorised", len(numbers) - 1),
        Text("the consent stands, with one account less", "授权依然有效，只是少了一个账户"),
    )
    stage.require(
        stage.bank.events_of(consent["consent_id"]) == ["consent.authorised", "consent.amended"],
        Text("the application was told by an event", "已以事件通知应用方"),
    )
    _require_the_last_one_to_stay(stage)


def _account_pages(links: list[Link]) -> set[str]:
    paths = (urlsplit(link.href).path for link in links)
    return {path for path in paths if path.startswith("/accounts/")}


def _require_the_last_one_to_stay(stage: Stage) -> None:
    """A consent to nothing is one that ends: the bank offers no button for the last account."""
    user, numbers = stage.linked_user(), stage.numbers(stage.user)
    user.take_back(numbers["III"][-4:])
    try:
        user.take_back(numbers["I"][-4:])
        offered = True
    except TurnedAway:
        offered = False
    whole = Text("the last account goes with the whole consent only", "最后一个账户只能随整项授权撤销")
    stage.require(not offered, whole)
