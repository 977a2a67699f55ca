"""Admission of application parties: what they hand in, what they get, and what the bank knows of them at a call."""

from __future__ import annotations

import base64
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bank_sim.registry.registration import OfferedKey, Registration, read_registration
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.keypairs import MacKey
from bank_sim.sdk.protocol.problems import Problem

if TYPE_CHECKING:
    from tests.registry.conftest import Office


def jwk(suite: str = "intl", use: str = "sig") -> dict[str, Any]:
    return keypairs.generate(suite, use).public.jwk()  # type: ignore[arg-type]


def rsa_jwk() -> dict[str, Any]:
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    modulus = base64.urlsafe_b64encode(numbers.n.to_bytes(256, "big")).rstrip(b"=").decode()
    return {"kty": "RSA", "use": "sig", "n": modulus, "e": "AQAB"}


def certificate_pem(curve: ec.EllipticCurve | None = None) -> str:
    key = ec.generate_private_key(curve or ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "party")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, start, start + timedelta(365))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def ed25519_certificate_pem() -> str:
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "party")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, start, start + timedelta(365))
    return builder.sign(key, None).public_bytes(Encoding.PEM).decode()


def openssl(*arguments: str) -> None:
    if (path := shutil.which("openssl")) is None:
        pytest.skip("no openssl command line here to make an SM2 certificate with")
    subprocess.run([path, *arguments], check=True, capture_output=True, timeout=30)


