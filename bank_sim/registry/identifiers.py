"""App_IDs: names that say nothing of who bears them (JR/T 0185 9.2.1 a 2).

A sandbox that was founded from a seed gives its applications the same ones every time, one after the other, so that
what a partner has written down stays true; any other draws them. Nothing is proven by knowing one.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode

_CHARS = 12


def app_id(nth: int, seed: int | None) -> str:
    """The App_ID of the ``nth`` application of a bank: ``app_`` and twelve of ``a-z2-7``. ``seed`` None: drawn."""
    said = f"application {seed} {nth}"
    drawn = secrets.token_bytes(8) if seed is None else hashlib.sha256(said.encode()).digest()[:8]
    return "app_" + b32encode(drawn).decode().lower()[:_CHARS]
