"""Cases that nobody goes on with: they lapse, and what was handed in for an ended case is not kept for ever.

A duty, performed as virtual time passes. The history of a case stays; papers and keys, which name people, do not
(JR/T 0185 12.2: no more data than a purpose needs, and no longer).
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.admission.stages import PATH, take
from bank_sim.policy import Policy
from bank_sim.registry.standing import THE_BANK
from bank_sim.store import Store

_LAPSES = PATH[: PATH.index("testing")]
_LAST_STEP_MS = "(SELECT max(at_ms) FROM admission_history h WHERE h.case_id = c.case_id)"


@dataclass(frozen=True, slots=True)
class Lapsing:
    """``perform`` is given a store of its thread's own and the time (ms since 1970, virtual)."""

    policy: Policy

    def perform(self, store: Store, now_ms: int) -> None:
        idle_since_ms = now_ms - self.policy.admission_idle_s * 1000
        marks = ", ".join("?" * len(_LAPSES))
        idle = store.read(
            f"SELECT case_id, stage FROM admission_cases c WHERE stage IN ({marks})"  # noqa: S608 - constant parts
            f" AND {_LAST_STEP_MS} <= ?",
            (*_LAPSES, idle_since_ms),
        )
        for case_id, stage in idle:
            with store.write() as db:
                take(db, case_id, "withdraw", stage, now_ms, THE_BANK, "lapsed: nobody went on with it")
        self._forget(store, now_ms - self.policy.admission_papers_kept_s * 1000)

    def _forget(self, store: Store, ended_before_ms: int) -> None:
        """Papers and keys of cases that ended without an application party."""
        ended = [
            row[0]
            for row in store.read(
                "SELECT case_id FROM admission_cases c WHERE stage IN ('rejected', 'withdrawn')"  # noqa: S608 - constant
                f" AND (papers_sealed IS NOT NULL OR keys_sealed IS NOT NULL) AND {_LAST_STEP_MS} <= ?",
                (ended_before_ms,),
            )
        ]
        if ended:
            with store.write() as db:
                for case_id in ended:
                    db.execute(
                        "UPDATE admission_cases SET papers_sealed = NULL, keys_sealed = NULL WHERE case_id = ?",
                        (case_id,),
                    )
