"""Whoever proves nothing learns nothing: App_IDs cannot be told apart from made-up ones, nor their keys and states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey, generate
from tests.gateway.defects import sql

if TYPE_CHECKING:
    from tests.gateway.defects import Draft
    from tests.gateway.party import Party
    from tests.gateway.town import Town
    from tests.gateway.wire import Message, Reply

NewParty = Callable[..., "Party"]
STRANGER = "app_nobodyatall2"
GUESS = b"a guess of 32 octets, or nearly"
STATES = {
    "active": "UPDATE applications SET status = status",
    "suspended": "UPDATE applications SET status = 'suspended'",
    "with a certificate": "UPDATE applications SET certificate_sha256 = app_id",
    "with a revoked secret": "UPDATE application_keys SET status = 'revoked' WHERE use = 'mac'",
    "with an expired secret": "UPDATE application_keys SET not_after_ms = 0 WHERE use = 'mac'",
    "without a secret": "DELETE FROM application_keys WHERE use = 'mac'",
}
SPOILS: dict[str, dict[str, Any]] = {
    "a wrong MAC": {},
    "an old one": {"created_s": 0},
    "one that covers less": {"unsigned": frozenset({"x-api-version"})},
    "one without a version": {"headers": {"host": "localhost:8440"}},
}


def outside(reply: Reply) -> tuple[int, dict[str, str], dict[str, Any]]:
    """All that a caller sees, but for the number of the call."""
    headers = {name: value for name, value in reply.headers.items() if name not in ("x-trace-id", "content-length")}
    return reply.status, headers, {**reply.data, "trace_id": ""}


def guess(party: Party, app_id: str, **changes: Any) -> Message:
    message = party.message("GET", "/api/products", key=MacKey(party.suite, GUESS), keyid=f"{app_id}.secret")
    return replace(message, **changes)


@pytest.mark.clause("7.2.1-a-1", "9.2.1-b-1")
@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("state", STATES)
def test_a_guessed_secret_reads_the_same_for_any_app_id(
    town: Town, new_party: NewParty, suite: str, state: str, spoil: str
) -> None:
    party = new_party(suite)
    with town.store.write() as db:
        db.execute(STATES[state])
    known, unknown = (town.send(guess(party, each, **SPOILS[spoil])) for each in (party.app_id, STRANGER))
    assert outside(known) == outside(unknown)
    assert known.status in (400, 401)
    assert "signature" not in known.headers


@pytest.mark.clause("9.2.1-b-1")
@pytest.mark.parametrize("digest_of", ["gm", "intl"])
@pytest.mark.parametrize("alg", ["hmac-sm3", "hmac-sha256"])
def test_not_even_the_suite_of_an_application_shows(
    town: Town, new_party: NewParty, suite: str, digest_of: str, alg: str
) -> None:
    party = new_party(suite)
    headers = {"content-type": "application/json", "content-digest": content_digest(digest_of, b"{}")}

    def claims_alg(message: Message) -> Message:
        signed = town.signed_headers(message)["signature-input"]
        return replace(message, extra={"signature-input": f'{signed};alg="{alg}"'})

    replies = [
        town.send(claims_alg(replace(party.message("GET", "/api/products", headers=headers), **facts)))
        for facts in (
            {"key": MacKey(suite, GUESS), "keyid": f"{each}.secret", "body": b"{}"} for each in (party.app_id, STRANGER)
        )
    ]
    assert outside(replies[0]) == outside(replies[1])
    assert replies[0].code == "APP_AUTH_FAILED"


@pytest.mark.clause("9.2.1-b-1")
@pytest.mark.parametrize("kid", ["", ".", ".unknown", ".secret.unknown"])
def test_an_unknown_key_reads_the_same_for_any_app_id(town: Town, party: Party, kid: str) -> None:
    known, unknown = (
        town.send(party.message("GET", "/api/products", keyid=f"{app_id}{kid}")) for app_id in (party.app_id, STRANGER)
    )
    assert outside(known) == outside(unknown)
    assert known.code == "KEY_UNKNOWN"


@pytest.mark.clause("7.2.1-a-2.1")
def test_a_secret_is_too_weak_for_a2_whoever_it_names(town: Town, party: Party) -> None:
    known, unknown = (
        town.send(party.message("GET", "/api/accounts", key=MacKey("intl", GUESS), keyid=f"{app_id}.secret"))
        for app_id in (party.app_id, STRANGER)
    )
    assert outside(known) == outside(unknown)
    assert known.code == "CREDENTIAL_TOO_WEAK"


@pytest.mark.clause("9.2.1-a-2.2", "7.3.4-3.1")
@pytest.mark.parametrize("state", ["suspended", "with a certificate", "with a revoked key"])
def test_who_does_not_hold_the_key_learns_nothing_of_its_state(draft: Draft, state: str) -> None:
    statements = STATES | {"with a revoked key": "UPDATE application_keys SET status = 'revoked'"}
    sql(statements[state])(draft)
    stranger = draft.party.message("GET", "/api/products", key=generate("intl", "sig"))
    assert draft.town.send(stranger).code == "SIGNATURE_INVALID"
    assert draft.party.get("/api/products").code in ("APP_SUSPENDED", "CERT_REQUIRED", "KEY_REVOKED")


@pytest.mark.clause("7.2.2-2.3")
def test_answers_are_maced_once_the_mac_held_refusals_too(town: Town, party: Party) -> None:
    for path, status in (("/api/products", 200), ("/api/products/none", 404)):
        reply = town.send(party.with_secret(party.message("GET", path)))
        assert reply.status == status
        party.require_signed(reply, party.secret)


def test_a_bank_that_verifies_nothing_still_serves_nobody_unknown(town: Town, party: Party) -> None:
    town.switches.weaken(["message_signature"])
    assert town.send(guess(party, STRANGER)).code == "APP_AUTH_FAILED"
    assert town.send(guess(party, party.app_id)).status == 200
