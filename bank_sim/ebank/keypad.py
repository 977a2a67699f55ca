"""The keypad on the login pages: what the page is given to show one, and what comes back of it.

Where the keypad was not built, or the user asked for a plain field, the password travels as it is typed, under TLS
alone, and the page says so. This module must not judge what was typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response

from bank_sim.ebank.keypad_texts import WORDS
from bank_sim.ebank.visit import AUTHORIZE, Visit
from bank_sim.identity.keypad import PASSWORD_DIGITS, Place
from bank_sim.sdk import browser
from bank_sim.sdk.protocol import strict_json

_NO_APPLICATION = "-"
_PURPOSES = {True: "oauth.authorize.login", False: "ebank.login"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One keypad as the template shows it. ``token`` names it; ``key`` is the JWK to seal to, as JSON.

    ``plain_url``  the same page with a plain field instead
    ``parent``     the origin that gets what is sealed, where the form stands in another site's page; "" elsewhere
    ``licences``   where those of the software in the script are shown; "" where it was not built
    """

    token: str
    app_id: str
    api_id: str
    key: str
    digits: int
    words: dict[str, str]
    plain_url: str = ""
    parent: str = ""
    licences: str = ""


def script(suite: str) -> str:
    """The address of the keypad's script for this suite; "" where it was not built."""
    return _address(f"built/keypad-{suite}.js")


def login_facts(visit: Visit) -> dict[str, Any]:
    """What the login page is rendered with: ``keypad`` (None for a plain field), its words, its ``scripts``."""
    words = WORDS[visit.language]
    address = script(visit.bank.keypads.suite)
    if not address or visit.request.args.get("keypad") == "off":
        return {"keypad": None, "keypad_words": words, "keypad_built": bool(address)}
    path = "/authorize/step" if visit.door == AUTHORIZE else "/login"
    offer = offered(visit, _place(visit), PASSWORD_DIGITS, plain_url=f"{path}?keypad=off")
    return {"keypad": offer, "keypad_words": words, "scripts": [address]}


def offered(visit: Visit, place: Place, digits: int, plain_url: str = "", parent: str = "") -> Offer:
    """A new keypad for ``digits`` digits, of this session and purpose."""
    keypads = visit.bank.keypads
    key = strict_json.dump(keypads.sealing_key()).decode()
    return Offer(
        token=keypads.issue(place),
        app_id=place.app_id,
        api_id=place.api_id,
        key=key,
        digits=digits,
        words=WORDS[visit.language],
        plain_url=plain_url,
        parent=parent,
        licences=_address("built/licences.txt"),
    )


def password_of(visit: Visit) -> str:
    """The password of a login form: sealed by the keypad (KEYPAD_INVALID), else as it was typed."""
    sealed = visit.form("sealed")
    if not sealed:
        return visit.request.form.get("password", "")
    digits, _ = visit.bank.keypads.read(sealed, _place(visit))
    return digits


def picture(visit: Visit, token: str) -> Response:
    """``GET /keypad/<token>``: the digits as they stand on this keypad, for the eye."""
    return Response(visit.bank.keypads.picture(token), mimetype="image/svg+xml")


def _address(name: str) -> str:
    return f"/sdk/{name}?v={browser.version(name)}" if (browser.FOLDER / name).exists() else ""


def _place(visit: Visit) -> Place:
    return Place(visit.entered.visit_id, visit.app_id or _NO_APPLICATION, _PURPOSES[visit.door == AUTHORIZE])
