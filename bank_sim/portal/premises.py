"""What all pages of the portal share in one process: the bank's parts, the sessions, the line to the gateway."""

from __future__ import annotations

from dataclasses import dataclass, field

from bank_sim.bank import Bank
from bank_sim.portal.description import Description, fetch
from bank_sim.portal.exchange import Counter
from bank_sim.portal.line import Line
from bank_sim.portal.sessions import Sessions


@dataclass(slots=True)
class Premises:
    """``description()`` is read from the gateway when first asked for, and kept: it changes with the process only."""

    bank: Bank
    line: Line
    sessions: Sessions
    _description: Description | None = field(default=None)

    def description(self) -> Description:
        """The gateway's OpenAPI document. SERVICE_UNAVAILABLE while the gateway does not answer."""
        if self._description is None:
            self._description = fetch(self.line, self.bank.config.authority)
        return self._description

    def counter(self) -> Counter:
        """Where messages are exchanged with the gateway."""
        config = self.bank.config
        return Counter(self.line, config.authority, self.bank.keys.jwks(), config.policy.signature_window_s)

    @property
    def callback(self) -> str:
        """The redirect URI of test applications: the portal's own."""
        return f"{self.bank.config.portal_url}/callback"
