"""How the bank answers, and what it told unasked: for whoever wonders why a page has to wait, or a link is gone.

Users are shown subjects, each as well as the worst of its interfaces; the interfaces stand below, for the curious.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, render_template

from app_sim.breaker import BreakerState
from app_sim.wallet import Wallet

_SEARCHED, _SHOWN = 200, 10

_GROUPS = {
    "accounts": "accounts",
    "transfers": "payments",
    "debits": "payments",
    "transactions": "payments",
    "products": "offers",
    "rates": "offers",
}
"""By the first part of an interface's name; of the authorization server's see below."""

_OWN = frozenset({"oauth.checkpoints", "oauth.events", "oauth.evidence", "oauth.keys", "oauth.notices"})
_WORST_FIRST = ("open", "half_open", "closed")


@dataclass(frozen=True, slots=True)
class Group:
    """Interfaces of one subject, by name. ``worst``: the state that the subject is in, for a user."""

    name: str
    states: Mapping[str, BreakerState]

    @property
    def worst(self) -> BreakerState:
        return min(self.states.values(), key=lambda each: (_WORST_FIRST.index(each.condition), -each.failures))

    @property
    def is_asked(self) -> bool:
        return any(each.calls for each in self.states.values())


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/connection")
    def connection() -> str:
        states = wallet.bank.breakers.states()
        return render_template(
            "connection.html",
            states=states,
            groups=_groups(states),
            now_s=wallet.clock.now_s(),
            # Whose consent it was is nobody else's business: events about users are not for a page that all may see.
            told=[each for each in wallet.events.newest(_SEARCHED) if not each.type.startswith("consent.")][:_SHOWN],
            missing=wallet.events.missing(),
            refused=wallet.events.refused(),
        )


def _groups(states: Mapping[str, BreakerState]) -> list[Group]:
    grouped: dict[str, dict[str, BreakerState]] = {}
    for name, state in states.items():
        grouped.setdefault(_group(name), {})[name] = state
    order = [*dict.fromkeys(_GROUPS.values()), "consents", "own"]
    return [Group(name, grouped[name]) for name in order if name in grouped]


def _group(name: str) -> str:
    return _GROUPS.get(name.partition(".")[0], "own" if name in _OWN else "consents")
