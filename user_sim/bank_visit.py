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
from user_sim.security_key import SecurityKey

STEPS_MAX = 12
_ASKED_OF_A_PERSON = (
    "login_name",
    "read_notice",
    "otp",
    "totp",
    "approval",
    "security_key",
    "decision",
    "account",
    "agree",
)


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
    """One visit. ``accounts``: endings of the account numbers to choose, none for all; ``meant``: the payment meant.

    ``factor``: how the person proves who they are beside the password, where the bank offers it. ``key``: their own.
    """

    def __init__(
        self,
        person: Person,
        persona: Persona,
        browser: Browser,
        phone: PhoneScreen,
        accounts: Collection[str] = (),
        meant: Intention | None = None,
        factor: str = "sms_code",
        key: SecurityKey | None = None,
    ) -> None:
        self._person = person
        self._persona = persona
        self._browser = browser
        self._phone = phone
        self._accounts = accounts
        self._meant = meant
        self._factor = factor
        self._key = key

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
        if form.has("by") and (other := _way(page, form, self._factor)) is not None:
            return self._browser.submit(other, {}, other.button("by", self._factor))
        if form.has("otp"):
            return self._confirm(page, form, answers)
        if form.has("approval"):
            return self._confirm_on_phone(page, form, answers)
        if form.has("totp"):
            answers["totp"] = self._phone.code_shown()
        if form.has("security_key") and self._key is not None:
            answers["security_key"] = self._key.get(form.data["options"], page.location.origin)
        return self._submit(form, answers)

    def _confirm(self, page: Page, form: Form, answers: dict[str, str | list[str]]) -> Page:
        """Read the message, compare it and the page with what was meant, then type the code or say no."""
        message = self._phone.wait_for_code()
        objection = self._objection(message.text, page)
        if objection is not None:
            raise Declined(objection, self._say_no(page))
        return self._submit(form, answers | {"otp": message.code})

    def _confirm_on_phone(self, page: Page, form: Form, answers: dict[str, str | list[str]]) -> Page:
        """Read the phone's question, compare it and the page with what was meant, then tap."""
        number = next(each.value for each in form.controls if each.name == "approval")
        question = self._phone.wait_for_question(number)
        objection = self._objection(question.text, page)
        if objection is not None:
            self._phone.answer(question, "decline")
            raise Declined(objection, self._say_no(page))
        require_welcome(self._phone.answer(question, "approve"))
        return self._submit(form, answers)

    def _objection(self, words: str, page: Page) -> str | None:
        if self._meant is None:
            return None
        return self._persona.objection(words, self._meant) or self._persona.objection(page.text, self._meant)

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


def _way(page: Page, form: Form, factor: str) -> Form | None:
    """The form that leads to another way to verify; None where the page offers no such, or shows it already."""
    shown = next(each.value for each in form.controls if each.name == "by")
    offering = (each for each in page.document.forms if factor in (choice.value for choice in each.offered("by")))
    return next(offering, None) if factor != shown else None
