"""What parties remember, as files: which of a home's files that is, and copies of them as of one moment.

Databases are copied by SQLite itself, so that none is caught half written. What belongs to one run (settings, TLS
certificates, logs, traces, defences that are off) is not state. It knows no names of copies and judges nothing.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path, PurePath, PurePosixPath

from scenarios.home import PARTIES, Home

_DATABASE = ".db"
# What a run leaves behind or maps into memory is neither kept nor put back.
_OF_A_RUN = frozenset(
    {"config.json", "tls.crt", "tls.key", "control", "weakened.json", "faults.db", "aids.json", "trace.db"}
)
_OF_A_RUN_SUFFIXES = frozenset({".log", ".generation", ".shared", ".flights", ".new", ".founding", ".restoring"})
_SIDE_FILES = ("-wal", "-shm", "-journal")
_BUSY_S = 5.0


def state(home: Home, parties: Sequence[str] = PARTIES) -> Iterator[str]:
    """The files of the parties' state, as paths below the home."""
    for party in parties:
        for path in sorted(home.party(party).rglob("*")):
            if path.is_file() and not path.is_symlink() and not is_of_a_run(path):
                yield path.relative_to(home.path).as_posix()


def is_state(name: str, parties: Sequence[str] = PARTIES) -> bool:
    """Whether a path below the home is one of a party's state, wherever the file of that name lies."""
    path = PurePosixPath(name)
    return path.parts[0] in parties and ".." not in path.parts and not is_of_a_run(path)


def is_of_a_run(path: PurePath) -> bool:
    """Whether a file belongs to one run, and not to what its party remembers."""
    return path.name in _OF_A_RUN or path.suffix in _OF_A_RUN_SUFFIXES or path.name.endswith(_SIDE_FILES)


def copied(home: Home, draft: Path, parties: Sequence[str] = PARTIES) -> dict[str, str]:
    """Every file of the parties' state into ``draft``, the databases as of one moment: path -> SHA-256 in hex."""
    files = list(state(home, parties))
    with _nobody_writes([home.path / each for each in files if is_database(each)]):
        for each in files:
            (draft / each).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _copy(home.path / each, draft / each)
    return {each: digest(draft / each) for each in files}


def is_database(name: str) -> bool:
    return name.endswith(_DATABASE)


def copy_database(source: Path, target: Path) -> None:
    """Into ``target``, which may be open: by a transaction of its own, so that others see all of it or none."""
    with (
        closing(sqlite3.connect(source, timeout=_BUSY_S)) as reading,
        closing(sqlite3.connect(target, timeout=_BUSY_S)) as writing,
    ):
        writing.execute("PRAGMA synchronous=OFF")
        reading.backup(writing)


def remove(path: Path) -> None:
    """A file, and what SQLite may have left beside it."""
    for each in (path, *(path.with_name(path.name + side) for side in _SIDE_FILES)):
        each.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """SHA-256 in hex, in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _nobody_writes(databases: Sequence[Path]) -> Iterator[None]:
    """Writers of all of them wait, so that what is copied meanwhile belongs together."""
    with ExitStack() as stack:
        for path in databases:
            connection = stack.enter_context(closing(sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)))
            connection.execute("BEGIN IMMEDIATE")
        yield


def _copy(source: Path, target: Path) -> None:
    if is_database(source.name):
        copy_database(source, target)
        target.chmod(0o600)
    else:
        shutil.copy2(source, target)
