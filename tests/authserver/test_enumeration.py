"""Whoever proves nothing learns nothing: a client_id that exists reads like one that does not."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.assertions import ASSERTION_TYPE, NOT_PROVEN
from bank_sim.sdk.protocol.keypairs import PublicKey
from tests.authserver.test_client_authentication import TOKEN, certificate, claims_of, jws
from tests.branch import Branch, Reply
from tests.client import Client

STRANGER = "app_nobodyatall"
STATES = {
    "active": "UPDATE applications SET status = status",
    "suspended": "UPDATE applications SET status = 'suspended'",
    "with revoked keys": "UPDATE application_keys SET status = 'revoked'",
    "with expired keys": "UPDATE application_keys SET not_after_ms = 0",
    "without keys": "DELETE FROM application_keys",
}


def outside(reply: Reply) -> tuple[int, list[tuple[str, str]], dict[str, Any]]:
    """All that a caller sees, but for the number of the call."""
    headers = [each for each in reply.headers if each[0].lower() != "x-trace-id"]
    return reply.status, sorted(headers), {**reply.json, "trace_id": ""}


def forged(client: Client, client_id: str, header: dict[str, Any]) -> dict[str, str]:
    """An assertion for this client by a key that nobody registered."""
    stranger = keypairs.generate("intl", "sig")
    text = jws(header, claims_of(client, iss=client_id, sub=client_id), stranger.sign)
    return {"client_id": client_id, "client_assertion_type": ASSERTION_TYPE, "client_assertion": text}


def both(client: Client, header: dict[str, Any] | None, **how: Any) -> list[Reply]:
    """The answers to the same attempt at a client that exists and at one that does not."""
    proofs = [
        {"client_id": each} if header is None else forged(client, each, header) for each in (client.app_id, STRANGER)
    ]
    return [client.post("token", TOKEN | proof, proven=False, **how) for proof in proofs]


@pytest.mark.clause("9.2.1-b-1", "9.2.1-a-2.2")
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("alg", ["ES256", "SM2", "PS256", "none"])
@pytest.mark.parametrize("state", STATES)
def test_a_forged_assertion_reads_the_same_for_any_client(
    branch: Branch, client: Client, state: str, alg: str, signed: bool
) -> None:
    with branch.bank.store.write() as db:
        db.execute(STATES[state])
    for kid in (None, "unknown", client.signing.kid, client.opening.kid, "secret"):
        header = {"alg": alg} | ({"kid": kid} if kid else {})
        known, unknown = both(client, header, signed=signed)
        assert outside(known) == outside(unknown), kid
        assert (known.status, known.json["error_description"]) == (401, NOT_PROVEN.replace('"', "'")), kid


@pytest.mark.clause("9.2.1-b-1")
@pytest.mark.parametrize("presented", [None, "nobody's", "another's"])
@pytest.mark.parametrize("registered", [False, True])
def test_a_name_without_proof_reads_the_same_for_any_client(
    branch: Branch, registered: bool, presented: str | None
) -> None:
    (pem, _), (_, nobodys), (other_pem, anothers) = certificate(), certificate(), certificate()
    client = Client(branch, certificate_pem=pem if registered else None)
    Client(branch, certificate_pem=other_pem)
    shown = {"nobody's": nobodys, "another's": anothers}.get(presented or "")
    known, unknown = both(client, None, certificate=shown)
    assert outside(known) == outside(unknown)
    assert known.json["code"] == ("CERT_APP_MISMATCH" if presented == "another's" else "invalid_client")


def test_a_certificate_that_is_missing_is_told_to_whom_the_key_is_proven_only(branch: Branch) -> None:
    client = Client(branch, certificate_pem=certificate()[0])
    known, unknown = both(client, {"alg": "ES256", "kid": client.signing.kid})
    assert outside(known) == outside(unknown)
    assert client.post("token", TOKEN).json["code"] == "CERT_REQUIRED"


def test_an_unknown_client_costs_a_verification_like_a_known_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    honest = PublicKey.verify

    def counted(key: PublicKey, signature: bytes, message: bytes) -> bool:
        verified.append(key.suite)
        return honest(key, signature, message)

    monkeypatch.setattr(PublicKey, "verify", counted)
    both(client, {"alg": "ES256"})
    assert verified == ["intl", "intl"]
