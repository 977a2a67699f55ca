"""Authenticated encryption of a sealed value's content: SM4-GCM (RFC 8998) or AES-256-GCM. It chooses no key."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

IV_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = {"SM4-GCM": 16, "A256GCM": 32}


def encrypt(enc: str, key: bytes, iv: bytes, aad: bytes, plaintext: bytes) -> tuple[bytes, bytes]:
    """Ciphertext and 16-byte tag, for the JWE ``enc`` SM4-GCM or A256GCM."""
    encryptor = Cipher(_block_cipher(enc, key), modes.GCM(iv)).encryptor()
    encryptor.authenticate_additional_data(aad)
    ciphertext = encryptor.update(plaintext) + encryptor.finalize()
    return ciphertext, encryptor.tag


def decrypt(enc: str, key: bytes, iv: bytes, aad: bytes, ciphertext: bytes, tag: bytes) -> bytes:
    """The plaintext; ``ValueError`` when the key has another length, or anything differs from what was encrypted."""
    decryptor = Cipher(_block_cipher(enc, key), modes.GCM(iv, tag)).decryptor()
    decryptor.authenticate_additional_data(aad)
    try:
        return decryptor.update(ciphertext) + decryptor.finalize()
    except InvalidTag as error:
        raise ValueError("the tag does not hold") from error


def _block_cipher(enc: str, key: bytes) -> algorithms.SM4 | algorithms.AES:
    return algorithms.SM4(key) if enc == "SM4-GCM" else algorithms.AES(key)
