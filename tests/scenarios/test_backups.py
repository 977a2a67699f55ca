"""A backup opens for its own home, party and passphrase, whole and true, or not at all; then nothing has changed."""

import io
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from scenarios import cli
from scenarios.backups import BackupRefused, back_up, recover
from scenarios.failures import BrokenSurroundings
from scenarios.home import Home
from scenarios.passphrase import Passphrase, from_text
from scenarios.sealed_file import PIECE_BYTES, SealBroken, opened, sealing
from scenarios.verification import verify_home
from scenarios.world import Plan, running_world

PASSPHRASE = "a passphrase of the tests"


@pytest.fixture(scope="module")
def rested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a sandbox under a kept passphrase, after it has stopped."""
    plan = Plan(
        home=tmp_path_factory.mktemp("kept") / "home",
        passphrase=from_text(PASSPHRASE),
        port_base=0,
        people=2,
        environment=dict(os.environ),
    )
    with running_world(plan):
        return plan.home


@pytest.fixture
def home(rested: Path, tmp_path: Path) -> Home:
    shutil.copytree(rested, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def kept() -> Passphrase:
    return from_text(PASSPHRASE)


@pytest.fixture(scope="module")
def backed_up(rested: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the bank in that home, made once: each verifies all books and stretches the passphrase anew."""
    file = tmp_path_factory.mktemp("backed-up") / "bank.backup"
    back_up(rested, "bank", file, from_text(PASSPHRASE))
    return file


@pytest.fixture
def file(backed_up: Path, tmp_path: Path) -> Path:
    """That backup, to be tampered with."""
    return shutil.copy(backed_up, tmp_path / "bank.backup")


def _contents(home: Home) -> dict[str, bytes]:
    """Every file of the home, as it lies there; the lock, which whoever looks takes, aside."""
    files = (each for each in home.path.rglob("*") if each.is_file() and each.name != "sandbox.lock")
    return {each.relative_to(home.path).as_posix(): each.read_bytes() for each in files}


@pytest.mark.clause("9.3.3-5.1", "9.3.3-5.2")
@pytest.mark.parametrize("party", ["bank", "app", "user"])
def test_a_party_whose_folder_is_lost_comes_back_with_books_and_chains(
    party: str, home: Home, tmp_path: Path, kept: Passphrase
) -> None:
    made = back_up(home.path, party, tmp_path / "one.backup", kept)  # type: ignore[arg-type]
    before = {name: (home.path / name).stat().st_size for name in made.content.files}
    shutil.rmtree(home.party(party))

    used = recover(home.path, party, tmp_path / "one.backup", kept)  # type: ignore[arg-type]

    assert used.content == made.content
    assert {name: (home.path / name).stat().st_size for name in before}.keys() == before.keys()
    assert all(each.holds for each in verify_home(home))
    assert not [each for each in home.path.iterdir() if each.name.startswith(".")]


def test_a_recovered_sandbox_starts_again(home: Home, file: Path, kept: Passphrase) -> None:
    shutil.rmtree(home.party("bank"))
    recover(home.path, "bank", file, kept)

    with running_world(
        Plan(home=home.path, passphrase=kept, port_base=0, people=2, environment=dict(os.environ))
    ) as it:
        assert it.control.health()["status"] == "ok"


def test_the_wallet_comes_back_first_where_everything_is_lost(home: Home, tmp_path: Path, kept: Passphrase) -> None:
    for party in ("app", "bank"):
        back_up(home.path, party, tmp_path / f"{party}.backup", kept)  # type: ignore[arg-type]
    for party in ("bank", "app", "user"):
        shutil.rmtree(home.party(party))

    for party in ("app", "bank"):
        recover(home.path, party, tmp_path / f"{party}.backup", kept)  # type: ignore[arg-type]

    assert all(each.holds for each in verify_home(home))


@pytest.mark.clause("9.3.3-5.1")
def test_nothing_of_the_party_can_be_read_in_its_backup(home: Home, file: Path) -> None:
    sealed = file.read_bytes()
    with closing(sqlite3.connect(home.party("bank") / "bank.db")) as db:
        numbers = [row[0] for row in db.execute("SELECT account_number FROM accounts")]

    assert numbers
    assert not [each for each in numbers if each.encode() in sealed]
    assert b"SQLite format 3" not in sealed
    assert file.stat().st_mode & 0o077 == 0


def _cut_off(file: Path, home: Home) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def _cut_at_its_last_piece(file: Path, home: Home) -> None:
    content = file.read_bytes()
    start = content.index(b"\n", content.index(b"\n", content.index(b"\n") + 1) + 1) + 1
    file.write_bytes(content[:start])


def _altered(file: Path, home: Home) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _of_another_day(file: Path, home: Home) -> None:
    file.write_bytes(file.read_bytes().replace(b'"taken_at":"20', b'"taken_at":"19', 1))


