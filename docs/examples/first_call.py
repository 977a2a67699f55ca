#!/usr/bin/env python3
"""A first signed call by a client that knows docs/wire.md and nothing of the sandbox's code. Suite intl.

    bank-sandbox app register reader --suite intl --json > reader.json
    python first_call.py reader.json                          level A1, by HMAC with App_Secret
    python first_call.py shop.json --signing-key sig.pem      then with a key pair, as A2 takes it

docs/wire.md, section 1, makes the second. Needs Python 3.11 and the package cryptography.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import re
import secrets
import ssl
import sys
import time
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

WINDOW_S = 300
COVERED_IF_PRESENT = ("content-digest", "authorization", "idempotency-key", "x-api-version")


class Refused(Exception):
    """The bank said no: problem+json, or the error of an OAuth endpoint."""


class NotBelieved(Exception):
    """The answer is not the bank's answer to this request."""


class AppSecret:
    """HMAC with App_Secret, for A1. Both sides hold the secret, so that it proves the answer as well."""

    def __init__(self, app_id: str, secret: str) -> None:
        self.keyid = f"{app_id}.secret"
        self._key = secret.encode("ascii")  # the text itself is the key: it is not decoded

    def sign(self, base: bytes) -> bytes:
        return hmac.digest(self._key, base, "sha256")

    def verify(self, keyid: str, signature: bytes, base: bytes) -> None:
        if keyid != self.keyid or not hmac.compare_digest(signature, self.sign(base)):
            raise NotBelieved("the answer is not signed with this App_Secret")


class KeyPair:
    """ECDSA P-256: this application signs requests with its key, the bank answers with one of ``bank_jwks``."""

    def __init__(self, app_id: str, key: ec.EllipticCurvePrivateKey, bank_jwks: dict) -> None:
        self.keyid = f"{app_id}.{kid_of(key.public_key())}"
        self._key = key
        of_suite = [jwk for jwk in bank_jwks["keys"] if jwk["crv"] == "P-256" and jwk["use"] == "sig"]
        self._bank = {jwk["kid"]: public_key(jwk) for jwk in of_suite}

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, keyid: str, signature: bytes, base: bytes) -> None:
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        try:
            self._bank[keyid].verify(encode_dss_signature(r, s), base, ec.ECDSA(hashes.SHA256()))
        except (KeyError, InvalidSignature) as error:
            raise NotBelieved("the answer is not signed with a key of the bank") from error


