"""The bank's own keys on the console: rotating one takes two people, revoking one takes one and works at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bank_sim.keys import custody, ring
from bank_sim.registry.registration import Registration
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import proposals
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, SECOND_REVIEWER, House

Screens = Callable[..., Any]
SUITE = "gm"


def ringed(house: House) -> list[tuple[Any, ...]]:
    """Everything that is known of the bank's keys."""
    store = house.bank.store
    return store.read("SELECT * FROM bank_keys ORDER BY kid") + store.read("SELECT * FROM key_custody")


def state_of(house: House, kid: str) -> str:
    return next(each.state for each in ring.keys_of(house.bank.store.read) if each.kid == kid)


def open_proposal(house: House) -> str:
    return next(each.proposal_id for each in proposals.listed(house.bank.store) if each.state == "open")


@pytest.mark.clause("7.3.4-3.2")
def test_a_rotation_that_one_proposes_and_another_agrees_to_is_planned_and_announced(
    house: House, screen_of: Screens
) -> None:
    done = screen_of(OPERATOR).act("propose_key_rotation", "gm-sig", "a year has passed")
    assert (done.status, done.header("location")) == (303, "/keys?done=propose_key_rotation")
    before = ringed(house)
    screen_of(REVIEWER).act("approve_proposal", open_proposal(house), "read the plan")
    assert ringed(house) != before
    line = custody.newest(house.bank.store, "bank", 1)[0]
    assert (line.deed, line.by) == ("announced", "lin")
    page = screen_of(AUDITOR).get("/keys").text
    assert "comes into force 2026-02-07" in page
    assert "/act/" not in page


def test_what_is_planned_is_not_planned_twice(house: House, screen_of: Screens) -> None:
    operator = screen_of(OPERATOR)
    operator.act("propose_key_rotation", "gm-sig")
    screen_of(SECOND_REVIEWER).act("approve_proposal", open_proposal(house))
    before = ringed(house)
    assert "STATE_CHANGED" in operator.act("propose_key_rotation", "gm-sig").text
    assert ringed(house) == before


@pytest.mark.clause("7.3.4-3.2")
def test_a_revoked_key_signs_no_answer_after_this(house: House, screen_of: Screens) -> None:
    lost = house.bank.keys.signing(SUITE).kid
    done = screen_of(OPERATOR).act("revoke_bank_key", lost, "the vault's disk is missing")
    assert done.header("location") == "/keys?done=revoke_bank_key"
    assert state_of(house, lost) == "revoked"
    assert house.bank.keys.signing(SUITE).kid != lost
    assert house.entries()[0].entry.action == "revoke_bank_key"


@pytest.mark.parametrize(
    ("who", "action", "subject", "refusal"),
    [
        (REVIEWER, "revoke_bank_key", "active", "STAFF_ROLE_REQUIRED"),
        (AUDITOR, "propose_key_rotation", "gm-sig", "STAFF_ROLE_REQUIRED"),
        (OPERATOR, "revoke_bank_key", "AAAAAAAAAAAAAAAA", "RESOURCE_NOT_FOUND"),
        (OPERATOR, "propose_key_rotation", "rsa-sig", "RESOURCE_NOT_FOUND"),
    ],
)
def test_a_wrong_order_is_refused_recorded_and_changes_nothing(
    house: House, screen_of: Screens, who: Any, action: str, subject: str, refusal: str
) -> None:
    before = ringed(house)
    kid = house.bank.keys.signing(SUITE).kid if subject == "active" else subject
    assert refusal in screen_of(who).act(action, kid).text
    assert ringed(house) == before
    assert house.records()[-1]["code"] == refusal


@pytest.mark.clause("9.2.1-a-2.2", "7.3.4-3.2")
def test_nobody_revokes_an_ended_key_twice(house: House, screen_of: Screens) -> None:
    lost, operator = house.bank.keys.signing(SUITE).kid, screen_of(OPERATOR)
    operator.act("revoke_bank_key", lost)
    before = ringed(house)
    assert "ILLEGAL_TRANSITION" in operator.act("revoke_bank_key", lost).text
    assert ringed(house) == before


@pytest.mark.clause("9.2.1-a-2.2", "7.3.4-3.2")
def test_a_client_certificate_is_revoked_from_its_applications_page(house: House, screen_of: Screens) -> None:
    fingerprint = "ab" * 32
    app_id = house.bank.registry.register(Registration(name="Shop", apis="public")).app_id
    with house.bank.store.write() as db:
        db.execute("UPDATE applications SET certificate_sha256 = ? WHERE app_id = ?", (fingerprint, app_id))
    operator = screen_of(OPERATOR)
    assert f"/act/revoke_certificate/{fingerprint}" in operator.get(f"/applications/{app_id}").text
    assert operator.act("revoke_certificate", fingerprint, "it was copied").status == 303
    with pytest.raises(Problem, match=r"^CERT_REVOKED"):
        house.bank.certificates.require_standing(fingerprint, 0)
    assert "STATE_CHANGED" in operator.act("revoke_certificate", fingerprint, "once more").text
