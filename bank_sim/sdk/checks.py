"""Every check of an application's own that a training may leave out, by name: the rows of the SDK's tables.

Gathered for whoever offers the names to choose from. Rows that others stand on are not among them.
"""

from __future__ import annotations

from bank_sim.sdk import answers, channel_checks, events, keeping, reconciliation, returning, secret_scan
from bank_sim.sdk.protocol import keysets

# Rows of tables that are the sandbox's wallet's own, which the bank that is told these names must not import.
_OF_THE_WALLET = frozenset({"breaker"})

APPLICATION_CHECKS: frozenset[str] = (
    (answers.CHECK_NAMES - answers.FOUNDATIONS)
    | keysets.KEY_SET_CHECK_NAMES
    | events.CHECK_NAMES
    | reconciliation.CHECK_NAMES
    | returning.CHECK_NAMES
    | channel_checks.CHECK_NAMES
    | keeping.CHECK_NAMES
    | secret_scan.CHECK_NAMES
    | _OF_THE_WALLET
)
