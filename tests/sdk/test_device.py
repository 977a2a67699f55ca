"""The SDK for phones: what it signs is what the bank verifies, and no answer is a refusal like others."""

from __future__ import annotations

import json

import httpx
import pytest

from bank_sim.sdk.device import BoundDevice, DeviceClient
from bank_sim.sdk.protocol.device_messages import activation_message, decision_message, listing_message
from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_jwk
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.strict_base64 import from_base64url


class Heard(httpx.BaseTransport):
    """A bank that takes everything, and keeps what it was told."""

    def __init__(self, status: int = 200, content: bytes = b'{"device_id": "dev", "statements": ["{}"]}') -> None:
        self.told: list[dict[str, object]] = []
        self._status, self._content = status, content

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.told.append(json.loads(request.read()))
        return httpx.Response(self._status, content=self._content)


class Unreachable(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")


def client(transport: httpx.BaseTransport) -> DeviceClient:
    return DeviceClient(httpx.Client(transport=transport, base_url="https://bank.localhost"), b"the phone's")


def verified(key: PublicKey, told: dict[str, object], message: bytes) -> bool:
    return key.verify(from_base64url(str(told["signature"])), message)


def test_each_message_is_signed_with_the_key_that_was_bound() -> None:
    bank = Heard()
    phone = client(bank)
    device = phone.activate("K7QF-2M9X-HB3T", "154****0001")
    assert device.device_id == "dev"
    assert phone.waiting(device, 1234) == ["{}"]
    phone.decide(device, "decline", '{"amount":"1.00"}')
    activation, listing, decision = bank.told
    key = public_from_jwk(activation["public_key"])  # type: ignore[arg-type]
    own = dict(activation["public_key"])  # type: ignore[call-overload]
    assert verified(key, activation, activation_message("K7QF-2M9X-HB3T", own, "154****0001"))
    assert verified(key, listing, listing_message("dev", 1234))
    assert verified(key, decision, decision_message("decline", '{"amount":"1.00"}'))
    assert not verified(key, decision, decision_message("approve", '{"amount":"1.00"}'))
    phone.close()


def test_no_message_can_pass_for_another() -> None:
    starts = {
        message.partition(b"\n")[0]
        for message in (activation_message("", {}, ""), listing_message("", 0), decision_message("approve", ""))
    }
    assert len(starts) == 3


@pytest.mark.parametrize(
    ("transport", "code"),
    [
        (Unreachable(), "SERVICE_UNAVAILABLE"),
        (Heard(502, b"<html>"), "SERVICE_UNAVAILABLE"),
        (Heard(500, b'{"code": "UNHEARD_OF"}'), "SERVICE_UNAVAILABLE"),
        (Heard(401, b'{"code": "ACTIVATION_INVALID"}'), "ACTIVATION_INVALID"),
    ],
)
def test_a_refusal_is_the_banks_and_silence_is_one_too(transport: httpx.BaseTransport, code: str) -> None:
    phone = client(transport)
    with pytest.raises(Problem) as refusal:
        phone.activate("K7QF-2M9X-HB3T", "154****0001")
    assert refusal.value.code == code
    phone.close()


def test_a_key_does_not_open_with_another_passphrase() -> None:
    bank = Heard()
    phone, other = client(bank), DeviceClient(httpx.Client(transport=bank, base_url="https://bank.localhost"), b"x")
    device = phone.activate("K7QF-2M9X-HB3T", "154****0001")
    with pytest.raises(Problem, match="KEY_INVALID"):
        other.waiting(BoundDevice(device.device_id, device.key_pem), 1)
    phone.close()
    other.close()
