"""Faults on purpose: what goes wrong between a bank and its partners, so that partners can rehearse it.

    kinds      which faults there are, as data: what each does, its parameters, what a sound application does
    fault      one fault that somebody switched on: whom it befalls, how often, when
    standing   the faults in force, the same for all processes of the bank
    asking     faults that a call brings on itself: by a request header, by magic values
    disk       a disk that is full, as SQLite meets it

Nothing befalls anybody unless somebody with the token of this run, or a caller of a sandbox with aids, asked for it.
Who carries a fault out is not decided here: the edge, the gateway, the delivery of events.
"""

from bank_sim.sandbox.faults.asking import HEADER, asked_for, magic
from bank_sim.sandbox.faults.fault import Fault, FaultOrder, Strike, read_order
from bank_sim.sandbox.faults.kinds import KINDS, FaultKind
from bank_sim.sandbox.faults.standing import Faults, Standing, forget

__all__ = [
    "HEADER", "KINDS", "Fault", "FaultKind", "FaultOrder", "Faults", "Standing", "Strike", "asked_for", "forget",
    "magic", "read_order",
]  # fmt: skip
