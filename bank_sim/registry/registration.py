"""What an application party hands in to be registered, judged before anything is stored (JR/T 0185 9.2.1 a).

Values only: no store, no clock. Issuing App_ID and App_Secret is the registry's business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bank_sim.events.destinations import require_public_literal
from bank_sim.registry.catalogue import Catalogue
from bank_sim.registry.certificate_requests import certificate_request_of
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.free_text import require_plain_text
from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_pem
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.rsa_keys import RsaPublicKey, assertion_key_from_jwk

IntegrationMode = Literal["server-sdk", "server-direct"]
Profile = Literal["public", "accounts", "payments"]
KeyUse = Literal["sig", "enc", "assertion"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_KEYS_MAX = 10
_NOT_FOR_TLS = "certificate_pem: TLS certificates are ECDSA or RSA here; SM2 keys go into jwks."
# RFC 3986 section 2, less what only quotes and fragments need.
_URI_CHARS = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&()*+,;=%-]+")
_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_HOST_AND_PORT = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?")


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The registration document.

    ``name``               what users read on the bank's pages and in its messages: printable text
    ``name_zh``            the same in Chinese, where it has one: what readers of Chinese see instead
    ``jwks``               public keys (RFC 7517), each with ``use``: ``sig`` or ``enc``. Keys of ``suite`` sign
                           messages; RSA keys and those of the other suite serve client assertions only (RFC 7523)
    ``certificate_pem``    TLS client certificate; once registered, every call must present it
    ``certificate_request_pem``  in its place, a request (PKCS #10) that the bank's authority signs
    ``secret``             whether an App_Secret is issued, which authenticates A1 calls
    ``apis``               API_IDs asked for, or a profile: ``public`` (A1), ``accounts`` (and A2 queries),
                           ``payments`` (everything). None are granted by default (7.3.1)
    ``direct_assessment``  number of the risk assessment that lets a ``server-direct`` application use A2 (6.2)
    ``events_url``         where the bank posts its events: the origin of a redirect URI of this document
    ``sdk_attested``       A2 calls come from a published build of the bank's SDK, which attests itself (9.3.5-3)
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    name_zh: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None
    suite: Literal["gm", "intl"] = "gm"
    integration_mode: IntegrationMode = "server-sdk"
    redirect_uris: list[str] = []
    jwks: dict[str, Any] | None = None
    certificate_pem: str | None = None
    certificate_request_pem: str | None = None
    secret: bool = True
    apis: list[str] | Profile = []
    direct_assessment: Annotated[str, msgspec.Meta(min_length=1, max_length=80)] | None = None
    events_url: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    sdk_attested: bool = False


@dataclass(frozen=True, slots=True)
class OfferedKey:
    """A public key of a registration and what it may be used for."""

    key: PublicKey | RsaPublicKey
    use: KeyUse


@dataclass(frozen=True, slots=True)
class Accepted:
    """A registration that holds: its keys parsed, its certificate's fingerprint taken, its interfaces listed."""

    document: Registration
    keys: tuple[OfferedKey, ...]
    certificate_sha256: str | None
    certificate_request: x509.CertificateSigningRequest | None
    apis: tuple[str, ...]


def read_registration(body: bytes) -> Registration:
    """The document of a registration call; PARAM_INVALID says which member is wrong."""
    try:
        return msgspec.convert(strict_json.parse(body), Registration)
    except msgspec.ValidationError as error:
        raise problems.PARAM_INVALID.problem(str(error)) from error


def accept(document: Registration, catalogue: Catalogue) -> Accepted:
    """Judge a registration: PARAM_INVALID, KEY_INVALID, KEY_USAGE_MISMATCH, CERT_REQUEST_INVALID, KEY_NOT_PROVEN.

    1. Users can read the names as they are.
    2. Redirect URIs are absolute and https, without fragment (RFC 6749 section 3.1.2); http on loopback for developers.
       Events go to an address of the same origin, and only an application that uses the SDK attests it.
    3. Keys parse, no key stands twice, and none is registered for both uses (7.3.4).
    4. The certificate, or the request for one, parses and serves TLS; its key, if of the suite, signs where no other
       signing key is given.
    5. There is at least one credential (7.2.1 a), and the interfaces exist.
    """
    require_plain_text("name", document.name)
    if document.name_zh is not None:
        require_plain_text("name_zh", document.name_zh)
    for uri in document.redirect_uris:
        _require_redirect_uri(uri)
    if document.events_url is not None:
        require_events_url(document.events_url, document.redirect_uris)
    if document.sdk_attested and document.integration_mode != "server-sdk":
        raise problems.PARAM_INVALID.problem("sdk_attested: only an application that integrates by SDK attests it.")
    keys = _offered_keys(document)
    certificate, certificate_request = _certification(document)
    certified = certificate or certificate_request
    if certified is not None and not any(each.use == "sig" for each in keys):
        keys += _certified_key(certified, document.suite)
    if not (document.secret or any(each.use == "sig" for each in keys)):
        raise problems.PARAM_INVALID.problem("Ask for a secret, or register a key pair or a certificate.")
    fingerprint = certificate_sha256(certificate.public_bytes(Encoding.DER)) if certificate is not None else None
    return Accepted(document, keys, fingerprint, certificate_request, _apis(document.apis, catalogue))


