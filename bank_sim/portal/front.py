"""The front page: what this is, the way to a first call, where everything is."""

from __future__ import annotations

from flask import Response

from bank_sim.portal.rendering import page
from bank_sim.portal.visit import Visit


def show(visit: Visit) -> Response:
    bank = visit.premises.bank
    return page(
        visit, "front", gateway_url=bank.config.gateway_url, pages_url=bank.config.pages_url, now_s=bank.clock.now_s()
    )
