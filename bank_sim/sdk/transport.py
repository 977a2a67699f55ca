"""The channel to the bank: TLS 1.2 or newer against a pinned authority, with a client certificate where there is one.

Python's ``ssl`` knows no SM2, so the channel is ECDSA whatever the suite; SM2 works above it, in the messages.
Proxies and settings of the environment are not followed: the bank is reached directly or not at all.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from bank_sim.sdk.credentials import ClientCertificate

# Far below what the bank keeps idle connections (75 s) and below common servers' least (5 s), so that a request is not
# sent into a closing one.
IDLE_CONNECTION_S = 3.0


def open_channel(
    ca_certificate: Path,
    client_certificate: ClientCertificate | None,
    timeout_s: float,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """An HTTP client that keeps connections, follows no redirects and trusts ``ca_certificate`` alone.

    ``transport`` takes the wire's place: a test or a scenario becomes the man in the middle by wrapping another one.
    """
    if transport is None:
        transport = secure_transport(ca_certificate, client_certificate)
    return httpx.Client(transport=transport, timeout=timeout_s, trust_env=False)


def secure_transport(ca_certificate: Path, client_certificate: ClientCertificate | None) -> httpx.HTTPTransport:
    """The real wire, for use as it is or inside a transport that interferes."""
    context = ssl.create_default_context(cafile=str(ca_certificate))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if client_certificate is not None:
        context.load_cert_chain(
            client_certificate.certificate, client_certificate.key, password=client_certificate.passphrase
        )
    limits = httpx.Limits(keepalive_expiry=IDLE_CONNECTION_S)
    return httpx.HTTPTransport(verify=context, limits=limits, trust_env=False)
