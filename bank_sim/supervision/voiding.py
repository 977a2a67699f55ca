"""What an exit takes away from an application, all of it at once, in the transaction of the step (JR/T 0185 9.4-1.3).

An exit that stands in the files only, while keys, tokens and consents go on serving, is the danger: so taking them
away is a defence with a name, which a training can leave out. Later checks (``application_status``, ``key_state``,
``token_state``) refuse whatever one of these would leave behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bank_sim.keys.custody import Change
from bank_sim.registry import directory
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.store import Transaction

if TYPE_CHECKING:
    from bank_sim.supervision.leaving import Means

END_OF_CONSENTS = "application_exited"


@dataclass(frozen=True, slots=True)
class Voiding:
    """An application that leaves now. ``change``: who orders it, by which exit, when."""

    means: Means
    db: Transaction
    app_id: str
    change: Change
    reason: str


def everything_is_void(case: Voiding) -> None:
    """Keys and App_Secret, certificates, tokens and codes, users' consents, the standing: void from the commit on."""
    means, db, change = case.means, case.db, case.change
    for key in directory.keys_of(means.store, case.app_id):
        if key.status != "revoked":
            means.keys.revoke(db, key.keyid, change)
    for sha256 in means.certificates.unrevoked_of(case.app_id):
        means.certificates.revoke(db, sha256, change)
    means.tokens.void_application(db, case.app_id)
    means.endings.of_application(db, case.app_id, END_OF_CONSENTS)
    means.standings.move(db, case.app_id, "exited", by=change.by, reason=case.reason)


VOIDING: CheckTable[Voiding] = CheckTable(
    [row("exit_voids_access", everything_is_void, "void", "9.4-1.3 9.2.1-a-2.2 9.2.1-b-4.1")]
)

DEFENCES = frozenset(each.name for each in VOIDING.rows)
"""The rows that a training run may leave out."""
