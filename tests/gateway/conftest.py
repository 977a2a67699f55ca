"""The bank, its parties, an order in the making. Each test ends with books that balance and a log that holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bank_sim import audit
from bank_sim.core.auditor import audit as audit_books
from tests.bank_in_process import Founded
from tests.gateway.defects import Draft
from tests.gateway.party import Party
from tests.gateway.town import Town


@pytest.fixture
def town(founded: Founded) -> Iterator[Town]:
    town = Town(founded)
    yield town
    assert audit.verify(town.store).holds
    assert audit_books(town.store.db.conn).findings == ()
    town.close()


@pytest.fixture(params=["gm", "intl"])
def suite(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def party(town: Town) -> Party:
    return Party(town, "intl")


@pytest.fixture
def thief(town: Town) -> Party:
    return Party(town, "intl", name="thief")


@pytest.fixture
def draft(town: Town, party: Party) -> Draft:
    return Draft(town, party, town.consent(party))


@pytest.fixture
def new_party(town: Town) -> Callable[..., Party]:
    return lambda suite="intl", **changes: Party(town, suite, **changes)
