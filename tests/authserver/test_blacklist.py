"""Whoever the bank's staff has shut out gets no token either; and without those rows they would."""

from __future__ import annotations

import pytest

from bank_sim.registry.blacklist import BlacklistEntry, BlacklistKind
from tests.branch import Branch
from tests.client import Client

TOKEN = {"grant_type": "client_credentials"}


def shut_out(branch: Branch, kind: BlacklistKind, subject: str) -> None:
    with branch.bank.store.write() as db:
        branch.bank.blacklist.add(db, BlacklistEntry(kind, subject, "a drill", "chen", 0, None))
    branch.bank.blacklist.announce()


@pytest.mark.clause("10.1.2-1.4", "10.1.2-1.0")
def test_a_blacklisted_application_gets_no_token(branch: Branch, client: Client) -> None:
    shut_out(branch, "application", client.app_id)
    refused = client.post("token", TOKEN)
    assert (refused.status, refused.json["code"]) == (401, "APP_BLACKLISTED")
    assert branch.last_record()["code"] == "APP_BLACKLISTED"
    branch.switches.weaken(["blacklist"])
    assert client.post("token", TOKEN).status == 200


@pytest.mark.clause("9.2.1-b-4.2")
def test_a_blacklisted_address_is_refused_before_anybody_is_asked_who_they_are(branch: Branch, client: Client) -> None:
    shut_out(branch, "source", "127.0.0.1")
    refused = client.post("token", {"grant_type": "nonsense"})
    assert refused.json["code"] == "SOURCE_BLACKLISTED"
    assert branch.last_record()["app_id"] == "-"
    branch.switches.weaken(["source_blacklist"])
    assert client.post("token", TOKEN).status == 200


def test_a_stranger_does_not_learn_who_is_blacklisted(branch: Branch, client: Client) -> None:
    shut_out(branch, "application", client.app_id)
    stranger = Client(branch)
    stranger.app_id = client.app_id
    assert stranger.post("token", TOKEN).json["code"] == "invalid_client"
