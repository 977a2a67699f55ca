"""What the authorization server hands out: request URIs, codes, access and refresh tokens (RFC 6749, 9126, 7636).

All are opaque random strings, kept only as SHA-256, consumed by conditional updates inside the caller's write
transaction, and bound to the application and its key. It must not know of HTTP, of consents' content or of users.
"""

from bank_sim.tokens.model import AuthorizationCode, Binding, Grant, Issued, PushedRequest
from bank_sim.tokens.redemption import DEFENCES, INJECTED, REUSED
from bank_sim.tokens.tokens import SCHEMA, Tokens

__all__ = [
    "DEFENCES", "INJECTED", "REUSED", "SCHEMA", "AuthorizationCode", "Binding", "Grant", "Issued", "PushedRequest",
    "Tokens",
]  # fmt: skip