PROFILES = {
    "secret": {"secret": True},
    "key pair": {"secret": False, "jwks": {"keys": [jwk(), jwk(use="enc")]}},
    "certificate": {"secret": False, "certificate_pem": certificate_pem()},
    "combination": {"secret": True, "jwks": {"keys": [jwk(), rsa_jwk()]}, "certificate_pem": certificate_pem()},
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.clause("7.2.1-a-1", "9.2.1-a-1.1", "9.2.1-a-1.2")
def test_each_credential_profile_is_admitted_and_usable(office: Office, profile: str) -> None:
    issued = office.registry.register(Registration(name="party", suite="intl", **PROFILES[profile]))
    assert (issued.app_secret is not None) == PROFILES[profile].get("secret")
    application = office.registry.application(issued.app_id)
    assert application is not None
    assert (application.certificate_sha256 is not None) == ("certificate" in profile or profile == "combination")
    used = {each.use for each in map(office.registry.credential, issued.keyids) if each is not None}
    assert used & {"sig", "mac"}
    assert len(issued.keyids) >= 1


@pytest.mark.clause("9.2.1-a-1.1", "7.3.4-2.2")
def test_app_secret_is_told_once_and_lies_sealed(office: Office) -> None:
    issued = office.registry.register(Registration(name="party"))
    secret = issued.app_secret or ""
    assert len(secret) == 43
    assert secret.encode() not in office.files()
    credential = office.registry.credential(f"{issued.app_id}.secret")
    assert credential is not None
    assert isinstance(credential.key, MacKey)
    assert credential.key.verify(MacKey("gm", secret.encode()).mac(b"message"), b"message")
    assert secret not in repr(credential)


@pytest.mark.clause("7.3.1-1")
def test_an_application_is_granted_what_it_was_granted_and_nothing_by_default(office: Office) -> None:
    nothing = office.registry.register(Registration(name="nothing"))
    one = office.registry.register(Registration(name="one", apis=["points.get"]))
    public = office.registry.register(Registration(name="public", apis="public"))
    everything = office.registry.register(Registration(name="everything", apis="payments"))
    assert office.registry.grants(nothing.app_id) == frozenset()
    assert office.registry.grants(one.app_id) == {"points.get"}
    assert office.registry.grants(public.app_id) == {"products.list", "products.get", "rates.list"}
    assert len(office.registry.grants(everything.app_id)) == 15
    assert not office.registry.granted(one.app_id, "rates.list")


@pytest.mark.clause("7.3.1-2")
def test_a_grant_is_withdrawn_at_once_and_not_twice(office: Office) -> None:
    issued = office.registry.register(Registration(name="party", apis="public"))
    with office.store.write() as db:
        office.registry.withdraw_grant(db, issued.app_id, "products.get")
    with pytest.raises(Problem, match="STATE_CHANGED"), office.store.write() as db:
        office.registry.withdraw_grant(db, issued.app_id, "products.get")
    assert office.registry.grants(issued.app_id) == {"products.list", "rates.list"}


@pytest.mark.clause("7.3.4-3.1")
def test_keys_and_secrets_live_for_different_times(office: Office) -> None:
    issued = office.registry.register(Registration(name="party", suite="intl", jwks={"keys": [jwk()]}))
    key, secret = (office.registry.credential(each) for each in issued.keyids)
    assert key is not None
    assert secret is not None
    office.clock.advance(180 * 86_400)
    with pytest.raises(Problem, match="KEY_EXPIRED"):
        key.require_valid(office.clock.now_ms())
    secret.require_valid(office.clock.now_ms())
    office.clock.advance(185 * 86_400)
    with pytest.raises(Problem, match="KEY_EXPIRED"):
        secret.require_valid(office.clock.now_ms())


def days_left(office: Office, keyid: str) -> float:
    credential = office.registry.credential(keyid)
    assert credential is not None
    return (credential.not_after_ms - office.clock.now_ms()) / 86_400_000


@pytest.mark.clause("7.3.4-3.1")
def test_key_pairs_live_longer_where_all_that_is_granted_is_public(office: Office) -> None:
    granted = {"public": 365, "accounts": 180, "payments": 180}
    for profile, days in granted.items():
        issued = office.registry.register(
            Registration(name=profile, suite="intl", jwks={"keys": [jwk()]}, apis=profile)
        )
        assert days_left(office, issued.keyids[0]) == days
        added = office.add_key(issued.app_id, OfferedKey(keypairs.generate("intl", "sig").public, "sig"))
        assert days_left(office, added) == days


@pytest.mark.clause("7.3.4-3.2", "9.2.1-b-4.1")
def test_a_revoked_key_does_not_hold_at_all_and_the_others_do(office: Office) -> None:
    issued = office.registry.register(Registration(name="party", suite="intl", secret=False, jwks={"keys": [jwk()]}))
    old = issued.keyids[0]
    new = office.add_key(issued.app_id, OfferedKey(keypairs.generate("intl", "sig").public, "sig"))
    office.revoke_key(old)
    with pytest.raises(Problem, match="KEY_REVOKED"):
        office.registry.credential(old).require_valid(office.clock.now_ms())  # type: ignore[union-attr]
    office.registry.credential(new).require_valid(office.clock.now_ms())  # type: ignore[union-attr]


def test_answers_are_sealed_to_the_newest_valid_sealing_key(office: Office) -> None:
    first, second = keypairs.generate("intl", "enc").public, keypairs.generate("intl", "enc").public
    issued = office.registry.register(Registration(name="party", suite="intl", jwks={"keys": [first.jwk()]}))
    assert office.registry.sealing_key(issued.app_id) == first
    office.clock.advance(10)
    keyid = office.add_key(issued.app_id, OfferedKey(second, "enc"))
    assert office.registry.sealing_key(issued.app_id) == second
    office.revoke_key(keyid)
    assert office.registry.sealing_key(issued.app_id) == first
    office.clock.advance(181 * 86_400)
    assert office.registry.sealing_key(issued.app_id) is None


@pytest.mark.clause("9.2.1-a-2.2")
def test_suspension_is_seen_at_the_next_look(office: Office) -> None:
    issued = office.registry.register(Registration(name="party"))
    with office.store.write() as db:
        office.standings.move(db, issued.app_id, "suspended", by="chen", reason="a drill")
    application = office.registry.application(issued.app_id)
    assert application is not None
    with pytest.raises(Problem, match="APP_SUSPENDED"):
        application.require_active()


@pytest.mark.clause("9.2.1-a-2.1")
def test_a_credential_answers_to_its_own_application_only(office: Office) -> None:
    one, two = (office.registry.register(Registration(name=name)) for name in ("one", "two"))
    assert one.app_id != two.app_id
    assert office.registry.caller(one.app_id, two.keyids[0])[1] is None
    assert office.registry.caller("app_nobody", one.keyids[0]) == (None, None)


def test_a_certificate_is_bound_to_one_application(office: Office) -> None:
    pem = certificate_pem()
    issued = office.registry.register(Registration(name="one", certificate_pem=pem))
    application = office.registry.application(issued.app_id)
    assert application is not None
    assert application.certificate_sha256 is not None
    assert office.registry.certificate_owner(application.certificate_sha256) == issued.app_id
    with pytest.raises(Problem, match="PARAM_INVALID"):
        office.registry.register(Registration(name="two", certificate_pem=pem))


def test_keys_for_client_assertions_may_be_of_other_kinds_and_sign_no_messages(office: Office) -> None:
    issued = office.registry.register(Registration(name="party", suite="gm", jwks={"keys": [rsa_jwk(), jwk("intl")]}))
    assert [each.use for each in office.registry.credentials(issued.app_id, "sig", "assertion")] == ["assertion"] * 2


REFUSED = {
    "no credential": ({"secret": False}, "PARAM_INVALID"),
    "unknown interface": ({"apis": ["points.get", "gold.dig"]}, "PARAM_INVALID"),
    "relative redirect": ({"redirect_uris": ["/callback"]}, "PARAM_INVALID"),
    "plain redirect": ({"redirect_uris": ["http://wallet.example/callback"]}, "PARAM_INVALID"),
    "fragment in redirect": ({"redirect_uris": ["https://wallet.example/#a"]}, "PARAM_INVALID"),
    "user in redirect": ({"redirect_uris": ["https://bank@wallet.example/"]}, "PARAM_INVALID"),
    "script as redirect": ({"redirect_uris": ["javascript:alert(1)"]}, "PARAM_INVALID"),
    "broken redirect": ({"redirect_uris": ["https://[::1/"]}, "PARAM_INVALID"),
    "password in redirect": ({"redirect_uris": ["https://:secret@wallet.example/"]}, "PARAM_INVALID"),
    **{
        f"redirect to {host}": ({"redirect_uris": [f"https://{host}/callback"]}, "PARAM_INVALID")
        for host in (
            "*",
            "*.example",
            "a;b",
            "a'b",
            "a,b",
            "a&b",
            "a_b",
            "-a",
            "a..b",
            ".",
            "a%2e",
            "a\\b",
            "a:b",
            "\u540d",
        )
    },
    "line break in redirect": ({"redirect_uris": ["https://wallet.example/a\nb"]}, "PARAM_INVALID"),
    "private key": ({"jwks": {"keys": [jwk() | {"d": "secret"}]}}, "KEY_INVALID"),
    "key without use": ({"jwks": {"keys": [{k: v for k, v in jwk().items() if k != "use"}]}}, "KEY_INVALID"),
    "point off the curve": ({"jwks": {"keys": [jwk() | {"x": "A" * 43}]}}, "KEY_INVALID"),
    "sealing key of the other suite": ({"jwks": {"keys": [jwk("gm", "enc")]}}, "KEY_INVALID"),
    "one key for both uses": ({"jwks": {"keys": [(both := jwk()), both | {"use": "enc"}]}}, "KEY_USAGE_MISMATCH"),
    "eleven keys": ({"jwks": {"keys": [jwk() for _ in range(11)]}}, "PARAM_INVALID"),
    "keys that are no list": ({"jwks": {"keys": "all"}}, "PARAM_INVALID"),
    "no certificate": ({"certificate_pem": "-----BEGIN"}, "PARAM_INVALID"),
}


@pytest.mark.parametrize("with_keys", [False, True])
def test_an_sm2_certificate_is_refused_for_tls_knows_none_here(office: Office, tmp_path: Path, with_keys: bool) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    openssl("genpkey", "-algorithm", "SM2", "-out", str(key))
    openssl("req", "-x509", "-new", "-key", str(key), "-sm3", "-subj", "/CN=party", "-out", str(certificate))
    jwks = {"keys": [jwk("gm")]} if with_keys else None
    with pytest.raises(Problem, match=r"PARAM_INVALID: .* SM2 keys go into jwks"):
        office.registry.register(Registration(name="party", jwks=jwks, certificate_pem=certificate.read_text()))
    ed25519 = ed25519_certificate_pem()
    with pytest.raises(Problem, match=r"PARAM_INVALID: .*ECDSA or RSA"):
        office.registry.register(Registration(name="party", jwks=jwks, certificate_pem=ed25519))


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.clause("7.3.4-1", "7.3.4-2.1")
def test_a_registration_that_does_not_hold_is_refused_and_leaves_nothing(office: Office, case: str) -> None:
    changes, code = REFUSED[case]
    with pytest.raises(Problem, match=code):
        office.registry.register(Registration(**({"name": "party", "suite": "intl"} | changes)))  # type: ignore[arg-type]
    assert office.store.read("SELECT count(*) FROM applications") == [(0,)]


@pytest.mark.parametrize(
    "uri",
    [
        "https://wallet.example",
        "https://wallet-2.example:8443/callback?a=b&c=%20",
        "https://192.0.2.7/",
        "https://[2001:db8::1]:8443/",
        "http://127.0.0.1:8460/callback",
        "http://[::1]:8460/callback",
        "http://localhost/",
    ],
)
def test_a_plain_redirect_is_taken(office: Office, uri: str) -> None:
    issued = office.registry.register(Registration(name="party", redirect_uris=[uri]))
    application = office.registry.application(issued.app_id)
    assert application is not None
    assert application.redirect_uris == (uri,)


@pytest.mark.clause("7.3.4-1", "9.2.1-a-1.2")
@pytest.mark.parametrize("use", ["sig", "enc", "assertion"])
def test_a_key_has_one_owner(office: Office, use: str) -> None:
    offered = rsa_jwk() if use == "assertion" else jwk(use=use)
    document = {"suite": "intl", "jwks": {"keys": [offered]}}
    owner = office.registry.register(Registration(name="owner", **document))
    with pytest.raises(Problem, match=r"^KEY_INVALID: .*already registered"):
        office.registry.register(Registration(name="thief", **document))
    if use != "assertion":
        other = {"sig": "enc", "enc": "sig"}[use]
        with pytest.raises(Problem, match=r"^KEY_INVALID: .*already registered"):
            office.registry.register(
                Registration(name="thief", suite="intl", jwks={"keys": [offered | {"use": other}]})
            )
    assert office.store.read("SELECT app_id FROM applications") == [(owner.app_id,)]


def test_a_key_is_not_added_to_a_second_application_or_a_second_time(office: Office) -> None:
    key = OfferedKey(keypairs.generate("intl", "sig").public, "sig")
    one, two = (office.registry.register(Registration(name=name, suite="intl")) for name in ("one", "two"))
    office.add_key(one.app_id, key)
    for app_id in (one.app_id, two.app_id):
        with pytest.raises(Problem, match=r"^KEY_INVALID: .*already registered"):
            office.add_key(app_id, key)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"name":""}',
        b'{"name":"a","name":"b"}',
        b'{"name":"a","suite":"rsa"}',
        b'{"name":"a","integration_mode":"carrier-pigeon"}',
        b'{"name":"a","app_id":"app_mine"}',
        b'{"name":"a","apis":"everything"}',
    ],
)
@pytest.mark.clause("6.1-1", "7.2.2-1")
def test_a_registration_document_is_strictly_read(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        read_registration(body)
    assert refused.value.kind.status == 400


def test_a_registration_document_is_read_as_it_stands() -> None:
    document = read_registration(b'{"name":"party","suite":"intl","apis":["points.get"],"secret":false}')
    assert document == Registration(name="party", suite="intl", apis=["points.get"], secret=False)
