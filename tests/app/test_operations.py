"""The operators' pages: who gets in, what stands there, and what can be done."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from app_sim import __main__ as process
from tests.bank_in_process import PASSPHRASE

PAGES = ("/operations", "/operations/tickets", "/operations/tickets/tkt_1")


def _enter(visitor: Any, wallet: Any, name: str = "Mei") -> Any:
    form = visitor.get("/operations/enter")
    answer = visitor.submit(form, "/operations/enter", operator=name, code=wallet.operators.code())
    assert answer.location == "/operations"
    return visitor


def test_nobody_sees_the_operators_pages_without_their_code(wallet: Any, visitor: Any) -> None:
    visitor.sign_in()
    for path in PAGES:
        assert visitor.get(path).location == "/operations/enter"
    form = visitor.get("/operations/enter")
    assert wallet.operators.code() not in form.text
    for name, code, status in (("Mei", "00000-00000-00000-00000", 401), (" ", wallet.operators.code(), 400)):
        refused = visitor.submit(form, "/operations/enter", operator=name, code=code)
        assert refused.status_code == status
        assert visitor.get("/operations").location == "/operations/enter"


def test_a_visit_ends_by_itself_when_it_is_left_and_when_it_was_altered(town: Any, wallet: Any, visitor: Any) -> None:
    assert 'data-api="' not in _enter(visitor, wallet).get("/operations").text
    assert "As Mei" in visitor.get("/operations").text
    visitor.submit(visitor.get("/operations"), "/operations/leave")
    assert visitor.get("/operations").location == "/operations/enter"
    _enter(visitor, wallet)
    town.clock.advance(3600)
    assert visitor.get("/operations").location == "/operations/enter"
    entry = wallet.operators.enter("Mei", wallet.operators.code())
    name, _, rest = entry.partition(".")
    for forged in ("", "x", f"Qm8=.{rest}", f"{name}.9999999999.{'0' * 64}", None):
        assert wallet.operators.of(forged) is None
    assert wallet.operators.of(entry) == "Mei"


@pytest.mark.clause("10.1.1-3.1")
def test_the_page_tells_of_each_interface_how_often_how_well_and_how_fast_it_answers(
    town: Any, wallet: Any, visitor: Any
) -> None:
    visitor.sign_in().link(town)
    assert visitor.get("/accounts").status_code == 200
    page = _enter(visitor, wallet).get("/operations")
    calls, refused, failed, median, slow, *_ = _cells(page.text)
    assert (calls, refused, failed) == ("1", "0", "0")
    assert 0 < float(median.removesuffix(" ms")) <= float(slow.removesuffix(" ms"))
    assert "100.0 %" in page.text
    town.clock.advance(3601)
    assert _cells(_enter(visitor, wallet).get("/operations").text)[0] == "0"


def _cells(page: str) -> list[str]:
    """What stands in the row of the list of accounts."""
    row = re.search(r'data-api="accounts.list"(.*?)</tr>', page, re.DOTALL)
    assert row is not None
    return re.findall(r'<td class="number">([^<]+)</td>', row[1])


@pytest.mark.clause("10.1.1-3.1")
def test_the_probe_asks_at_its_rhythm_and_is_missed_when_it_stops(town: Any, wallet: Any, visitor: Any) -> None:
    _enter(visitor, wallet)
    wallet.heartbeat.run_due()
    assert town.wire.sent == []
    visitor.submit(visitor.get("/operations"), "/operations/probe", every_s="60")
    for _ in range(3):
        wallet.heartbeat.run_due()
    assert [each.url.path for each in town.wire.sent] == ["/api/rates"]
    town.clock.advance(60)
    wallet.heartbeat.run_due()
    assert len(town.wire.sent) == 2
    assert 'id="overdue"' not in visitor.get("/operations").text
    town.clock.advance(181)
    assert 'id="overdue"' in visitor.get("/operations").text
    assert [each.rule for each in wallet.tickets.open()] == ["watch_stopped"]
    wallet.heartbeat.run_due()
    assert wallet.tickets.open()[0].over_ms is not None
    assert visitor.submit(visitor.get("/operations"), "/operations/probe", every_s="7").status_code == 400


@pytest.mark.clause("10.1.1-3.1")
def test_a_probe_that_is_not_answered_says_so_on_the_page(town: Any, wallet: Any, visitor: Any) -> None:
    def unreached(request: httpx.Request, deliver: Any) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    town.wire.bend = unreached
    page = _enter(visitor, wallet).get("/operations")
    form = re.search(r'<form[^>]*id="probe-now">.*?</form>', page.text, re.DOTALL)
    assert form is not None
    csrf = re.search(r'value="(\w+)"', form[0])
    assert csrf is not None
    visitor.post("/operations/probe", csrf=csrf[1])
    assert "SERVICE_UNAVAILABLE" in visitor.get("/operations").text


@pytest.mark.clause("10.1.1-3.2")
def test_an_operator_takes_a_ticket_and_closes_it_on_the_pages(wallet: Any, visitor: Any) -> None:
    wallet.tickets.report("breaker_open", "accounts.list")
    (ticket,) = wallet.tickets.open()
    address = f"/operations/tickets/{ticket.ticket_id}"
    assert address in _enter(visitor, wallet).get("/operations/tickets").text
    visitor.submit(visitor.get(address), f"{address}/take")
    page = visitor.get(address)
    refused = visitor.submit(page, f"{address}/close", done="x")
    assert refused.status_code == 400
    visitor.submit(page, f"{address}/close", done="Called the bank; it is back.")
    page = visitor.get(address)
    assert 'data-state="closed"' in page.text
    assert "Called the bank; it is back." in page.text


def test_whoever_is_outside_changes_nothing(wallet: Any, visitor: Any) -> None:
    wallet.tickets.report("breaker_open", "accounts.list")
    (ticket,) = wallet.tickets.open()
    csrf = re.search(r'name="csrf" value="(\w+)"', visitor.sign_in().get("/").text)
    assert csrf is not None
    for path in (f"/operations/tickets/{ticket.ticket_id}/take", "/operations/probe"):
        assert visitor.post(path, csrf=csrf[1], every_s="60").location == "/operations/enter"
    assert wallet.tickets.ticket(ticket.ticket_id) == ticket
    assert not wallet.heartbeat.is_set()


def test_in_a_sandbox_the_code_is_filled_in_and_said_to_be(town: Any, visitor_of: Any) -> None:
    wallet = town.open_wallet(town.wallet_config("gm", aids=True))
    page = visitor_of(wallet).get("/operations/enter")
    assert wallet.operators.code() in page.text
    assert "Sandbox aid" in page.text
    wallet.close()


def test_whoever_has_the_passphrase_looks_the_code_up(
    wallet: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "config.json"
    settings.write_bytes(msgspec.json.encode(wallet.config, enc_hook=str))
    monkeypatch.setattr("sys.argv", ["app_sim", "--config", str(settings), "--operators-code"])
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(PASSPHRASE + b"\n")))
    process.main()
    assert capsys.readouterr().out == f"{wallet.operators.code()}\n"


class Rounds:
    """Stops the wallet's background work after so many rounds."""

    def __init__(self, rounds: int) -> None:
        self._left = rounds

    def wait(self, _: float) -> bool:
        self._left -= 1
        return self._left < 0


@pytest.mark.clause("10.1.1-3.2")
def test_probes_and_overdue_tickets_are_seen_to_while_nobody_looks(
    town: Any, wallet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet.heartbeat.set(60, "Mei")
    wallet.tickets.report("breaker_open", "rates.list")
    town.clock.advance(16 * 60)
    # A duty that fails keeps none of the others from being performed.
    monkeypatch.setattr(wallet.agreements, "any_active", lambda: 1 / 0)
    process._take_what_is_due(wallet, Rounds(2))
    assert [each.url.path for each in town.wire.sent] == ["/api/rates"]
    assert wallet.tickets.open()[0].escalated_ms is not None
