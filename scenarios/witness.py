"""A partner application that keeps the bank's checkpoints and countersigns them, as every application may."""

from __future__ import annotations

from bank_sim.sdk.protocol.checkpoints import read_checkpoint
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.suites import digest
from scenarios.partner import Partner
from scenarios.stage import Attempt

# An OAuth refusal that concerns the request and not the client (RFC 6749 section 5.2).
_REFUSED = 400


class Witness:
    """Its journal is as long as its list of calls."""

    def __init__(self, partner: Partner) -> None:
        self._partner = partner
        self.kept = ""

    @property
    def kept_serial(self) -> int:
        """The record of the bank's log up to which nothing can be altered unnoticed."""
        return read_checkpoint(self.kept).serial

    def look_at_rates(self) -> None:
        self._partner.client.call("rates.list", "GET", "/api/rates", with_secret=True)

    def exchange(self) -> None:
        """Until the bank's log is caught up with. LOG_TAMPERED."""
        more = True
        while more:
            serial = len(self._partner.calls)
            found = self._partner.client.checkpoints.exchange(serial, _head(serial), self.kept or None)
            self.kept, more = found.bank.checkpoint, found.more

    def try_exchange(self) -> Attempt:
        """The bank's answer to it."""
        try:
            self.exchange()
        except Problem as problem:
            return Attempt(_REFUSED, problem.code)
        return Attempt(200)


def _head(serial: int) -> bytes:
    """What stands for the hash of a record: another one for each."""
    return digest("gm", str(serial).encode())
