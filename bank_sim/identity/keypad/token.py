"""A keypad's name: random, with its end and where it belongs, under a MAC. So a page shown costs no row to remember.

It is no secret: it stands in the page and in the header of what is sealed. What it does not tell is the layout.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hmac import compare_digest

from bank_sim.identity.keypad.draws import Draws
from bank_sim.keys import Vault
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url
from bank_sim.sdk.protocol.suites import digest

_NONCE_BYTES, _END_BYTES, _PLACE_BYTES, _MAC_BYTES = 12, 5, 12, 16
_BYTES = _NONCE_BYTES + _END_BYTES + _PLACE_BYTES + _MAC_BYTES
_HEADER_CHARS_MAX = 2048


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` as it travels: 60 characters of base64url over nonce, end, place and MAC."""

    text: str
    expires_s: int
    place_sm3: bytes

    @classmethod
    def issue(cls, vault: Vault, holder: str, purpose: str, expires_s: int) -> Token:
        """A new keypad for one session and purpose."""
        place_sm3 = cls.digest(holder, purpose)
        body = secrets.token_bytes(_NONCE_BYTES) + expires_s.to_bytes(_END_BYTES, "big") + place_sm3
        return cls(to_base64url(body + _mac(vault, body)), expires_s, place_sm3)

    @classmethod
    def read(cls, text: str, vault: Vault) -> Token:
        """A token that this bank issued; KEYPAD_INVALID for all else."""
        try:
            raw = from_base64url(text)
        except ValueError as error:
            raise problems.KEYPAD_INVALID.problem(reason="no token") from error
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if len(raw) != _BYTES or not compare_digest(mac, _mac(vault, body)):
            raise problems.KEYPAD_INVALID.problem(reason="not a keypad of this bank")
        end, place_sm3 = body[_NONCE_BYTES:-_PLACE_BYTES], body[-_PLACE_BYTES:]
        return cls(text, int.from_bytes(end, "big"), place_sm3)

    @classmethod
    def of_sealed(cls, sealed: str, vault: Vault) -> Token:
        """The keypad that a sealed entry names as its nonce; what the header says is not believed beyond that."""
        header = sealed.partition(".")[0]
        try:
            named = (
                strict_json.parse_object(from_base64url(header)).get("nonce")
                if len(header) <= _HEADER_CHARS_MAX
                else None
            )
        except (ValueError, Problem) as error:
            raise problems.KEYPAD_INVALID.problem(reason="no sealed entry") from error
        return cls.read(named if isinstance(named, str) else "", vault)

    @staticmethod
    def digest(holder: str, purpose: str) -> bytes:
        """What a token says of where it belongs, without telling it."""
        return digest("gm", strict_json.dump([holder, purpose]))[:_PLACE_BYTES]

    def draws(self, vault: Vault, what: str) -> Draws:
        """The keypad's own chance, for its layout or its looks: only this bank's vault can compute it."""
        return Draws(lambda counter: vault.mac(f"keypad {what} {counter} {self.text}".encode()))


def _mac(vault: Vault, body: bytes) -> bytes:
    return vault.mac(b"keypad token " + body)[:_MAC_BYTES]
