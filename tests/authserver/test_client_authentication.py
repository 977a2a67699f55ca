"""Who may call: private_key_jwt in three algorithms and TLS certificates, and every way to fake either."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bank_sim.keys.custody import Change
from bank_sim.sdk.protocol import keypairs
from tests.bank_in_process import suspend
from tests.branch import Branch, Reply
from tests.client import Client

TOKEN = {"grant_type": "client_credentials"}
ISSUER = "https://localhost:8440"


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def jws(header: dict[str, Any], claims: dict[str, Any], sign: Any) -> str:
    signing_input = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{signing_input}.{b64(sign(signing_input.encode()))}"


def claims_of(client: Client, **changes: Any) -> dict[str, Any]:
    now_s = int(client.branch.clock.now_s())
    claims = {"iss": client.app_id, "sub": client.app_id, "aud": ISSUER, "iat": now_s, "exp": now_s + 60, "jti": "once"}
    return {name: value for name, value in (claims | changes).items() if value is not None}


def present(client: Client, assertion: str, **form: str) -> Any:
    proof = client.proof() | {"client_assertion": assertion}
    return client.post("token", TOKEN | proof | form, proven=False)


def require_invalid_client(reply: Reply) -> None:
    assert (reply.status, reply.json["error"]) == (401, "invalid_client"), reply.text


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def rsa_jwk(key: rsa.RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    members = {"e": numbers.e.to_bytes(3, "big"), "n": numbers.n.to_bytes(256, "big")}
    return {"kty": "RSA", "use": "sig"} | {name: b64(value) for name, value in members.items()}


def ps256(key: rsa.RSAPrivateKey) -> Any:
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    return lambda message: key.sign(message, pss, hashes.SHA256())


@pytest.mark.clause("7.2.1-a-1")
@pytest.mark.parametrize("suite", ["gm", "intl"])
def test_an_assertion_by_the_registered_key_is_taken(branch: Branch, suite: str) -> None:
    client = Client(branch, suite)
    issued = client.post("token", TOKEN)
    assert issued.status == 200
    assert issued.json["token_type"] == "Bearer"
    assert branch.last_record()["key_id"] == f"{client.app_id}.{client.signing.kid}"


def test_an_rsa_key_proves_the_client_with_ps256(branch: Branch, rsa_key: rsa.RSAPrivateKey) -> None:
    signing = keypairs.generate("gm", "sig")
    client = Client(branch, "gm", jwks={"keys": [signing.public.jwk(), rsa_jwk(rsa_key)]})
    client.signing = signing
    issued = present(client, jws({"alg": "PS256"}, claims_of(client), ps256(rsa_key)))
    assert issued.status == 200
    # The RSA key signs no messages, so the token is bound to the application and not to this key.
    assert branch.grant(issued.json["access_token"]).binding.kid is None


def test_the_key_decides_the_algorithm(branch: Branch, rsa_key: rsa.RSAPrivateKey) -> None:
    client = Client(branch, jwks={"keys": [keypairs.generate("intl", "sig").public.jwk(), rsa_jwk(rsa_key)]})
    kid = next(each.kid for each in branch.bank.registry.credentials(client.app_id, "assertion"))
    pkcs1 = lambda message: rsa_key.sign(message, padding.PKCS1v15(), hashes.SHA256())  # noqa: E731
    require_invalid_client(present(client, jws({"alg": "RS256", "kid": kid}, claims_of(client), pkcs1)))
    require_invalid_client(present(client, jws({"alg": "PS256", "kid": kid}, claims_of(client), pkcs1)))
    require_invalid_client(present(client, jws({"alg": "ES256", "kid": kid}, claims_of(client), ps256(rsa_key))))


@pytest.mark.clause("9.2.1-b-1")
def test_neither_none_nor_the_public_key_as_a_secret_authenticates(client: Client) -> None:
    header, claims = {"kid": client.signing.kid}, claims_of(client)
    require_invalid_client(present(client, jws(header | {"alg": "none"}, claims, lambda _: b"0")))
    text = jws(header | {"alg": "none"}, claims, lambda _: b"")
    require_invalid_client(present(client, text))

    def hs256(message: bytes) -> bytes:
        mac = hmac.HMAC(client.signing.public.pem(), hashes.SHA256())
        mac.update(message)
        return mac.finalize()

    require_invalid_client(present(client, jws(header | {"alg": "HS256"}, claims, hs256)))


@pytest.mark.clause("9.2.1-b-3.1")
def test_an_assertion_is_taken_once(client: Client) -> None:
    assertion = client.assertion()
    assert present(client, assertion).status == 200
    require_invalid_client(present(client, assertion))


@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/oauth/token"])
def test_an_assertion_names_the_issuer_or_the_endpoint(client: Client, audience: str) -> None:
    assert present(client, client.assertion(audience)).status == 200


@pytest.mark.parametrize(
    "audience",
    ["https://localhost:8440/", "https://localhost", "https://other.example", f"{ISSUER}/oauth/par", ""],
)
def test_an_assertion_for_another_server_is_refused(client: Client, audience: str) -> None:
    require_invalid_client(present(client, client.assertion(audience)))


def test_an_assertion_for_two_servers_is_refused(client: Client) -> None:
    claims = claims_of(client, aud=[ISSUER, "https://other.example"])
    require_invalid_client(
        present(client, jws({"alg": "ES256", "kid": client.signing.kid}, claims, client.signing.sign))
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"jti": None},
        {"jti": ""},
        {"iss": "somebody"},
        {"sub": "somebody"},
        {"exp": 1_769_824_800 - 61},
        {"exp": 1_769_824_800 + 361, "iat": None},
        {"exp": 1_769_824_800 + 3600 - 361, "iat": 1_769_824_800 - 361},
        {"exp": 1_769_824_800 + 3661},
        {"iat": 1_769_824_800 + 61},
        {"nbf": 1_769_824_800 + 61},
        {"exp": "soon"},
    ],
)
def test_an_assertion_outside_its_terms_is_refused(client: Client, changes: dict[str, Any]) -> None:
    header = {"alg": "ES256", "kid": client.signing.kid}
    require_invalid_client(present(client, jws(header, claims_of(client, **changes), client.signing.sign)))


@pytest.mark.clause("9.2.1-b-3.2")
def test_an_assertion_that_claims_an_hour_is_good_for_minutes_and_used_up_as_long(
    branch: Branch, client: Client
) -> None:
    header, now_s = {"alg": "ES256", "kid": client.signing.kid}, int(branch.clock.now_s())
    first, second = (
        jws(header, claims_of(client, exp=now_s + 3600, jti=jti), client.signing.sign) for jti in ("one", "two")
    )
    assert present(client, first).status == 200
    branch.clock.advance(359)
    require_invalid_client(present(client, first))
    assert present(client, second).status == 200
    branch.clock.advance(2)
    require_invalid_client(present(client, second))


def test_a_foreign_key_and_an_unknown_client_are_told_apart_by_nothing(branch: Branch, client: Client) -> None:
    stranger = Client(branch)
    forged = present(client, client.assertion(key=stranger.signing, client_id=client.app_id))
    unknown = present(client, client.assertion(client_id="app_nobodyatall"))
    wrong = present(client, client.assertion()[:-8] + "AAAAAAAA")
    answers = [{**each.json, "trace_id": ""} for each in (forged, unknown, wrong)]
    assert answers[0] == answers[1] == answers[2]
    require_invalid_client(forged)


def test_one_clients_assertion_does_not_speak_for_another(branch: Branch, client: Client) -> None:
    other = Client(branch)
    require_invalid_client(present(client, client.assertion(), client_id=other.app_id))


def test_the_sealing_key_proves_nothing(client: Client) -> None:
    header = {"alg": "ES256", "kid": client.opening.kid}
    require_invalid_client(present(client, jws(header, claims_of(client), client.signing.sign)))


@pytest.mark.clause("7.3.4-3.1")
def test_keys_end_when_they_are_too_old_or_revoked(branch: Branch, client: Client) -> None:
    branch.clock.advance(branch.config.policy.key_validity_a2_s)
    assert client.post("token", TOKEN).json["code"] == "KEY_EXPIRED"
    with branch.bank.store.write() as db:
        change = Change("lin", "stolen", branch.clock.now_ms())
        branch.bank.application_keys.revoke(db, f"{client.app_id}.{client.signing.kid}", change)
    refused = client.post("token", TOKEN)
    require_invalid_client(refused)
    assert refused.json["code"] == "KEY_REVOKED"


@pytest.mark.clause("9.2.1-a-2.2")
def test_a_suspended_application_gets_nothing(branch: Branch, client: Client) -> None:
    suspend(branch.bank, client.app_id)
    refused = client.post("token", TOKEN)
    require_invalid_client(refused)
    assert refused.json["code"] == "APP_SUSPENDED"


@pytest.mark.clause("7.2.1-b-2.1")
@pytest.mark.parametrize(
    "form",
    [
        {"client_secret": "s"},
        {"username": "xiaoming", "password": "40917265"},
        {"client_assertion_type": "urn:other"},
    ],
)
def test_shared_secrets_and_users_passwords_open_nothing(client: Client, form: dict[str, str]) -> None:
    refused = client.post("token", TOKEN | client.proof() | form, proven=False)
    require_invalid_client(refused)


@pytest.mark.parametrize("endpoint", ["par", "revoke", "introspect"])
def test_a_users_password_is_refused_where_no_grant_is_judged_whatever_it_is_called(
    client: Client, endpoint: str
) -> None:
    collected = {"grant_type": "password", "username": "xiaoming", "password": "40917265"}
    require_invalid_client(client.post(endpoint, client.proof() | collected, proven=False))


def test_http_basic_opens_nothing(client: Client) -> None:
    require_invalid_client(client.post("token", TOKEN, headers=(("authorization", "Basic YTpi"),)))


@pytest.mark.clause("7.3.2-1")
def test_a_source_that_keeps_guessing_is_shut_out_before_any_cryptography(branch: Branch, client: Client) -> None:
    for _ in range(branch.config.policy.source_failures_max):
        require_invalid_client(client.post("token", TOKEN | {"client_assertion": "x"}, source="192.0.2.1"))
    shut = client.post("token", TOKEN, source="192.0.2.1")
    assert (shut.status, shut.json["error"], shut.json["code"]) == (429, "temporarily_unavailable", "RATE_LIMITED")
    assert 0 < int(shut.header("retry-after")) <= branch.config.policy.source_failures_window_s + 1
    assert client.post("token", TOKEN, source="192.0.2.2").status == 200


# TLS certificates


def certificate() -> tuple[str, bytes]:
    """A client certificate as PEM, for registration, and as DER, as the handshake shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "application")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode(), made.public_bytes(Encoding.DER)


