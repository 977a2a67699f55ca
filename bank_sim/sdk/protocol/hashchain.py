"""A chain of records by SM3: a record cannot be changed, removed, inserted or moved unnoticed. It stores nothing.

The hash of a record is SM3(previous hash ‖ canonical JSON of the record). What a chain alone cannot show is a cut-off
end; who keeps one must also remember its last hash elsewhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``verify_numbered`` found. ``head`` is the newest hash in hex, to be kept where the chain's keepers cannot
    reach it.
    """

    count: int
    first_bad_serial: int | None
    head: str

    @property
    def holds(self) -> bool:
        return self.first_bad_serial is None


def verify_numbered(
    records: Iterable[tuple[int, Mapping[str, object], bytes]], newest: int, after: int = 0, start: bytes = GENESIS
) -> Verdict:
    """Walk a chain of (serial, record, hash), in constant memory. ``newest``: the serial handed out last.

    ``after`` and ``start``: serial and hash of a record before these, which is kept elsewhere; ``count`` includes it.

    1. serial numbers count ``after`` + 1, + 2, + 3, … without a gap;
    2. each hash follows from the one before and every member of its record;
    3. the last serial is the newest: no record was cut off at the end.
    """
    count, previous_hash = after, start
    for serial, record, record_hash in records:
        count += 1
        if serial != count or not hmac.compare_digest(link(previous_hash, record), record_hash):
            return Verdict(count, count, previous_hash.hex())
        previous_hash = record_hash
    return Verdict(count, None if newest == count else count + 1, previous_hash.hex())


def first_break(records: Iterable[tuple[Mapping[str, object], bytes]], start: bytes = GENESIS) -> int | None:
    """The index of the first record whose hash does not follow from the one before; None when the chain holds."""
    previous_hash = start
    for index, (record, record_hash) in enumerate(records):
        if not hmac.compare_digest(link(previous_hash, record), record_hash):
            return index
        previous_hash = record_hash
    return None
