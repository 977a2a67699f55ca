"""What a user's phone signs as the bank's second factor, byte for byte. Pure: who holds which key is others' to know.

Each message begins with a line that says what it is, so that none can be taken for another.
"""

from __future__ import annotations

from typing import Literal

from bank_sim.sdk.protocol import strict_json

Decision = Literal["approve", "decline"]


def activation_message(activation_code: str, public_key: dict[str, str], name: str) -> bytes:
    """What a new key signs: the code typed in, itself and the phone's name. Shows that the sender holds the key."""
    return b"device activation\n" + strict_json.dump([activation_code, public_key, name])


def listing_message(device_id: str, at_ms: int) -> bytes:
    """What a phone signs to be told what waits for its owner."""
    return b"device listing\n" + strict_json.dump([device_id, at_ms])


def decision_message(decision: Decision, statement: str) -> bytes:
    """What a phone signs after a tap: the owner's word, and the very text that the screen was made from."""
    return b"device decision\n" + decision.encode() + b"\n" + statement.encode()