class Bank:
    """The gateway: signs what goes there, and verifies what comes back."""

    def __init__(self, gateway_url: str, ca_certificate: str, clock_url: str | None = None) -> None:
        self.gateway_url = gateway_url
        self._trust = ssl.create_default_context(cafile=ca_certificate)
        self._clock_url = clock_url

    def now_s(self) -> int:
        """The machine's time, or that of the sandbox's clock, which may have been moved."""
        return self.read(self._clock_url)["now_ms"] // 1000 if self._clock_url else int(time.time())

    def read(self, url: str) -> dict:
        """An open document, such as the clock's reading or the authorization server's metadata."""
        return json.loads(self._send("GET", url, {}, b"")[2])

    def call(
        self, signer: AppSecret | KeyPair, method: str, target: str, headers: dict[str, str],
        body: bytes = b"", nonce: str | None = None,
    ) -> dict:  # fmt: skip
        """The members of the verified answer. ``target`` is path and query; ``headers`` have lower-case names."""
        headers = headers | ({"content-digest": content_digest(body)} if body else {})
        path, _, query = target.partition("?")
        components = {'"@method"': method, '"@authority"': urlsplit(self.gateway_url).netloc, '"@path"': path}
        if query:
            components['"@query"'] = f"?{query}"
        components |= {f'"{name}"': headers[name] for name in COVERED_IF_PRESENT if name in headers}
        nonce = nonce or secrets.token_urlsafe(18)
        params = f'({" ".join(components)});created={self.now_s()};nonce="{nonce}";keyid="{signer.keyid}"'
        signature = f":{b64encode(signer.sign(signature_base(components, params))).decode()}:"
        headers |= {"signature-input": f"sig1={params}", "signature": f"sig1={signature}"}

        status, received, content = self._send(method, self.gateway_url + target, headers, body)
        try:
            self._verify(signer, signature, status, received, content)
        except (NotBelieved, ValueError) as doubt:
            # Whoever cannot verify a refusal may still read it, as a hint at what is wrong on this side.
            raise NotBelieved(f"{doubt}: {status} {content.decode()}") from doubt
        if status >= 300:
            raise Refused(f"{status} {content.decode()}")
        return json.loads(content) if content else {}

    def _send(self, method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        authority = urlsplit(url).netloc
        with closing(http.client.HTTPSConnection(authority, context=self._trust, timeout=10)) as connection:
            connection.request(method, url.removeprefix(f"https://{authority}"), body or None, headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def _verify(
        self, signer: AppSecret | KeyPair, sent: str, status: int, headers: dict[str, str], content: bytes
    ) -> None:
        """The answer covers what it must, was signed just now, by the bank, for this request, over this body."""
        if "signature" not in headers or "signature-input" not in headers:
            raise NotBelieved("the answer is not signed")
        digest = headers.get("content-digest", "")
        components = {'"@status"': str(status)} | ({'"content-digest"': digest} if content else {})
        components['"signature";req;key="sig1"'] = sent
        params = headers["signature-input"].partition("=")[2]
        covered, _, rest = params.partition(";created=")
        found = re.fullmatch(r'(\d+);nonce="[^"]*";keyid="([^"]+)"', rest)
        if covered != f"({' '.join(components)})" or found is None:
            raise NotBelieved(f"the answer covers something else: {params}")
        if abs(self.now_s() - int(found[1])) > WINDOW_S:
            raise NotBelieved(f"the answer was signed at {found[1]}; was the sandbox's clock moved? See --clock")
        signature = b64decode(headers["signature"].partition("=")[2].strip(":"))
        signer.verify(found[2], signature, signature_base(components, params))
        if content and digest != content_digest(content):
            raise NotBelieved("the body is not the one whose digest was signed")


def signature_base(components: dict[str, str], params: str) -> bytes:
    """RFC 9421 section 2.5: a line for each component, closed by the parameters as Signature-Input has them."""
    lines = [f"{name}: {value}" for name, value in (components | {'"@signature-params"': params}).items()]
    return "\n".join(lines).encode("ascii")


def content_digest(body: bytes) -> str:
    """RFC 9530."""
    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"


def kid_of(key: ec.EllipticCurvePublicKey) -> str:
    """The first 12 bytes of the RFC 7638 thumbprint."""
    thumbprint = hashlib.sha256(json.dumps(jwk_of(key), separators=(",", ":")).encode()).digest()
    return base64url(thumbprint[:12])


def jwk_of(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The members that make the key, in the order that RFC 7638 hashes."""
    x, y = (base64url(number.to_bytes(32, "big")) for number in (key.public_numbers().x, key.public_numbers().y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def public_key(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(urlsafe_b64decode(jwk[name] + "="), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def private_key(file: str) -> ec.EllipticCurvePrivateKey:
    return load_pem_private_key(Path(file).read_bytes(), password=None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("credentials", help="what bank-sandbox app register --json printed")
    parser.add_argument("--signing-key", metavar="PEM", help="the private key whose public half was registered")
    parser.add_argument("--clock", metavar="URL", help="the sandbox's clock, such as https://localhost:8449/clock")
    given = parser.parse_args()
    issued = json.loads(Path(given.credentials).read_text())
    bank = Bank(issued["gateway_url"], issued["ca_certificate"], given.clock)

    secret = AppSecret(issued["app_id"], issued["app_secret"])
    products = bank.call(secret, "GET", "/api/products?category=wealth", {"x-api-version": "1"})
    print("A1 by HMAC:", ", ".join(product["name"] for product in products["items"]))
    if given.signing_key:
        key_pair = KeyPair(issued["app_id"], private_key(given.signing_key), issued["bank_jwks"])
        rates = bank.call(key_pair, "GET", "/api/rates", {"x-api-version": "1"})
        print("A1 by ECDSA:", ", ".join(rate["name"] for rate in rates["items"]))


if __name__ == "__main__":
    try:
        main()
    except (Refused, NotBelieved) as problem:
        sys.exit(f"{type(problem).__name__}: {problem}")
