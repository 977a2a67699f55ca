"""What attacks upon the wallet have in common: how its page says that it does not believe something."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios.attacks.stolen_login import alert_code
from scenarios.stage import Attempt
from user_sim.driver import TurnedAway


def refusal_shown(refusal: TurnedAway) -> Attempt:
    """The refusal that a page of the wallet shows, under the code and the status that the catalogue gives it."""
    code = alert_code(refusal.page)
    return Attempt(CATALOGUE[code].status if code else refusal.page.status, code)
