"""The wallet and the bank vouch for each other's logs, and what both keep proves a payment to a third person."""

from __future__ import annotations

import json
import shutil
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app_sim.bank import Problem
from app_sim.wallet import Wallet
from bank_sim.sdk.protocol.checkpoints import read_checkpoint
from scenarios import cli, verification
from scenarios.facts import Marker
from scenarios.failures import WrongUsage
from scenarios.home import Home
from scenarios.payment_evidence.building import build
from scenarios.payment_evidence.package import Package, read_package, write_package
from scenarios.payment_evidence.verifying import signers, verify
from scenarios.ports import ports_from
from tests.app.conftest import Town, Visitor

DAY_S = 86_400


class Street:
    """The homes of both parties, as a sandbox has them, whatever they are called here."""

    def __init__(self, town: Town, wallet: Wallet, folder: Path) -> None:
        self.town, self.wallet = town, wallet
        self._folder = folder

    def home(self) -> Home:
        """A copy of what lies there now."""
        for party, path in (("bank", self.town.bank.config.database), ("app", self.wallet.config.database)):
            target = self._folder / party
            target.mkdir(exist_ok=True)
            name = "bank.db" if party == "bank" else "wallet.db"
            (target / name).unlink(missing_ok=True)
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target / name)) as copy:
                source.backup(copy)
        shutil.copy(self.wallet.config.membership, self._folder / "app")
        return Home(self._folder)

    def order_no(self) -> str:
        row = self.wallet.store.row("SELECT order_no FROM payments")
        assert row is not None
        return str(row["order_no"])


@pytest.fixture
def street(town: Town, wallet: Wallet, tmp_path: Path) -> Iterator[Street]:
    folder = tmp_path / "street"
    folder.mkdir()
    yield Street(town, wallet, folder)
    shutil.rmtree(folder)


def kept(wallet: Wallet) -> list[tuple[str, int]]:
    return [(row["log"], row["serial"]) for row in wallet.store.read("SELECT log, serial FROM log_checkpoints")]


@pytest.fixture
def paid(street: Street) -> Street:
    Visitor(street.wallet).sign_in().link(street.town).pay(street.town)
    street.wallet.witnessing.exchange()
    return street


@pytest.mark.clause("12.3-1.3", "12.3-2.2")
def test_once_a_day_each_keeps_the_others_checkpoint(town: Town, wallet: Wallet, street: Street) -> None:
    Visitor(wallet).sign_in()
    wallet.witnessing.run_due()
    assert kept(wallet) == []
    town.clock.advance(DAY_S)
    wallet.witnessing.run_due()
    wallet.witnessing.run_due()
    assert [log for log, _ in kept(wallet)] == ["access_log", "journal"]
    assert town.count("log_checkpoints WHERE countersignature IS NOT NULL") == 2
    town.clock.advance(DAY_S)
    wallet.witnessing.run_due()
    assert wallet.store.row("SELECT code FROM witnessing WHERE code IS NOT NULL") is None
    verdict = verification.checkpoints(street.home())
    assert (verdict.holds, verdict.figures["checkpoints"]) == (True, 8)


def test_a_bank_that_does_not_answer_is_asked_again_after_an_hour(town: Town, wallet: Wallet) -> None:
    Visitor(wallet).sign_in()
    town.clock.advance(DAY_S)

    def silent(request: Any, deliver: Any) -> Any:
        import httpx

        raise httpx.ConnectError("nobody there", request=request)

    town.wire.bend = silent
    wallet.witnessing.run_due()
    town.wire.bend = None
    assert not wallet.witnessing.is_due()
    town.clock.advance(3600)
    wallet.witnessing.run_due()
    assert len(kept(wallet)) == 2


@pytest.mark.clause("12.3-1.3")
def test_a_bank_that_was_put_back_is_found_out_and_reported_by_the_wallet(town: Town, paid: Street) -> None:
    db = town.bank.store.db.conn
    before = db.execute("SELECT * FROM access_log").fetchall()
    for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute("DELETE FROM access_log WHERE serial > 3")
    with pytest.raises(Problem, match="LOG_TAMPERED"):
        paid.wallet.witnessing.exchange()
    assert paid.wallet.tickets.subjects("proof_failed") == {"oauth.checkpoints"}
    found = verification.checkpoints(paid.home())
    newest = max(serial for log, serial in kept(paid.wallet) if log == "access_log")
    assert (found.holds, found.figures["log"], found.figures["first_bad"]) == (False, "access_log", newest)
    db.execute("DELETE FROM access_log")
    db.executemany(f"INSERT INTO access_log VALUES ({', '.join('?' * len(before[0]))})", before)
    db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'access_log'", (len(before),))


@pytest.mark.clause("12.3-2.2")
def test_a_journal_made_anew_is_held_against_what_the_bank_keeps_of_it(paid: Street) -> None:
    home = paid.home()
    with closing(sqlite3.connect(home.party("app") / "wallet.db")) as db, db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("UPDATE journal SET hash = zeroblob(32)")
        db.execute("DELETE FROM log_checkpoints")
    found = verification.checkpoints(home)
    assert (found.holds, found.figures["log"]) == (False, "journal")


