"""What an application may write down of its users: one table, asked before anything goes into a file of its own.

JR/T 0185 9.3.3-2 and 7.3.3-2: no account number in full, no number of an identity. What is found is not repeated in the
refusal. Where an application writes, and why, is its own business; this judges the text alone.
"""

from __future__ import annotations

import re

from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import RETENTION_FORBIDDEN
from bank_sim.sdk.residue import Kind, numbers_in

_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[ -](?=[0-9])")


def _holds_no_account(text: str) -> None:
    _require_none(text, "account")


def _holds_no_identity(text: str) -> None:
    _require_none(text, "identity")


def _require_none(text: str, kind: Kind) -> None:
    # People type long numbers in groups.
    joined = _BETWEEN_DIGITS.sub("", text)
    if any(hit.kind == kind for hit in numbers_in(joined.encode())):
        raise RETENTION_FORBIDDEN.problem(f"It holds a number in full: {kind}.")


KEEPING_CHECKS: CheckTable[str] = CheckTable(
    [
        row("keeps_no_card_numbers", _holds_no_account, "written", "9.3.1-1.2 9.3.3-2.1 9.3.3-2.2.3 7.2.2-3.3.3"),
        row("keeps_no_identities", _holds_no_identity, "written", "9.3.3-2.1 9.3.3-2.2.3"),
    ]
)

CHECK_NAMES = frozenset(each.name for each in KEEPING_CHECKS.rows)


def require_keepable(text: str, weakened: frozenset[str] = frozenset()) -> None:
    """RETENTION_FORBIDDEN for a text that an application must not keep."""
    KEEPING_CHECKS.run(text, "written", weakened)
