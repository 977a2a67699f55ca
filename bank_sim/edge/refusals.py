"""How the edge says no: as problem+json without a word on its insides, and never without telling the bank.

Nothing of what was received is repeated in an answer, nor kept beyond method, path and source.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from bank_sim.sdk.protocol.masking import mask_account
from bank_sim.sdk.protocol.problems import Problem

# Longer paths exist only in attacks; the access log need not carry them.
_PATH_CHARS_MAX = 256
# Phone numbers have 11 digits, account and card numbers more; our own identifiers in paths are not numbers.
_DIGITS = re.compile(r"[0-9]{11,}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that ended at the edge. ``path`` is without its query, which may hold what must not be logged."""

    problem: Problem
    trace_id: str
    method: str
    path: str
    source: str
    elapsed_us: int


Report = Callable[[Refusal], None]
"""What the composition root gives the edge to have refusals recorded, before they are answered. It must not raise."""


def new_trace_id() -> str:
    return secrets.token_hex(16)


def shown_path(path: str) -> str:
    """A path as the access log may hold it: printable, bounded, and without the account number somebody put there."""
    path = path[:_PATH_CHARS_MAX]
    if not path.isprintable():
        path = "".join(each if each.isprintable() else "?" for each in path)
    return _DIGITS.sub(lambda digits: mask_account(digits[0]), path) or "-"


def path_of(target: bytes) -> str:
    """The path of a request target, without its query, as the access log may hold it."""
    return shown_path(target.partition(b"?")[0].decode("latin-1"))


def answer_to(problem: Problem, trace_id: str) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and body of a refusal. The connection ends: what follows on it cannot be trusted to be a call."""
    body = msgspec.json.encode(problem.document(trace_id))
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if "retry_after_s" in problem.members:
        headers.append((b"retry-after", b"%d" % problem.members["retry_after_s"]))
    return problem.kind.status, headers, body
