"""SM2 (GB/T 32918) through libcrypto: sign, verify, encrypt, decrypt, and the forms of its keys. No policy.

Signatures are DER SEQUENCE {r, s}; ciphertexts are DER SEQUENCE {x, y, C3, C2} (GM/T 0009), the order C1C3C2. Each
value has exactly one accepted encoding. Every operation uses a context of its own, so keys may be shared by threads.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives import hashes

from bank_sim.sdk.protocol import libcrypto, spki
from bank_sim.sdk.protocol.libcrypto import Handle, LibcryptoError, require
from bank_sim.sdk.protocol.suites import GM

USER_ID = b"1234567812345678"
"""The signer's identity that GM/T 0009 fixes where nothing else is agreed."""

_SIGNATURE_BYTES_MAX = 72

# a ‖ b ‖ xG ‖ yG of the recommended curve (GB/T 32918.5 section 2): part of every ZA.
_CURVE = bytes.fromhex(
    "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
    "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)


def identity_digest(point: bytes, user_id: bytes = USER_ID) -> bytes:
    """ZA of GB/T 32918.2 section 5.5: SM3 over the signer's identity, the curve and the public point (64 bytes)."""
    hasher = hashes.Hash(hashes.SM3())
    hasher.update((8 * len(user_id)).to_bytes(2, "big") + user_id + _CURVE + point)
    return hasher.finalize()


class _Key:
    """One EVP_PKEY, freed with this object, and SM3 already fed with ZA so that a message costs its own bytes only."""

    _handle: Handle = 0

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        if not libcrypto.pkey_is_a(handle, b"SM2"):
            raise LibcryptoError("not an SM2 key")
        self.point = _point(handle)
        self._za = hashes.Hash(hashes.SM3())
        self._za.update(identity_digest(self.point))

    def __del__(self, free: Callable[..., int] = libcrypto.pkey_free) -> None:
        free(self._handle)

    def _message_digest(self, message: bytes) -> bytes:
        hasher = self._za.copy()
        hasher.update(message)
        return hasher.finalize()


class Sm2Public(_Key):
    """A public point x ‖ y; ``LibcryptoError`` when the 64 bytes are no point of the curve."""

    def __init__(self, point: bytes) -> None:
        # Decoding refuses a point off the curve, and the curve's cofactor is 1: no point needs a further check.
        super().__init__(libcrypto.decode_der(libcrypto.d2i_pubkey, libcrypto.pkey_free, spki.encode(GM.name, point)))

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the DER signature is this key's over ``message``; libcrypto refuses DER that is not canonical."""
        digest = self._message_digest(message)
        with _operation(self._handle, libcrypto.pkey_verify_init) as context:
            holds = libcrypto.pkey_verify(context, signature, len(signature), digest, len(digest)) == 1
        if not holds:
            libcrypto.clear_errors()
        return holds

    def encrypt(self, plaintext: bytes) -> bytes:
        """The DER ciphertext of a short, non-empty plaintext, such as a content key."""
        with _operation(self._handle, libcrypto.pkey_encrypt_init) as context:
            return _output(libcrypto.pkey_encrypt, context, plaintext)


class Sm2Private(_Key):
    """A private key, whose public half was checked to be its own."""

    def __init__(self, handle: Handle) -> None:
        super().__init__(handle)
        with _operation(self._handle, libcrypto.pkey_check):
            pass

    @classmethod
    def generate(cls) -> Sm2Private:
        context = require(libcrypto.pkey_ctx_new_from_name(None, b"SM2", None))
        try:
            require(libcrypto.pkey_keygen_init(context))
            handle = libcrypto.Pointer()
            require(libcrypto.pkey_generate(context, ctypes.byref(handle)))
        finally:
            libcrypto.pkey_ctx_free(context)
        return cls(require(handle.value))

    @classmethod
    def from_pkcs8(cls, der: bytes) -> Sm2Private:
        return cls(libcrypto.decode_der(libcrypto.d2i_private_key, libcrypto.pkey_free, der))

    def pkcs8(self) -> bytes:
        """The unencrypted PKCS#8 DER: for ``pkcs8.encrypt``, never for a file."""
        key = require(libcrypto.pkey_to_pkcs8(self._handle))
        try:
            return libcrypto.encode_der(libcrypto.i2d_pkcs8_key, key)
        finally:
            libcrypto.pkcs8_key_free(key)

    def sign(self, message: bytes) -> bytes:
        """The DER signature over ``message`` under the standard's user id."""
        digest = self._message_digest(message)
        with _operation(self._handle, libcrypto.pkey_sign_init) as context:
            return _output(libcrypto.pkey_sign, context, digest, _SIGNATURE_BYTES_MAX)

    def decrypt(self, ciphertext: bytes) -> bytes:
        """The plaintext; ``LibcryptoError`` when C3 does not match or the point is not on the curve."""
        with _operation(self._handle, libcrypto.pkey_decrypt_init) as context:
            return _output(libcrypto.pkey_decrypt, context, ciphertext)


def _point(handle: Handle) -> bytes:
    octets = ctypes.create_string_buffer(1 + spki.POINT_BYTES)
    length = libcrypto.Size()
    require(libcrypto.pkey_get_octets(handle, b"pub", octets, len(octets), ctypes.byref(length)))
    if length.value != len(octets) or octets.raw[0] != 4:
        raise LibcryptoError("the public point is not uncompressed")
    return octets.raw[1:]


@contextmanager
def _operation(handle: Handle, initialise: Callable[..., int]) -> Iterator[Handle]:
    context = require(libcrypto.pkey_ctx_new_from_pkey(None, handle, None))
    try:
        require(initialise(context))
        yield context
    finally:
        libcrypto.pkey_ctx_free(context)


def _output(run: Callable[..., int], context: Handle, data: bytes, bytes_max: int | None = None) -> bytes:
    """Run an operation whose output length OpenSSL tells when asked with no buffer."""
    length = libcrypto.Size(bytes_max or 0)
    if bytes_max is None:
        require(run(context, None, ctypes.byref(length), data, len(data)))
    buffer = ctypes.create_string_buffer(length.value)
    require(run(context, buffer, ctypes.byref(length), data, len(data)))
    return buffer.raw[: length.value]
