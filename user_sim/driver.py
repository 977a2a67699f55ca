"""The user at work: does with a browser and a phone what a person does, on pages that anybody can open.

It has no private doors: every action is a page opened, a link followed, a form sent, a message read. With the plain
HTTP browser it shows that the pages suffice with scripts switched off; with a real one, that people can use them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from user_sim.bank_visit import BankVisit, Declined, TurnedAway, require_welcome
from user_sim.browser import Browser, OnVisit, Opener, Page
from user_sim.forms import CannotFill, Choice, Form
from user_sim.http_browser import HttpBrowser, opener
from user_sim.people import Person
from user_sim.persona import CAREFUL, Intention, Persona
from user_sim.phone_screen import NoMessage, PhoneScreen
from user_sim.security_key import SecurityKey

__all__ = [
    "Balance", "CannotFill", "Declined", "HeadlessUser", "NoMessage", "Payment", "Places", "TurnedAway",
]  # fmt: skip

LANGUAGES = "zh-CN,zh;q=0.9,en;q=0.5"
_MASKED_ACCOUNT = re.compile(r"\d{4,6}\*+\d{4}", re.ASCII)
_MONEY = re.compile(r"-?\d[\d,]*\.\d{2}", re.ASCII)
_OUTCOMES = {
    "已执行": "executed",
    "Executed": "executed",
    "未执行": "rejected",
    "Not executed": "rejected",
    "已确认，尚未执行": "authorised",
    "Confirmed, not executed yet": "authorised",
    "银行核实中": "held",
    "The bank is checking it": "held",
    "结果未知": "unknown",
    "Result unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses that a user knows, without trailing slashes: the wallet's, the bank's own pages, the phone's."""

    wallet: str
    bank: str
    phone: str


@dataclass(frozen=True, slots=True)
class Balance:
    """One account as the wallet shows it: masked number, available and ledger balance as decimal strings."""

    account_masked: str
    available: str
    ledger: str


@dataclass(frozen=True, slots=True)
class Payment:
    """What the wallet says of a payment on ``page``: ``executed held authorised rejected`` or ``unknown``.

    ``objection``: why the user did not confirm it, None if they did.
    """

    state: str
    page: Page
    objection: str | None = None


