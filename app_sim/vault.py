"""The wallet's key custody: private keys, App_Secret and tokens, all encrypted at rest (JR/T 0185 7.3.4, 9.3.5-2.1).

The passphrase comes from outside at start and stays in memory. Private keys lie as encrypted PKCS #8; everything else
is sealed with SM4-GCM under a key that scrypt derives from the passphrase. What a value is for is authenticated with
it, so that a sealed value does not open in another's place. Must not know banks, users or the database.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_IV_BYTES = 12
_TAG_BYTES = 16


class VaultClosed(Exception):
    """The passphrase is not this vault's, or a sealed value was changed or moved."""


class Vault:
    """A folder of sealed files (0600) and the seal that the wallet's database uses for tokens."""

    def __init__(self, folder: Path, passphrase: bytes) -> None:
        """Open the vault, or lay out a new one. Raises ``VaultClosed`` for a wrong passphrase."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.passphrase = passphrase
        salt = folder / "vault.salt"
        if not salt.exists():
            write_private(salt, secrets.token_bytes(16))
        material = _stretched(passphrase, salt.read_bytes())
        self._sealing_key, self._mac_key = material[:16], material[16:]
        if self.holds("vault-check"):
            self.fetch("vault-check")
        else:
            self.keep("vault-check", b"open")

    def seal(self, purpose: str, plaintext: bytes) -> bytes:
        """IV, ciphertext and tag; opens only under the same purpose."""
        iv = secrets.token_bytes(_IV_BYTES)
        encryptor = Cipher(SM4(self._sealing_key), modes.GCM(iv)).encryptor()
        encryptor.authenticate_additional_data(purpose.encode())
        return iv + encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """The plaintext, or ``VaultClosed``."""
        iv, ciphertext, tag = sealed[:_IV_BYTES], sealed[_IV_BYTES:-_TAG_BYTES], sealed[-_TAG_BYTES:]
        try:
            decryptor = Cipher(SM4(self._sealing_key), modes.GCM(iv, tag)).decryptor()
            decryptor.authenticate_additional_data(purpose.encode())
            return decryptor.update(ciphertext) + decryptor.finalize()
        except (InvalidTag, ValueError) as error:
            raise VaultClosed(f"{purpose} cannot be opened in {self.folder}") from error

    def mac(self, purpose: str, value: str) -> str:
        """A keyed fingerprint, for tokens of forms: nobody without the passphrase can make one."""
        return hmac.new(self._mac_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()

    def keep(self, name: str, plaintext: bytes) -> None:
        """Seal a value into a file of the folder."""
        write_private(self.folder / f"{name}.sealed", self.seal(name, plaintext))

    def fetch(self, name: str) -> bytes:
        """A kept value; ``FileNotFoundError`` when there is none."""
        return self.open(name, (self.folder / f"{name}.sealed").read_bytes())

    def holds(self, name: str) -> bool:
        return (self.folder / f"{name}.sealed").exists()

    def drop(self, name: str) -> bool:
        """Delete a kept value; False where there was none."""
        held = self.holds(name)
        (self.folder / f"{name}.sealed").unlink(missing_ok=True)
        return held


@lru_cache(maxsize=1)
def _stretched(passphrase: bytes, salt: bytes) -> bytes:
    """n=2^15, r=8: 32 MiB and a tenth of a second a guess (RFC 7914 section 2). Founding opens its vault twice."""
    return Scrypt(salt=salt, length=48, n=2**15, r=8, p=1).derive(passphrase)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads; it appears whole or not at all."""
    half = path.with_suffix(f"{path.suffix}.new")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    half.write_bytes(content)
    half.replace(path)