@pytest.mark.clause("7.2.1-a-1")
def test_a_registered_certificate_authenticates_and_binds_the_token(branch: Branch) -> None:
    pem, der = certificate()
    client = Client(branch, certificate_pem=pem)
    form = TOKEN | {"client_id": client.app_id}
    issued = client.post("token", form, proven=False, certificate=der)
    assert issued.status == 200
    state = client.post(
        "introspect", {"client_id": client.app_id, "token": issued.json["access_token"]}, proven=False, certificate=der
    )
    assert set(state.json["cnf"]) == {"x5t#S256"}


@pytest.mark.clause("7.2.1-a-2.1")
def test_a_certificate_of_another_application_is_refused(branch: Branch) -> None:
    (pem, der), (other_pem, other_der) = certificate(), certificate()
    client, other = Client(branch, certificate_pem=pem), Client(branch, certificate_pem=other_pem)
    form = TOKEN | {"client_id": client.app_id}
    refused = client.post("token", form, proven=False, certificate=other_der)
    assert (refused.status, refused.json["code"]) == (401, "CERT_APP_MISMATCH")
    assert branch.last_record()["app_id"] == other.app_id
    assert other.post("token", TOKEN, certificate=der).json["code"] == "CERT_APP_MISMATCH"
    assert branch.last_record()["app_id"] == other.app_id


def test_a_registered_certificate_must_be_presented_beside_an_assertion(branch: Branch) -> None:
    pem, der = certificate()
    client = Client(branch, certificate_pem=pem)
    assert client.post("token", TOKEN).json["code"] == "CERT_REQUIRED"
    assert client.post("token", TOKEN, certificate=der).status == 200


def test_a_name_alone_is_no_proof(client: Client) -> None:
    require_invalid_client(client.post("token", TOKEN | {"client_id": client.app_id}, proven=False))
    _, stranger = certificate()
    form = TOKEN | {"client_id": client.app_id}
    require_invalid_client(client.post("token", form, proven=False, certificate=stranger))
