"""Diagnostics of the wallet: what may be kept is written for ten minutes, what tells of a person is not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app_sim.diagnostics import LASTS_S
from bank_sim.sdk.protocol.luhn import check_digit

_ACCOUNT = "999910123456789012" + check_digit("999910123456789012")


@pytest.fixture
def operator(wallet: Any, visitor: Any) -> Any:
    form = visitor.get("/operations/enter")
    visitor.submit(form, "/operations/enter", operator="Mei", code=wallet.operators.code())
    return visitor


def _codes(wallet: Any) -> list[tuple[str, str | None]]:
    rows = wallet.store.read("SELECT event, code FROM journal WHERE kind = 'event' ORDER BY seq")
    return [(row["event"], row["code"]) for row in rows]


@pytest.mark.clause("9.3.3-2.1", "7.3.3-2.3")
def test_a_line_with_an_account_number_is_refused_and_others_are_written(wallet: Any, operator: Any) -> None:
    page = operator.get("/operations/diagnostics")
    operator.submit(page, "/operations/diagnostics", to="on")
    wallet.diagnostics.note("pay", [("payee_account", _ACCOUNT), ("amount", "1.00")], None)
    wallet.diagnostics.note("pay", [("amount", "1.00")], "PAYEE_MISMATCH")

    assert wallet.diagnostics.file.read_text() == '{"form": "pay", "code": "PAYEE_MISMATCH", "amount": "1.00"}\n'
    assert _codes(wallet) == [("not_kept", "RETENTION_FORBIDDEN")]
    shown = operator.get("/operations/diagnostics")
    operator.submit(shown, "/operations/diagnostics", to="off")
    assert not wallet.diagnostics.file.exists()


def test_diagnostics_end_by_themselves(town: Any, wallet: Any) -> None:
    wallet.diagnostics.start()
    wallet.diagnostics.note("pay", [("amount", "1.00")], None)
    before = wallet.diagnostics.is_over()
    town.clock.advance(LASTS_S)
    wallet.diagnostics.note("pay", [("amount", "2.00")], None)

    assert not before
    assert wallet.diagnostics.is_over()
    assert "2.00" not in wallet.diagnostics.file.read_text()
    wallet.diagnostics.stop()
    assert not wallet.diagnostics.file.exists()
    assert not wallet.diagnostics.is_over()


@pytest.mark.clause("7.3.4-2.2")
def test_a_secret_in_the_wallets_settings_is_told_by_file_and_line(wallet: Any, operator: Any) -> None:
    page = operator.get("/operations/diagnostics")
    clean = operator.submit(page, "/operations/diagnostics/settings")
    (wallet.config.home / "app.ini").write_text("[bank]\napp_secret = " + "ExampleOfAnAppSecretNobodyHas\n")
    refused = operator.submit(page, "/operations/diagnostics/settings")

    assert (clean.status_code, refused.status_code) == (303, 409)
    assert "app.ini:2" in refused.text
    assert "ExampleOfAnAppSecretNobodyHas" not in refused.text
    assert _codes(wallet) == [("settings_checked", None), ("settings_checked", "SECRET_IN_CONFIG")]


def test_nobody_but_an_operator_sees_or_switches_anything(wallet: Any, visitor: Any) -> None:
    visitor.sign_in()

    assert visitor.get("/operations/diagnostics").location == "/operations/enter"
    home = visitor.get("/kept")
    csrf = re.search(r'name="csrf" value="(\w+)"', home.text)
    assert csrf is not None
    assert visitor.post("/operations/diagnostics", csrf=csrf[1], to="on").location == "/operations/enter"
    assert not wallet.diagnostics.is_on
