"""The bank watches its interfaces (JR/T 0185 10.1.1, 10.1.2): figures, rules that raise alarms, incidents, search.

    traffic       what happened, counted per minute as the access log grows; every record is counted once
    folding       takes in what the access log has gained, once
    totals        sums since the founding, and metrics, which tells them to a collector
    habits        what applications usually do: networks, customers, hours, volumes
    latency       times of answer in classes, and the percentiles read off them
    rules         what is worth an alarm, as data; detectors: how each of their measures is taken
    alarms        raised once per rule and subject, acknowledged by somebody, closed when it is quiet
    incidents     what people make of alarms: a time line from opening to closing
    machine       the bank's processes, and whether one was lost
    search        the access log by its facts, newest first, in bounded steps
    verification  the access log's chain walked through, beside the running bank

It reads the access log, and nothing of the hot path knows of it: a call pays nothing for being watched. It must not
act on applications or customers; that is for the staff to decide.
"""

from bank_sim.monitor import alarms, folding, habits, incidents, totals, traffic, verification
from bank_sim.monitor.watch import Watch

SCHEMA = folding.SCHEMA + traffic.SCHEMA + habits.SCHEMA + totals.SCHEMA
SCHEMA += alarms.SCHEMA + incidents.SCHEMA + verification.SCHEMA

__all__ = ["SCHEMA", "Watch"]
