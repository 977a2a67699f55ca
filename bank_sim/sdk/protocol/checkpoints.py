"""Checkpoints: how far a chained log had come at a moment, signed by who keeps it and countersigned by somebody else.

A chain shows every change but one: whoever rewrites it from some record on, or cuts its end off, has a whole chain
again. So its newest hash goes into a second pair of hands (JR/T 0185 12.3 b). From then on nothing up to that record
can be altered without the other one's help.

    checkpoint         keeper, log, to, serial, hash, at; first and root, where single records are to be provable
    countersignature   witness, checkpoint_sm3, at: "I have seen this one, and keep it"

Both are JWS compact texts (``statements``). Pure: keys are handed in, nothing is kept.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec

from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey
from bank_sim.sdk.protocol.merkle import root_of
from bank_sim.sdk.protocol.statements import Statement, read_statement, state
from bank_sim.sdk.protocol.suites import digest

CHECKPOINT_TYP = "log-checkpoint+jwt"
COUNTERSIGNATURE_TYP = "log-countersignature+jwt"
BANK = "bank"
"""The bank as keeper or witness; an application is named by its App_ID."""

Log = Literal["access_log", "journal"]
Said = TypeVar("Said")


class _SaidOfLog(msgspec.Struct, forbid_unknown_fields=True):
    keeper: str
    log: Log
    to: str
    serial: int
    hash: str
    at: int
    first: int | None = None
    root: str | None = None


class _SaidByWitness(msgspec.Struct, forbid_unknown_fields=True):
    witness: str
    checkpoint_sm3: str
    at: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """As read: nothing in it is to be believed before ``is_by``.

    ``serial`` and ``hash``: the newest record; ``to``: for whose eyes; ``at_s``: seconds since 1970, by its keeper's
    clock. ``root``: of the tree over the hashes of the records ``first`` to ``serial`` (``merkle``).
    """

    keeper: str
    log: Log
    to: str
    serial: int
    hash: bytes
    at_s: int
    first: int | None
    root: bytes | None
    text: str
    statement: Statement

    def is_by(self, key: PublicKey) -> bool:
        return self.statement.is_by(key)


def make_checkpoint(
    signer: PrivateKey,
    keeper: str,
    log: Log,
    to: str,
    serial: int,
    head: bytes,
    at_s: int,
    hashes: Sequence[bytes] = (),
) -> str:
    """``hashes``: of the records that end with this one, where each of them is to be provable by itself."""
    claims: dict[str, Any] = {
        "keeper": keeper, "log": log, "to": to, "serial": serial, "hash": head.hex(), "at": at_s,
    }  # fmt: skip
    if hashes:
        claims |= {"first": serial - len(hashes) + 1, "root": root_of(hashes).hex()}
    return state(signer, CHECKPOINT_TYP, claims)


def read_checkpoint(text: str) -> Checkpoint:
    """``ValueError`` for what is no checkpoint."""
    statement, said = _read(text, CHECKPOINT_TYP, _SaidOfLog)
    head, root = bytes.fromhex(said.hash), bytes.fromhex(said.root) if said.root is not None else None
    if said.serial < 0 or len(head) != 32 or (root is None) != (said.first is None):
        raise ValueError("a checkpoint names a record, its hash, and a tree as a whole or not at all")
    return Checkpoint(
        said.keeper, said.log, said.to, said.serial, head, said.at, said.first, root, text, statement
    )  # fmt: skip


def countersign(signer: PrivateKey, witness: str, checkpoint: str, at_s: int) -> str:
    """The word of a witness that it has seen this checkpoint, byte for byte, and keeps it."""
    claims = {"witness": witness, "checkpoint_sm3": _fingerprint(checkpoint), "at": at_s}
    return state(signer, COUNTERSIGNATURE_TYP, claims)


def is_countersigned(checkpoint: str, countersignature: str, witness: str, key: PublicKey) -> bool:
    """Whether this witness, whose key it is, has countersigned exactly this checkpoint."""
    try:
        statement, said = _read(countersignature, COUNTERSIGNATURE_TYP, _SaidByWitness)
    except ValueError:
        return False
    same = said.witness == witness and hmac.compare_digest(said.checkpoint_sm3, _fingerprint(checkpoint))
    return same and statement.is_by(key)


def countersigner(countersignature: str) -> str:
    """The kid of the key that a countersignature claims. ``ValueError`` for what is none."""
    return _read(countersignature, COUNTERSIGNATURE_TYP, _SaidByWitness)[0].kid


def _fingerprint(text: str) -> str:
    return digest("gm", text.encode()).hex()


def _read(text: str, typ: str, form: type[Said]) -> tuple[Statement, Said]:
    statement = read_statement(text)
    if statement.typ != typ:
        raise ValueError(f"it is no {typ}")
    try:
        return statement, msgspec.convert(statement.claims, form)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
