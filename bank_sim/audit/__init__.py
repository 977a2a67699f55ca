"""The access log, append-only and chained (JR/T 0185 7.3.3, 12.3).

log          a record for every call, refused calls included, and the walk through the chain
checkpoints  how far the log had come at a moment, with the word of an application that keeps it too
anchors      where the part of a chain that has moved to an archive ends, and what may move at all
"""

from bank_sim.audit import checkpoints, log
from bank_sim.audit.log import (
    COLUMNS,
    UNKNOWN,
    AccessLog,
    AccessRecord,
    CallUnderConsent,
    append,
    verify,
)

SCHEMA = log.SCHEMA + checkpoints.SCHEMA

__all__ = ["COLUMNS", "SCHEMA", "UNKNOWN", "AccessLog", "AccessRecord", "CallUnderConsent", "append", "verify"]
