"""A chain of records by SM3: a record cannot be changed, removed, inserted or moved unnoticed. It stores nothing.

The hash of a record is SM3(previous hash ‖ canonical JSON of the record). What a chain alone cannot show is a cut-off
end; who keeps one must also remember its last hash elsewhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

import msgspec

from bank_sim.sdk.protocol.suites import digest

GENESIS = bytes(32)
"""The hash before the first record."""

_CANONICAL = msgspec.json.Encoder(order="deterministic")


def link(previous_hash: bytes, record: Mapping[str, object]) -> bytes:
    """The 32-byte hash of a record whose values are text, integers, booleans, nulls, or lists and objects of these."""
    if len(previous_hash) != len(GENESIS):
        raise ValueError("a link's hash has 32 bytes")
    return digest("gm", previous_hash + _CANONICAL.encode(record))


def first_break(records: Iterable[tuple[Mapping[str, object], bytes]], start: bytes = GENESIS) -> int | None:
    """The index of the first record whose hash does not follow from the one before; None when the chain holds."""
    previous_hash = start
    for index, (record, record_hash) in enumerate(records):
        if not hmac.compare_digest(link(previous_hash, record), record_hash):
            return index
        previous_hash = record_hash
    return None
