"""The way of a box on the wire to the gateway, with the TLS client certificates that it was given.

A certificate cannot be passed on: only who has its key can show it. So whoever wants to be inspected gives the box both
(RFC 8446 section 4.4.3 leaves no other way), and keeps it up to date.
"""

from __future__ import annotations

import ssl
import threading
from pathlib import Path

import httpx


class Entrusted(httpx.BaseTransport):
    """Sends each request under the certificate that ``request.extensions["certificate"]`` (DER) names, or none."""

    def __init__(self, authority: Path) -> None:
        self._authority = authority
        self._given: dict[Path, str] = {}
        self._ways: dict[bytes | None, httpx.HTTPTransport] = {}
        self._one_at_a_time = threading.Lock()

    def give(self, path: Path, passphrase: str) -> None:
        """A file (PEM) that holds a certificate and its encrypted key, read when that certificate is first shown."""
        self._given[path] = passphrase

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._way(request.extensions.get("certificate")).handle_request(request)

    def close(self) -> None:
        for each in self._ways.values():
            each.close()

    def _way(self, certificate: bytes | None) -> httpx.HTTPTransport:
        with self._one_at_a_time:
            if certificate not in self._ways:
                self._ways[certificate] = self._opened(certificate)
            return self._ways[certificate]

    def _opened(self, certificate: bytes | None) -> httpx.HTTPTransport:
        context = ssl.create_default_context(cafile=self._authority)
        for path, passphrase in self._given.items():
            if certificate is not None and path.exists() and _holds(path, certificate):
                context.load_cert_chain(path, password=passphrase)
        return httpx.HTTPTransport(verify=context, trust_env=False)


def _holds(path: Path, certificate: bytes) -> bool:
    return ssl.DER_cert_to_PEM_cert(certificate).strip() in path.read_text()
