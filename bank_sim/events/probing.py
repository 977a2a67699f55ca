"""Performs probes: posts one sound event and six that somebody other than the bank might have made.

A sound application accepts the first and refuses the others, each with a 4xx; what does not answer has refused nothing.
No probe says anything that an application could act upon: its type is ``probe``, its sequence number 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future

from bank_sim.clock import Clock
from bank_sim.events import probes
from bank_sim.events.courier import Receipt
from bank_sim.events.endpoints import Endpoint, endpoint_of
from bank_sim.events.log import new_event_id
from bank_sim.events.message import Message, body_of, signed
from bank_sim.events.model import Event
from bank_sim.events.probes import Finding
from bank_sim.keys import BankKeys
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.store import Store

_SIGNATURE = ("signature", "signature-input")
_REFUSALS = range(400, 500)
# "Not now" is no judgement of the message (RFC 9110 section 15.5, RFC 6585 section 4).
_NO_JUDGEMENT = frozenset({404, 405, 408, 425, 429})


class Prober:
    """Whoever calls ``step`` now and then lends it a store and threads to wait for answers in."""

    def __init__(self, clock: Clock, policy: Policy, post: Callable[[Message], Receipt]) -> None:
        self._clock = clock
        self._policy = policy
        self._post = post
        self._under_way: dict[str, Future[list[Finding]]] = {}

    def step(self, store: Store, keys: BankKeys, couriers: Executor) -> list[Future[list[Finding]]]:
        """Keep what has come back, begin what was ordered; returns what is under way."""
        for probe_id, findings in list(self._under_way.items()):
            if findings.done():
                del self._under_way[probe_id]
                with store.write() as db:
                    probes.finish(db, probe_id, findings.result(), self._clock.now_ms())
        for probe_id, app_id in probes.ordered(store):
            endpoint = endpoint_of(store, app_id)
            if endpoint is not None and probe_id not in self._under_way:
                self._under_way[probe_id] = couriers.submit(self._probe, self._messages(endpoint, keys))
        return list(self._under_way.values())

    def _probe(self, messages: Mapping[probes.Defect, Message]) -> list[Finding]:
        return [_finding(defect, self._post(messages[defect])) for defect in probes.DEFECTS]

    def _messages(self, endpoint: Endpoint, keys: BankKeys) -> dict[probes.Defect, Message]:
        """One message a defect; ``replayed`` is ``none`` once more, and goes out after it."""
        now_s, suite = self._clock.now_s(), endpoint.suite
        bank, stranger = keys.signing(suite), keypairs.generate(endpoint.suite, "sig")

        def fresh(key: keypairs.PrivateKey = bank, at_s: float = now_s) -> Message:
            return signed(endpoint.url, body_of(_probe_event(endpoint.app_id, int(now_s * 1000))), key, at_s)

        sound, bare, altered, forged = fresh(), fresh(), fresh(), fresh(stranger)
        forged.headers["signature-input"] = forged.headers["signature-input"].replace(stranger.kid, bank.kid)
        body = altered.body.replace(b'"occurred_at"', b'"forged":1,"occurred_at"')
        altered.headers["content-digest"] = content_digest(suite, body)
        return {
            "none": sound,
            "unsigned": Message(bare.url, {k: v for k, v in bare.headers.items() if k not in _SIGNATURE}, bare.body),
            "forged": forged,
            "foreign_key": fresh(stranger),
            "altered": altered.altered(body),
            "stale": fresh(at_s=now_s - 2 * self._policy.signature_window_s),
            "replayed": sound,
        }


def _probe_event(app_id: str, now_ms: int) -> Event:
    return Event(new_event_id(), app_id, 0, "probe", app_id, {}, now_ms, "kept", 0, now_ms)


def _finding(defect: probes.Defect, receipt: Receipt) -> Finding:
    refused = receipt.status in _REFUSALS and receipt.status not in _NO_JUDGEMENT
    is_sound = receipt.outcome == "delivered" if defect == "none" else refused
    return Finding(defect, receipt.outcome, receipt.status, is_sound)
