"""Told that an interface ends, the wallet signs what holds after the end, and nothing else that is laid before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app_sim import offers
from app_sim.wallet import Wallet
from bank_sim.interfaces import agreements
from bank_sim.registry import lives
from bank_sim.sdk.notices import EndNotice, EndNotices
from bank_sim.sdk.protocol.problems import Problem
from tests.app.conftest import Town, Visitor
from tests.app.test_events import Post, app_id_of

RATES = "rates.list:1"


def announce_end(town: Town) -> None:
    """The wallet holds the grant of an interface of which no other version stays."""
    with town.bank.store.write() as db:
        town.bank.interfaces.plan(db, RATES, "in spring", "call it off", by="chen")
        town.bank.interfaces.deprecate(db, RATES, None, by="chen", reason="a drill")
        town.bank.interfaces.notify(db, RATES)
    town.bank.lives.announce()


@pytest.mark.clause("7.1-6.3", "11-2.1")
def test_an_event_about_an_end_has_the_wallet_sign_once(town: Town, wallet: Wallet) -> None:
    announce_end(town)
    post = Post(town, wallet)
    life = lives.find(town.bank.store, RATES)
    for number in (1, 2):
        message = post.message("interface.deprecated", RATES, number, f"evt_{number}", api_id="rates.list", version="1")
        assert post.send(message)[0] // 100 == 2
        signed = agreements.agreement_with(town.bank.store, life, app_id_of(wallet))
        assert signed.signed_ms == town.clock.now_ms()
    key = town.bank.registry.credential(f"{signed.app_id}.{signed.app_kid}")
    assert key is not None
    assert key.key.verify(signed.app_signature, signed.document)  # type: ignore[union-attr, arg-type]


@pytest.mark.clause("7.1-6.3", "10.3-1.3")
def test_the_wallet_moves_to_version_2_when_version_1_has_ended(town: Town, wallet: Wallet) -> None:
    before = offers.rates(wallet.bank)
    with town.bank.store.write() as db:
        db.execute("UPDATE interface_versions SET state = 'published' WHERE api_id = 'rates.list' AND version = '2'")
        db.execute("UPDATE interface_versions SET state = 'terminated' WHERE api_id = 'rates.list' AND version = '1'")
    town.bank.lives.announce()
    after = offers.rates(wallet.bank)
    assert {each["code"]: each["kind"] for each in after} == {each["code"]: each["kind"] for each in before}
    assert Visitor(wallet).get("/products").status_code == 200
    with town.bank.store.write() as db:
        db.execute("UPDATE interface_versions SET state = 'terminated' WHERE api_id = 'rates.list'")
    town.bank.lives.announce()
    with pytest.raises(Problem, match="SERVICE_TERMINATED"):
        offers.rates(wallet.bank)


@pytest.mark.clause("11-2.1")
def test_the_sdk_signs_no_text_of_another_kind_application_or_version(town: Town, wallet: Wallet) -> None:
    announce_end(town)
    client: EndNotices = wallet.bank._client.end_notices
    (notice,) = client.all()
    assert isinstance(notice, EndNotice)
    document = notice.document or b""
    own = app_id_of(wallet).encode()
    for changed in (
        replace(notice, document=document.replace(b"end of service", b"a transfer")),
        replace(notice, document=document.replace(own, b"app_another")),
        replace(notice, subject="rates.list:2"),
    ):
        with pytest.raises(Problem, match="SIGNATURE_INVALID"):
            client.sign(changed)
    client.sign(notice)
    assert [each.signed for each in client.all()] == [True]
