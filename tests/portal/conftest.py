"""The portal's office for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bank_sim import audit
from tests.bank_in_process import Founded
from tests.portal.office import Office


@pytest.fixture
def office(founded: Founded) -> Iterator[Office]:
    office = Office(founded)
    yield office
    assert audit.verify(office.bank.store).holds
    office.close()
