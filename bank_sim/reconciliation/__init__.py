"""What the bank and an application party each hold of a day's transfers, compared (JR/T 0185 7.2.2-3.2.3, -3.2.4).

    files      the file of a day: made once, the same ever after; sealed to the application and signed when it is given
    purposes   for what the bank has agreed to give an application full account numbers; without that they are masked
    results    what an application found when it compared a file with its own books, as it has told the bank
    days       calendar days of Beijing

The gateway serves ``reconciliation.get`` by the operation that stands here; it moves no money and knows no HTTP.
"""

from bank_sim.reconciliation import files, purposes, results
from bank_sim.reconciliation.files import Reconciliation
from bank_sim.reconciliation.purposes import RECONCILIATION, Purposes

SCHEMA = files.SCHEMA + purposes.SCHEMA + results.SCHEMA

__all__ = ["RECONCILIATION", "SCHEMA", "Purposes", "Reconciliation"]
