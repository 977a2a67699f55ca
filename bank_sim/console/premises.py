"""What the console's pages work with: the bank's parts, and those that belong to the staff alone."""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.bank import Bank
from bank_sim.identity.rests import Rests
from bank_sim.monitor import Watch
from bank_sim.monitor.machine import Machine
from bank_sim.monitor.verification import Verifier
from bank_sim.registry import directory
from bank_sim.staff import Desk
from bank_sim.store import Store
from bank_sim.throttle import FailureGate


@dataclass(frozen=True, slots=True)
class Premises:
    """``gate``: the same that the gateway asks, for its counters lie in the bank's store."""

    bank: Bank
    desk: Desk
    watch: Watch
    verifier: Verifier
    rests: Rests
    gate: FailureGate
    machine: Machine

    @classmethod
    def of(cls, bank: Bank) -> Premises:
        config, policy = bank.config, bank.config.policy
        return cls(
            bank=bank,
            desk=Desk(bank.store, bank.clock, policy),
            watch=Watch(bank.clock, policy),
            verifier=Verifier(lambda: Store(config.database, config.synchronous)),
            rests=Rests(bank.store, bank.clock, policy),
            gate=FailureGate(bank.store, policy),
            machine=Machine(),
        )

    def names(self, language: str) -> dict[str, str]:
        """What the applications are called, by App_ID."""
        return {each.app_id: each.called(language) for each in directory.applications(self.bank.store)}
