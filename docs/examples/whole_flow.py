#!/usr/bin/env python3
"""The whole flow by a client that knows docs/wire.md and nothing of the sandbox's code: consent, balance, payment.

    python whole_flow.py shop.json --signing-key sig.pem --opening-key enc.pem \\
        --callback http://127.0.0.1:8460/callback --payee-account 9999… --payee-name 孙秀珍 --amount 1.00

docs/wire.md, section 1, says how to make the keys and register the application, with that very callback as its
redirect URI. Twice the program prints an address to open in a browser: the user consents at the bank, then confirms
the payment there. ``bank-sandbox up`` tells a login, where the bank's codes arrive, and somebody to pay.

Signing and verifying is first_call.py's. Suite intl. Needs Python 3.11 and the package cryptography.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import secrets
import sys
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from first_call import Bank, KeyPair, NotBelieved, Refused, base64url, jwk_of, kid_of, private_key, public_key

ACCOUNT_APIS = ["accounts.list", "accounts.balance", "transfers.create"]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Sealing:
    """Sealed fields, suite intl: JWE compact, ECDH-ES and A256GCM, bound to the message they travel in."""

    def __init__(self, app_id: str, opening: ec.EllipticCurvePrivateKey, bank_jwks: dict) -> None:
        self._app_id = app_id
        self._opening = opening
        self._bank = next(jwk for jwk in bank_jwks["keys"] if jwk["crv"] == "P-256" and jwk["use"] == "enc")

    def seal(self, fields: dict, api_id: str, nonce: str) -> str:
        """For the bank. ``nonce`` is that of the signature of the request that carries it."""
        ephemeral = ec.generate_private_key(ec.SECP256R1())
        header = {
            "alg": "ECDH-ES", "enc": "A256GCM", "kid": self._bank["kid"], "epk": jwk_of(ephemeral.public_key()),
            "app_id": self._app_id, "api_id": api_id, "dir": "request", "nonce": nonce,
        }  # fmt: skip
        protected = base64url(json.dumps(header).encode())
        key = _content_key(ephemeral, public_key(self._bank))
        iv = os.urandom(12)
        sealed = AESGCM(key).encrypt(iv, json.dumps(fields).encode(), protected.encode())
        return f"{protected}..{base64url(iv)}.{base64url(sealed[:-16])}.{base64url(sealed[-16:])}"

    def open(self, sealed: str, api_id: str, nonce: str) -> dict:
        """From the bank. ``nonce`` is that of the signature of the request that this answers."""
        protected, _, iv, ciphertext, tag = sealed.split(".")
        header = json.loads(from_base64url(protected))
        expected = {
            "alg": "ECDH-ES", "enc": "A256GCM", "kid": kid_of(self._opening.public_key()),
            "app_id": self._app_id, "api_id": api_id, "dir": "response", "nonce": nonce,
        }  # fmt: skip
        if {name: value for name, value in header.items() if name != "epk"} != expected:
            raise NotBelieved("these fields were sealed for something else")
        key = _content_key(self._opening, public_key(header["epk"]))
        content = from_base64url(ciphertext) + from_base64url(tag)
        try:
            return json.loads(AESGCM(key).decrypt(from_base64url(iv), content, protected.encode()))
        except InvalidTag as error:
            raise NotBelieved("the sealed fields do not open") from error


def _content_key(own: ec.EllipticCurvePrivateKey, theirs: ec.EllipticCurvePublicKey) -> bytes:
    """RFC 7518 section 4.6.2: direct agreement, no party information."""
    algorithm = b"A256GCM"
    other = len(algorithm).to_bytes(4, "big") + algorithm + bytes(8) + (256).to_bytes(4, "big")
    return ConcatKDFHash(hashes.SHA256(), 32, other).derive(own.exchange(ec.ECDH(), theirs))


def from_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Application:
    """This application at the bank."""

    def __init__(self, given: argparse.Namespace) -> None:
        issued = json.loads(Path(given.credentials).read_text())
        self.app_id = issued["app_id"]
        self.callback = given.callback
        self.bank = Bank(issued["gateway_url"], issued["ca_certificate"], given.clock)
        self.key_pair = KeyPair(self.app_id, private_key(given.signing_key), issued["bank_jwks"])
        self.sealing = Sealing(self.app_id, private_key(given.opening_key), issued["bank_jwks"])
        self.server = self.bank.read(f"{issued['gateway_url']}/.well-known/oauth-authorization-server")

    def authorize(self, detail: dict) -> str:
        """Ask the user: push the request, send the browser, take it back, and change the code for a token."""
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(18)
        pushed = self._oauth(
            "pushed_authorization_request_endpoint",
            response_type="code",
            redirect_uri=self.callback,
            state=state,
            code_challenge=base64url(hashlib.sha256(verifier.encode()).digest()),
            code_challenge_method="S256",
            authorization_details=json.dumps([detail]),
        )
        parameters = {"client_id": self.app_id, "request_uri": pushed["request_uri"]}
        address = f"{self.server['authorization_endpoint']}?{urlencode(parameters)}"
        brought = brought_back(self.callback, address)
        if brought.get("iss") != self.server["issuer"] or brought.get("state") != state:
            raise NotBelieved("the browser comes from another bank or from another authorization")
        if "code" not in brought:
            raise Refused(f"the user or the bank declines: {brought}")
        tokens = self._oauth(
            "token_endpoint",
            grant_type="authorization_code",
            code=brought["code"],
            redirect_uri=self.callback,
            code_verifier=verifier,
        )
        return tokens["access_token"]

    def _oauth(self, endpoint: str, **parameters: str) -> dict:
        form = parameters | {
            "client_id": self.app_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(),
        }
        target = urlsplit(self.server[endpoint]).path
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.bank.call(self.key_pair, "POST", target, headers, urlencode(form).encode())

    def _assertion(self) -> str:
        """private_key_jwt (RFC 7523), ES256."""
        now_s = self.bank.now_s()
        header = {"alg": "ES256", "kid": self.key_pair.keyid.partition(".")[2], "typ": "JWT"}
        claims = {
            "iss": self.app_id, "sub": self.app_id, "aud": self.server["issuer"],
            "iat": now_s, "exp": now_s + 60, "jti": secrets.token_urlsafe(18),
        }  # fmt: skip
        signing_input = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        return f"{signing_input}.{base64url(self.key_pair.sign(signing_input.encode()))}"

    def accounts(self, token: str) -> list[dict]:
        return self.bank.call(self.key_pair, "GET", "/api/accounts", _headers(token))["items"]

    def balance(self, token: str, account_ref: str) -> str:
        nonce = secrets.token_urlsafe(18)
        target = f"/api/accounts/{account_ref}/balance"
        answer = self.bank.call(self.key_pair, "GET", target, _headers(token), nonce=nonce)
        return self.sealing.open(answer["sealed"], "accounts.balance", nonce)["available_balance"]

    def order(self, token: str, account_ref: str, amount: str, payee: dict) -> dict:
        """Create a transfer; no money moves yet. The idempotency key makes a repetition harmless."""
        nonce, order_no = secrets.token_urlsafe(18), secrets.token_hex(12)
        body = {
            "order_no": order_no,
            "debtor_account_ref": account_ref,
            "amount": amount,
            "currency": "CNY",
            "sealed": self.sealing.seal(payee, "transfers.create", nonce),
        }
        return self._post(token, "/api/transfers", body, f"create-{order_no}", nonce)

    def execute(self, token: str, transfer: dict) -> dict:
        target = f"/api/transfers/{transfer['transfer_id']}/execute"
        return self._post(token, target, {"amount": transfer["amount"]}, f"execute-{transfer['order_no']}")

    def _post(self, token: str, target: str, body: dict, idempotency_key: str, nonce: str | None = None) -> dict:
        headers = _headers(token) | {"content-type": "application/json", "idempotency-key": idempotency_key}
        return self.bank.call(self.key_pair, "POST", target, headers, json.dumps(body).encode(), nonce)


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "x-api-version": "1"}


def brought_back(callback: str, address: str) -> dict[str, str]:
    """Send the user to ``address``, and listen at the redirect URI until the browser brings the bank's answer."""
    place, brought = urlsplit(callback), {}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = urlsplit(self.path)
            here = found.path == place.path
            brought.update(parse_qsl(found.query) if here else [])
            self.send_response(200 if here else 404)
            self.end_headers()
            self.wfile.write(b"Back at the application; you may close this page." if here else b"")

        def log_message(self, *_: object) -> None:
            """Codes do not belong into logs."""

    with HTTPServer((place.hostname, place.port), Page) as server:
        print(f"Open in a browser: {address}", flush=True)
        while not brought:
            server.handle_request()
    return brought


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("credentials", help="what bank-sandbox app register --json printed")
    parser.add_argument("--signing-key", metavar="PEM", required=True)
    parser.add_argument("--opening-key", metavar="PEM", required=True, help="opens what the bank seals")
    parser.add_argument("--callback", metavar="URL", required=True, help="the redirect URI, http on 127.0.0.1")
    parser.add_argument("--payee-account", required=True)
    parser.add_argument("--payee-name", required=True)
    parser.add_argument("--amount", default="1.00", help="with two decimals")
    parser.add_argument("--clock", metavar="URL", help="the sandbox's clock, such as https://localhost:8449/clock")
    given = parser.parse_args()
    application = Application(given)

    until = datetime.fromtimestamp(application.bank.now_s(), UTC) + timedelta(days=30)
    consent = {"type": "account_information", "validity": "period", "apis": ACCOUNT_APIS}
    token = application.authorize(consent | {"valid_to": until.strftime("%Y-%m-%dT%H:%M:%SZ")})
    accounts = application.accounts(token)
    account = next((each for each in accounts if each["account_class"] == "I"), accounts[0])
    print(f"{account['account_masked']} holds {application.balance(token, account['account_ref'])} CNY")

    payee = {"creditor_account": given.payee_account, "creditor_name": given.payee_name}
    transfer = application.order(token, account["account_ref"], given.amount, payee)
    print(f"{transfer['transfer_id']} is {transfer['state']}, to {transfer['creditor_name_masked']}")

    confirmation = {"type": "payment", "validity": "once", "transfer_id": transfer["transfer_id"]}
    executed = application.execute(application.authorize(confirmation), transfer)
    print(f"{executed['transfer_id']} is {executed['state']}, serial {executed['serial']}")
    print(f"{account['account_masked']} holds {application.balance(token, account['account_ref'])} CNY")


if __name__ == "__main__":
    try:
        main()
    except (Refused, NotBelieved) as problem:
        sys.exit(f"{type(problem).__name__}: {problem}")
