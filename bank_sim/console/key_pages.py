"""The bank's own keys: which there are, in which state, what is planned, and what was done to them."""

from __future__ import annotations

from flask import Response

from bank_sim.console.deeds.keys import kind_of
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.keys import custody, ring
from bank_sim.staff import proposals

_LINES = 40


def show_keys(visit: Visit) -> Response:
    """All keys there ever were, the living ones first within each kind."""
    keys = ring.keys_of(visit.store.read)
    planned = {kind_of(each) for each in keys if each.state == "next" and each.due_ms is not None}
    proposed = {
        kind: proposal.proposal_id
        for kind in {kind_of(each) for each in keys}
        if (proposal := proposals.open_for(visit.store, "rotate_bank_key", kind)) is not None
    }
    return page(
        visit,
        "keys",
        keys=[(kind_of(each), each) for each in keys],
        planned=planned,
        proposed=proposed,
        deeds=custody.newest(visit.store, custody.THE_BANK, _LINES),
        living=ring.LIVING,
    )
