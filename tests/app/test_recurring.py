"""Consents as the wallet shows and renews them, and payments that recur under an agreement."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from app_sim.debits import next_due_ms
from tests.bank_in_process import MORNING_S

DAY_S = 86_400


def agree(visitor: Any, town: Any, **changes: str) -> Any:
    """Fill in the form for a monthly payment of 12.34, agree at the bank, come back: the page of recurring payments."""
    fields = {
        "payee_account": town.payee_account,
        "payee_name": town.payee_name,
        "amount": "12.34",
        "period": "month",
        "times": "12",
    }
    away = visitor.submit(visitor.get("/recurring"), "/recurring", **(fields | changes))
    assert away.status_code == 303, away.text
    return visitor.get(visitor.get("/callback", **town.user_agrees(away.location)).location)


def debited(town: Any) -> list[int]:
    rows = town.bank.store.read(
        "SELECT amount_fen FROM transfers WHERE state = 'executed' AND order_no LIKE 'LA%' ORDER BY created_at_ms"
    )
    return [row[0] for row in rows]


@pytest.mark.clause("9.3.2-1.3", "10.2.2-2.1")
def test_an_agreement_pays_at_once_and_then_once_a_month(town: Any, wallet: Any, visitor: Any) -> None:
    page = agree(visitor.sign_in(), town)
    assert "Active" in page.text
    assert "Paid" in page.text
    assert debited(town) == [1234]
    wallet.debits.run_due()
    town.clock.advance(27 * DAY_S)
    wallet.debits.run_due()
    assert debited(town) == [1234]
    town.clock.advance(DAY_S)
    wallet.debits.run_due()
    assert debited(town) == [1234, 1234]


def test_months_that_were_missed_are_not_made_up_for(town: Any, wallet: Any, visitor: Any) -> None:
    agree(visitor.sign_in(), town)
    town.clock.advance(80 * DAY_S)
    wallet.debits.run_due()
    wallet.debits.run_due()
    assert debited(town) == [1234, 1234]


@pytest.mark.clause("9.3.3-1.2")
def test_a_debit_whose_answer_is_lost_is_sent_again_and_taken_once(town: Any, wallet: Any, visitor: Any) -> None:
    def lose(request: httpx.Request, deliver: Any) -> httpx.Response:
        answer = deliver(request)
        if request.url.path == "/api/debits":
            raise httpx.ReadTimeout("lost", request=request)
        return answer

    town.wire.bend = lose
    page = agree(visitor.sign_in(), town)
    assert "Result unknown" in page.text
    assert debited(town) == [1234]
    town.wire.bend = None
    visitor.submit(page, "/recurring/run")
    assert "Paid" in visitor.get("/recurring").text
    assert debited(town) == [1234]


@pytest.mark.clause("9.3.2-2")
def test_after_the_user_revokes_at_the_bank_the_agreement_is_over(town: Any, wallet: Any, visitor: Any) -> None:
    agree(visitor.sign_in(), town)
    consent_id, customer_id = town.bank.store.read("SELECT consent_id, customer_id FROM consents")[0]
    with town.bank.store.write() as db:
        town.bank.consents.revoke(db, consent_id, customer_id)
    town.clock.advance(31 * DAY_S)
    wallet.debits.run_due()
    page = visitor.sign_in().get("/recurring").text
    assert "Ended" in page
    assert "CONSENT_REVOKED" in page
    assert debited(town) == [1234]


def test_ending_an_agreement_at_the_wallet_ends_the_consent_at_the_bank(town: Any, visitor: Any) -> None:
    page = agree(visitor.sign_in(), town)
    end = re.findall(r'action="(/recurring/agr_\w+/end)"', page.text)[0]
    visitor.submit(page, end)
    assert town.bank.store.read("SELECT state FROM consents") == [("revoked",)]
    assert "Ended" in visitor.get("/recurring").text


def test_nobody_ends_the_agreement_of_somebody_else(town: Any, wallet: Any, visitor: Any, visitor_of: Any) -> None:
    page = agree(visitor.sign_in(), town)
    end = re.findall(r'action="(/recurring/agr_\w+/end)"', page.text)[0]
    other = visitor_of(wallet).sign_in("Nox")
    token = re.findall(r'name="csrf" value="([^"]+)"', other.get("/recurring").text)[0]
    assert other.post(end, csrf=token).status_code == 404
    assert town.bank.store.read("SELECT state FROM consents") == [("authorised",)]


@pytest.mark.parametrize(
    "changes", [{"times": "1"}, {"times": "61"}, {"times": "x"}, {"period": "year"}, {"amount": "0"}, {"amount": "x"}]
)
def test_a_form_that_makes_no_sense_asks_the_bank_nothing(town: Any, visitor: Any, changes: dict[str, str]) -> None:
    visitor.sign_in()
    fields = {"payee_account": town.payee_account, "payee_name": town.payee_name, "amount": "12.34"}
    fields |= {"period": "month", "times": "12"} | changes
    refused = visitor.submit(visitor.get("/recurring"), "/recurring", **fields)
    assert refused.status_code == 400
    assert town.count("consents") == 0


@pytest.mark.clause("9.3.3-2.1", "9.3.3-2.2.1")
def test_neither_the_payees_name_nor_number_stays_with_the_wallet(town: Any, wallet: Any, visitor: Any) -> None:
    agree(visitor.sign_in(), town)
    wallet.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    content = b"".join(each.read_bytes() for each in wallet.config.home.rglob("*") if each.is_file())
    for secret in (town.payee_account, town.payee_name):
        assert secret.encode() not in content


@pytest.mark.clause("9.3.2-1.2.2")
def test_the_wallet_shows_what_it_was_allowed_and_renews_it(town: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    page = visitor.get("/consents")
    for shown in ("see balances", "90 days left", "Class II account"):
        assert shown in page.text
    town.clock.advance(80 * DAY_S)
    visitor.sign_in()
    page = visitor.get("/consents")
    assert "10 days left" in page.text
    away = visitor.submit(page, "/consents/renew")
    visitor.get("/callback", **town.user_agrees(away.location))
    assert "90 days left" in visitor.get("/consents").text
    states = town.bank.store.read("SELECT state FROM consents ORDER BY requested_at_ms")
    assert states == [("replaced",), ("authorised",)]


def test_a_consent_that_is_over_at_the_bank_is_shown_as_over(town: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    consent_id, customer_id = town.bank.store.read("SELECT consent_id, customer_id FROM consents")[0]
    with town.bank.store.write() as db:
        town.bank.consents.revoke(db, consent_id, customer_id)
    assert "over at the bank" in visitor.get("/consents").text


@pytest.mark.parametrize(
    ("due", "period", "now", "expected"),
    [
        ("2026-01-31", "month", "2026-01-31", "2026-02-28"),
        ("2026-12-05", "month", "2026-12-05", "2027-01-05"),
        ("2026-01-15", "month", "2026-04-20", "2026-05-15"),
        ("2026-01-31", "day", "2026-01-31", "2026-02-01"),
    ],
)
def test_the_next_debit_is_due_on_the_same_day_of_the_next_month(
    due: str, period: str, now: str, expected: str
) -> None:
    from datetime import datetime, timedelta, timezone

    beijing = timezone(timedelta(hours=8))

    def ms(day: str) -> int:
        return int(datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=beijing).timestamp() * 1000)

    assert ms("2026-01-31") == MORNING_S * 1000
    assert next_due_ms(ms(due), period, ms(now)) == ms(expected)
