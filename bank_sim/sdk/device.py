"""What a user's phone needs to be the bank's second factor: an SM2 key, and the messages that it signs.

The bank publishes it for phone makers, as JR/T 0185 5 has it for mobile SDKs. The key signs what the phone has shown
to its owner, and nothing is shown that would not be signed. It knows no pages and keeps nothing.

    POST /device/activations  {activation_code, public_key, name, signature}   -> {device_id}
    POST /device/approvals    {device_id, at_ms, signature}                    -> {statements: […]}
    POST /device/decisions    {device_id, decision, statement, signature}      -> {}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.device_messages import Decision, activation_message, decision_message, listing_message
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate, load_private
from bank_sim.sdk.protocol.problems import CATALOGUE, SERVICE_UNAVAILABLE, Problem
from bank_sim.sdk.protocol.strict_base64 import to_base64url


@dataclass(frozen=True, slots=True)
class BoundDevice:
    """A phone that a bank knows: its id there, and its key as an encrypted PEM."""

    device_id: str
    key_pem: bytes


class KnownDevice(Protocol):
    """What a phone has kept of its binding: a ``BoundDevice``, or a record of its own with the same two."""

    @property
    def device_id(self) -> str: ...
    @property
    def key_pem(self) -> bytes: ...


class DeviceClient:
    """A phone's line to one bank. ``http`` has the bank's pages as its base; ``passphrase`` closes the key.

    Every method raises the bank's ``Problem``, and SERVICE_UNAVAILABLE where no answer comes.
    """

    def __init__(self, http: httpx.Client, passphrase: bytes) -> None:
        self._http = http
        self._passphrase = passphrase
        self._opened: dict[str, PrivateKey] = {}

    def activate(self, activation_code: str, name: str) -> BoundDevice:
        """Make a key and have it bound to whoever was shown this code by the bank."""
        key = generate("gm", "sig")
        public_key = key.public.jwk()
        signature = key.sign(activation_message(activation_code, public_key, name))
        answer = self._post(
            "/device/activations",
            {
                "activation_code": activation_code,
                "public_key": public_key,
                "name": name,
                "signature": to_base64url(signature),
            },
        )
        return BoundDevice(str(answer["device_id"]), key.to_pem(self._passphrase))

    def waiting(self, device: KnownDevice, now_ms: int) -> list[str]:
        """The statements that wait for the owner's word, as JSON texts."""
        signature = self._key(device).sign(listing_message(device.device_id, now_ms))
        answer = self._post(
            "/device/approvals",
            {"device_id": device.device_id, "at_ms": now_ms, "signature": to_base64url(signature)},
        )
        return [str(each) for each in answer["statements"]]

    def decide(self, device: KnownDevice, decision: Decision, statement: str) -> None:
        """Sign the owner's word on a statement and send it."""
        signature = self._key(device).sign(decision_message(decision, statement))
        self._post(
            "/device/decisions",
            {
                "device_id": device.device_id,
                "decision": decision,
                "statement": statement,
                "signature": to_base64url(signature),
            },
        )

    def close(self) -> None:
        self._http.close()

    def _key(self, device: KnownDevice) -> PrivateKey:
        if device.device_id not in self._opened:
            # Stretching the passphrase is slow by design; a phone that is awake does it once.
            self._opened[device.device_id] = load_private(device.key_pem, self._passphrase, "sig")
        return self._opened[device.device_id]

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._http.post(path, json=body)
            document = strict_json.parse_object(answer.content)
        except (httpx.HTTPError, Problem) as error:
            raise SERVICE_UNAVAILABLE.problem(reason=type(error).__name__) from error
        if answer.is_error:
            kind = CATALOGUE.get(str(document.get("code")), SERVICE_UNAVAILABLE)
            raise kind.problem(reason=f"the bank answered {answer.status_code}")
        return document
