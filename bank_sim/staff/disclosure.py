"""What must hold before the staff sees a customer's data, or takes records out of the house, as a check table.

A role alone opens no customer: a case must, that is being worked on (JR/T 0185 9.3.2-1.1.2, 12.3). And nobody carries
the log away alone. Whether there is such a case, or such an agreement, is for whoever asks to find out.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is to be shown, and to whom: ``case_is_open`` for a customer's data, ``agreed`` for records of the log."""

    case_is_open: bool = False
    agreed: bool = False


def a_case_is_open(asked: Disclosure) -> None:
    """CASE_REQUIRED: for none that is running, or one that is about somebody else."""
    if not asked.case_is_open:
        raise problems.CASE_REQUIRED.problem()


def somebody_else_agreed(asked: Disclosure) -> None:
    """EXPORT_NOT_APPROVED."""
    if not asked.agreed:
        raise problems.EXPORT_NOT_APPROVED.problem()


DISCLOSURE: CheckTable[Disclosure] = CheckTable(
    [
        row("customer_case", a_case_is_open, "customer", "9.3.2-1.1.2 12.3-1.1"),
        row("export_approval", somebody_else_agreed, "export", "7.2.2-3.2.2 12.3-1.1"),
    ]
)
DEFENCES = frozenset(each.name for each in DISCLOSURE.rows)
"""The rows that a training run may leave out."""
