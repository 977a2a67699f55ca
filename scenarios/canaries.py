"""Finds out whether a value that was trusted to the bank alone lies anywhere in a party's files, however encoded.

It reads bytes and knows no format: databases, write-ahead logs, journals, keys and settings are all searched alike
(JR/T 0185 7.2.2, 9.3.3-2: the application keeps no personal financial information). Eight digits inside a longer
number, such as a time in milliseconds, are that number's and nobody's password.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_SHORT_NUMBER = re.compile(rb"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Residue:
    """A canary that was found: whose value, in which encoding, in which file, at which byte."""

    canary: str
    encoding: str
    file: Path
    offset: int

    def __str__(self) -> str:
        return f"{self.canary} as {self.encoding} in {self.file} at byte {self.offset}"


@dataclass(frozen=True, slots=True)
class Search:
    """What a search covered and what it found; a search of nothing must not look clean."""

    files: int
    bytes: int
    residues: tuple[Residue, ...]


def search(folders: Iterable[Path], canaries: Mapping[str, str]) -> Search:
    """Look for every canary (name -> value) in every encoding in every file below the folders."""
    needles = {name: encodings(value) for name, value in canaries.items()}
    files = [each for folder in folders for each in sorted(folder.rglob("*")) if each.is_file()]
    size = 0
    residues: list[Residue] = []
    for file in files:
        content = file.read_bytes()
        size += len(content)
        residues.extend(_found(file, content, needles))
    return Search(len(files), size, tuple(residues))


def encodings(value: str) -> dict[str, bytes]:
    """The byte sequences under which a value may hide. Hex is searched in lower and upper case."""
    utf_8 = value.encode()
    forms = {
        "utf-8": utf_8,
        "utf-16-le": value.encode("utf-16-le"),
        "utf-16-be": value.encode("utf-16-be"),
        "gbk": value.encode("gbk"),
        "reversed": value[::-1].encode(),
        "json escapes": "".join(f"\\u{ord(each):04x}" for each in value).encode(),
        "percent-encoding": quote(value, safe="").encode(),
        "percent-encoding of every byte": "".join(f"%{each:02X}" for each in utf_8).encode(),
        "grouped by blanks": _grouped(value, " "),
        "grouped by hyphens": _grouped(value, "-"),
    }
    for name, raw in (("utf-8", utf_8), ("utf-16-le", forms["utf-16-le"]), ("gbk", forms["gbk"])):
        forms[f"hex of {name}"] = raw.hex().encode()
        forms[f"HEX of {name}"] = raw.hex().upper().encode()
        for shift in range(3):
            forms[f"base64 of {name}, shifted by {shift}"] = _base64_core(raw, shift)
            forms[f"base64url of {name}, shifted by {shift}"] = _base64_core(raw, shift, urlsafe=True)
    return _distinct(forms)


def _base64_core(raw: bytes, shift: int, *, urlsafe: bool = False) -> bytes:
    """The characters that ``raw`` alone decides when ``shift`` bytes of something else stand before it."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    text = encode(b"\0" * shift + raw).rstrip(b"=")
    first = (8 * shift + 5) // 6
    last = 8 * (shift + len(raw)) // 6
    return text[first:last]


def _grouped(value: str, separator: str) -> bytes:
    """A long number as people and statements write it, in groups of four."""
    if not value.isdigit() or len(value) < 12:
        return value.encode()
    return separator.join(value[start : start + 4] for start in range(0, len(value), 4)).encode()


def _distinct(forms: dict[str, bytes]) -> dict[str, bytes]:
    """Each byte sequence once, under the first name it got; too short ones would be found by chance."""
    by_bytes: dict[bytes, str] = {}
    for name, needle in forms.items():
        if len(needle) >= 5:
            by_bytes.setdefault(needle, name)
    return {name: needle for needle, name in by_bytes.items()}


def _found(file: Path, content: bytes, needles: Mapping[str, Mapping[str, bytes]]) -> Iterable[Residue]:
    for canary, forms in needles.items():
        for encoding, needle in forms.items():
            offset = _offset(content, needle)
            if offset >= 0:
                yield Residue(canary, encoding, file, offset)


def _offset(content: bytes, needle: bytes) -> int:
    """Where the needle stands, or -1. A short number must stand by itself."""
    start = content.find(needle)
    while start >= 0 and _SHORT_NUMBER.fullmatch(needle) and _continues(content, start, start + len(needle)):
        start = content.find(needle, start + 1)
    return start


def _continues(content: bytes, start: int, end: int) -> bool:
    return content[max(0, start - 1) : start].isdigit() or content[end : end + 1].isdigit()
