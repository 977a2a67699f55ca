"""An application's credentials on the portal: warned about, renewed and shown once, revoked at once."""

from __future__ import annotations

import re

import pytest

from tests.portal.developer import Developer
from tests.portal.office import Office

DAY_S = 86_400


def credentials(office: Office) -> list[tuple[object, ...]]:
    return office.bank.store.read("SELECT * FROM application_keys ORDER BY keyid")


@pytest.fixture
def developer(office: Office) -> Developer:
    developer = Developer(office)
    developer.make_application()
    return developer


@pytest.mark.clause("9.2.1-a-1.1", "7.3.4-3.2")
def test_a_renewed_app_secret_is_shown_once_and_used_from_then_on(office: Office, developer: Developer) -> None:
    developer.get("/application/keys")
    developer.submit("/application/keys/secret")
    found = re.search(r"shown this once:</p><p><code>([\w-]{43})</code>", developer.follow().text)
    assert found is not None
    assert found[1] not in developer.get("/application/keys").text
    assert developer.call("rates.list").status == 200
    assert developer.code is None
    another = Developer(office)
    another.get("/sign-in")
    app_id = office.bank.store.read("SELECT app_id FROM applications ORDER BY registered_at_ms DESC LIMIT 1")[0][0]
    assert another.submit("/sign-in", app_id=app_id, app_secret=found[1]).status == 303


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-2.2")
def test_a_lost_key_is_revoked_at_once_and_the_record_says_by_whom(office: Office, developer: Developer) -> None:
    page = developer.get("/application/keys").text
    keyid = re.findall(r'<option value="(app_\w+\.[\w-]{16})"', page)[0]
    developer.submit("/application/keys/revoke", keyid=keyid, reason="a laptop was stolen, call 15400000001")
    assert "Revoked." in developer.follow().text
    assert office.bank.store.read("SELECT status FROM application_keys WHERE keyid = ?", (keyid,)) == [("revoked",)]
    assert "your application" in developer.page.text
    kept = office.bank.store.read("SELECT reason FROM key_custody WHERE key_name = ? AND deed = 'revoked'", (keyid,))
    assert kept == [("a laptop was stolen, call **********1",)]
    assert office.bank.store.read("SELECT api_id, result FROM access_log ORDER BY serial DESC LIMIT 2")[1] == (
        "portal.keys.revoke",
        "success",
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"keyid": "app_another.secret", "reason": "a laptop was stolen"}, "RESOURCE_NOT_FOUND"),
        ({"reason": "no"}, "REASON_REQUIRED"),
    ],
)
def test_a_wrong_order_is_refused_recorded_and_changes_nothing(
    office: Office, developer: Developer, fields: dict[str, str], code: str
) -> None:
    developer.get("/application/keys")
    before = credentials(office)
    asked = {"keyid": _secret_of(developer), **fields}
    assert developer.submit("/application/keys/revoke", **asked).status in (400, 404)
    assert credentials(office) == before
    assert office.bank.store.read("SELECT code FROM access_log ORDER BY serial DESC LIMIT 1") == [(code,)]


@pytest.mark.clause("7.3.4-3.1", "7.3.4-3.2")
def test_what_ends_soon_is_said_on_the_page(office: Office, developer: Developer) -> None:
    assert "Register its successor now" not in developer.get("/application/keys").text
    office.clock.advance(155 * DAY_S)
    assert developer.get("/application/keys").text.count("ends in 25 days") == 2


def somebody_with(office: Office, app_id: str, app_secret: str) -> Developer:
    """Signed in with App_Secret, on the page of its credentials."""
    another = Developer(office)
    another.get("/sign-in")
    assert another.submit("/sign-in", app_id=app_id, app_secret=app_secret).status == 303
    another.get("/application/keys")
    return another


@pytest.fixture
def thief(office: Office, developer: Developer) -> Developer:
    app_id = re.search(r"app_\w+", developer.page.text)
    app_secret = re.search(r"<code>([\w-]{43})</code>", developer.page.text)
    assert app_id is not None
    assert app_secret is not None
    return somebody_with(office, app_id[0], app_secret[1])


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-2.2")
@pytest.mark.parametrize("end", ["renewed", "revoked"])
def test_who_signed_in_with_an_app_secret_that_has_ended_gets_no_new_one(
    office: Office, developer: Developer, thief: Developer, end: str
) -> None:
    developer.get("/application/keys")
    if end == "renewed":
        developer.submit("/application/keys/secret")
    else:
        developer.submit("/application/keys/revoke", keyid=_secret_of(developer), reason="somebody else has it")
    before = credentials(office)
    refused = thief.submit("/application/keys/secret")
    assert (refused.status, refused.header("location")) == (303, "/sign-in?ended=1")
    assert credentials(office) == before
    assert office.bank.store.read("SELECT code FROM access_log ORDER BY serial DESC LIMIT 1") == [("SESSION_EXPIRED",)]
    assert thief.get("/application").status == 303
    developer.get("/application/keys")
    developer.submit("/application/keys/secret")
    assert "shown this once" in developer.follow().text


def test_a_portal_without_that_row_hands_the_thief_the_successor(
    office: Office, developer: Developer, thief: Developer
) -> None:
    developer.get("/application/keys")
    developer.submit("/application/keys/revoke", keyid=_secret_of(developer), reason="somebody else has it")
    office.switches.weaken(["portal_session_secret"])
    thief.submit("/application/keys/secret")
    assert "shown this once" in thief.follow().text


def _secret_of(developer: Developer) -> str:
    """The keyid of the application's App_Secret, as the page of its credentials says."""
    found = re.search(r"app_\w+\.secret", developer.page.text)
    assert found is not None
    return found[0]