def _longer(file: Path, home: Home) -> None:
    file.write_bytes(file.read_bytes() + b"more")


def _no_backup(file: Path, home: Home) -> None:
    file.write_bytes(b"something else\n" * 10)


def _of_another_home(file: Path, home: Home) -> None:
    salt = home.marker().salt  # type: ignore[union-attr]
    file.write_bytes(file.read_bytes().replace(salt.encode(), b"00" * 16, 1))


@pytest.mark.clause("9.3.3-5.1")
@pytest.mark.parametrize(
    "spoil", [_cut_off, _cut_at_its_last_piece, _altered, _of_another_day, _longer, _no_backup, _of_another_home]
)
def test_a_spoilt_or_foreign_backup_is_refused_and_changes_nothing(
    spoil: Callable[[Path, Home], None], home: Home, file: Path, kept: Passphrase
) -> None:
    spoil(file, home)
    before = _contents(home)

    with pytest.raises(BackupRefused):
        recover(home.path, "bank", file, kept)

    assert _contents(home) == before


def test_a_backup_of_another_party_is_refused(home: Home, file: Path, kept: Passphrase) -> None:
    before = _contents(home)

    with pytest.raises(BackupRefused, match="not of app"):
        recover(home.path, "app", file, kept)

    assert _contents(home) == before


def test_another_passphrase_neither_makes_nor_opens_a_backup(home: Home, file: Path, tmp_path: Path) -> None:
    wrong, before = from_text("quite another passphrase"), _contents(home)

    with pytest.raises(BrokenSurroundings, match="does not open"):
        back_up(home.path, "bank", tmp_path / "second.backup", wrong)
    with pytest.raises(BrokenSurroundings, match="does not open"):
        recover(home.path, "bank", file, wrong)

    assert _contents(home) == before
    assert not (tmp_path / "second.backup").exists()


def _books_that_do_not_balance(home: Home) -> None:
    with closing(sqlite3.connect(home.party("bank") / "bank.db")) as db:
        db.execute("UPDATE ledger_accounts SET balance_fen = balance_fen + 1 WHERE side = 'bank'")
        db.commit()


def _a_damaged_database(home: Home) -> None:
    with closing(sqlite3.connect(home.party("bank") / "bank.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'accounts'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    with (home.party("bank") / "bank.db").open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)


@pytest.mark.clause("9.3.3-5.1")
@pytest.mark.parametrize("spoil", [_books_that_do_not_balance, _a_damaged_database])
def test_records_that_do_not_hold_are_not_sealed_as_a_backup(
    spoil: Callable[[Home], None], home: Home, tmp_path: Path, kept: Passphrase
) -> None:
    spoil(home)

    with pytest.raises(BackupRefused):
        back_up(home.path, "bank", tmp_path / "bank.backup", kept)

    assert not list(tmp_path.glob("*.backup*"))


def test_a_home_whose_passphrase_lives_for_one_run_says_that_it_cannot_be_backed_up(
    abandoned: Home, tmp_path: Path, kept: Passphrase
) -> None:
    with pytest.raises(BrokenSurroundings, match="as long as one run"):
        back_up(abandoned.path, "bank", tmp_path / "bank.backup", kept)


def test_a_running_sandbox_is_not_written_under(home: Home, file: Path, kept: Passphrase) -> None:
    with home.lock(), pytest.raises(BrokenSurroundings, match="already running"):
        recover(home.path, "bank", file, kept)


def test_the_commands_say_what_they_verified_and_never_write_over_a_backup(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BANK_SANDBOX_PASSPHRASE", PASSPHRASE)
    file = str(tmp_path / "one.backup")

    assert cli.run(["backup", "bank", file, "--home", str(home.path)]) == 0
    told = capsys.readouterr().out
    assert "books:" in told
    assert "staff journal:" in told
    assert cli.run(["backup", "bank", file, "--home", str(home.path)]) == 1
    assert "never written over" in capsys.readouterr().err
    assert cli.run(["recover", "bank", file, "--home", str(home.path), "--json"]) == 0
    assert '"party": "bank"' in capsys.readouterr().out


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES])
def test_a_sealed_file_gives_back_what_was_put_in_and_not_less(size: int) -> None:
    content, sealed = os.urandom(size), io.BytesIO()
    with sealing(sealed, b"kind", b"{}", b"secret") as stream:
        stream.write(content)
    whole = sealed.getvalue()

    assert opened(io.BytesIO(whole), b"kind", b"secret").read() == content
    for spoilt, secret in ((whole[:-1], b"secret"), (whole, b"another"), (whole + b"x", b"secret")):
        with pytest.raises(SealBroken):
            opened(io.BytesIO(spoilt), b"kind", secret).read()
