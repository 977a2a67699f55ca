"""Check a message: a developer pastes the request that their program makes, and reads what the bank makes of it.

GET  /check     the form
POST /check     the findings, the bank's own signature base and digest, and what probably went wrong
"""

from __future__ import annotations

from flask import Response

from bank_sim.portal import advice
from bank_sim.portal.examining import TEXT_CHARS_MAX, Expected, examine
from bank_sim.portal.rendering import page
from bank_sim.portal.visit import Visit
from bank_sim.registry.parties import Credential


def show_form(visit: Visit) -> Response:
    """Empty, or with a message of this session to play with."""
    newest = next((each.exchange.message for each in visit.entered.tries if each.exchange.message.base), None)
    text = newest.raw.decode("utf-8", "replace").replace("\r\n", "\n") if newest else ""
    return page(visit, "check", text=text, examination=None)


def check(visit: Visit) -> Response:
    """Nothing is sent to the gateway, and no nonce is burnt."""
    visit.here = "/check"
    text = visit.request.form.get("message", "")[:TEXT_CHARS_MAX]
    bank, party = visit.premises.bank, visit.entered.party

    def own(keyid: str) -> Credential | None:
        return bank.registry.caller(party.app_id, keyid)[1]

    expected = Expected(
        authority=bank.config.authority,
        suite=party.suite,
        catalogue=bank.catalogue,
        credential=own,
        now_s=bank.clock.now_s(),
        window_s=bank.config.policy.signature_window_s,
        wrong_keys=visit.entered.wrong_keys,
    )
    return page(visit, "check", text=text, examination=examine(text, expected), advised=advice.table(visit.language))
