"""What keeps the wallet from asking a bank that does not answer, as a table, so that a training can leave it out.

It is asked once a breaker rests, so a call that goes through costs nothing. A wallet without the row asks on, and with
each impatient user once more (JR/T 0185 10.1.2 b).
"""

from __future__ import annotations

from app_sim.breaker import BreakerState, rest
from bank_sim.sdk.protocol.checktable import CheckTable, row

SPARING: CheckTable[BreakerState] = CheckTable([row("breaker", rest, "asking", "10.1.2-2.1.1 10.1.2-2.1.2")])
