"""The bank, opened, with somebody who takes its interfaces through their lives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bank_sim import audit
from bank_sim.gateway import DEFENCES as GATEWAY
from bank_sim.interfaces import DEFENCES
from tests.bank_in_process import Founded
from tests.gateway.town import Town
from tests.interfaces.bureau import Bureau


@pytest.fixture
def town(founded: Founded) -> Iterator[Town]:
    town = Town(founded, known=GATEWAY | DEFENCES)
    yield town
    assert audit.verify(town.store).holds
    town.close()


@pytest.fixture
def bureau(town: Town) -> Bureau:
    return Bureau(town)
