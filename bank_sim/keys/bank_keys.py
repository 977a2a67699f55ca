"""The bank's own key pairs: for each suite one to sign answers and one that opens sealed fields.

Signing and sealing never share a key (JR/T 0185 7.3.4-1). Private keys lie as encrypted PKCS 8 PEM, 0600, and are
parsed once at start; what others may know of them is ``jwks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bank_sim.keys.vault import SealBroken, Vault
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.keypairs import PrivateKey, Use
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.suites import SUITES

_USES: tuple[Use, Use] = ("sig", "enc")
_KINDS = tuple((suite, use) for suite in SUITES for use in _USES)
_PURPOSE = "bank keys"


class BankKeys:
    """The loaded private keys of one bank."""

    def __init__(self, keys: Mapping[tuple[str, Use], PrivateKey]) -> None:
        self._keys = dict(keys)

    @classmethod
    def mint(cls, folder: Path, vault: Vault) -> BankKeys:
        """Make all key pairs anew and write them to ``folder``, under a password that only ``vault`` knows."""
        keys = {kind: keypairs.generate(*kind) for kind in _KINDS}
        for (suite, use), key in keys.items():
            path = _path(folder, suite, use)
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
            path.write_bytes(key.to_pem(vault.password(_PURPOSE)))
        return cls(keys)

    @classmethod
    def load(cls, folder: Path, vault: Vault) -> BankKeys:
        """Open the key files of ``folder``. ``SealBroken`` if one is damaged or belongs to another vault."""
        return cls({(suite, use): _load(_path(folder, suite, use), vault, use) for suite, use in _KINDS})

    def signing(self, suite: str) -> PrivateKey:
        """The key that signs the bank's answers in this suite."""
        return self._keys[suite, "sig"]

    def opening(self, suite: str) -> PrivateKey:
        """The key that opens what applications sealed to the bank in this suite."""
        return self._keys[suite, "enc"]

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """All public keys as a JWK Set (RFC 7517 section 5)."""
        return {"keys": [key.public.jwk() for key in self._keys.values()]}


def _path(folder: Path, suite: str, use: str) -> Path:
    return folder / f"{suite}-{use}.pem"


def _load(path: Path, vault: Vault, use: Use) -> PrivateKey:
    try:
        return keypairs.load_private(path.read_bytes(), vault.password(_PURPOSE), use)
    except Problem as problem:
        raise SealBroken(f"{path} is damaged or belongs to another bank.") from problem
