"""The user closes the services that applications use, all at once, and opens them again (JR/T 0185 9.3.2).

    GET  /services            the state, and what closing means
    POST /services/close      understood=yes
    POST /services/reopen

Both take a login with two factors. What a closed service refuses is a row of identity's step table.
"""

from __future__ import annotations

from flask import Response

from bank_sim.ebank.centre import due_before, proven_customer
from bank_sim.ebank.rendering import page
from bank_sim.ebank.texts import TEXTS
from bank_sim.ebank.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.web import see

SERVICES = "/services"


def show_services(visit: Visit) -> Response:
    visit.enter()
    return due_before(visit) or _services_page(visit)


def close_services(visit: Visit) -> Response:
    """Every consent ends and no new one can be given. PARAM_INVALID unless the user ticked that they understand."""
    customer_id = proven_customer(visit)
    if visit.form("understood") != "yes":
        visit.refusal = problems.PARAM_INVALID.problem(reason="not ticked")
        return _services_page(visit, unticked=True)
    with visit.bank.store.write() as db:
        ended = visit.bank.services.close(db, customer_id)
        visit.bank.identity.notify(db, customer_id, _words(visit)["sms_services_closed"].format(ended=ended))
    return see(SERVICES)


def reopen_services(visit: Visit) -> Response:
    customer_id = proven_customer(visit)
    with visit.bank.store.write() as db:
        visit.bank.services.reopen(db, customer_id)
        visit.bank.identity.notify(db, customer_id, _words(visit)["sms_services_reopened"])
    return see(SERVICES)


def _words(visit: Visit) -> dict[str, str]:
    return TEXTS[visit.language]


def _services_page(visit: Visit, *, unticked: bool = False) -> Response:
    bank, customer_id = visit.bank, visit.entered.customer_id or ""
    visit.shown_at = SERVICES
    closings = bank.services.closings(customer_id)
    live = [each for each in bank.consents.of_customer(customer_id) if each.state == "authorised"]
    return page(
        visit,
        "services",
        problems.PARAM_INVALID.status if unticked else 200,
        here_is=SERVICES,
        closed=closings[0] if closings and closings[0].reopened_at_ms is None else None,
        closings=closings,
        live=len(live),
        unticked=unticked,
    )
