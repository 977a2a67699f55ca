"""Where the bank's private keys lie: one encrypted PKCS 8 PEM a key, 0600, under a password that only the vault knows.

It makes, opens and destroys files and knows nothing of what a key is for; which of them live, ``ring`` says. A file is
written before the row that names it and removed after the row has ended, so that a key in use never lacks its file.
"""

from __future__ import annotations

from pathlib import Path

from bank_sim.keys.vault import SealBroken, Vault
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.keypairs import PrivateKey, Use
from bank_sim.sdk.protocol.pkcs8 import KDF_ROUNDS_OF_A_KEY
from bank_sim.sdk.protocol.problems import Problem

_PURPOSE = "bank keys"


class Custodian:
    """The key files of one bank."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    def generate(self, suite: str, use: Use) -> PrivateKey:
        """A fresh key pair, written down."""
        key = keypairs.generate(suite, use)
        path = self._path(key.kid)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(key.to_pem(self._vault.password(_PURPOSE), KDF_ROUNDS_OF_A_KEY))
        return key

    def open(self, kid: str, use: Use) -> PrivateKey:
        """One key. ``SealBroken`` if its file is missing, damaged or belongs to another vault."""
        path = self._path(kid)
        try:
            key = keypairs.load_private(path.read_bytes(), self._vault.password(_PURPOSE), use)
        except (Problem, FileNotFoundError) as error:
            raise SealBroken(f"{path} is damaged or belongs to another bank.") from error
        if key.kid != kid:
            raise SealBroken(f"{path} holds another key than its name says.")
        return key

    def kept(self) -> set[str]:
        """The kids of all files."""
        return {path.stem for path in self._folder.glob("*.pem")}

    def destroy(self, kid: str) -> None:
        """Remove a key for good; the end of its life (JR/T 0185 7.3.4)."""
        self._path(kid).unlink(missing_ok=True)

    def _path(self, kid: str) -> Path:
        return self._folder / f"{kid}.pem"
