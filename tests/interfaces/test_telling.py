"""Who is told of an end, once and again; who has read it; and what both sides sign about the time after it."""

from __future__ import annotations

import sqlite3

import msgspec
import pytest

from bank_sim.interfaces import agreements, notices, watching
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.problems import Problem
from tests.gateway.party import Party
from tests.interfaces.bureau import DAY_S, LEAD_S, NEW, OLD, ORDERED, Bureau

LIMITS = "accounts.limits:1"


def ending(bureau: Bureau) -> Bureau:
    """Version 1 of the rates is going to end, and the partner was told."""
    bureau.publish(NEW)
    bureau.call("1")
    bureau.announce_end(OLD)
    assert bureau.tell(OLD) == (1, 0)
    return bureau


def texts_waiting(bureau: Bureau) -> int:
    return int(bureau.bank.store.read("SELECT count(*) FROM outbox")[0][0])


@pytest.mark.clause("7.1-6.3", "10.3-1.1", "11-1.1")
def test_a_notice_is_an_event_that_says_what_ends_when_and_what_replaces_it(bureau: Bureau) -> None:
    ending(bureau)
    assert bureau.events("interface.deprecated") == [(bureau.app_id, OLD)]
    data = msgspec.json.decode(
        bureau.bank.store.read("SELECT data FROM events WHERE type = 'interface.deprecated'")[0][0]
    )
    life = bureau.life(OLD)
    assert data["u_api_id"] == life.u_api_id
    assert (data["successor"], data["sunset_at"] * 1000) == ("2", life.sunset_ms)
    assert bureau.tell(OLD) == (0, 0)


@pytest.mark.clause("10.3-1.4", "11-2.2")
def test_users_are_told_where_they_lose_the_service_and_only_then(bureau: Bureau) -> None:
    bureau.town.consent(bureau.partner, valid_to_s=int(bureau.town.clock.now_s()) + LEAD_S * 2)
    before = texts_waiting(bureau)
    bureau.announce_end(LIMITS)
    bureau.town.clock.advance(LEAD_S)
    with pytest.raises(Problem, match="users: 1"):
        bureau.order("terminate", LIMITS, **ORDERED)
    assert bureau.tell(LIMITS) == (1, 1)
    assert texts_waiting(bureau) == before + 1
    assert list(notices.customers_told(bureau.bank.store, bureau.life(LIMITS)).values()) == [bureau.bank.clock.now_ms()]
    bureau.publish(NEW)
    bureau.announce_end(OLD)
    assert bureau.tell(OLD) == (0, 0)


@pytest.mark.clause("7.1-6.3", "11-1.1")
def test_those_who_were_told_are_reminded_once_for_each_of_the_last_days(bureau: Bureau) -> None:
    ending(bureau)
    counts = []
    for days in (59, 1, 0, 23, 6, 1):
        bureau.town.clock.advance(days * DAY_S)
        watching.remind(bureau.bank.store, bureau.bank.events, bureau.bank.clock.now_ms())
        counts.append(len(bureau.events("interface.deprecated")) - 1)
    assert counts == [0, 1, 1, 2, 3, 3]


@pytest.mark.clause("7.1-6.3")
def test_an_application_acknowledges_what_it_was_told_and_nothing_else(bureau: Bureau) -> None:
    ending(bureau)
    store, life = bureau.bank.store, bureau.life(OLD)
    with store.write() as db:
        notices.acknowledge(db, life, bureau.app_id, 7)
    assert notices.notices_of(store, life)[0].acknowledged_ms == 7
    for app_id in (bureau.app_id, "app_not_told"):
        with pytest.raises(Problem, match="STATE_CHANGED"), store.write() as db:
            notices.acknowledge(db, life, app_id, 8)


@pytest.mark.clause("11-2.1")
def test_both_signatures_stand_under_the_same_bytes(bureau: Bureau) -> None:
    ending(bureau)
    bureau.sign(OLD)
    signed = agreements.agreement_with(bureau.bank.store, bureau.life(OLD), bureau.app_id)
    suite = bureau.partner.suite
    assert bureau.bank.keys.signing(suite).public.verify(signed.bank_signature, signed.document)
    assert bureau.partner.signing.public.verify(signed.app_signature or b"", signed.document)
    terms = msgspec.json.decode(signed.document)["terms"]
    assert set(terms) == {"archiving", "deletion", "information_protection", "funds_safety", "consumer_rights"}
    with pytest.raises(Problem, match="STATE_CHANGED"):
        bureau.sign(OLD)
    with pytest.raises(sqlite3.IntegrityError), bureau.bank.store.write() as db:
        db.execute("UPDATE interface_agreements SET app_signature = x''")


@pytest.mark.clause("11-2.1")
def test_no_other_key_and_no_other_text_can_be_signed(bureau: Bureau) -> None:
    ending(bureau)
    store, registry, now_ms = bureau.bank.store, bureau.bank.registry, bureau.bank.clock.now_ms()
    offered = agreements.agreement_with(store, bureau.life(OLD), bureau.app_id)
    own = registry.credential(bureau.partner.keyid)
    secret = registry.credential(f"{bureau.app_id}.secret")
    stranger = Party(bureau.town, "intl", name="stranger")
    theirs = registry.credential(stranger.keyid)
    good = bureau.partner.signing.sign(offered.document)
    forged = keypairs.generate("intl", "sig").sign(offered.document)
    for credential, signature, code in (
        (own, forged, "SIGNATURE_INVALID"),
        (own, b"", "SIGNATURE_INVALID"),
        (own, bureau.partner.signing.sign(offered.document + b" "), "SIGNATURE_INVALID"),
        (theirs, stranger.signing.sign(offered.document), "KEY_UNKNOWN"),
        (secret, good, "KEY_USAGE_MISMATCH"),
        (None, good, "KEY_UNKNOWN"),
    ):
        before = bureau.dump()
        with pytest.raises(Problem, match=code), store.write() as db:
            agreements.sign(db, offered, credential, signature, now_ms)
        assert bureau.dump() == before
    with pytest.raises(Problem, match="RESOURCE_NOT_FOUND"):
        agreements.agreement_with(store, bureau.life(OLD), stranger.app_id)


@pytest.mark.clause("11-2.1")
def test_an_application_that_has_left_holds_nothing_up(bureau: Bureau) -> None:
    ending(bureau)
    bureau.town.clock.advance(LEAD_S)
    bureau.order("terminate", OLD, **ORDERED)
    with bureau.bank.store.write() as db:
        db.execute("UPDATE applications SET status = 'exited' WHERE app_id = ?", (bureau.app_id,))
    bureau.order("take_off", OLD, **ORDERED)
    assert bureau.life(OLD).state == "offline"
