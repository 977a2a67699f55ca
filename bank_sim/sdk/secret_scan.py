"""Finds secrets where none may lie: in settings, code, dumps of an environment, layers of a container image.

JR/T 0185 7.3.4-2: no key and no App_Secret in code or in local configuration. Keys that are encrypted are no finding;
what is found is named by file, line and kind, and shown by its ends only. In a build, over the files of a project::

    python -m bank_sim.sdk.secret_scan FILE|FOLDER…

At the start of bank and wallet the same search refuses to go on: SECRET_IN_CONFIG. It must not write anything.
"""

from __future__ import annotations

import argparse
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import SECRET_IN_CONFIG

SETTINGS_SUFFIXES = frozenset(
    {
        ".cfg", ".conf", ".config", ".env", ".ini", ".json", ".key", ".pem", ".properties", ".py", ".sh", ".tar",
        ".toml", ".txt", ".yaml", ".yml",
    }
)  # fmt: skip
"""Files that may be settings or code; databases and logs are the residue search's."""
_BYTES_MAX = 1 << 20
_LINE_CHARS_MAX = 4_000
_FINDINGS_SHOWN = 5
_SHOWN_CHARS = 3

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("private key", re.compile(r"-----BEGIN (?:(?:EC|RSA|SM2|OPENSSH) )?(PRIVATE KEY)-----")),
    ("private key (JWK)", re.compile(r'"d"\s*:\s*"([A-Za-z0-9_-]{40,})"')),
    (
        "secret",
        re.compile(
            r"(?i)(?:app[_-]?secret|client[_-]?secret|secret[_-]?key|api[_-]?key|passphrase|passwd|access[_-]?token)"
            r"[\"']?\s*[:=]\s*[\"']?([A-Za-z0-9_+/=-]{16,})"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Secret:
    """One finding. ``file``: a member of an archive stands behind an exclamation mark; ``masked``: its first letters
    and its length."""

    file: str
    line: int
    kind: str
    masked: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind} {self.masked}"


def secrets_in(paths: Iterable[Path]) -> list[Secret]:
    """What files, and folders with all below them, hold that must not lie there."""
    return [found for path in paths for file in _settings(path) for found in _in_file(file)]


def _settings(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = (each for each in sorted(path.rglob("*")) if each.is_file())
    return [each for each in found if each.suffix in SETTINGS_SUFFIXES or each.name.startswith(".env")]


def _in_file(file: Path) -> Iterator[Secret]:
    if file.suffix == ".tar":
        with tarfile.open(file) as layers:
            for member in layers:
                content = layers.extractfile(member) if member.isfile() else None
                if content is not None:
                    yield from _in_text(f"{file}!{member.name}", content.read(_BYTES_MAX))
    else:
        with file.open("rb") as stream:
            yield from _in_text(str(file), stream.read(_BYTES_MAX))


def _in_text(name: str, content: bytes) -> Iterator[Secret]:
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        for kind, pattern in _PATTERNS:
            if found := pattern.search(line[:_LINE_CHARS_MAX]):
                yield Secret(name, number, kind, f"{found[1][:_SHOWN_CHARS]}… ({len(found[1])} characters)")


def _settings_hold_no_secret(paths: tuple[Path, ...]) -> None:
    found = secrets_in(paths)
    if found:
        shown = "; ".join(str(each) for each in found[:_FINDINGS_SHOWN])
        raise SECRET_IN_CONFIG.problem(shown, findings=len(found))


SETTINGS_CHECKS: CheckTable[tuple[Path, ...]] = CheckTable(
    [row("settings_hold_no_secret", _settings_hold_no_secret, "start", "7.3.4-2.1 7.3.4-2.2 9.3.5-2.1")]
)

CHECK_NAMES = frozenset(each.name for each in SETTINGS_CHECKS.rows)


def require_no_secret(paths: Iterable[Path], weakened: frozenset[str] = frozenset()) -> None:
    """SECRET_IN_CONFIG names file, line and kind of the first findings."""
    SETTINGS_CHECKS.run(tuple(paths), "start", weakened)


def main() -> int:
    """0 where nothing is found, 1 where something is, a line for each."""
    parser = argparse.ArgumentParser(prog="python -m bank_sim.sdk.secret_scan", description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE|FOLDER")
    found = secrets_in(parser.parse_args().paths)
    for each in found:
        print(each)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
