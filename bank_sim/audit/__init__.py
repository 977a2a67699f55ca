"""The access log, append-only and chained (JR/T 0185 7.3.3, 12.3).

log       a record for every call, refused calls included, and the walk through the chain
anchors   where the part of a chain that has moved to an archive ends, and what may move at all
"""

from bank_sim.audit.log import (
    COLUMNS,
    SCHEMA,
    UNKNOWN,
    AccessLog,
    AccessRecord,
    CallUnderConsent,
    append,
    verify,
)

__all__ = ["COLUMNS", "SCHEMA", "UNKNOWN", "AccessLog", "AccessRecord", "CallUnderConsent", "append", "verify"]
