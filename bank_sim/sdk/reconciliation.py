"""The reconciliation file of one application's day, and what its reader checks before believing it: one table.

A file is lines of JSON in UTF-8, each ended by a line feed: a header, one line a transfer or debit, the totals. It
travels sealed, in parts; a statement of the bank's (JWS) carries its digest and totals, so that whoever a file is
handed on to can still tell whether it is what the bank gave (JR/T 0185 7.2.2-3.2.3, 7.2.2-3.2.4).
This module compares nothing with anybody's books.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import msgspec

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.amounts import format_fen, parse_fen
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import (
    BANK_IDENTITY_INVALID,
    DIGEST_MISMATCH,
    FILE_OF_ANOTHER,
    FILE_TOTALS_WRONG,
    JSON_INVALID,
    SIGNATURE_INVALID,
    Problem,
)
from bank_sim.sdk.protocol.statements import Statement, read_statement, state

FILE_TYP = "reconciliation-file+jwt"
PART_BYTES_MAX = 32 * 1024
"""Of one part: sealed, it still fits a message."""

Accounts = Literal["masked", "full"]
State = Literal["executed", "rejected", "expired", "open"]


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One transfer or debit, in the state in which the day left it; ``open``: it had no end yet.

    ``amount`` has two places; instants are RFC 3339; ``serial`` names the posting of an executed one.
    """

    order_no: str
    transfer_id: str
    state: State
    amount: str
    debtor_account: str
    creditor_account: str
    created_at: str
    ended_at: str | None = None
    serial: str | None = None


class Totals(NamedTuple):
    """How many ``lines`` there are, and how many of them were executed, with their sum."""

    lines: int
    executed: int
    executed_amount: str


DIFFERENCES_MAX = 200
"""Of one day, as an application tells them to the bank: more than these are a matter for people, not for a list."""

DifferenceKind = Literal["missing_here", "missing_there", "amount", "state", "late"]


class Difference(NamedTuple):
    """Where an application's books and a file tell differently of one order. The application's books are "here".

    ``held``: what the books say, ``filed``: what the file says; a state or an amount, empty where there is nothing.
    """

    order_no: str
    kind: DifferenceKind
    held: str
    filed: str


