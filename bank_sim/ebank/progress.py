"""How far a visitor has come, as the line of steps above a page: what they see as one page is one step here.

It only draws: which step is due, identity's step table decides.
"""

from __future__ import annotations

from typing import NamedTuple

from bank_sim.identity import Column


class Step(NamedTuple):
    """``name`` of its words in ``texts``: ``step_<name>``."""

    name: str
    due: bool


_LOGIN, _FACTOR, _NOTICE, _CONSENT, _PAYMENT = "login", "factor", "notice", "consent", "payment"
# A payment's code and the word that it is wanted are given on one page.
_WAYS: dict[Column, dict[str, str]] = {
    "ebank": {"password": _LOGIN, "second_factor": _FACTOR},
    "account_information": {"password": _LOGIN, "second_factor": _FACTOR, "agreement": _CONSENT},
    "payment": {"password": _LOGIN, "risk_notice": _NOTICE, "second_factor": _PAYMENT, "agreement": _PAYMENT},
}


def progress(column: Column, due: str) -> tuple[Step, ...]:
    """The steps of a column in their order; ``due``: the row of the step table that waits to be taken."""
    way = _WAYS[column]
    return tuple(Step(name, name == way.get(due)) for name in dict.fromkeys(way.values()))
