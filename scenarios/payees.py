"""Somebody to pay, for whoever tries the wallet by hand: the one aid that the wallet's pages offer.

The file lies outside the wallet's folder, where no file may hold an account number, and only where there are aids.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scenarios.home import Home
from scenarios.observe import Bank

if TYPE_CHECKING:
    from user_sim.people import Person

_OFFERED = 2


def payees_file(home: Home) -> Path:
    return home.path / "payees.json"


def write_payees(home: Home, folk: Sequence[Person], *, aids: bool) -> None:
    """Names and account numbers of the first customers after the one whom the sandbox introduces as its user."""
    file = payees_file(home)
    if not aids:
        file.unlink(missing_ok=True)
        return
    bank = Bank(home)
    payees = [
        {"name": each.name, "account": bank.account_numbers(each.login_name)["I"]} for each in folk[1 : 1 + _OFFERED]
    ]
    file.touch(mode=0o600)
    file.write_bytes(msgspec.json.encode({"payees": payees}))