@dataclass(frozen=True, slots=True)
class DayFile:
    """A file that is believed. ``day``: of Beijing, ``2026-01-31``."""

    app_id: str
    day: str
    accounts: Accounts
    lines: tuple[Line, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file as it can be kept and handed on: its bytes, and what the bank stated about them."""

    content: bytes = field(repr=False)
    statement: str


class _Part(msgspec.Struct, frozen=True):
    """One answer of the bank: a piece of the file, and the statement on the whole of it."""

    parts: int
    content: str
    statement: str


def gather(ask: Callable[[str], Mapping[str, Any]]) -> SignedFile:
    """A file, its parts put together: to be believed next. ``ask``: the answer's data about a part, ``1`` and on."""
    pieces: list[str] = []
    statement, parts = "", 1
    while len(pieces) < parts:
        try:
            part = msgspec.convert(ask(str(len(pieces) + 1)), _Part)
        except msgspec.ValidationError as error:
            raise JSON_INVALID.problem("The bank's answer holds no part of a file.") from error
        pieces.append(part.content)
        statement, parts = part.statement, part.parts
    return SignedFile("".join(pieces).encode(), statement)


def totals_of(lines: Sequence[Line]) -> Totals:
    """What the last line and the bank's statement say of the lines. AMOUNT_INVALID for what is no amount."""
    executed = [parse_fen(each.amount) for each in lines if each.state == "executed"]
    return Totals(len(lines), len(executed), format_fen(sum(executed)))


def write_file(app_id: str, day: str, accounts: Accounts, lines: Sequence[Line]) -> bytes:
    """The file's bytes: the same for the same day and lines."""
    header = {"file": "reconciliation", "format": 1, "app_id": app_id, "day": day, "accounts": accounts}
    parts: list[object] = [header | {"currency": "CNY"}, *lines, totals_of(lines)._asdict()]
    return b"".join(strict_json.dump(each) + b"\n" for each in parts)


def state_file(signing: PrivateKey, app_id: str, day: str, accounts: Accounts, content: bytes, totals: Totals) -> str:
    """The bank's statement on a file: whose, of which day, its digest in the suite's algorithm, its totals."""
    digest = content_digest(signing.suite, content)
    claims = {"app_id": app_id, "day": day, "accounts": accounts, "digest": digest, **totals._asdict()}
    return state(signing, FILE_TYP, claims)


def parts_of(content: bytes) -> list[bytes]:
    """The file in pieces of at most ``PART_BYTES_MAX``, cut behind line ends."""
    parts = [b""]
    for line in content.splitlines(keepends=True):
        if len(parts[-1]) + len(line) > PART_BYTES_MAX:
            parts.append(b"")
        parts[-1] += line
    return parts


@dataclass(slots=True)
class FileCase:
    """One file on its way through the checks, and what they hold it against.

    ``key_of``  the bank's public signing key by its kid; None for a key that is not the bank's
    """

    signed: SignedFile
    app_id: str
    day: str
    accounts: Accounts
    key_of: Callable[[str], PublicKey | None]
    statement: Statement | None = None
    lines: tuple[Line, ...] = ()
    last: Totals | None = None

    @property
    def claims(self) -> Mapping[str, Any]:
        return self.known.claims

    @property
    def known(self) -> Statement:
        """The statement, once it is read."""
        if self.statement is None:
            raise LookupError("asked for before the statement was read")
        return self.statement


def _is_stated(case: FileCase) -> None:
    try:
        case.statement = read_statement(case.signed.statement)
    except ValueError as error:
        raise SIGNATURE_INVALID.problem(f"The file's statement cannot be read: {error}.") from error


def _is_by_the_bank(case: FileCase) -> None:
    key = case.key_of(case.known.kid)
    if key is None:
        raise BANK_IDENTITY_INVALID.problem("The file's statement is signed with a key that is not the bank's.")
    if case.known.typ != FILE_TYP or not case.known.is_by(key):
        raise SIGNATURE_INVALID.problem("The bank has not signed this statement on a file.")


def _is_the_one_asked_for(case: FileCase) -> None:
    told = tuple(case.claims.get(name) for name in ("app_id", "day", "accounts"))
    if told != (case.app_id, case.day, case.accounts):
        raise FILE_OF_ANOTHER.problem()


def _is_intact(case: FileCase) -> None:
    digest = case.claims.get("digest")
    suite = "gm" if isinstance(digest, str) and digest.startswith("sm3=") else "intl"
    if digest != content_digest(suite, case.signed.content):
        raise DIGEST_MISMATCH.problem("The file is not the one that the bank has signed: something in it was changed.")


def _is_readable(case: FileCase) -> None:
    try:
        first, *lines, last = [strict_json.parse_object(each) for each in case.signed.content.splitlines()]
        case.lines = tuple(msgspec.convert(lines, list[Line]))
        case.last = Totals(**last)
    except (ValueError, TypeError, Problem, msgspec.ValidationError) as error:
        # The line itself is not repeated: it may hold an account number.
        raise JSON_INVALID.problem("The file is not written as a reconciliation file.") from error
    if (first.get("file"), first.get("format")) != ("reconciliation", 1):
        raise JSON_INVALID.problem("This is no reconciliation file of a known format.")


def _is_complete(case: FileCase) -> None:
    told = tuple(case.claims.get(name) for name in Totals._fields)
    if not totals_of(case.lines) == case.last == told:
        raise FILE_TOTALS_WRONG.problem()


FILE_CHECKS: CheckTable[FileCase] = CheckTable(
    [
        row("file_stated", _is_stated, "file", "7.2.2-3.2.4"),
        row("file_by_the_bank", _is_by_the_bank, "file", "7.2.2-3.2.4 9.3.3-3"),
        row("file_asked_for", _is_the_one_asked_for, "file", "9.3.3-1.1"),
        # The digest is the bank's word on every byte: before one of them is parsed.
        row("file_intact", _is_intact, "file", "7.2.2-3.2.4 9.3.3-1.1 9.3.3-1.2"),
        row("file_readable", _is_readable, "file", "9.3.3-1.1"),
        row("file_complete", _is_complete, "file", "7.2.2-3.2.4"),
    ]
)

FOUNDATIONS = frozenset({"file_stated", "file_readable"})
"""Rows that later ones stand on: without them a file cannot be understood at all."""

CHECK_NAMES = frozenset(each.name for each in FILE_CHECKS.rows) - FOUNDATIONS
"""The rows that a training run may leave out."""


def require_file(case: FileCase, weakened: frozenset[str] = frozenset()) -> DayFile:
    """The file, believed; a ``Problem`` says why it is not to be, and then nothing of it may be used."""
    FILE_CHECKS.run(case, "file", weakened)
    return DayFile(case.app_id, case.day, case.accounts, case.lines, totals_of(case.lines))
