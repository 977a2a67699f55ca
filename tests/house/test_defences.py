"""The rows of all check tables are one namespace: ``--weaken NAME`` leaves out what bears that name, everywhere."""

import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import app_sim
import bank_sim
from bank_sim import __main__ as root
from bank_sim.sdk import answers, events
from bank_sim.sdk.answers import ANSWER_CHECKS
from bank_sim.sdk.channel_checks import CHANNEL_CHECKS
from bank_sim.sdk.checks import APPLICATION_CHECKS
from bank_sim.sdk.events import EVENT_CHECKS
from bank_sim.sdk.protocol.checktable import CheckTable
from bank_sim.sdk.protocol.keysets import KEY_SET_CHECKS
from bank_sim.sdk.returning import RETURN_CHECKS

AT_BOTH_DOORS = {
    "source_blacklist", "source_gate", "source_rate", "quota", "blacklist", "leaving", "step_up", "api_grant",
    "body_size",
}  # fmt: skip
"""One defence that stands at the gateway and at the authorization server, or on a page and before money moves;
training leaves it out at both."""

THE_APPLICATIONS_OWN = (ANSWER_CHECKS, KEY_SET_CHECKS, EVENT_CHECKS, RETURN_CHECKS, CHANNEL_CHECKS)
"""What an application asks of the bank, and of those who come in the bank's name; it leaves them out itself."""


def named(kind: type, names: frozenset[str] | None = None) -> Iterator[tuple[str, Any]]:
    """What the modules of bank and application hold of a kind, once each, with where it stands."""
    seen: set[int] = set()
    for party in (bank_sim, app_sim):
        for module in pkgutil.walk_packages(party.__path__, f"{party.__name__}."):
            if module.name.endswith("__main__"):
                continue
            for name, value in vars(import_module(module.name)).items():
                if isinstance(value, kind) and (names is None or name in names) and id(value) not in seen:
                    seen.add(id(value))
                    yield f"{module.name}.{name}", value


def test_a_name_stands_for_one_defence() -> None:
    tables: dict[str, list[str]] = defaultdict(list)
    for where, table in named(CheckTable):
        for row in table.rows:
            tables[row.name].append(where)

    assert len(tables) > 100
    shared = {name: places for name, places in tables.items() if len(places) > 1}
    assert shared.keys() == AT_BOTH_DOORS, shared
    assert all(len(places) == 2 for places in shared.values()), shared


def test_every_defence_of_the_bank_can_be_left_out_by_its_name_and_is_a_row_of_a_table() -> None:
    rows = {row.name for _, table in named(CheckTable) for row in table.rows}
    defences = {name for _, names in named(frozenset, frozenset({"DEFENCES"})) for name in names}

    assert defences - root._DEFENCES == set()
    assert root._DEFENCES - rows == set()


def test_every_check_of_an_application_can_be_left_out_but_those_that_others_stand_on() -> None:
    rows = {row.name for table in THE_APPLICATIONS_OWN for row in table.rows}

    assert rows - root._DEFENCES == answers.FOUNDATIONS | events.FOUNDATIONS
    assert rows & root._DEFENCES <= APPLICATION_CHECKS
