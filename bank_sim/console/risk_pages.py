"""What the risk engine has found: the cases, one of them, and the rules themselves."""

from __future__ import annotations

from flask import Response

from bank_sim.authorization import core
from bank_sim.authorization.announcing import grouped
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.risk import cases, decisions, listing, reports
from bank_sim.staff import proposals

_DAY_MS = 86_400_000


def show_risk(visit: Visit) -> Response:
    """What waits for somebody, what is over, what was reported, who is listed, and the rules."""
    return page(
        visit,
        "risk",
        running=cases.running(visit.store),
        ended=cases.ended(visit.store),
        reports=reports.made(visit.store),
        listed=listing.listed(visit.store),
        proposed={
            each.listing_id
            for each in listing.listed(visit.store)
            if proposals.open_for(visit.store, "delist_account", str(each.listing_id))
        },
        counted=decisions.counted(visit.store, visit.now_ms - _DAY_MS),
        rules=visit.bank.risk.rules,
        yuan=grouped,
        names=visit.premises.names(visit.language),
    )


def show_case(visit: Visit, case_id: int) -> Response:
    """The payment as the bank may show it, why it was hit, what its payer did before, and what was done about it."""
    case = cases.find(visit.store, case_id)
    visit.app_id = case.app_id
    decision = decisions.decision_on(visit.store, case.transfer_id)
    struck = decision.rules if decision is not None else ()
    return page(
        visit,
        "risk_case",
        case=case,
        decision=decision,
        transfer=core(visit.bank, "transfers.describe", case.app_id, None, {"transfer_id": case.transfer_id}),
        hits=[rule for rule in visit.bank.risk.rules if rule.id in struck],
        earlier=decisions.of_customer(visit.store, case.customer_id),
        notes=cases.notes_of(visit.store, case_id),
        proposal=proposals.open_for(visit.store, "release_payment", str(case_id)),
        yuan=grouped,
        names=visit.premises.names(visit.language),
    )
