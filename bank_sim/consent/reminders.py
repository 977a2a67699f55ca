"""Consents whose end draws near, each to be told of once (JR/T 0185 9.3.2-1.2.2). It decides when, not in which words.

Only what was given for more than twice the time of a reminder is reminded of: nobody forgets last week.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from bank_sim.consent import states
from bank_sim.consent.states import Happening
from bank_sim.store import Store

_DUE = """
SELECT consent_id, app_id, customer_id, valid_to_s, json_extract(evidence, '$.language') FROM consents
WHERE state IN ('requested', 'authorised', 'used') AND state = 'authorised' AND valid_to_s > ?1 AND valid_to_s <= ?2
  AND validity <> 'once' AND reminded_at_ms IS NULL AND valid_to_s - authorised_at_ms / 1000 > 2 * ?3
ORDER BY valid_to_s
"""


@dataclass(frozen=True, slots=True)
class EndingSoon:
    """``language``: the one in which the user agreed; ``valid_to_s`` in seconds since 1970."""

    consent_id: str
    app_id: str
    customer_id: str
    valid_to_s: int
    language: Literal["zh", "en"]


def ending_soon(store: Store, now_s: int, lead_s: int) -> list[EndingSoon]:
    """What ends within ``lead_s`` seconds and was not reminded of yet, the first to end first."""
    rows = store.read(_DUE, (now_s, now_s + lead_s, lead_s))
    return [
        EndingSoon(consent_id, app_id, customer_id, valid_to_s, "en" if language == "en" else "zh")
        for consent_id, app_id, customer_id, valid_to_s, language in rows
    ]


def note_reminder(db: Database, consent_id: str, now_ms: int) -> bool:
    """Whether the reminder is this caller's to send: it is the first one, and the consent still stands."""
    noted = db.execute(
        "UPDATE consents SET reminded_at_ms = ?"
        " WHERE consent_id = ? AND state = 'authorised' AND reminded_at_ms IS NULL",
        (now_ms, consent_id),
    )
    if noted.rowcount != 1:
        return False
    states.note(db, consent_id, Happening(now_ms, "clock", "remind", "authorised", "authorised", ""))
    return True
