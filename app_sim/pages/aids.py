"""The sandbox's aid to a payment form: somebody to pay, from a file that is none of the wallet's.

Read when somebody asks for it, shown to them, and dropped like what a user types. Without ``aids`` there is nobody.
"""

from __future__ import annotations

import msgspec

from app_sim.bank import Payee
from app_sim.config import AppConfig

_OFFERED = 3


class _Payee(msgspec.Struct, frozen=True):
    name: str
    account: str


class _Document(msgspec.Struct, frozen=True):
    payees: list[_Payee]


def payees(config: AppConfig) -> list[Payee]:
    """Who may be filled in; nobody without aids, or without a file, or with one that is something else."""
    if not config.aids or config.aids_file is None:
        return []
    try:
        document = msgspec.json.decode(config.aids_file.read_bytes(), type=_Document)
    except (OSError, msgspec.MsgspecError):
        return []
    return [Payee(each.account, each.name) for each in document.payees[:_OFFERED]]
