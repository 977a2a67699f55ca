"""What all pages of the portal share in one process: the bank's parts, the sessions, the line to the gateway."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bank_sim.bank import Bank
from bank_sim.portal.description import Description, fetch
from bank_sim.portal.exchange import Counter
from bank_sim.portal.line import Line
from bank_sim.portal.sessions import Sessions

if TYPE_CHECKING:
    from bank_sim.portal.applicant_door import ApplicantSession
    from bank_sim.portal.open_sessions import OpenSessions


@dataclass(slots=True)
class Premises:
    """``description()`` is read from the gateway when it is first asked for after a change of the interfaces."""

    bank: Bank
    line: Line
    sessions: Sessions
    applicants: OpenSessions[ApplicantSession]
    _generation: int = -1
    _descriptions: dict[str, Description] = field(default_factory=dict)

    def description(self, version: str = "") -> Description:
        """The gateway's OpenAPI document, for an elder ``version`` of the interfaces where one is named.

        SERVICE_UNAVAILABLE while the gateway does not answer.
        """
        generation = self.bank.lives.generation
        if generation != self._generation:
            self._descriptions, self._generation = {}, generation
        catalogue = self.bank.catalogue
        elder = {each.version for each in catalogue.apis if each.version != catalogue.by_id[each.api_id].version}
        known = version if version in elder else ""
        if known not in self._descriptions:
            self._descriptions[known] = fetch(self.line, self.bank.config.authority, known)
        return self._descriptions[known]

    def counter(self) -> Counter:
        """Where messages are exchanged with the gateway."""
        config = self.bank.config
        return Counter(self.line, config.authority, self.bank.keys.jwks(), config.policy.signature_window_s)

    @property
    def callback(self) -> str:
        """The redirect URI of test applications: the portal's own."""
        return f"{self.bank.config.portal_url}/callback"
