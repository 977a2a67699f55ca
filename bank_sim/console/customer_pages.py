"""One customer, for whoever works on a case: masked, and with an entry in the journal for each look.

The reference stands in access records and cases and means nothing elsewhere; there is no search by name or number, and
no list of customers.
"""

from __future__ import annotations

from contextlib import suppress

from flask import Response

from bank_sim.authorization import core
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.monitor import incidents
from bank_sim.risk import cases
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff.disclosure import DISCLOSURE, Disclosure
from bank_sim.staff.journal import DONE


def show_customer(visit: Visit) -> Response:
    """``ref`` and ``case`` stand in the address. CASE_REQUIRED, RESOURCE_NOT_FOUND; without them the page asks."""
    ref, case = visit.asked("ref"), visit.asked("case")
    problem, customer, accounts, consents = None, None, [], []
    if ref:
        try:
            _require_case(visit, ref, case)
            customer = _customer(visit, ref)
            accounts = core(visit.bank, "accounts.of_customer", "", ref)["accounts"]
            consents = visit.bank.consents.of_customer(ref)
        except Problem as refusal:
            problem = visit.refusal = refusal
        with visit.store.write() as db:
            visit.note(db, "look_at_customer", ref, case, problem.code if problem else DONE)
    return page(
        visit,
        "customer",
        problem.kind.status if problem else 200,
        problem=problem,
        typed={"ref": ref, "case": case},
        cases=_running(visit),
        customer=customer,
        accounts=accounts,
        consents=consents,
        names=visit.premises.names(visit.language),
    )


def _require_case(visit: Visit, ref: str, case: str) -> None:
    """``incident-3``: an incident that is open; ``risk-7``: a case about a payment of this customer's, not ended."""
    kind, _, number = case.partition("-")
    is_open = False
    if number.isascii() and number.isdecimal() and len(number) <= 12:
        with suppress(Problem):
            if kind == "incident":
                is_open = incidents.find(visit.store, int(number)).closed_ms is None
            elif kind == "risk":
                found = cases.find(visit.store, int(number))
                is_open = found.ended_ms is None and found.customer_id == ref
    DISCLOSURE.run(Disclosure(case_is_open=is_open), "customer", visit.weakened)


def _customer(visit: Visit, ref: str) -> dict[str, str]:
    try:
        return dict(core(visit.bank, "customers.describe", "", ref))
    except Problem as problem:
        raise problems.RESOURCE_NOT_FOUND.problem() from problem


def _running(visit: Visit) -> list[tuple[str, str]]:
    """What one may be working on: its name, and what it is called."""
    found = [
        (f"incident-{each.incident_id}", each.title) for each in incidents.listed(visit.store) if each.closed_ms is None
    ]
    return found + [(f"risk-{each.case_id}", each.transfer_id) for each in cases.running(visit.store)]
