"""What the bank tells the wallet unasked, and what the wallet answers to it with its signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from app_sim.bank.line import Line
from app_sim.bank.settings import client_keys
from bank_sim.sdk.deletion import state_deletion
from bank_sim.sdk.server import Logged
from bank_sim.sdk.server import ReceivedEvent as BankEvent
from bank_sim.sdk.witnessing import Exchanged

EVENTS_PATH = "/events"
"""Where the wallet takes the bank's events."""


class Notices(Line):
    """Events, notices of an end, requests for evidence, statements of deletion."""

    def believe_event(self, headers: Mapping[str, str], body: bytes, is_new_nonce: Callable[[str], bool]) -> BankEvent:
        """What was posted to the wallet's address for events, known to be the bank's; a ``Problem`` if it is not."""
        url = self._config.external_url + EVENTS_PATH
        return self._client.believe_event(url, headers, body, is_new_nonce, self.training.left_out())

    def events_after(self, sequence: int) -> list[BankEvent]:
        """What the bank told behind a sequence number."""
        return self._ask("oauth.events", lambda: self._client.events_after(sequence))

    def sign_end_notices(self) -> None:
        """Sign what holds after the end of each version that the bank has told the wallet of."""
        for notice in self._ask("oauth.notices", self._client.end_notices.all):
            if notice.document is not None and not notice.signed:
                self._ask("oauth.notices", partial(self._client.end_notices.sign, notice))

    def hand_in_evidence(self, request_id: str, calls: Sequence[Logged], unanswered: int) -> None:
        """The wallet's log of calls, signed, to the bank that has asked for it."""
        self._ask("oauth.evidence", lambda: self._client.hand_in_evidence(request_id, calls, unanswered))

    def exchange_checkpoints(self, serial: int, head: bytes, kept: str | None) -> Exchanged:
        """Both logs' checkpoints, each with the other side's word (``sdk.witnessing``)."""
        return self._ask("oauth.checkpoints", lambda: self._client.checkpoints.exchange(serial, head, kept))

    def state_deletion(self, deleted: Mapping[str, int], kept: Mapping[str, str]) -> str:
        """The wallet's signed statement of what it deleted, and of what it keeps for which reason."""
        signing = client_keys(self._config, self._vault).signing
        return state_deletion(signing, self.app_id, deleted, kept, int(self._clock.now_s()))