def certificate_sha256(der: bytes) -> str:
    """The fingerprint that binds a client certificate to its App_ID, in hex."""
    return hashlib.sha256(der).hexdigest()


def require_events_url(url: str, redirect_uris: Sequence[str]) -> None:
    """Events go to the origin of a redirect URI, and into no private network: the bank posts to nobody who is not a
    party to it (PARAM_INVALID)."""
    _require_redirect_uri(url)
    if _origin(url) not in {_origin(each) for each in redirect_uris}:
        raise problems.PARAM_INVALID.problem("events_url must have scheme, host and port of a redirect URI.")
    require_public_literal(urlsplit(url).hostname or "")


def _origin(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.scheme, parts.netloc.lower()


def _require_redirect_uri(uri: str) -> None:
    """Its host is a DNS name or an IP address: it ends up in the page's Content-Security-Policy, and in a header."""
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise problems.PARAM_INVALID.problem("A redirect URI cannot be read.") from error
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not (host and secure and _URI_CHARS.fullmatch(uri) and _HOST_AND_PORT.fullmatch(parts.netloc)):
        raise problems.PARAM_INVALID.problem(
            "A redirect URI must be absolute and https, with a plain host, without user and without fragment."
        )


def _offered_keys(document: Registration) -> tuple[OfferedKey, ...]:
    listed = (document.jwks or {"keys": []}).get("keys")
    if not isinstance(listed, list) or len(listed) > _KEYS_MAX or not all(isinstance(each, dict) for each in listed):
        raise problems.PARAM_INVALID.problem(f"jwks must be an object with at most {_KEYS_MAX} keys (RFC 7517).")
    keys = tuple(offered_key(jwk, document.suite) for jwk in listed)
    kids = [each.key.kid for each in keys]
    if len(kids) != len(set(kids)):
        raise problems.KEY_USAGE_MISMATCH.problem("A key stands twice; signing and sealing take different keys.")
    return keys


def offered_key(jwk: Mapping[str, Any], suite: str) -> OfferedKey:
    """A public key and what an application of this suite may use it for. KEY_INVALID, KEY_USAGE_MISMATCH."""
    key = assertion_key_from_jwk(jwk)
    if isinstance(key, PublicKey) and key.suite == suite:
        return OfferedKey(key, key.use)
    if key.use == "enc":
        raise problems.KEY_INVALID.problem(f"A sealing key must be of the suite {suite}.")
    return OfferedKey(key, "assertion")


def certificate_of(pem: str) -> x509.Certificate:
    """A TLS client certificate; PARAM_INVALID for what is none."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        key = certificate.public_key()
    except ValueError as error:
        raise problems.PARAM_INVALID.problem("certificate_pem is not a certificate in PEM.") from error
    except UnsupportedAlgorithm as error:
        raise problems.PARAM_INVALID.problem(_NOT_FOR_TLS) from error
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise problems.PARAM_INVALID.problem(_NOT_FOR_TLS)
    return certificate


def _certification(
    document: Registration,
) -> tuple[x509.Certificate | None, x509.CertificateSigningRequest | None]:
    """The certificate, or the request for one; PARAM_INVALID for both at once."""
    pem, request_pem = document.certificate_pem, document.certificate_request_pem
    if pem is not None and request_pem is not None:
        raise problems.PARAM_INVALID.problem("Hand in a certificate or a request for one, not both.")
    return (
        certificate_of(pem) if pem is not None else None,
        certificate_request_of(request_pem) if request_pem is not None else None,
    )


def _certified_key(
    certificate: x509.Certificate | x509.CertificateSigningRequest, suite: str
) -> tuple[OfferedKey, ...]:
    """The certificate's own key as a signing key, where the suite can sign with it."""
    try:
        key = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        found = public_from_pem(key, "sig")
    except (Problem, ValueError):
        return ()
    return (OfferedKey(found, "sig"),) if isinstance(found, PublicKey) and found.suite == suite else ()


def _apis(asked: list[str] | Profile, catalogue: Catalogue) -> tuple[str, ...]:
    if isinstance(asked, str):
        columns = {"public": ("A1",), "accounts": ("A1", "A2"), "payments": ("A1", "A2", "A2-application", "A2-funds")}[
            asked
        ]
        return tuple(each.api_id for each in catalogue if each.column in columns)
    unknown = sorted(set(asked) - catalogue.by_id.keys())
    if unknown:
        known = ", ".join(catalogue.by_id)
        raise problems.PARAM_INVALID.problem(f"There is no interface {unknown[0][:40]}. There are: {known}.")
    return tuple(dict.fromkeys(asked))
