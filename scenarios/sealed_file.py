"""A file that only its key opens, whole and as it was written: SM4-GCM in pieces, each bound to its place.

    line 1     what the file is, as the caller names it
    line 2     a header in clear (JSON), authenticated with every piece
    line 3     a salt, from which and the caller's secret the file's own key follows (HKDF, RFC 5869)
    pieces     length (4 bytes), ciphertext and tag; the nonce counts the pieces and says which is the last

The last piece says that it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár), so that
a file that was cut off is not taken for a shorter one. It knows nothing of what it holds.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PIECE_BYTES = 1 << 20
_TAG_BYTES = 16
_LENGTH_BYTES = 4
_SALT_BYTES = 16
_LINE_BYTES_MAX = 4096


class SealBroken(Exception):
    """Not such a file, cut off, altered, or sealed with another secret."""


@contextmanager
def sealing(file: IO[bytes], kind: bytes, header: bytes, secret: bytes) -> Iterator[IO[bytes]]:
    """A stream to write plaintext into; the file is whole once the block has ended. ``header``: one line."""
    salt = secrets.token_bytes(_SALT_BYTES)
    top = b"".join(line + b"\n" for line in (kind, header, salt.hex().encode()))
    file.write(top)
    writer = _Writer(file, _key(secret, salt), top)
    yield cast(IO[bytes], writer)
    writer.finish()


def header_of(file: IO[bytes], kind: bytes) -> bytes:
    """The header, from the file's beginning: not to be believed before ``opened``. ``SealBroken``: of another kind."""
    if _line(file) != kind:
        raise SealBroken("it is not such a file")
    return _line(file)


def opened(file: IO[bytes], kind: bytes, secret: bytes) -> IO[bytes]:
    """A stream of the plaintext, from the file's beginning. Reading raises ``SealBroken``, at the latest at its end."""
    header = header_of(file, kind)
    try:
        salt = bytes.fromhex(_line(file).decode())
    except ValueError as error:
        raise SealBroken("it has no salt") from error
    top = b"".join(line + b"\n" for line in (kind, header, salt.hex().encode()))
    return cast(IO[bytes], io.BufferedReader(_Reader(file, _key(secret, salt), top), PIECE_BYTES))


class _Writer(io.RawIOBase):
    def __init__(self, file: IO[bytes], key: bytes, top: bytes) -> None:
        self._file, self._key, self._top = file, key, top
        self._pending = bytearray()
        self._count = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._pending += content
        # What may be the last piece waits until it is known to be, or not.
        while len(self._pending) > PIECE_BYTES:
            self._put(bytes(self._pending[:PIECE_BYTES]), last=False)
            del self._pending[:PIECE_BYTES]
        return len(content)

    def finish(self) -> None:
        self._put(bytes(self._pending), last=True)
        self._pending.clear()

    def _put(self, piece: bytes, *, last: bool) -> None:
        encryptor = Cipher(SM4(self._key), modes.GCM(_nonce(self._count, last))).encryptor()
        encryptor.authenticate_additional_data(self._top)
        sealed = encryptor.update(piece) + encryptor.finalize() + encryptor.tag
        self._file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        self._count += 1


class _Reader(io.RawIOBase):
    def __init__(self, file: IO[bytes], key: bytes, top: bytes) -> None:
        self._file, self._key, self._top = file, key, top
        self._count = 0
        self._piece = b""
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._piece and not self._is_over:
            self._piece = self._next()
        content, self._piece = self._piece[: len(buffer)], self._piece[len(buffer) :]
        buffer[: len(content)] = content
        return len(content)

    def _next(self) -> bytes:
        length = int.from_bytes(self._file.read(_LENGTH_BYTES), "big")
        sealed = self._file.read(length) if _TAG_BYTES <= length <= PIECE_BYTES + _TAG_BYTES else b""
        if len(sealed) != length or not sealed:
            raise SealBroken("it is cut off or altered")
        # A shorter piece can only be the last; one of full length is tried as either.
        piece = self._tried(sealed, last=False) if len(sealed) == PIECE_BYTES + _TAG_BYTES else None
        if piece is None:
            piece = self._tried(sealed, last=True)
            if piece is None or self._file.read(1):
                raise SealBroken("it is cut off or altered, or sealed with another secret")
            self._is_over = True
        self._count += 1
        return piece

    def _tried(self, sealed: bytes, *, last: bool) -> bytes | None:
        body, tag = sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:]
        decryptor = Cipher(SM4(self._key), modes.GCM(_nonce(self._count, last), tag)).decryptor()
        decryptor.authenticate_additional_data(self._top)
        try:
            return decryptor.update(body) + decryptor.finalize()
        except InvalidTag:
            return None


def _nonce(count: int, last: bool) -> bytes:
    """The key is the file's own, so that counting suffices."""
    return count.to_bytes(11, "big") + bytes([last])


def _key(secret: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=16, salt=salt, info=b"bank-api-sandbox/file").derive(secret)


def _line(file: IO[bytes]) -> bytes:
    line = file.readline(_LINE_BYTES_MAX)
    if not line.endswith(b"\n"):
        raise SealBroken("it is not such a file")
    return line[:-1]
