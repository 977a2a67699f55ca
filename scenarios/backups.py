"""Backups of one party: a sealed file for another place, verified when it is made and before it is put to use.

Unlike a snapshot, a backup leaves the home: it is encrypted under the home's passphrase, holds one party alone, and
comes back when that party's folder is lost (JR/T 0185 9.3.3-5). It is judged by what it holds, not by its making:
every file by its digest, every database by SQLite, the party's books and chains by ``verification``, both times.

    line 1, 2, 3   see ``sealed_file``; the header says whose the backup is and when it was made
    the rest       a compressed tar: ``backup.json`` with the SHA-256 of every file, and the files

It does not bring back what others have seen of the party since: an answer given, a message sent, a key rotated.
"""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Annotated, Literal

import msgspec

from bank_sim.sandbox import ControlBlock
from scenarios.authority import Authority
from scenarios.facts import Marker
from scenarios.failures import BrokenSurroundings, SandboxError
from scenarios.home import Home
from scenarios.party_state import copied, digest, is_of_a_run
from scenarios.passphrase import PartyPassphrases, Passphrase
from scenarios.sealed_file import SealBroken, header_of, opened, sealing
from scenarios.surroundings import PASSPHRASE_NAME
from scenarios.verification import Verdict, verify_party

PartyName = Literal["bank", "app", "user"]
KIND = b"bank-api-sandbox backup 1"
DOCUMENT = "backup.json"
_SEALED_FOR = "backup"
# "SQLite format 3\0", as every database file begins.
_SQLITE = b"SQLite format 3\x00"


class BackupRefused(SandboxError):
    """A backup that was not made, or cannot be put to use here; nothing was changed."""


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says of itself in clear. ``salt`` is the home's, which no other has."""

    party: PartyName
    salt: str
    format: int
    taken_at: str


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``backup.json`` says. ``offset_ms``: how far the virtual clock was ahead; ``files``: SHA-256 by path."""

    offset_ms: Annotated[int, msgspec.Meta(ge=0)]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Backup:
    """One that was made or put to use: whose, when, and what was verified about it."""

    header: Header
    content: Content
    verdicts: tuple[Verdict, ...]


def back_up(path: Path, party: PartyName, target: Path, passphrase: Passphrase) -> Backup:
    """Seal the state of a party of the home at ``path``, running or not, into ``target``, which must not be there yet.

    ``BackupRefused`` where the party's own records do not hold: such a backup would be of no use to anybody.
    """
    home = Home(path)
    marker, passphrases = _opened(home, passphrase)
    if target.exists():
        raise BackupRefused(f"{target} is there already; a backup is never written over.")
    header = Header(party, marker.salt, marker.format, datetime.now(UTC).isoformat(timespec="milliseconds"))
    with _workplace(home) as place:
        content = Content(_offset_ms(home), copied(home, place, (party,)))
        verdicts = _verified(Home(place), party)
        draft = target.with_name(f"{target.name}.new")
        try:
            with draft.open("wb") as file:
                draft.chmod(0o600)
                with sealing(file, KIND, msgspec.json.encode(header), _secret(passphrases)) as stream:
                    _pack(stream, place, content)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return Backup(header, content, verdicts)


def recover(path: Path, party: PartyName, source: Path, passphrase: Passphrase) -> Backup:
    """Make the party's folder that of the backup, in a home in which nothing runs.

    1. The file is of this home and this party.              2. It opens whole with this home's passphrase.
    3. It holds the files that it names, as they were.       4. The books and chains in it hold.

    Only then is the folder changed, by one renaming. ``BackupRefused``: nothing was changed.
    """
    home = Home(path)
    with home.lock():
        marker, passphrases = _opened(home, passphrase)
        header = _header(source)
        if (header.salt, header.format) != (marker.salt, marker.format):
            raise BackupRefused(f"{source} was made of another sandbox than the one in {home.path}; nothing changed.")
        if header.party != party:
            raise BackupRefused(f"{source} is a backup of {header.party}, not of {party}; nothing changed.")
        with _workplace(home) as place:
            content = _unpacked(source, place, _secret(passphrases))
            verdicts = _verified(Home(place), party)
            _exchange(home.party(party), place / party)
        _advance(home, content.offset_ms)
    return Backup(header, content, verdicts)


def _opened(home: Home, passphrase: Passphrase) -> tuple[Marker, PartyPassphrases]:
    """The home's marker and its passphrases, the right ones: what nobody can open later is no backup."""
    marker = home.marker()
    if marker is None or marker.state != "founded":
        raise BrokenSurroundings(f"There is no founded sandbox in {home.path}; bank-sandbox up makes one.")
    if not passphrase.kept and marker.reopens:
        raise BrokenSurroundings(f"Say the passphrase of {home.path}: {PASSPHRASE_NAME}, --keyring, --ask-passphrase.")
    passphrases = passphrase.opener(bytes.fromhex(marker.salt))
    try:
        Authority.load(home.authority, passphrases.of("ca").encode())
    except BrokenSurroundings as error:
        if marker.reopens:
            raise
        raise BrokenSurroundings(
            f"The keys in {home.path} live as long as one run, so a backup could never be opened again. Set"
            f" {PASSPHRASE_NAME} before the home is founded."
        ) from error
    return marker, passphrases


