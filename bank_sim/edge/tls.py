"""The server's side of TLS (JR/T 0185 9.2.2: a secure channel, TLS 1.2 or later).

SM2 is not in Python's ssl: the channel is ECDSA and AES or ChaCha20, and SM2 works in the messages above it. Client
certificates are asked for where a listener has a CA to check them with, and must then come from that CA; whether one
is needed, and whose it is, the application party's registration decides, not TLS.
"""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import TLS_POLICY

# TLS 1.2 with forward secrecy and authenticated encryption only (RFC 9325 section 4.2); TLS 1.3 has nothing else.
_TLS12_SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"
# What a server of 2010 took, for trainings: OpenSSL has to be asked for it by level.
_OLD_SUITES = f"{_TLS12_SUITES}:ECDHE+AES:@SECLEVEL=0"
_VERSIONS = frozenset({"TLSv1.2", "TLSv1.3"})
_AGAINST_POLICY = frozenset({"UNSUPPORTED_PROTOCOL", "NO_SHARED_CIPHER", "HTTP_REQUEST", "INAPPROPRIATE_FALLBACK"})
"""OpenSSL's reasons for failed handshakes in which the client offered too little, or no TLS at all."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """How one ended: under a ``version``, or for a ``reason`` of OpenSSL's."""

    version: str | None = None
    reason: str | None = None


def _is_modern(handshake: Handshake) -> None:
    if handshake.reason in _AGAINST_POLICY or (handshake.version or "TLSv1.3") not in _VERSIONS:
        raise TLS_POLICY.problem()


TLS_CHECKS: CheckTable[Handshake] = CheckTable([row("tls_version", _is_modern, "handshake", "9.2.2-3.1 9.2.2-3.2")])
DEFENCES = frozenset(each.name for each in TLS_CHECKS.rows)


class TlsFilesUnusable(Exception):
    """The listener's certificate or key cannot be used. The message is one line."""


def server_context(certificate: Path, key: Path, passphrase: bytes, client_ca: Path | None = None) -> ssl.SSLContext:
    """A context for a listener. ``client_ca``: ask for client certificates and take only those that this CA issued."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _tighten(context)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, password=passphrase)
        if client_ca is not None:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_OPTIONAL
    except OSError as error:  # ssl.SSLError is one
        raise TlsFilesUnusable(f"{certificate} or its key cannot be used: {error.strerror or error}") from error
    return context


def _tighten(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_TLS12_SUITES)


def _loosen(context: ssl.SSLContext) -> None:
    with warnings.catch_warnings():
        # Python says what is the point of it: nobody should.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers(_OLD_SUITES)


class TlsPolicy:
    """What a listener's context asks of clients: always the same, but in a training that leaves ``tls_version`` out."""

    def __init__(self, context: ssl.SSLContext, weakened: Callable[[], frozenset[str]]) -> None:
        self._context = context
        self._weakened = weakened
        self._loose = False

    def context(self) -> ssl.SSLContext:
        """For the next connection."""
        loose = not TLS_CHECKS.path("handshake", self._weakened() & DEFENCES)
        if loose != self._loose:
            (_loosen if loose else _tighten)(self._context)
            self._loose = loose
        return self._context

    def judge(self, handshake: Handshake) -> None:
        """TLS_POLICY for what was offered too old, or in clear."""
        TLS_CHECKS.run(handshake, "handshake", self._weakened() & DEFENCES)


class AlertingContext:
    """Stands in for the context of one accepted connection, so that its client learns why a handshake fails.

    asyncio drops the alert that OpenSSL has written by then, and the client is left with a closed connection.
    """

    def __init__(self, context: ssl.SSLContext, connection: socket.socket) -> None:
        self._context = context
        self._connection = connection

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, **options: Any) -> ssl.SSLObject:
        """As ``SSLContext.wrap_bio``."""
        tls = self._context.wrap_bio(incoming, outgoing, **options)
        handshake = tls.do_handshake

        def handshake_or_alert() -> None:
            try:
                handshake()
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise
            except ssl.SSLError:
                with suppress(OSError):
                    self._connection.send(outgoing.read())
                raise

        tls.do_handshake = handshake_or_alert  # type: ignore[method-assign]
        return tls
