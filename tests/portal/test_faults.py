"""While the sandbox plays faults, the portal says so on every page, and of the call that one befell."""

from __future__ import annotations

import re

import pytest

from bank_sim.sandbox.faults import read_order
from tests.portal.developer import Developer
from tests.portal.office import Office


@pytest.mark.parametrize(("language", "says"), [("en", "plays these faults"), ("zh", "有意注入以下故障")])
def test_a_fault_that_is_on_stands_above_every_page_until_it_is_over(office: Office, language: str, says: str) -> None:
    office.bank.faults.add(read_order({"kind": "hang"}), office.bank.clock.now_ms())
    developer = Developer(office, language)
    assert says in developer.get("/handbook").text
    assert "<code>hang</code>" in developer.get("/problems").text
    office.bank.faults.clear()
    assert says not in developer.get("/handbook").text


def test_a_developer_reads_which_fault_befell_a_call(office: Office) -> None:
    office.bank.faults.add(read_order({"kind": "disk_full", "count": 1}), office.bank.clock.now_ms())
    developer = Developer(office)
    developer.make_application()
    developer.call("products.list")
    (trace_id,) = re.findall(r"/application/calls/(\w{32})", developer.get("/application/calls").text)

    page = developer.get(f"/application/calls/{trace_id}").text
    assert "Fault that the sandbox played" in page
    assert "<code>disk_full</code>" in page
