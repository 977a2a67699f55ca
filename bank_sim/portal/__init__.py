"""The developer portal: everything a partner's integration developer needs for a first signed call, and for the next.

A face of the bank on a listener of its own (JR/T 0185 12.1: published catalogue, developer manual). It grants nothing:
whatever is tried here is called at the gateway over the wire, with an application's own keys. Must not know SQL, nor
the gateway's insides.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask

from bank_sim.bank import Bank
from bank_sim.portal import applicant_door, checks
from bank_sim.portal.applicant_door import ApplicantSession
from bank_sim.portal.line import GatewayLine, Line
from bank_sim.portal.open_sessions import OpenSessions
from bank_sim.portal.premises import Premises
from bank_sim.portal.routes import pages
from bank_sim.portal.sessions import Sessions
from bank_sim.web import shared_pages

__all__ = ["DEFENCES", "create_app"]

DEFENCES = checks.DEFENCES | applicant_door.DEFENCES


def create_app(bank: Bank, line: Line | None = None, ticks: Callable[[], float] = time.monotonic) -> Flask:
    """The portal as a web application of its own.

    ``line`` takes the place of TLS to the gateway; ``ticks``: the clock that sessions idle by.
    """
    line = line or GatewayLine(bank.config.gateway_url, bank.config.ca_certificate)
    applicants: OpenSessions[ApplicantSession] = OpenSessions(ticks, applicant_door.IDLE_S, applicant_door.ABSOLUTE_S)
    premises = Premises(bank, line, Sessions(ticks), applicants)
    app = Flask("bank_sim.portal", static_folder=None)
    # A defect reaches the edge, which answers it opaquely, instead of becoming a page's refusal.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(shared_pages())
    pages(app, premises)
    return app
