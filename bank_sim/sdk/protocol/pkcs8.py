"""Private keys at rest: PKCS#8 encrypted under a passphrase (RFC 5958, PBES2). It never writes a key in the clear.

``openssl pkey`` reads and writes the same files. The passphrase comes from the environment, a keyring or a prompt,
never from a configuration file (JR/T 0185 7.3.4); asking for it is the caller's business.
"""

from __future__ import annotations

from bank_sim.sdk.protocol import libcrypto
from bank_sim.sdk.protocol.pem import from_pem, to_pem

_LABEL = "ENCRYPTED PRIVATE KEY"
_PBES2 = -1
KDF_ROUNDS = 50_000
"""Rounds of PBKDF2-HMAC-SHA256: about 15 ms a key at start. A passphrase per run has full entropy anyway."""

KDF_ROUNDS_OF_A_KEY = 1_000
"""For a passphrase that is itself a random key of 256 bits: there is nothing to guess that rounds could slow down."""

_CIPHERS = {"gm": b"SM4-CBC", "intl": b"AES-256-CBC"}


def encrypt(der: bytes, passphrase: bytes, suite: str, rounds: int = KDF_ROUNDS) -> bytes:
    """The PEM of a PKCS#8 key, encrypted with the suite's cipher (gm: SM4-CBC, intl: AES-256-CBC)."""
    if not passphrase:
        raise ValueError("a private key is not written without a passphrase")
    key = libcrypto.decode_der(libcrypto.d2i_pkcs8_key, libcrypto.pkcs8_key_free, der)
    try:
        cipher = libcrypto.require(libcrypto.cipher_by_name(_CIPHERS[suite]))
        encrypted = libcrypto.require(
            libcrypto.pkcs8_encrypt(_PBES2, cipher, passphrase, len(passphrase), None, 0, rounds, key)
        )
    finally:
        libcrypto.pkcs8_key_free(key)
    try:
        return to_pem(_LABEL, libcrypto.encode_der(libcrypto.i2d_encrypted_pkcs8, encrypted))
    finally:
        libcrypto.encrypted_pkcs8_free(encrypted)


def decrypt(pem: bytes, passphrase: bytes) -> bytes:
    """The PKCS#8 DER inside; ``ValueError`` for other texts, ``LibcryptoError`` for a wrong passphrase."""
    encrypted = libcrypto.decode_der(
        libcrypto.d2i_encrypted_pkcs8, libcrypto.encrypted_pkcs8_free, from_pem(_LABEL, pem)
    )
    try:
        key = libcrypto.require(libcrypto.pkcs8_decrypt(encrypted, passphrase, len(passphrase)))
    finally:
        libcrypto.encrypted_pkcs8_free(encrypted)
    try:
        return libcrypto.encode_der(libcrypto.i2d_pkcs8_key, key)
    finally:
        libcrypto.pkcs8_key_free(key)
