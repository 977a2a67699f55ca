"""A receipt: one message that moves money and the bank's answer to it, as they were signed.

Whoever keeps it can show later, to people who were not there, what was ordered and what the bank said to it: neither
side can deny what bears its signature (JR/T 0185 7.2.2). Sensitive members stay sealed in it as they travelled. Of the
headers it has those that a signature covers; one is the payment's access token, which is worth nothing without the
application's key, and nothing at all once the payment is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.strict_base64 import to_base64

_SIGNATURE = ("signature-input", "signature")
_OF_ANSWER = ("content-type", "content-digest", "x-trace-id", *_SIGNATURE)


@dataclass(frozen=True, slots=True)
class Receipt:
    """``name``: the API_ID; ``request`` and ``body`` as they were sent, ``status`` and the rest as they came."""

    name: str
    request: Request = field(repr=False)
    body: bytes = field(repr=False)
    status: int
    answer_headers: Mapping[str, str] = field(repr=False)
    answer_body: bytes = field(repr=False)

    def document(self) -> dict[str, Any]:
        """As JSON has it: bodies in base64, for each byte of them is signed."""
        request = self.request
        covered = [name for name in read_signature(request.headers).components if not name.startswith("@")]
        return {
            "api_id": self.name,
            "request": {
                "method": request.method,
                "authority": request.authority,
                "path": request.path,
                "query": request.query,
                "headers": {name: request.headers[name] for name in (*covered, *_SIGNATURE)},
                "body": to_base64(self.body),
            },
            "answer": {
                "status": self.status,
                "headers": {name: self.answer_headers[name] for name in _OF_ANSWER if name in self.answer_headers},
                "body": to_base64(self.answer_body),
            },
        }
