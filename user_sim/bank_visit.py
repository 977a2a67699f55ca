"""The user at the bank: answers what its pages ask, step by step, until they lead elsewhere or have no more to ask.

It knows what the fields mean to a person (login name, code, accounts, "I agree"), not in which order they come: that
is the bank's business. It presses nothing that the person would not press.
"""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

from user_sim.browser import Browser, Page
from user_sim.forms import Answers, CannotFill, Choice, Form
from user_sim.people import Person
from user_sim.persona import Intention, Persona
from user_sim.phone_screen import PhoneScreen

STEPS_MAX = 12
_ASKED_OF_A_PERSON = ("login_name", "read_notice", "otp", "decision", "account", "agree")


class TurnedAway(Exception):
    """A page says no. ``page`` is what the user sees."""

    def __init__(self, page: Page) -> None:
        super().__init__(f"{page.location.host}{page.location.path} answered {page.status}: {page.text[:300]}")
        self.page = page


class Declined(Exception):
    """The user does not confirm, and has told the bank so. ``page``: where that led."""

    def __init__(self, objection: str, page: Page) -> None:
        super().__init__(objection)
        self.objection = objection
        self.page = page


class BankVisit:
    """One visit. ``accounts``: endings of the account numbers to choose, none for all; ``meant``: the payment meant."""

    def __init__(
        self,
        person: Person,
        persona: Persona,
        browser: Browser,
        phone: PhoneScreen,
        accounts: Collection[str] = (),
        meant: Intention | None = None,
    ) -> None:
        self._person = person
        self._persona = persona
        self._browser = browser
        self._phone = phone
        self._accounts = accounts
        self._meant = meant

    def walk(self, page: Page) -> Page:
        """From the bank's page shown to the first page that asks nothing of a person, or lies elsewhere.

        ``TurnedAway`` when a page refuses, ``Declined`` when the person does, ``NoMessage`` when no code comes.
        """
        bank = page.location.origin
        for _ in range(STEPS_MAX):
            require_welcome(page)
            form = _asking_form(page)
            if page.location.origin != bank or form is None:
                return page
            page = self._answer(page, form)
        raise TurnedAway(page)

    def _answer(self, page: Page, form: Form) -> Page:
        answers: dict[str, str | list[str]] = {}
        if form.has("login_name"):
            # What lies on the phone belongs to an earlier visit.
            self._phone.put_aside()
            answers |= {"login_name": self._person.login_name, "password": self._person.password}
        for box in ("read_notice", "agree"):
            if form.has(box):
                answers[box] = form.offered(box)[0].value
        if form.has("account"):
            answers["account"] = self._chosen(form.offered("account"))
        if form.has("otp"):
            return self._confirm(page, form, answers)
        return self._submit(form, answers)

    def _confirm(self, page: Page, form: Form, answers: dict[str, str | list[str]]) -> Page:
        """Read the message, compare it and the page with what was meant, then type the code or say no."""
        message = self._phone.wait_for_code()
        if self._meant is not None:
            objection = self._persona.objection(message.text, self._meant)
            objection = objection or self._persona.objection(page.text, self._meant)
            if objection is not None:
                raise Declined(objection, self._say_no(page))
        return self._submit(form, answers | {"otp": message.code})

    def _submit(self, form: Form, answers: Answers) -> Page:
        button = form.button("decision", "approve") if form.has("decision") else None
        return self._browser.submit(form, answers, button)

    def _say_no(self, page: Page) -> Page:
        for form in page.document.forms:
            if "deny" in (choice.value for choice in form.offered("decision")):
                return self._browser.submit(form, {}, form.button("decision", "deny"))
        raise CannotFill("the bank's page offers no way to decline")

    def _chosen(self, offered: list[Choice]) -> list[str]:
        """The accounts meant; one that the bank does not offer cannot be chosen."""
        missing = [ending for ending in self._accounts if not any(ending in each.label for each in offered)]
        if missing:
            raise CannotFill(f"the bank offers no account ending in {', '.join(missing)}")
        wanted = [each for each in offered if any(ending in each.label for ending in self._accounts)]
        return [each.value for each in (wanted if self._accounts else offered)]


def require_welcome(page: Page) -> None:
    """``TurnedAway`` unless the page was answered well."""
    if page.status >= HTTPStatus.BAD_REQUEST:
        raise TurnedAway(page)


def _asking_form(page: Page) -> Form | None:
    return next((form for form in page.document.forms if form.names().intersection(_ASKED_OF_A_PERSON)), None)
