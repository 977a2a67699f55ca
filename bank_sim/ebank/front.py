"""The bank's front page: what this bank is, and where customers, developers and its own people go on from here."""

from __future__ import annotations

from contextlib import suppress

from flask import Response

from bank_sim.ebank.rendering import page
from bank_sim.ebank.visit import Visit
from bank_sim.sdk.protocol.problems import Problem


def front(visit: Visit) -> Response:
    """Open to everybody; whoever is logged in finds their ways on."""
    if visit.request.cookies.get(visit.door):
        # A session that has ended is no reason to refuse what everybody may read.
        with suppress(Problem):
            visit.enter()
    config = visit.bank.config
    return page(visit, "front", portal_url=config.portal_url, console_url=config.console_url)
