"""Finds out whether a value that was trusted to somebody else lies anywhere in a party's files, however encoded.

It reads bytes and knows no format: databases, write-ahead logs, journals, keys and settings are all searched alike
(JR/T 0185 7.2.2, 9.3.3-2: the application keeps no personal financial information). What gzip, deflate or base64 holds
is unpacked and searched as well. Eight digits inside a longer number, such as a time in milliseconds, are that number's
and nobody's password. A value that SQLite tore apart, because it runs over the end of a page, is not found.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from ahocorasick_rs import BytesAhoCorasick, Implementation

from scenarios.residues.unpacking import Layer, layers

# Signatures, nonces and tokens are base64 by the megabyte: seven characters of a code are found in them by chance.
_BASE64_CHARS_MIN = 8
_SHORT_NUMBER = re.compile(rb"[0-9]{1,10}")
# Six digits turn up by chance in identifiers and fractions of seconds; a one-time code stands alone.
_CODE_DIGITS_MAX = 6
_JOINED_BEFORE, _JOINED_AFTER = re.compile(rb"[0-9A-Za-z._+/-]"), re.compile(rb"[0-9A-Za-z_+/=-]|\.[0-9]")


@dataclass(frozen=True, slots=True)
class Residue:
    """A canary that was found: whose value, in which encoding, in which file (or memory, or message), at which byte."""

    canary: str
    encoding: str
    file: Path | str
    offset: int

    def __str__(self) -> str:
        return f"{self.canary} as {self.encoding} in {self.file} at byte {self.offset}"


@dataclass(frozen=True, slots=True)
class Search:
    """What a search covered and what it found; a search of nothing must not look clean."""

    files: int
    bytes: int
    residues: tuple[Residue, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A canary within a piece of bytes: its name, its encoding, and where it begins."""

    canary: str
    encoding: str
    offset: int


class Needles:
    """The canaries (name -> value) in every encoding, looked for in one pass over the bytes, however many they are.

    ``swift``: twice as fast and ten times as long in the making, for few values and much to search.
    """

    def __init__(self, canaries: Mapping[str, str], *, swift: bool = False) -> None:
        named: dict[bytes, list[tuple[str, str]]] = {}
        for canary, value in canaries.items():
            for encoding, needle in encodings(value).items():
                named.setdefault(needle, []).append((canary, encoding))
        self._needles, self._named = list(named), list(named.values())
        kind = Implementation.DFA if swift else Implementation.ContiguousNFA
        self._automaton = BytesAhoCorasick(self._needles, implementation=kind)
        self.longest = max(map(len, self._needles), default=0)

    def within(self, content: bytes) -> list[Trace]:
        """The first place of each canary in each encoding, none for what merely contains its digits."""
        found: dict[tuple[str, str], int] = {}
        for index, start, end in self._automaton.find_matches_as_indexes(content, overlapping=True):
            if not _stands_alone(content, start, end, self._needles[index]):
                continue
            for name in self._named[index]:
                found.setdefault(name, start)
        return [Trace(canary, encoding, offset) for (canary, encoding), offset in found.items()]

    def anywhere_within(self, content: bytes) -> Iterator[Trace]:
        """Also in what the content holds packed; the offset is that of the outermost packing."""
        yield from self.within(content)
        for layer in layers(content):
            yield from self.in_layer(layer)

    def in_layer(self, layer: Layer) -> Iterator[Trace]:
        """What lies in something unpacked, at the place where it was packed."""
        for trace in self.within(layer.content):
            yield Trace(trace.canary, f"{trace.encoding} in {layer.kind}", layer.origin(trace.offset))


def search(folders: Iterable[Path], canaries: Mapping[str, str]) -> Search:
    """Look for every canary (name -> value) in every encoding in every file below the folders."""
    return search_files([each for folder in folders for each in sorted(folder.rglob("*"))], Needles(canaries))


def search_files(files: Iterable[Path], needles: Needles) -> Search:
    """Look in these files; what is a folder, or is gone by now, is passed over."""
    count = size = 0
    residues: list[Residue] = []
    for file in files:
        try:
            content = file.read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            continue
        count, size = count + 1, size + len(content)
        traces = needles.anywhere_within(content)
        residues.extend(Residue(each.canary, each.encoding, file, each.offset) for each in traces)
    return Search(count, size, tuple(residues))


@cache
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
            for coding, is_urlsafe in (("base64", False), ("base64url", True)):
                core = _base64_core(raw, shift, urlsafe=is_urlsafe)
                if len(core) >= _BASE64_CHARS_MIN or not value.isdigit():
                    forms[f"{coding} of {name}, shifted by {shift}"] = core
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


def _stands_alone(content: bytes, start: int, end: int, needle: bytes) -> bool:
    """Whether a short number is all of the number that it stands in; anything longer always stands alone."""
    if not _SHORT_NUMBER.fullmatch(needle):
        return True
    if len(needle) <= _CODE_DIGITS_MAX:
        before, after = _JOINED_BEFORE.match(content, max(0, start - 1), start), _JOINED_AFTER.match(content, end)
        return before is None and after is None
    return not (content[max(0, start - 1) : start].isdigit() or content[end : end + 1].isdigit())
