"""A sandbox that was started with ``--no-aids`` has no trace of them."""

from __future__ import annotations

import re

import httpx
import pytest

from scenarios.world import World
from user_sim.http_browser import LoopbackTransport


@pytest.mark.parametrize("address", ["pages:/login", "console:/login"])
def test_without_aids_there_is_no_trace_of_them(world: World, address: str) -> None:
    assert not world.plan.aids
    party, _, path = address.partition(":")
    origin = getattr(world.addresses, party)
    with httpx.Client(base_url=origin, transport=LoopbackTransport(world.authority)) as client:
        page, aids = client.get(path), client.get("/aids/people")
    assert page.status_code == 200
    assert "<form" in page.text
    assert re.findall(r'class="[^"]*\baid\b|data-aid', page.text) == []
    assert aids.status_code == 404
    assert not (world.home.party("bank") / "aids.json").exists()
