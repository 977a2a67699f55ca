"""Seals what must be read again but may not lie in clear: App_Secrets, phone numbers, messages, keys' passwords.

A random data key seals everything; it lies wrapped under a key stretched from the passphrase, so that a new
passphrase would rewrap 60 bytes and not a database. It must not be used for what only needs comparing: passwords and
tokens are hashed where they are kept.

    passphrase --scrypt--> wrapping key --SM4-GCM--> data key --HMAC-SM3--> one key a purpose --SM4-GCM--> values
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

# RFC 7914: N = 2^14, r = 8 is the interactive setting of its author; 16 MiB and about 40 ms here, once a start.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1
_SM4_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
_DATA_KEY_BYTES = 32


class WrongPassphrase(Exception):
    """The passphrase does not open the vault; nothing was changed."""


class SealBroken(Exception):
    """A sealed value was altered, belongs to another vault, or is no sealed value."""


class _Wrapped(msgspec.Struct, frozen=True):
    salt: bytes
    sealed: bytes


class Vault:
    """An open vault. Sealed values are ``nonce ‖ ciphertext ‖ tag``, SM4-GCM (JR/T 0185 7.1, RFC 8998)."""

    def __init__(self, data_key: bytes) -> None:
        self._data_key = data_key
        self._sealing_key = self._purpose_key(b"seal")[:_SM4_BYTES]
        self._mac_key = self._purpose_key(b"mac")

    @classmethod
    def create(cls, path: Path, passphrase: bytes) -> Vault:
        """A new data key, wrapped into ``path`` (0600). Whatever an older key sealed is lost to the new vault."""
        data_key, salt = os.urandom(_DATA_KEY_BYTES), os.urandom(16)
        wrapped = _Wrapped(salt, _seal(_wrapping_key(passphrase, salt), data_key))
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_bytes(msgspec.json.encode(wrapped))
        draft.replace(path)
        return cls(data_key)

    @classmethod
    def open(cls, path: Path, passphrase: bytes) -> Vault:
        """Unwrap the data key. ``WrongPassphrase`` if it does not open, ``FileNotFoundError`` if there is no vault."""
        try:
            wrapped = msgspec.json.decode(path.read_bytes(), type=_Wrapped)
            return cls(_open(_wrapping_key(passphrase, wrapped.salt), wrapped.sealed))
        except (InvalidTag, ValueError) as error:
            raise WrongPassphrase("The passphrase does not open the bank's vault.") from error

    def seal(self, value: bytes) -> bytes:
        return _seal(self._sealing_key, value)

    def unseal(self, sealed: bytes) -> bytes:
        """The value, or ``SealBroken``."""
        try:
            return _open(self._sealing_key, sealed)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("A sealed value does not open with this vault.") from error

    def mac(self, message: bytes) -> bytes:
        """HMAC-SM3 under a key of this vault: keeps short secrets comparable without keeping them (32 bytes)."""
        return _hmac_sm3(self._mac_key, message)

    def password(self, purpose: str) -> bytes:
        """The password of an encrypted file that belongs to this vault."""
        return self._purpose_key(b"password " + purpose.encode()).hex().encode()

    def _purpose_key(self, purpose: bytes) -> bytes:
        return _hmac_sm3(self._data_key, purpose)


@lru_cache(maxsize=1)
def _wrapping_key(passphrase: bytes, salt: bytes) -> bytes:
    """Slow by design; founding opens the vault that it has just made."""
    return hashlib.scrypt(passphrase, salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, dklen=_SM4_BYTES)


def _hmac_sm3(key: bytes, message: bytes) -> bytes:
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(message)
    return mac.finalize()


def _seal(key: bytes, value: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    return nonce + encryptor.update(value) + encryptor.finalize() + encryptor.tag


def _open(key: bytes, sealed: bytes) -> bytes:
    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise ValueError("too short for a sealed value")
    nonce, body, tag = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:-_TAG_BYTES], sealed[-_TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    return decryptor.update(body) + decryptor.finalize()
