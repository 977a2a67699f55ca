"""Every machine endpoint of the authorization server: nonsense is refused, and leaves an access record and no more."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bank_sim.authserver import CHECKS
from tests.branch import Branch
from tests.client import Client

ENDPOINTS = sorted({column for row in CHECKS.rows for column in row.columns})
READING = {"events", "notices"}
"""What an application may ask without saying more."""
SPEAKS_FOR_ITSELF = {"keys.secret"}
"""An order that needs no parameter: a signature is all it takes, and what else is sent counts for nothing."""
NONSENSE = dict.fromkeys(
    (
        "token", "code", "request_uri", "rotation_id", "proof", "keyid", "jwk", "subject", "signature", "certificate",
        "embedded_session", "sealed", "grant_type", "response_type", "redirect_uri", "authorization_details", "reason",
        "after", "event_id",
    ),
    "nonsense",
)  # fmt: skip
BOOKS = re.compile(r'INSERT INTO "(access_log|source_failures|sqlite_sequence)"')


def kept(branch: Branch) -> list[Any]:
    return [line for line in branch.bank.store.db.conn.iterdump() if not BOOKS.match(line)]


@pytest.mark.clause("7.2.2-1", "7.3.3-1.2")
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_nonsense_from_a_proven_client_is_refused_recorded_and_changes_nothing(
    branch: Branch, client: Client, signed: bool
) -> None:
    before = kept(branch)
    for endpoint in [each for each in ENDPOINTS if not (signed and each in SPEAKS_FOR_ITSELF)]:
        reply = client.post(endpoint.replace(".", "/"), NONSENSE, signed=signed)
        record = next(branch.bank.store.db.query("SELECT * FROM access_log ORDER BY serial DESC LIMIT 1"))

        assert (record["api_id"], record["app_id"]) == (f"oauth.{endpoint}", client.app_id)
        if endpoint not in READING | {"revoke", "introspect"}:
            assert reply.status in range(400, 500), endpoint
            assert record["result"] == "failure", endpoint
        assert kept(branch) == before, endpoint


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_without_proof_of_the_client_nothing_is_answered(branch: Branch, client: Client, endpoint: str) -> None:
    before = kept(branch)
    reply = client.post(endpoint.replace(".", "/"), NONSENSE | {"client_id": client.app_id}, proven=False)
    assert (reply.status, reply.json["error"]) == (401, "invalid_client")
    assert kept(branch) == before
