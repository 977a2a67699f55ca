"""The bank's side of its users' phones: binding one, telling it what waits, taking its word (JR/T 0185 10.2.2).

Phones are machines: every message of theirs is signed, and what is not signed by the bound key is answered as if the
phone were unknown. It must not know of HTTP or of sessions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bank_sim.clock import Clock
from bank_sim.identity.approvals import APPROVAL_CHECKS, DeviceCase, DeviceWord
from bank_sim.identity.attempts import Attempts
from bank_sim.identity.factors import Factor
from bank_sim.identity.second_factors import Notify, SecondFactors
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.device_messages import activation_message, listing_message
from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_jwk
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Store


@dataclass(frozen=True, slots=True)
class ListingCase:
    """A phone that asks what waits: its key (None: unknown), when it says it is, and when it is."""

    key: PublicKey | None
    message: bytes
    signature: bytes
    at_ms: int
    now_ms: int
    window_s: int


def listing_is_signed(case: ListingCase) -> None:
    if case.key is None or not case.key.verify(case.signature, case.message):
        raise problems.DEVICE_UNKNOWN.problem()


def listing_is_fresh(case: ListingCase) -> None:
    if abs(case.now_ms - case.at_ms) > case.window_s * 1000:
        raise problems.TIMESTAMP_EXPIRED.problem()


LISTING_CHECKS: CheckTable[ListingCase] = CheckTable(
    [
        row("listing_signature", listing_is_signed, "listing", "7.2.1-b-2.2"),
        row("listing_freshness", listing_is_fresh, "listing", "7.2.2-2.2"),
    ]
)


class Devices:
    """Phones that hold a key of their customer's."""

    def __init__(
        self, store: Store, clock: Clock, policy: Policy, attempts: Attempts, second: SecondFactors, notify: Notify,
        weakened: Callable[[], frozenset[str]],
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._policy = policy
        self._attempts = attempts
        self._second = second
        self._notify = notify
        self._weakened = weakened

    def activate(
        self, activation_code: str, public_key: dict[str, str], name: str, signature: bytes, source: str, notice: str
    ) -> str:
        """Bind a phone and return its device id.

        1. The source has tries left: ACTIVATION_INVALID with ``retry_after_s``.
        2. The key is an SM2 signature key and signed this message: KEY_INVALID, DEVICE_UNKNOWN.
        3. The code was shown to a customer lately and not used: ACTIVATION_INVALID.
        """
        subject = f"activation:{source}"
        with self._store.write() as db:
            left = self._attempts.claim(db, subject, self._policy.activation_tries, self._policy.login_lock_s)
            rest_s = self._attempts.rest_s(db, subject)
        if left < 0:
            raise problems.ACTIVATION_INVALID.problem(retry_after_s=rest_s)
        key = public_from_jwk(public_key)
        if key.suite != "gm" or key.use != "sig":
            raise problems.KEY_INVALID.problem("A phone signs with an SM2 key.")
        if not key.verify(signature, activation_message(activation_code, public_key, name)):
            raise problems.DEVICE_UNKNOWN.problem()
        with self._store.write() as db:
            customer_id = self._second.activations.redeem(db, activation_code)
            device_id = self._second.factors.add(db, customer_id, "device_key", name, strict_json.dump(key.jwk()))
            self._attempts.return_one(db, subject)
            self._notify(db, customer_id, notice)
        return device_id

    def waiting(self, device_id: str, at_ms: int, signature: bytes) -> list[str]:
        """The statements that wait for the owner of this phone."""
        factor = self._device(device_id)
        LISTING_CHECKS.run(
            ListingCase(
                _key(factor), listing_message(device_id, at_ms), signature, at_ms, self._clock.now_ms(),
                self._policy.signature_window_s,
            ),
            "listing",
            self._weakened(),
        )  # fmt: skip
        if factor is None:
            raise problems.DEVICE_UNKNOWN.problem()
        return [each.statement for each in self._second.approvals.waiting(factor.customer_id)]

    def owner(self, device_id: str) -> str | None:
        """Whose phone this is. Says nothing of who called: ask once a message of its was found to be signed."""
        factor = self._device(device_id)
        return factor.customer_id if factor else None

    def decide(self, device_id: str, word: DeviceWord) -> None:
        """Take the owner's word: DEVICE_UNKNOWN, APPROVAL_EXPIRED, CONFIRMATION_MISMATCH."""
        factor = self._device(device_id)
        asked = self._second.approvals.find(_approval_id(word.statement))
        if factor is not None and asked is not None and asked.customer_id != factor.customer_id:
            # Another customer's question is none to this phone.
            asked = None
        APPROVAL_CHECKS.run(DeviceCase(word, _key(factor), asked), "word", self._weakened())
        if factor is None or asked is None:
            raise problems.APPROVAL_EXPIRED.problem()
        with self._store.write() as db:
            if not self._second.approvals.note(db, asked.approval_id, word, device_id, factor.material.decode()):
                raise problems.APPROVAL_EXPIRED.problem()
            self._second.factors.note_use(db, factor, factor.counter)

    def _device(self, device_id: str) -> Factor | None:
        factor = self._second.factors.find(device_id)
        return factor if factor is not None and factor.kind == "device_key" and factor.active else None


def _key(factor: Factor | None) -> PublicKey | None:
    return public_from_jwk(strict_json.parse_object(factor.material)) if factor else None


def _approval_id(statement: str) -> str:
    """Which question a statement says it answers; "" where it is no statement."""
    try:
        return str(strict_json.parse_object(statement.encode()).get("approval_id", ""))
    except Problem:
        return ""