def test_a_checkpoint_that_nobody_signed_counts_for_nothing(paid: Street) -> None:
    home = paid.home()
    with closing(sqlite3.connect(home.party("app") / "wallet.db")) as db, db:
        db.execute("DROP TRIGGER log_checkpoints_stand")
        db.execute(
            "UPDATE log_checkpoints SET checkpoint = substr(checkpoint, 1, length(checkpoint) - 8) || 'AAAAAAAA'"
        )
    found = verification.checkpoints(home)
    assert (found.holds, found.figures["forged"]) == (False, 2)


@pytest.mark.clause("7.2.2-2.2", "12.3-1.3")
def test_the_evidence_of_a_payment_holds_for_somebody_who_has_the_file_only(paid: Street) -> None:
    text = write_package(build(paid.home(), paid.order_no()))
    package = read_package(text)
    parts = verify(package)
    assert [each.why for each in parts] == [None] * 8
    assert [each.name for each in parts if not each.signed] == ["confirmation"]
    known = signers(package)
    assert all(each.holds for each in verify(package, known["bank_key"], known["application_key"]))
    assert [each.name for each in verify(package, "another", "another") if not each.holds] == ["keys", "order"]
    for secret in (paid.town.payee_account, paid.town.payee_name):
        assert secret.encode() not in text


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(each, (*path, name))
    else:
        yield path


def _altered(value: Any) -> Any:
    if isinstance(value, str):
        try:
            raw = b64decode(value, validate=True)
            if len(raw) > 20:
                return b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()
        except ValueError:
            pass
        return ("B" if value[:1] == "A" else "A") + value[1:]
    return 1 if value is None else value + 1


# What binds nothing: hints for whoever reads along, and headers that no signature covers.
NOT_BOUND = {
    ("keys", "bank", "use"), ("keys", "bank", "alg"), ("keys", "bank", "kid"), ("keys", "application", "alg"),
    ("keys", "application", "kid"), ("exchange", "answer", "content-type"), ("confirmation", "factors"),
    ("confirmation", "authorised_ms"),
}  # fmt: skip


@pytest.mark.clause("7.2.2-2.2", "12.3-1.3")
def test_whatever_is_altered_in_the_evidence_is_noticed(paid: Street) -> None:
    text = write_package(build(paid.home(), paid.order_no()))
    unnoticed = []
    for path in _leaves(json.loads(text)):
        document = json.loads(text)
        place = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = _altered(place[path[-1]])
        if _holds(json.dumps(document).encode()):
            unnoticed.append(path)
    named = {(path[0], path[1], path[-1]) if path[0] != "confirmation" else path[:2] for path in unnoticed}
    assert named <= NOT_BOUND, named - NOT_BOUND


def _holds(text: bytes) -> bool:
    try:
        package: Package = read_package(text)
    except ValueError:
        return False
    return all(each.holds for each in verify(package))


def test_evidence_waits_for_a_checkpoint_and_is_of_executed_payments_only(street: Street) -> None:
    visitor = Visitor(street.wallet).sign_in().link(street.town)
    visitor.order(street.town, order_no="LW" + "a" * 20)
    with pytest.raises(WrongUsage, match="is created"):
        build(street.home(), "LW" + "a" * 20)
    visitor.pay(street.town, order_no="LW" + "b" * 20)
    with pytest.raises(WrongUsage, match="No checkpoint"):
        build(street.home(), "LW" + "b" * 20)
    with pytest.raises(WrongUsage, match="knows no payment"):
        build(street.home(), "LW" + "c" * 20)
    street.wallet.witnessing.exchange()
    package = build(street.home(), "LW" + "b" * 20)
    said = read_checkpoint(package.log.checkpoint)
    assert said.serial >= package.log.record["serial"]


def test_the_command_line_writes_evidence_once_and_judges_it_from_the_file_alone(
    paid: Street, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, file = paid.home(), tmp_path / "payment.json"
    home.create(Marker("gm", 8440, ports_from(8440), seed=7, people=2, passphrase="kept", salt="00"))
    asked = ["evidence", paid.order_no(), "--home", str(home.path), "--out", str(file)]
    assert [cli.run(asked), cli.run(asked)] == [0, 2]
    shutil.rmtree(home.path)
    home.path.mkdir()

    capsys.readouterr()
    assert cli.run(["verify-evidence", str(file), "--json"]) == 0
    judged = json.loads(capsys.readouterr().out)
    assert [each["part"] for each in judged["parts"] if each["holds"]] == [each["part"] for each in judged["parts"]]
    assert cli.run(["verify-evidence", str(file), "--bank-key", judged["bank_key"]]) == 0
    assert cli.run(["verify-evidence", str(file), "--bank-key", judged["application_key"]]) == 1
    assert "BROKEN  keys" in capsys.readouterr().out
    file.write_bytes(file.read_bytes().replace(b'"result": "success"', b'"result": "failure"'))
    assert cli.run(["verify-evidence", str(file)]) == 1
    file.write_text("{}")
    assert cli.run(["verify-evidence", str(file)]) == 1


def test_a_checkpoint_that_a_partner_shows_is_held_against_the_log(paid: Street) -> None:
    home = paid.home()
    row = paid.wallet.store.row("SELECT checkpoint FROM log_checkpoints WHERE log = 'access_log'")
    assert row is not None
    assert verification.checkpoints(home, [row["checkpoint"]]).figures["checkpoints"] == 5
    forged = verification.checkpoints(home, [row["checkpoint"][:-8] + "AAAAAAAA", "nonsense"])
    assert (forged.holds, forged.figures["forged"]) == (False, 2)
