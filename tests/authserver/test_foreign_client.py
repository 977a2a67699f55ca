"""Authlib, unmodified, links an account at the running bank: over TLS, through two worker processes."""

from __future__ import annotations

import json
import threading
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from authlib.common.security import generate_token
from authlib.deprecate import AuthlibDeprecationWarning
from authlib.integrations.base_client.errors import OAuthError
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from tests.authserver.conftest import PagesWalker, RunningBank

with warnings.catch_warnings():
    # Authlib would rather have a successor of httpx that it ships no requirement for.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client

CALLBACK = "https://wallet.localhost:8442/callback"


def b64(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def key_pair(use: str) -> tuple[str, dict[str, str]]:
    """A private key as PEM, for Authlib, and its public half as a JWK, for the bank."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    numbers = key.public_key().public_numbers()
    return pem, {"kty": "EC", "crv": "P-256", "use": use, "x": b64(numbers.x), "y": b64(numbers.y)}


class Foreigner:
    """What a developer with Authlib writes, from the bank's metadata."""

    def __init__(self, bank: RunningBank, app_id: str, pem: str) -> None:
        self.bank = bank
        with bank.http() as http:
            self.server = http.get(f"{bank.issuer}/.well-known/oauth-authorization-server").json()
        self.oauth = OAuth2Client(
            client_id=app_id,
            client_secret=ECKey.import_key(pem),
            token_endpoint_auth_method="private_key_jwt",
            revocation_endpoint_auth_method="private_key_jwt",
            redirect_uri=CALLBACK,
            code_challenge_method="S256",
            verify=bank.context,
        )
        self.oauth.register_client_auth_method(PrivateKeyJWT(self.server["token_endpoint"], alg="ES256"))
        self.verifier = generate_token(48)

    def push(self) -> tuple[str, str]:
        """The path that a browser is sent to, and the state."""
        url, state = self.oauth.create_authorization_url(
            self.server["authorization_endpoint"],
            code_verifier=self.verifier,
            authorization_details=json.dumps([self.detail()]),
        )
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        pushed = self.oauth.request(
            "POST",
            self.server["pushed_authorization_request_endpoint"],
            data=asked,
            auth=self.oauth.client_auth("private_key_jwt"),
            withhold_token=True,
        )
        assert pushed.status_code == 201, pushed.text
        reference = {"client_id": self.oauth.client_id, "request_uri": pushed.json()["request_uri"]}
        return "/authorize?" + urlencode(reference), state

    def detail(self) -> dict[str, Any]:
        month_later = datetime.now(UTC) + timedelta(days=30)
        return {
            "type": "account_information",
            "validity": "period",
            "valid_to": month_later.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "apis": ["accounts.list"],
        }

    def link(self, walker: PagesWalker) -> dict[str, Any]:
        location, state = self.push()
        callback = walker.agree(location)
        assert parse_qs(urlsplit(callback).query)["iss"] == [self.server["issuer"]]
        token: dict[str, Any] = self.oauth.fetch_token(
            self.server["token_endpoint"], authorization_response=callback, state=state, code_verifier=self.verifier
        )
        return token


@pytest.fixture(scope="module")
def foreigner(running_bank: RunningBank) -> Iterator[Foreigner]:
    (pem, signing), (_, sealing) = key_pair("sig"), key_pair("enc")
    document = {
        "name": "Foreign",
        "suite": "intl",
        "redirect_uris": [CALLBACK],
        "jwks": {"keys": [signing, sealing]},
        "apis": "accounts",
    }
    app_id = running_bank.register(document)
    running_bank.start()
    foreigner = Foreigner(running_bank, app_id, pem)
    yield foreigner
    foreigner.oauth.close()


@pytest.mark.clause("9.3.1-1.1")
def test_a_standard_client_links_refreshes_introspects_and_revokes(foreigner: Foreigner, walker: PagesWalker) -> None:
    token = foreigner.link(walker)
    assert token["authorization_details"][0]["apis"] == ["accounts.list"]
    fresh = foreigner.oauth.refresh_token(foreigner.server["token_endpoint"], token["refresh_token"])
    assert fresh["refresh_token"] != token["refresh_token"]
    state = foreigner.oauth.introspect_token(foreigner.server["introspection_endpoint"], fresh["access_token"])
    assert state.json()["active"] is True
    revoked = foreigner.oauth.revoke_token(foreigner.server["revocation_endpoint"], fresh["refresh_token"])
    assert revoked.status_code == 200, revoked.text
    state = foreigner.oauth.introspect_token(foreigner.server["introspection_endpoint"], fresh["access_token"])
    assert state.json() == {"active": False}


def test_a_standard_client_gets_a_token_of_its_own(foreigner: Foreigner) -> None:
    token = foreigner.oauth.fetch_token(foreigner.server["token_endpoint"], grant_type="client_credentials")
    assert token["scope"].split() == ["products.list", "products.get", "rates.list"]


def test_a_standard_client_understands_refusals(foreigner: Foreigner) -> None:
    with pytest.raises(OAuthError, match="invalid_grant"):
        foreigner.oauth.refresh_token(foreigner.server["token_endpoint"], "made up")


def at_once(count: int, send: Any) -> list[httpx.Response]:
    """``count`` requests from as many threads and connections, let loose together."""
    barrier = threading.Barrier(count)
    answers: list[httpx.Response] = []

    def run(http: httpx.Client, request: httpx.Request) -> None:
        barrier.wait(30)
        answers.append(http.send(request))

    clients = [send() for _ in range(count)]
    threads = [threading.Thread(target=run, args=pair) for pair in clients]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    for http, _ in clients:
        http.close()
    return answers


def prepared(foreigner: Foreigner, form: dict[str, str]) -> tuple[httpx.Client, httpx.Request]:
    """A request with a fresh assertion on a connection of its own, opened before the race."""
    http = foreigner.bank.http()
    endpoint = foreigner.server["token_endpoint"]
    http.get(f"{foreigner.bank.issuer}/.well-known/oauth-authorization-server")
    assertion = PrivateKeyJWT(endpoint, alg="ES256").sign(foreigner.oauth, endpoint)
    proof = {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    return http, http.build_request("POST", endpoint, data=form | proof)


@pytest.mark.clause("9.2.1-b-3.1", "7.3.2-1")
def test_of_twenty_uses_of_one_code_and_one_refresh_token_one_succeeds(
    foreigner: Foreigner, walker: PagesWalker
) -> None:
    location, _ = foreigner.push()
    code = parse_qs(urlsplit(walker.agree(location)).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": foreigner.verifier,
    }
    answers = at_once(20, lambda: prepared(foreigner, form))
    assert sorted(each.status_code for each in answers) == [200] + 19 * [400]
    assert {each.json()["error"] for each in answers if each.status_code == 400} == {"invalid_grant"}
    won = next(each.json() for each in answers if each.status_code == 200)
    state = foreigner.oauth.introspect_token(foreigner.server["introspection_endpoint"], won["access_token"])
    assert state.json() == {"active": False}, "reuse must have revoked the family"

    token = foreigner.link(walker)
    form = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    answers = at_once(20, lambda: prepared(foreigner, form))
    assert sorted(each.status_code for each in answers) == [200] + 19 * [400]


def test_the_race_was_run_by_several_processes(running_bank: RunningBank, foreigner: Foreigner) -> None:
    assert running_bank.workers() == 4  # two for the gateway, one for the pages, one for the offices
