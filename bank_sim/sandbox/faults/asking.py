"""Faults that a call brings on itself, in a sandbox with aids: by a request header, or by magic values.

    Sandbox-Fault: latency; ms=500, clock_skew; s=600

Magic values serve clients that cannot set a header, a wallet's form for one. They stand in ``magic.csv``: amounts
strike when a payment is executed or debited, payees when the order is laid before the bank; and those payees are
customers of every sandbox with aids. Faults that others would suffer from cannot be asked for like this.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bank_sim.sandbox.faults.fault import Strike, kind_named, parameters_of
from bank_sim.sdk.protocol.problems import PARAM_INVALID

HEADER = "sandbox-fault"
_TABLE = Path(__file__).with_name("magic.csv")
_FAULTS_MAX = 4
_FAULT = re.compile(r"([a-z_]{1,32})((?:\s*;\s*[a-z_]{1,16}=-?[0-9]{1,9})*)")
_PARAMETER = re.compile(r"([a-z_]+)=(-?[0-9]+)")


class MagicPayee(NamedTuple):
    """A payee whose mention brings a fault."""

    name: str
    account: str
    fault: str


def asked_for(text: str, origin: str = "header") -> tuple[Strike, ...]:
    """What the header asks for: PARAM_INVALID for what is no fault, or one that others would suffer from."""
    parts = text.split(",")
    if len(parts) > _FAULTS_MAX:
        raise PARAM_INVALID.problem(f"Sandbox-Fault names at most {_FAULTS_MAX} faults.")
    return tuple(_read(each.strip(), origin) for each in parts)


def magic(api_id: str, amount: object, payee: Mapping[str, Any]) -> tuple[Strike, ...]:
    """What the values of a call bring on it. ``amount`` as on the wire; ``payee``: the opened sealed members."""
    if api_id in ("transfers.execute", "debits.create"):
        found = amounts().get(str(amount))
    elif api_id == "transfers.create" and payee:
        named = {payee.get("creditor_account"), payee.get("creditor_name")}
        found = next((each.fault for each in payees() if each.account in named or each.name in named), None)
    else:
        return ()
    return asked_for(found, "magic") if found else ()


@cache
def amounts() -> dict[str, str]:
    """Amounts as the wire writes them, each with the fault that it brings."""
    return {row["amount"]: row["fault"] for row in _rows() if row["amount"]}


@cache
def payees() -> tuple[MagicPayee, ...]:
    return tuple(
        MagicPayee(row["payee_name"], row["payee_account"], row["fault"]) for row in _rows() if row["payee_account"]
    )


def _rows() -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read(text: str, origin: str) -> Strike:
    found = _FAULT.fullmatch(text)
    if found is None:
        raise PARAM_INVALID.problem("Sandbox-Fault reads like this: latency; ms=500")
    kind = kind_named(found[1])
    if kind.shared or kind.place == "event":
        raise PARAM_INVALID.problem(f"{kind.name} is switched on at the control listener only.")
    given = {name: int(value) for name, value in _PARAMETER.findall(found[2])}
    parameters = parameters_of(kind, given)
    parameters.pop("jitter_ms", None)
    return Strike(kind, parameters, origin)
