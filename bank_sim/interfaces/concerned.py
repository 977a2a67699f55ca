"""Who is concerned by the end of a version: read off the access log, the grants and the consents (10.3-1.1, 11-1.1).

An application is concerned that was served by the version of late, or that holds the grant of an interface of which no
other version stays. Its users are concerned in the second case only: in the first nothing changes for them.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.registry.lives import Life, all_lives
from bank_sim.store import Store

_CALLED = """
SELECT app_id, count(*), min(at_ms), max(at_ms) FROM access_log
WHERE u_api_id = ? AND result = 'success' AND at_ms >= ? AND app_id <> '-' GROUP BY app_id
"""
_GRANTED = """
SELECT g.app_id FROM application_grants g JOIN applications a ON a.app_id = g.app_id
WHERE g.api_id = ? AND a.status <> 'exited'
"""
_CUSTOMERS = """
SELECT DISTINCT customer_id FROM consents
WHERE state = 'authorised' AND valid_to_s > ? AND customer_id IS NOT NULL AND instr(' ' || apis || ' ', ?) > 0
ORDER BY customer_id
"""
_LATE = """
SELECT app_id, count(*) FROM access_log
WHERE u_api_id = ? AND at_ms >= ? AND app_id <> '-' AND (result = 'success' OR code = 'SERVICE_TERMINATED')
GROUP BY app_id ORDER BY app_id
"""


@dataclass(frozen=True, slots=True)
class Concerned:
    """One application: how often it was served, from when until when; 0 for one that only holds the grant."""

    app_id: str
    calls: int = 0
    first_ms: int = 0
    last_ms: int = 0


def is_last(store: Store, life: Life) -> bool:
    """No other version of the interface stays: whoever needs it loses it."""
    return not any(
        each.state == "published" and each.version != life.version
        for each in all_lives(store)
        if each.api_id == life.api_id
    )


def holders(store: Store, api_id: str) -> list[str]:
    """The applications that hold the grant of an interface, by App_ID."""
    return sorted(row[0] for row in store.read(_GRANTED, (api_id,)))


def applications(store: Store, life: Life, since_ms: int) -> list[Concerned]:
    """Everybody concerned, by App_ID; calls from ``since_ms`` on count."""
    called = {row[0]: Concerned(*row) for row in store.read(_CALLED, (life.u_api_id or "", since_ms))}
    if is_last(store, life):
        called = {app_id: Concerned(app_id) for app_id in holders(store, life.api_id)} | called
    return [called[app_id] for app_id in sorted(called)]


def customers(store: Store, life: Life, now_s: float) -> list[str]:
    """The users whose consents rest on the interface, where no other version of it stays."""
    if not is_last(store, life):
        return []
    return [row[0] for row in store.read(_CUSTOMERS, (now_s, f" {life.api_id} "))]


def still_calling(store: Store, life: Life, since_ms: int) -> dict[str, int]:
    """Calls since then, by App_ID, those that met the baffle included. Strangers' guesses do not count."""
    return {app_id: int(count) for app_id, count in store.read(_LATE, (life.u_api_id or "", since_ms))}


def left(store: Store) -> frozenset[str]:
    """Applications that have gone: nobody is left there who could sign."""
    return frozenset(row[0] for row in store.read("SELECT app_id FROM applications WHERE status = 'exited'"))
