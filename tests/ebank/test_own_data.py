"""A user takes along what the bank holds about them, and has deleted what nothing keeps."""

from __future__ import annotations

import json
import re

import pytest

from bank_sim.founding import SCHEMAS
from bank_sim.records.sections import SECTIONS, WITHHELD
from bank_sim.store import Store
from tests.bank_in_process import PAYEE, PAYER, PEOPLE
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client


def entered(branch: Branch, person: int = PAYER) -> Browser:
    browser = Browser(branch, "en")
    browser.get("/login")
    browser.log_in(person, "/login")
    browser.submit("/factor", otp=branch.code())
    browser.follow()
    return browser


@pytest.mark.clause("9.3.3-4")
def test_the_file_holds_what_the_bank_holds_and_nothing_of_others(branch: Branch, client: Client) -> None:
    consent_id = client.linked(PAYER)["authorization_details"][0]["consent_id"]
    branch.clock.advance(61)
    client.linked(PAYEE)
    branch.clock.advance(61)
    browser = entered(branch)
    browser.get("/data")
    reply = browser.submit("/data/export")

    taken = json.loads(reply.text)
    assert reply.header("content-disposition").startswith("attachment")
    assert taken["login"] == [{"login_name": PEOPLE[PAYER].login_name}]
    assert [each["consent_id"] for each in taken["consents"]] == [consent_id]
    assert taken["customer"]["name_masked"] == "**明"
    assert len(taken["accounts"]) == 3
    assert re.fullmatch(r"-?\d+\.\d\d", taken["accounts"][0]["movements"][0]["amount"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\+08:00", taken["about"]["made_at"])
    numbers = [row[0] for row in branch.bank.store.read("SELECT account_number FROM accounts")]
    private = ("id_number", "phone", "password", "name")
    secrets = [*numbers, *(getattr(each, name) for each in PEOPLE for name in private)]
    assert [each for each in secrets if each in reply.text] == []
    assert "was just downloaded" in branch.messages()[-1].text
    assert branch.bank.store.read("SELECT customer_id, kind FROM data_requests") == [
        (branch.customer_id(PAYER), "export")
    ]


@pytest.mark.clause("9.3.3-4", "11-4.2")
def test_what_nothing_keeps_is_deleted_and_what_the_law_keeps_stays_and_is_named(
    branch: Branch, client: Client
) -> None:
    client.linked(PAYER)
    branch.clock.advance(61)
    other = entered(branch)
    branch.clock.advance(61)
    browser = entered(branch)
    kept = {each: branch.bank.store.read(f"SELECT * FROM {each}") for each in ("customers", "consents", "ledger_lines")}
    browser.get("/data")
    page = browser.submit("/data/delete", boxes=("understood",))

    customer_id = branch.customer_id(PAYER)
    assert branch.bank.store.read("SELECT count(*) FROM sessions WHERE customer_id = ?", (customer_id,)) == [(0,)]
    assert {each: branch.bank.store.read(f"SELECT * FROM {each}") for each in kept} == kept
    assert "<dt>Login sessions</dt>" in page.text
    assert "ten years" in page.text
    assert branch.last_record()["customer_ref"] == customer_id
    assert other.get("/data").status == 401
    outcome = json.loads(branch.bank.store.read("SELECT outcome FROM data_requests WHERE kind = 'deletion'")[0][0])
    assert outcome["deleted"]["visits"] >= 2
    assert outcome["kept"]["consents"] == "law"


def _database(branch: Branch) -> list[list[tuple[object, ...]]]:
    tables = [*(each.table for each in SECTIONS), "outbox"]
    # Being looked at keeps a session awake.
    return [
        branch.bank.store.read(f"SELECT * FROM {each}") for each in tables if each not in ("access_log", "sessions")
    ]


def test_without_the_tick_nothing_is_deleted(branch: Branch) -> None:
    browser = entered(branch)
    browser.get("/data")
    before, sessions = _database(branch), branch.bank.store.read("SELECT count(*) FROM sessions")

    reply = browser.submit("/data/delete")

    assert reply.status == 400
    assert "Please tick the box" in reply.text
    assert (_database(branch), branch.bank.store.read("SELECT count(*) FROM sessions")) == (before, sessions)


@pytest.mark.parametrize("path", ["/data/export", "/data/delete"])
def test_a_forged_form_gets_nothing(branch: Branch, path: str) -> None:
    browser = entered(branch)
    before = _database(branch)

    reply = browser.post(path, {"csrf": "forged", "understood": "yes"})

    assert (reply.status, reply.form_code) == (403, "FORM_FORGED")
    assert _database(branch) == before


def test_one_factor_is_not_enough_to_see_or_take_anything(branch: Branch) -> None:
    browser = Browser(branch, "en")
    browser.get("/login")
    browser.log_in(PAYER, "/login")

    assert browser.get("/data").header("location") == "/factor"
    assert branch.bank.store.read("SELECT count(*) FROM data_requests") == [(0,)]


def test_what_users_asked_for_is_append_only(branch: Branch) -> None:
    browser = entered(branch)
    browser.get("/data")
    browser.submit("/data/export")

    for statement in ("DELETE FROM data_requests", "UPDATE data_requests SET kind = 'deletion'"):
        with pytest.raises(Exception, match="append-only"), branch.bank.store.write() as db:
            db.execute(statement)


def test_every_table_that_knows_customers_is_exported_or_withheld_for_a_reason(tmp_path: object) -> None:
    store = Store(tmp_path / "bank.db")  # type: ignore[operator]
    store.prepare(*SCHEMAS)
    tables = [row[0] for row in store.read("SELECT name FROM sqlite_master WHERE type = 'table'")]
    knowing = {
        table
        for table in tables
        if {row[1] for row in store.read(f"PRAGMA table_info({table})")} & {"customer_id", "customer_ref"}
    }
    store.close()

    assert knowing - {each.table for each in SECTIONS} - WITHHELD.keys() == set()
    assert all(len(reason) > 10 for reason in WITHHELD.values())
