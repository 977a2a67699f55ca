"""The channel to the bank: TLS 1.2 or newer against a pinned authority, with a client certificate where there is one.

Python's ``ssl`` knows no SM2, so the channel is ECDSA whatever the suite; SM2 works above it, in the messages.
Proxies and settings of the environment are not followed: the bank is reached directly or not at all.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

from bank_sim.sdk.channel_checks import CHANNEL_CHECKS
from bank_sim.sdk.credentials import ClientCertificate

# Far below what the bank keeps idle connections (75 s) and below common servers' least (5 s), so that a request is not
# sent into a closing one.
IDLE_CONNECTION_S = 3.0


def open_channel(
    ca_certificate: Path,
    client_certificate: ClientCertificate | None,
    timeout_s: float,
    transport: httpx.BaseTransport | None = None,
) -> Channel:
    """A channel that trusts ``ca_certificate`` alone.

    ``transport`` takes the wire's place: a test or a scenario becomes the man in the middle by wrapping another one.
    """
    if transport is None:
        transport = secure_transport(ca_certificate, client_certificate)
    return Channel(transport, timeout_s)


class Channel:
    """Sends messages as they are, and keeps nothing between two of them but connections. Threads may share it.

    No cookie, no redirect, no header of its own: what a browser-like client does beside is nothing the bank asks for,
    and a tenth of what a call costs. ``httpx.RequestError`` where no answer came, or none that can be read.
    """

    def __init__(self, transport: httpx.BaseTransport, timeout_s: float) -> None:
        self._transport = transport
        self._extensions = {"timeout": httpx.Timeout(timeout_s).as_dict()}

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> httpx.Response:
        """The whole answer."""
        request = httpx.Request(method, url, headers=headers, content=content, extensions=self._extensions)
        response = self._transport.handle_request(request)
        response.request = request
        try:
            response.read()
        finally:
            response.close()
        return response

    def get(self, url: str) -> httpx.Response:
        return self.request("GET", url)

    def close(self) -> None:
        self._transport.close()


def secure_transport(
    ca_certificate: Path, client_certificate: ClientCertificate | None, weakened: frozenset[str] = frozenset()
) -> httpx.HTTPTransport:
    """The real wire, for use as it is or inside a transport that interferes.

    Whoever leaves ``bank_certificate`` out, as a training does, takes whatever certificate is shown.
    """
    context = ssl.create_default_context(cafile=str(ca_certificate))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if "bank_certificate" in weakened:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    CHANNEL_CHECKS.run(context, "channel", weakened)
    if client_certificate is not None:
        context.load_cert_chain(
            client_certificate.certificate, client_certificate.key, password=client_certificate.passphrase
        )
    limits = httpx.Limits(keepalive_expiry=IDLE_CONNECTION_S)
    return httpx.HTTPTransport(verify=context, limits=limits, trust_env=False)
