"""Who runs the wallet: people who have its operators' code, each under a name of their own.

The code follows from the wallet's passphrase: whoever may start the wallet may look it up, it is stored nowhere, and it
changes with the passphrase. A visit is a signed value in a cookie that ends by itself; nothing of it is kept. Must not
know users, nor anything that they do.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

from app_sim.bank import problems
from app_sim.vault import Vault

VISIT_S = 3600
_NAME_CHARS_MAX = 24
_CODE_HEX = 20


class Operators:
    """Lets operators in, and knows them again."""

    def __init__(self, vault: Vault, now_s: Callable[[], float]) -> None:
        self._vault = vault
        self._now_s = now_s

    def code(self) -> str:
        """What an operator proves themself with: 80 bits, in groups."""
        digits = self._vault.mac("operators", "code")[:_CODE_HEX]
        return "-".join(digits[start : start + 5] for start in range(0, _CODE_HEX, 5))

    def enter(self, name: str, code: str) -> str:
        """A visit's value for whoever has the code. PARAM_INVALID: the name; LOGIN_FAILED: the code."""
        name = name.strip()
        if not 1 <= len(name) <= _NAME_CHARS_MAX or not name.isprintable():
            raise problems.PARAM_INVALID.problem("A nickname has 1 to 24 characters.")
        if not hmac.compare_digest(code.strip().lower().encode(), self.code().encode()):
            raise problems.LOGIN_FAILED.problem("This is not the operators' code.")
        return self._signed(f"{urlsafe_b64encode(name.encode()).decode()}.{int(self._now_s()) + VISIT_S}")

    def of(self, visit: str | None) -> str | None:
        """The name under which somebody entered; None where the visit is over, or is none."""
        told, _, proof = (visit or "").rpartition(".")
        if not hmac.compare_digest(self._proof(told).encode(), proof.encode()):
            return None
        name, _, until_s = told.partition(".")
        return urlsafe_b64decode(name).decode() if int(until_s) - VISIT_S <= self._now_s() < int(until_s) else None

    def _signed(self, told: str) -> str:
        return f"{told}.{self._proof(told)}"

    def _proof(self, told: str) -> str:
        return self._vault.mac("operator's visit", told)
