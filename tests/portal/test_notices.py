"""What the portal says about the lives of interfaces: to everybody, as data, and to whoever is concerned."""

from __future__ import annotations

import base64
from email.utils import parsedate_to_datetime

import msgspec
import pytest

from bank_sim.interfaces import agreements, notices
from bank_sim.registry import lives
from bank_sim.sdk.protocol.keypairs import generate
from tests.branch import browse
from tests.portal.developer import PORTAL, Developer
from tests.portal.office import Office

NEW, OLD = "rates.list:2", "rates.list:1"
BY = {"by": "chen", "reason": "a drill"}


@pytest.fixture
def developer(office: Office) -> Developer:
    return Developer(office)


def do(office: Office, step: str, subject: str, *facts: object, **said: object) -> None:
    with office.bank.store.write() as db:
        getattr(office.bank.interfaces, step)(db, subject, *facts, **said)
    office.bank.lives.announce()


def publish_second(office: Office) -> None:
    do(office, "register", NEW, "", **BY)
    do(office, "audit", NEW, "a reading", 0, 0, by="lin")
    do(office, "plan", NEW, "on Tuesday", "back again", by="chen")
    do(office, "publish", NEW, **BY)


def announce_end(office: Office) -> None:
    do(office, "plan", OLD, "on Tuesday", "back again", by="chen")
    do(office, "deprecate", OLD, None, **BY)
    do(office, "notify", OLD)


@pytest.mark.clause("12.1-3.1", "12.1-3.2", "12.1-2.1")
def test_the_public_list_is_the_catalogue_and_follows_it(office: Office, developer: Developer) -> None:
    listed = msgspec.json.decode(developer.get("/interfaces.json").body)
    assert {each["u_api_id"] for each in listed["interfaces"]} == {api.u_api_id for api in office.bank.catalogue.apis}
    assert all(each["state"] == "published" for each in listed["interfaces"])
    since = developer.page.header("last-modified")
    assert parsedate_to_datetime(since).timestamp() == office.bank.clock.now_s()
    office.clock.advance(60)
    publish_second(office)
    fresh = developer.get("/interfaces.json")
    assert ("rates.list", "2") in {
        (each["api_id"], each["version"]) for each in msgspec.json.decode(fresh.body)["interfaces"]
    }
    changed = fresh.header("last-modified")
    assert parsedate_to_datetime(changed).timestamp() == office.bank.clock.now_s()
    for asked, status in ((changed, 304), (since, 200), ("no date", 200)):
        headers = [("host", PORTAL), ("if-modified-since", asked)]
        assert (
            browse(office.portal, "GET", "/interfaces.json", headers, b"", cookies={}, source="127.0.0.1").status
            == status
        )


@pytest.mark.clause("7.1-6.3", "12.1-3.1", "12.1-3.2")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_reads_what_ends_and_what_to_build_on(office: Office, language: str) -> None:
    reader = Developer(office, language)
    publish_second(office)
    assert "X-API-Version: 2" in reader.get("/apis/rates.list").text
    assert "X-API-Version: 1" in reader.get("/apis/rates.list?version=1").text
    announce_end(office)
    sunset = lives.find(office.bank.store, OLD).sunset_ms or 0
    page = reader.get("/notices").text
    assert "/apis/rates.list?version=1" in page
    assert "2026-05-01" in page
    assert sunset // 1000 == office.bank.clock.now_s() + office.bank.config.policy.interface_lead_s
    assert "2026-05-01" in reader.get("/apis/rates.list?version=1").text


@pytest.mark.clause("7.1-6.3", "11-2.1")
def test_an_application_acknowledges_and_signs_with_the_key_that_the_portal_holds(
    office: Office, developer: Developer
) -> None:
    developer.make_application()
    developer.call("rates.list")
    assert notices_of(office) == []
    publish_second(office)
    announce_end(office)
    developer.get("/application/notices")
    developer.submit(f"/application/notices/{OLD}/seen")
    developer.follow()
    assert f'action="/application/notices/{OLD}/seen"' not in developer.page.text
    developer.submit(f"/application/notices/{OLD}/sign", act="here")
    developer.follow()
    assert f'action="/application/notices/{OLD}/sign"' not in developer.page.text
    (notice,) = notices_of(office)
    assert notice.acknowledged_ms is not None
    signed = agreements.agreement_with(office.bank.store, lives.find(office.bank.store, OLD), notice.app_id)
    assert developer.get(f"/application/notices/{OLD}/agreement").body == signed.document
    assert signed.signed_ms is not None


@pytest.mark.clause("11-2.1")
def test_a_signature_made_elsewhere_must_be_that_of_a_registered_key(office: Office, developer: Developer) -> None:
    signing = generate("intl", "sig")
    issued = developer.make_application()
    assert issued.status == 200
    developer.call("rates.list")
    publish_second(office)
    announce_end(office)
    wrong = base64.b64encode(signing.sign(b"something")).decode()
    token = developer.get("/application/notices").text.partition('name="csrf" value="')[2][:64]
    before = list(office.bank.store.db.query("SELECT * FROM interface_agreements"))
    for signature, code in ((wrong, "SIGNATURE_INVALID"), ("no base64!", "PARAM_INVALID")):
        refused = developer.post(
            f"/application/notices/{OLD}/sign", {"csrf": token, "act": "sign", "signature": signature}
        )
        assert code in refused.text
    assert list(office.bank.store.db.query("SELECT * FROM interface_agreements")) == before
    other = Developer(office)
    other.make_application()
    assert other.get(f"/application/notices/{OLD}/agreement").status == 404


@pytest.mark.clause("7.1-6.3")
def test_notices_are_for_whoever_signed_in(office: Office) -> None:
    page = Developer(office).get("/application/notices")
    assert (page.status, page.header("location")) == (303, "/sign-in")


def test_an_elder_version_can_be_tried_while_it_lives(office: Office, developer: Developer) -> None:
    developer.make_application()
    publish_second(office)
    developer.get("/try/rates.list?version=1")
    developer.submit("/try/rates.list", act="send")
    assert "X-API-Version: 1" in developer.follow().text
    developer.call("rates.list")
    assert "X-API-Version: 2" in developer.page.text


def notices_of(office: Office) -> list[notices.Notice]:
    return notices.notices_of(office.bank.store, lives.find(office.bank.store, OLD))
