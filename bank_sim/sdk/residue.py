"""Finds numbers of persons in an application's files: accounts, identities, at which byte (JR/T 0185 9.3.3-2).

For applications that look after themselves, and for the bank's inspectors at an application::

    python -m bank_sim.sdk.residue FOLDER

It reads bytes and knows no format, so databases, their journals, logs, caches and temporary files are all searched
alike. A number counts where it stands by itself and its check digit holds; what it is is told masked. Values that are
sealed or hashed cannot be found, which is as it should be. It must not change or copy anything.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bank_sim.sdk.protocol.luhn import is_luhn_valid
from bank_sim.sdk.protocol.masking import mask_account

Kind = Literal["account", "identity"]

_ACCOUNT = re.compile(rb"(?<![0-9A-Za-z_-])(?!20[0-9]{2}(?:0[1-9]|1[0-2]))[0-9]{16,19}(?![0-9A-Za-z_-])")
# GB 11643: area, a date of birth, three of order, a check character (ISO 7064 MOD 11-2).
_IDENTITY = re.compile(
    rb"(?<![0-9A-Za-z_-])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
    rb"(?![0-9A-Za-z_-])"
)
_BLOCK_BYTES, _OVERLAP_BYTES = 1 << 22, 64


@dataclass(frozen=True, slots=True)
class Hit:
    """One number: of what kind, at which byte, and how it may be told of."""

    kind: Kind
    offset: int
    masked: str


@dataclass(frozen=True, slots=True)
class FileHit:
    """A number in a file, which is named as it was reached."""

    file: Path
    hit: Hit

    def __str__(self) -> str:
        return f"{self.file} at byte {self.hit.offset}: {self.hit.kind} {self.hit.masked}"


def numbers_in(content: bytes) -> Iterator[Hit]:
    """Every number of a person that stands by itself in these bytes."""
    for found in _ACCOUNT.finditer(content):
        number = found[0].decode()
        if is_luhn_valid(number) and not _IDENTITY.fullmatch(found[0]):
            yield Hit("account", found.start(), mask_account(number))
    for found in _IDENTITY.finditer(content):
        if _is_identity(found[0].decode().upper()):
            yield Hit("identity", found.start(), f"{found[0][:6].decode()}********{found[0][-1:].decode()}")


def search(folder: Path) -> list[FileHit]:
    """Every file below a folder. ``LookupError`` where there is none: a search of nothing must not look clean."""
    files = [each for each in sorted(folder.rglob("*")) if each.is_file()]
    if not files:
        raise LookupError(f"there is no file below {folder}")
    return [FileHit(file, hit) for file in files for hit in _in_file(file)]


def _in_file(file: Path) -> Iterator[Hit]:
    """Block by block, each with the end of the one before, so that no number falls between two."""
    told: set[int] = set()
    try:
        with file.open("rb") as stream:
            start, before = 0, b""
            while block := stream.read(_BLOCK_BYTES):
                for hit in numbers_in(before + block):
                    offset = start - len(before) + hit.offset
                    if offset not in told:
                        told.add(offset)
                        yield Hit(hit.kind, offset, hit.masked)
                start, before = start + len(block), block[-_OVERLAP_BYTES:]
    except FileNotFoundError:
        # A database's side files come and go.
        return


def _is_identity(number: str) -> bool:
    weighted = sum(int(digit) << place for place, digit in enumerate(reversed(number[:-1]), 1))
    return "10X98765432"[weighted % 11] == number[-1]


def main() -> int:
    """0 where nothing is found, 1 where something is, one JSON line for each."""
    parser = argparse.ArgumentParser(prog="python -m bank_sim.sdk.residue", description=__doc__)
    parser.add_argument("folder", type=Path, help="what to search: an application's folder, or a copy of it")
    found = search(parser.parse_args().folder)
    for each in found:
        print(json.dumps({"file": str(each.file), "offset": each.hit.offset, "kind": each.hit.kind, "masked": each.hit.masked}))  # fmt: skip  # noqa: E501
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
