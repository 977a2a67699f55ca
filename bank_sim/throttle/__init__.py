"""How much the bank lets itself be asked, and what happens to those who ask more (JR/T 0185 10.1.2).

    failures      a gate for each address that fails to prove itself     windows    the arithmetic of a sliding window
    quotas        how much each application may call                     counters   what is counted, for all workers
    suspensions   who rests for a while                                  slots      the memory that they share for it
    passage       one call at all of this                                remote     counters beyond one machine
    headers       what an answer says of it                              ways       what an application's calls meet

It refuses; what follows from a refusal is the gateway's ladder. It knows no message, and no connection.
"""

from bank_sim.throttle.counters import SharedCounters
from bank_sim.throttle.failures import COUNTED, FailureGate
from bank_sim.throttle.failures import SCHEMA as _FAILURES
from bank_sim.throttle.passage import Caller, Passage, Throttle
from bank_sim.throttle.quotas import SCHEMA as _QUOTAS
from bank_sim.throttle.quotas import Agreed, Quotas
from bank_sim.throttle.remote import RemoteCounters
from bank_sim.throttle.suspensions import SCHEMA as _SUSPENSIONS
from bank_sim.throttle.suspensions import Suspension, Suspensions
from bank_sim.throttle.ways import ENFORCEABLE

SCHEMA = _FAILURES + _QUOTAS + _SUSPENSIONS

__all__ = [
    "COUNTED",
    "ENFORCEABLE",
    "SCHEMA",
    "Agreed",
    "Caller",
    "FailureGate",
    "Passage",
    "Quotas",
    "RemoteCounters",
    "SharedCounters",
    "Suspension",
    "Suspensions",
    "Throttle",
]
