"""An application reads by program what it was told of an end, and signs what holds after it: its own, nobody else's."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest

from bank_sim.interfaces import agreements, notices
from bank_sim.registry import lives
from tests.branch import Branch
from tests.client import Client

RATES = "rates.list:1"
ORDERED: dict[str, Any] = {"by": "chen", "reason": "a drill"}


@pytest.fixture
def ending(branch: Branch, client: Client) -> Client:
    """The rates are going to end, and the client, who holds the grant, was told."""
    bank = branch.bank
    with bank.store.write() as db:
        bank.interfaces.plan(db, RATES, "in spring", "call it off", by="chen")
        bank.interfaces.deprecate(db, RATES, None, **ORDERED)
        bank.interfaces.notify(db, RATES)
    return client


def told(client: Client) -> dict[str, Any]:
    (notice,) = client.post("notices", {}).json["notices"]
    return dict(notice)


def sign(client: Client, signature: bytes, subject: str = RATES) -> Any:
    return client.post("notices/sign", {"subject": subject, "signature": b64encode(signature).decode()})


@pytest.mark.clause("7.1-6.3", "11-2.1")
def test_it_reads_what_ends_and_signs_the_bytes_that_the_bank_signed(branch: Branch, ending: Client) -> None:
    notice = told(ending)
    assert (notice["subject"], notice["state"], notice["successor"]) == (RATES, "deprecated", None)
    document = b64decode(notice["agreement"]["document"])
    bank_key = branch.bank.keys.signing(ending.suite).public
    assert bank_key.kid == notice["agreement"]["bank_kid"]
    assert bank_key.verify(b64decode(notice["agreement"]["bank_signature"]), document)
    assert sign(ending, ending.signing.sign(document)).json["subject"] == RATES
    assert told(ending)["agreement"]["signed_at"] is not None
    life = lives.find(branch.bank.store, RATES)
    assert notices.notices_of(branch.bank.store, life)[0].acknowledged_ms is not None
    assert sign(ending, ending.signing.sign(document)).json["code"] == "STATE_CHANGED"


@pytest.mark.clause("11-2.1")
def test_what_is_not_its_signature_or_not_its_notice_changes_nothing(branch: Branch, ending: Client) -> None:
    document = b64decode(told(ending)["agreement"]["document"])
    stranger = Client(branch)
    before = agreements.agreements_of(branch.bank.store, lives.find(branch.bank.store, RATES))
    assert sign(ending, stranger.signing.sign(document)).json["code"] == "SIGNATURE_INVALID"
    assert sign(ending, ending.signing.sign(document + b" ")).json["code"] == "SIGNATURE_INVALID"
    assert sign(stranger, stranger.signing.sign(document)).json["code"] == "RESOURCE_NOT_FOUND"
    assert sign(ending, ending.signing.sign(document), "rates.list:9").json["code"] == "RESOURCE_NOT_FOUND"
    assert ending.post("notices/sign", {"subject": RATES, "signature": "!"}).json["code"] == "PARAM_INVALID"
    assert ending.post("notices/sign", {"subject": RATES}).json["error"] == "invalid_request"
    assert stranger.post("notices", {}).json["notices"] == []
    assert agreements.agreements_of(branch.bank.store, lives.find(branch.bank.store, RATES)) == before
