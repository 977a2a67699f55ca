"""The user sets up other ways to prove who they are, and uses them from then on: at the bank's page, with the phone.

Each is what the pages tell a person to do: log in, read what the bank shows, type it into the phone, and back.
"""

from __future__ import annotations

import re

from user_sim.bank_visit import TurnedAway, require_welcome
from user_sim.browser import Page
from user_sim.driver import HeadlessUser
from user_sim.forms import Form
from user_sim.security_key import SecurityKey

_ACTIVATION = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")
_SECRET = re.compile(r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b")


def bind_phone(user: HeadlessUser) -> None:
    """Bind the user's phone to the bank; from then on they confirm with it."""
    page = user.browser.submit(_form_to(user.log_in_at_bank("/security"), "/security/phone"), {})
    require_welcome(user.phone.bind(_found(_ACTIVATION, page)))
    user.factor = "device_key"


def add_authenticator(user: HeadlessUser) -> None:
    """Add an authenticator; from then on they log in with its codes."""
    page = user.browser.submit(_form_to(user.log_in_at_bank("/security"), "/security/authenticator"), {})
    require_welcome(user.phone.add_authenticator("Sandbox Bank", _found(_SECRET, page)))
    form = _form_to(page, "/confirm")
    require_welcome(user.browser.submit(form, {"totp": user.phone.code_shown()}))
    user.factor = "totp"


def add_security_key(user: HeadlessUser) -> None:
    """Add a security key made of software, as whoever has no script in their browser needs one, and use it."""
    user.log_in_at_bank("/security")
    page = user.browser.follow("/security/key")
    key, form = SecurityKey(), _form_to(page, "/security/key")
    answer = key.create(form.data["options"], page.location.origin)
    require_welcome(user.browser.submit(form, {"security_key": answer}))
    user.factor, user.security_key = "security_key", key


def _form_to(page: Page, path_end: str) -> Form:
    for form in page.document.forms:
        if form.action.endswith(path_end):
            return form
    raise TurnedAway(page)


def _found(pattern: re.Pattern[str], page: Page) -> str:
    found = pattern.search(page.text)
    if found is None:
        raise TurnedAway(page)
    return found[0]
