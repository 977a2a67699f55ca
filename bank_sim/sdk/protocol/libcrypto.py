"""The libcrypto that Python itself has loaded, seen through ctypes. Prototypes and errors only: no algorithm.

``cryptography`` brings no SM2, and OpenSSL does; Python's own ``_hashlib`` is linked against it. ctypes releases the
GIL for the time of a call. OpenSSL keeps errors per thread; whatever fails here leaves that queue empty.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable, Iterator
from ctypes import POINTER, c_char_p, c_int, c_long, c_size_t, c_ulong, c_void_p

Handle = int
"""The address of an object that OpenSSL owns."""

Size = c_size_t
Pointer = c_void_p
_SizePointer = POINTER(c_size_t)
_OPENSSL_MAJOR_MIN = 3


class LibcryptoError(Exception):
    """OpenSSL refused. The message is OpenSSL's own and is for logs, never for the wire."""


def _candidates() -> Iterator[Callable[[], ctypes.CDLL]]:
    """Where libcrypto may be found, best first; through an extension one sees the library that it is linked to."""
    import _hashlib

    extension = getattr(_hashlib, "__file__", None)
    if extension:
        yield lambda: ctypes.CDLL(extension)
    # A Python that links _hashlib statically: its own symbols, else the system's library.
    yield lambda: ctypes.CDLL(None)
    for name in ("crypto.3", "crypto"):
        path = ctypes.util.find_library(name)
        # macOS ends a process that loads its own unversioned libcrypto.
        if path and not path.startswith("/usr/lib/libcrypto"):
            yield lambda path=path: ctypes.CDLL(path)  # type: ignore[misc]


def _load() -> ctypes.CDLL:
    for candidate in _candidates():
        try:
            library = candidate()
            version = library.OPENSSL_version_major()
        except (OSError, AttributeError):
            continue
        if version >= _OPENSSL_MAJOR_MIN:
            return library
    raise ImportError("SM2 needs a libcrypto of OpenSSL 3 or newer, and this Python finds none (install libssl3)")


_LIBRARY = _load()


def _function(name: str, result: object, *arguments: object) -> Callable[..., int]:
    function = getattr(_LIBRARY, name)
    function.restype = result
    function.argtypes = arguments
    return function  # type: ignore[no-any-return]


# Errors
_err_get_error = _function("ERR_get_error", c_ulong)
_err_error_string_n = _function("ERR_error_string_n", None, c_ulong, c_char_p, c_size_t)
_err_clear_error = _function("ERR_clear_error", None)

# Contexts of an operation with a key
pkey_ctx_new_from_name = _function("EVP_PKEY_CTX_new_from_name", c_void_p, c_void_p, c_char_p, c_char_p)
pkey_ctx_new_from_pkey = _function("EVP_PKEY_CTX_new_from_pkey", c_void_p, c_void_p, c_void_p, c_char_p)
pkey_ctx_free = _function("EVP_PKEY_CTX_free", None, c_void_p)

# Keys
pkey_free = _function("EVP_PKEY_free", None, c_void_p)
pkey_is_a = _function("EVP_PKEY_is_a", c_int, c_void_p, c_char_p)
pkey_keygen_init = _function("EVP_PKEY_keygen_init", c_int, c_void_p)
pkey_generate = _function("EVP_PKEY_generate", c_int, c_void_p, POINTER(c_void_p))
pkey_check = _function("EVP_PKEY_check", c_int, c_void_p)
pkey_get_octets = _function(
    "EVP_PKEY_get_octet_string_param", c_int, c_void_p, c_char_p, c_char_p, c_size_t, _SizePointer
)
d2i_pubkey = _function("d2i_PUBKEY", c_void_p, c_void_p, POINTER(c_char_p), c_long)
d2i_private_key = _function("d2i_AutoPrivateKey", c_void_p, c_void_p, POINTER(c_char_p), c_long)

# Operations: each pair is (initialise, run)
pkey_sign_init = _function("EVP_PKEY_sign_init", c_int, c_void_p)
pkey_sign = _function("EVP_PKEY_sign", c_int, c_void_p, c_char_p, _SizePointer, c_char_p, c_size_t)
pkey_verify_init = _function("EVP_PKEY_verify_init", c_int, c_void_p)
pkey_verify = _function("EVP_PKEY_verify", c_int, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)
pkey_encrypt_init = _function("EVP_PKEY_encrypt_init", c_int, c_void_p)
pkey_encrypt = _function("EVP_PKEY_encrypt", c_int, c_void_p, c_char_p, _SizePointer, c_char_p, c_size_t)
pkey_decrypt_init = _function("EVP_PKEY_decrypt_init", c_int, c_void_p)
pkey_decrypt = _function("EVP_PKEY_decrypt", c_int, c_void_p, c_char_p, _SizePointer, c_char_p, c_size_t)

# Private keys at rest (PKCS#8)
pkey_to_pkcs8 = _function("EVP_PKEY2PKCS8", c_void_p, c_void_p)
d2i_pkcs8_key = _function("d2i_PKCS8_PRIV_KEY_INFO", c_void_p, c_void_p, POINTER(c_char_p), c_long)
i2d_pkcs8_key = _function("i2d_PKCS8_PRIV_KEY_INFO", c_int, c_void_p, POINTER(c_char_p))
pkcs8_key_free = _function("PKCS8_PRIV_KEY_INFO_free", None, c_void_p)
pkcs8_encrypt = _function("PKCS8_encrypt", c_void_p, c_int, c_void_p, c_char_p, c_int, c_char_p, c_int, c_int, c_void_p)
pkcs8_decrypt = _function("PKCS8_decrypt", c_void_p, c_void_p, c_char_p, c_int)
d2i_encrypted_pkcs8 = _function("d2i_X509_SIG", c_void_p, c_void_p, POINTER(c_char_p), c_long)
i2d_encrypted_pkcs8 = _function("i2d_X509_SIG", c_int, c_void_p, POINTER(c_char_p))
encrypted_pkcs8_free = _function("X509_SIG_free", None, c_void_p)
cipher_by_name = _function("EVP_get_cipherbyname", c_void_p, c_char_p)


def clear_errors() -> None:
    """Forget what an expected failure left in this thread's error queue."""
    _err_clear_error()


def require(result: int | None) -> Handle:
    """OpenSSL's result if it says success (a handle, or a positive code); ``LibcryptoError`` otherwise."""
    if result is not None and result > 0:
        return result
    text = ctypes.create_string_buffer(256)
    _err_error_string_n(_err_get_error(), text, len(text))
    _err_clear_error()
    raise LibcryptoError(text.value.decode("ascii", "replace"))


def decode_der(decode: Callable[..., int], free: Callable[..., int], der: bytes) -> Handle:
    """The object that ``decode`` (a d2i function) reads from all of ``der``; bytes left over are an error."""
    cursor = c_char_p(der)
    start = ctypes.cast(cursor, c_void_p).value or 0
    handle = require(decode(None, ctypes.byref(cursor), len(der)))
    end = ctypes.cast(cursor, c_void_p).value or 0
    if end - start != len(der):
        free(handle)
        raise LibcryptoError("bytes follow the DER value")
    return handle


def encode_der(encode: Callable[..., int], handle: Handle) -> bytes:
    """The DER of an object, by its i2d function."""
    length = require(encode(handle, None))
    buffer = ctypes.create_string_buffer(length)
    require(encode(handle, ctypes.byref(ctypes.cast(buffer, c_char_p))))
    return buffer.raw