class HeadlessUser:
    """One person with a browser and a phone. Close it, or use it as a context manager.

    ``browsers``   opens the browser and the phone's; by default plain HTTP ones
    ``transport``  the browser's way to the network; an attacker in the browser is a transport around
                   ``LoopbackTransport(ca_certificate)``, and the browser then a plain HTTP one. The phone has a way
                   of its own.
    ``on_visit``   hears of each request of the browser, for narration
    """

    def __init__(
        self,
        person: Person,
        places: Places,
        ca_certificate: Path,
        *,
        persona: Persona = CAREFUL,
        browsers: Opener | None = None,
        transport: httpx.BaseTransport | None = None,
        languages: str = LANGUAGES,
        on_visit: OnVisit | None = None,
    ) -> None:
        self.person = person
        self.persona = persona
        # How they prove who they are, beside the password, where the bank offers it.
        self.factor = "sms_code"
        self.security_key: SecurityKey | None = None
        opened = browsers or opener(ca_certificate)
        self.browser: Browser = (
            HttpBrowser(transport, languages, on_visit) if transport else opened("computer", languages, on_visit)
        )
        self.phone_browser = opened("phone", languages, on_visit)
        self.phone = PhoneScreen(self.phone_browser, places.phone, person.phone)
        self._places = places

    def open_wallet(self, nickname: str) -> Page:
        """Come to the wallet, signing in under a nickname unless signed in already."""
        page = self._open(self._places.wallet + "/")
        form = page.form_with("nickname")
        return page if form is None else self._welcome(self.browser.submit(form, {"nickname": nickname}))

    def link_bank(self, accounts: Collection[str] = ()) -> Page:
        """Press "link" at the wallet, log in at the bank, consent for accounts with these endings (none: all)."""
        page = self._open(self._places.wallet + "/")
        return self._bank_visit(accounts).walk(self.browser.submit(_form_to(page, "/link"), {}))

    def see_balances(self) -> list[Balance]:
        """What the wallet's page of accounts shows now."""
        return _balances(self._open(f"{self._places.wallet}/accounts").document.lines)

    def pay(self, account: str, payee_account: str, payee_name: str, amount: str, purpose: str = "") -> Payment:
        """Order a payment at the wallet and confirm it at the bank.

        ``account``: the ending of the number to pay from, "" for the first offered; ``amount``: with two decimals.
        A person who notices that something else is being confirmed declines, and the payment says so.
        """
        page = self._open(f"{self._places.wallet}/pay")
        form = page.form_with("payee_account", "amount")
        if form is None:
            raise TurnedAway(page)
        answers = {
            "account_ref": _ending_in(form.offered("account_ref"), account).value,
            "payee_account": payee_account,
            "payee_name": payee_name,
            "amount": amount,
            "purpose": purpose,
        }
        meant = Intention(payee_account, payee_name, amount)
        try:
            page = self._bank_visit(meant=meant).walk(self.browser.submit(form, answers))
        except Declined as declined:
            return Payment(_outcome(declined.page), declined.page, declined.objection)
        return Payment(_outcome(page), page)

    def agree_to_recurring(
        self, account: str, payee_account: str, payee_name: str, amount: str, times: int = 12
    ) -> Page:
        """Set up a monthly payment at the wallet and sign the agreement at the bank; the wallet's page after that.

        ``account``: the ending of the number to pay from; ``amount``: each time, with two decimals.
        """
        page = self._open(f"{self._places.wallet}/recurring")
        form = page.form_with("payee_account", "times")
        if form is None:
            raise TurnedAway(page)
        answers = {
            "payee_account": payee_account,
            "payee_name": payee_name,
            "amount": amount,
            "period": "month",
            "times": str(times),
        }
        meant = Intention(payee_account, payee_name, amount)
        return self._bank_visit((account,), meant).walk(self.browser.submit(form, answers))

    def pay_what_is_due(self) -> Page:
        """Press the button of the wallet that takes recurring payments at once; the page after that."""
        page = self._open(f"{self._places.wallet}/recurring")
        return self._welcome(self.browser.submit(_form_to(page, "/recurring/run"), {}))

    def renew_consent(self) -> Page:
        """Press "renew" at the wallet and agree at the bank; the wallet's page after that."""
        page = self._open(f"{self._places.wallet}/consents")
        return self._bank_visit().walk(self.browser.submit(_form_to(page, "/consents/renew"), {}))

    def take_back(self, part: str) -> Page:
        """Log in at the bank and take one part of the newest consent back: words that its button names it by."""
        page = self._bank_visit().walk(self._open(f"{self._places.bank}/login"))
        consent = urlsplit(_form_to(page, "/revoke").action).path.removesuffix("/revoke")
        page = self._open(f"{self._places.bank}{consent}")
        for form in page.document.forms:
            if form.action.endswith("/withdraw") and any(part in each.text for each in form.buttons):
                return self._welcome(self.browser.submit(form, {}))
        raise TurnedAway(page)

    def history(self) -> list[str]:
        """The lines of the wallet's page of history."""
        return self._open(f"{self._places.wallet}/history").document.lines

    def revoke_consent(self) -> Page:
        """Log in at the bank's own pages and revoke the newest consent that can be; the page after that."""
        page = self._bank_visit().walk(self._open(f"{self._places.bank}/login"))
        return self._welcome(self.browser.submit(_form_to(page, "/revoke"), {}))

    def log_in_at_bank(self, path: str) -> Page:
        """Log in at the bank's own pages and go to one of them."""
        self._bank_visit().walk(self._open(f"{self._places.bank}/login"))
        return self._open(f"{self._places.bank}{path}")

    def close_services(self) -> Page:
        """Log in at the bank's own pages and close the services for every application; the page after that."""
        return self._welcome(self.browser.submit(self._services_form("/close"), {"understood": "yes"}))

    def reopen_services(self) -> Page:
        """Log in at the bank's own pages and open the services again."""
        return self._welcome(self.browser.submit(self._services_form("/reopen"), {}))

    def at_bank(self, address: str, accounts: Collection[str] = (), meant: Intention | None = None) -> Page:
        """Open an address that an application gave, and do there what the bank asks; the first page that leads away."""
        return self._bank_visit(accounts, meant).walk(self._open(address))

    def close(self) -> None:
        self.browser.close()
        self.phone_browser.close()

    def __enter__(self) -> HeadlessUser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _services_form(self, path_end: str) -> Form:
        self._bank_visit().walk(self._open(f"{self._places.bank}/login"))
        return _form_to(self._open(f"{self._places.bank}/services"), path_end)

    def _open(self, address: str) -> Page:
        return self._welcome(self.browser.open(address))

    def _welcome(self, page: Page) -> Page:
        require_welcome(page)
        return page

    def _bank_visit(self, accounts: Collection[str] = (), meant: Intention | None = None) -> BankVisit:
        return BankVisit(
            self.person, self.persona, self.browser, self.phone, accounts, meant, self.factor, self.security_key
        )


def _form_to(page: Page, path_end: str) -> Form:
    """The first form of the page whose address ends so; a page without it does not let the user do this."""
    for form in page.document.forms:
        if urlsplit(form.action).path.endswith(path_end):
            return form
    raise TurnedAway(page)


def _ending_in(offered: list[Choice], ending: str) -> Choice:
    masked = (each for each in offered if any(word.endswith(ending) for word in each.label.split()))
    found = next(masked, None)
    if found is None:
        raise CannotFill(f"the wallet offers no account ending in {ending}")
    return found


def _balances(lines: list[str]) -> list[Balance]:
    """An account's number stands above its amounts: the available one first, then the ledger's."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if _MASKED_ACCOUNT.fullmatch(line):
            found.append((line, []))
        elif found:
            found[-1][1].extend(each.replace(",", "") for each in _MONEY.findall(line))
    return [Balance(masked, amounts[0], amounts[1]) for masked, amounts in found if len(amounts) > 1]


def _outcome(page: Page) -> str:
    """The state that the page tells in words; ``unknown`` where it tells none, for a user would not know either."""
    return next((_OUTCOMES[line] for line in page.document.lines if line in _OUTCOMES), "unknown")