def _secret(passphrases: PartyPassphrases) -> bytes:
    return passphrases.of(_SEALED_FOR).encode()


def _header(source: Path) -> Header:
    try:
        with source.open("rb") as file:
            return msgspec.json.decode(header_of(file, KIND), type=Header)
    except (SealBroken, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BackupRefused(f"{source} is no backup of a sandbox; nothing changed.") from error


def _pack(stream: IO[bytes], place: Path, content: Content) -> None:
    with tarfile.open(fileobj=stream, mode="w|gz") as archive:
        document = msgspec.json.encode(content)
        entry = tarfile.TarInfo(DOCUMENT)
        entry.size = len(document)
        archive.addfile(entry, BytesIO(document))
        for name in content.files:
            archive.add(place / name, name, recursive=False)


def _unpacked(source: Path, place: Path, secret: bytes) -> Content:
    """The files into ``place``, each as it was when it was sealed."""
    try:
        with source.open("rb") as file, opened(file, KIND, secret) as stream:
            with tarfile.open(fileobj=stream, mode="r|gz") as archive:
                archive.extractall(place, filter="data")
            # Whatever follows belongs to the file, and must be whole, too.
            while stream.read(1 << 20):
                pass
        content = msgspec.json.decode((place / DOCUMENT).read_bytes(), type=Content)
    except (SealBroken, tarfile.TarError, OSError, EOFError, msgspec.MsgspecError) as error:
        raise BackupRefused(f"{source} cannot be used: {error}; nothing changed.") from error
    found = {each.relative_to(place).as_posix(): each for each in place.rglob("*") if each.is_file()}
    found.pop(DOCUMENT)
    if {name: digest(each) for name, each in found.items()} != content.files:
        raise BackupRefused(f"{source} does not hold the files that it names; nothing changed.")
    return content


def _verified(copy: Home, party: PartyName) -> tuple[Verdict, ...]:
    """What was verified of a copy of the party; ``BackupRefused`` names the first thing that does not hold."""
    for path in sorted(each for each in copy.party(party).rglob("*") if each.is_file()):
        if _damage(path) is not None:
            raise BackupRefused(f"{path.name} of {party} is damaged ({_damage(path)}); nothing changed.")
    verdicts = verify_party(copy, party)
    for each in verdicts:
        if not each.holds:
            raise BackupRefused(f"The records of {party} do not hold ({each.name}: {each.sentence}); nothing changed.")
    return tuple(verdicts)


def _damage(path: Path) -> str | None:
    """What SQLite finds wrong with a database; None for one that is sound, and for what is none."""
    with path.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            return None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            found = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if found == "ok" else found


def _exchange(folder: Path, restored: Path) -> None:
    """Put the restored folder in the place of the party's; settings and logs of past runs stay where they were."""
    restored.mkdir(exist_ok=True)
    restored.chmod(0o700)
    for each in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if each.is_file() and is_of_a_run(each) and not each.name.endswith(("-wal", "-shm", "-journal")):
            kept = restored / each.relative_to(folder)
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(each, kept)
    replaced = folder.with_name(f".{folder.name}.replaced")
    shutil.rmtree(replaced, ignore_errors=True)
    with suppress(FileNotFoundError):
        folder.rename(replaced)
    restored.rename(folder)
    shutil.rmtree(replaced, ignore_errors=True)


@contextmanager
def _workplace(home: Home) -> Iterator[Path]:
    """A folder in the home, for copies that nobody else may read; gone afterwards."""
    with tempfile.TemporaryDirectory(dir=home.path, prefix=".backup-") as folder:
        yield Path(folder)


def _offset_ms(home: Home) -> int:
    with _clock_of(home) as block:
        return 0 if block is None else max(0, round(block.offset_s() * 1000))


def _advance(home: Home, offset_ms: int) -> None:
    """The clock of all parties stands no earlier than at the backup, or its records would lie ahead."""
    with _clock_of(home) as block:
        if block is not None and block.offset_s() * 1000 < offset_ms:
            block.set_offset_s(offset_ms / 1000)


@contextmanager
def _clock_of(home: Home) -> Iterator[ControlBlock | None]:
    """The bank's, which all parties follow; None while the bank's folder is lost, too."""
    if not home.party("bank").is_dir():
        yield None
        return
    with closing(ControlBlock(home.party("bank") / "control")) as block:
        yield block
