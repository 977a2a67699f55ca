"""Verifies what the parties left behind, offline and read-only: the access log, the books, the wallet's journal.

It trusts no running process, only files. A verdict names the first record that does not hold (JR/T 0185 12.3).

Not caught: a party's own administrator who rewrites the newest part of a chain with its counter, or money and records
alike, so that all of them agree again, before the other party has countersigned how far the log had come. What was
countersigned is held against the other one's copy.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from scenarios.failures import BrokenSurroundings
from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.canaries import Search
    from scenarios.home import Home
    from user_sim.people import Person


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verification: what was verified, whether it holds, one sentence, and the figures behind it."""

    name: Text
    holds: bool
    sentence: Text
    figures: dict[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The verdict as ``--json`` prints it."""
        return {"name": self.name.en, "holds": self.holds, "sentence": self.sentence.en, "figures": self.figures}


def verify_home(home: Home, shown: Sequence[str] = ()) -> list[Verdict]:
    """The verifications of ``audit verify``: each chain and the books by themselves, log and books together, and both
    logs against the checkpoints that the other party keeps of them.

    ``shown``: checkpoints of the bank's log that some application keeps, as texts.
    """
    alone = [access_log(home), archives(home), books(home), executions(home), journal(home), staff_journal(home)]
    return [*alone, checkpoints(home, shown)]


def verify_party(home: Home, party: str) -> list[Verdict]:
    """Those of the verifications that concern one party's folder; none for ``user``, who keeps no records."""
    of_party = {"bank": (access_log, archives, books, executions, staff_journal), "app": (journal,)}
    return [verify(home) for verify in of_party.get(party, ())]


def _legible(verify: Callable[[Home, Text], Verdict], name: Text) -> Callable[[Home], Verdict]:
    """A verification by ``name`` that says of records it cannot read that they do not hold."""

    def verified(home: Home) -> Verdict:
        try:
            return verify(home, name)
        except (sqlite3.DatabaseError, LookupError, TypeError, ValueError) as error:
            sentence = Text(f"the records cannot be read: {error}", f"记录无法读取：{error}")
            return Verdict(name, False, sentence, {"unreadable": str(error)})

    return verified


def _access_log(home: Home, name: Text) -> Verdict:
    """The bank's access log: an unbroken chain from the first call to the newest."""
    from bank_sim import audit
    from bank_sim.store import Store

    with closing(Store(_database(home.party("bank") / "bank.db"), readonly=True)) as store:
        verdict = audit.verify(store)
    figures = {"records": verdict.count, "first_bad": verdict.first_bad_serial, "head": verdict.head}
    return _chain(name, verdict.count, verdict.first_bad_serial, figures)


def _archives(home: Home, name: Text) -> Verdict:
    """What has left the bank's log and journal for archives: each as it was put away, and each from the one before."""
    from bank_sim.policy import Policy
    from bank_sim.records import Archives
    from bank_sim.store import Store

    folder = home.party("bank")
    with closing(Store(_database(folder / "bank.db"), readonly=True)) as store:
        judged = Archives(folder / "archive", Policy()).verify(store)
    records = sum(each.records for each in judged)
    broken = [each.why for each in judged if each.why]
    figures = {"files": len(judged), "records": records, "broken": broken}
    if broken:
        return Verdict(name, False, Text(broken[0], broken[0]), figures)
    if not judged:
        return Verdict(name, True, Text("nothing is old enough to be archived", "尚无到期归档的记录"), figures)
    whole = Text(
        f"{len(judged)} files, {records} records, all follow", f"{len(judged)}个文件，{records}条记录，链均连续"
    )
    return Verdict(name, True, whole, figures)


def _books(home: Home, name: Text) -> Verdict:
    """The ledger, recomputed from its lines by an auditor that shares no code with it."""
    from bank_sim.core.auditor import audit

    with _readonly(home.party("bank") / "bank.db") as db:
        verdict = audit(db)
    figures = {
        "entries": verdict.entries,
        "transfers": verdict.executed_transfers,
        "customers_total": yuan(verdict.customers_total_fen),
        "findings": [each._asdict() for each in verdict.findings],
    }
    total = yuan(verdict.customers_total_fen)
    if not verdict.balanced:
        first = verdict.findings[0]
        found = f"{first.name} · {first.subject} · {first.detail}"
        return Verdict(name, False, Text(found, found), figures)
    sentence = Text(
        f"{verdict.entries} entries sum to zero, {verdict.executed_transfers} transfers, customers hold {total} CNY",
        f"{verdict.entries}笔分录借贷平衡，{verdict.executed_transfers}笔转账，客户余额合计{total}元",
    )
    return Verdict(name, True, sentence, figures)


def _executions(home: Home, name: Text) -> Verdict:
    """Every transfer that an application had executed has the access record of a call that did it, and its payer was
    told of it (10.2.2-3.2).
    """
    from bank_sim.core.history import OWN_CHANNEL
    from bank_sim.messages import untold_debits
    from bank_sim.store import Store

    with closing(Store(_database(home.party("bank") / "bank.db"), readonly=True)) as store:
        untold = untold_debits(store)

    with _readonly(home.party("bank") / "bank.db") as db:
        sql = (
            "SELECT transfer_id, app_id, ended_at_ms FROM transfers WHERE state = 'executed' AND app_id <> ?"
            " ORDER BY ended_at_ms"
        )
        executed = db.execute(sql, (OWN_CHANNEL,)).fetchall()
    # .../transfers/{transfer_id}/execute, as the client wrote it.
    recorded = {unquote(path).rstrip("/").split("/")[-2] for _, _, path in _served(home, "transfers.execute")}
    # A debit orders and executes in one call, at the moment that its record bears.
    debits = Counter((app_id, at_ms) for app_id, at_ms, _ in _served(home, "debits.create"))
    missing = []
    for transfer_id, app_id, ended_at_ms in executed:
        if transfer_id not in recorded and not debits[app_id, ended_at_ms]:
            missing.append(transfer_id)
        elif transfer_id not in recorded:
            debits[app_id, ended_at_ms] -= 1
    figures = {"executed": len(executed), "unrecorded": missing, "untold": untold}
    if missing:
        found = Text(f"transfer {missing[0]} has no access record", f"转账{missing[0]}没有访问记录")
        return Verdict(name, False, found, figures)
    if untold:
        found = Text(f"nobody was told of transfer {untold[0]}", f"转账{untold[0]}没有通知付款人")
        return Verdict(name, False, found, figures)
    agree = Text(
        f"transfers of applications: {len(executed)}, each with the record of its call and a message to its payer",
        f"应用方发起的{len(executed)}笔转账均有访问记录，并已通知付款人",
    )
    return Verdict(name, True, agree, figures)


def _served(home: Home, api_id: str) -> list[tuple[str, int, str]]:
    """App_ID, time and path of the calls of an interface that were served, archived ones too."""
    from bank_sim.records.searching import archived_calls
    from bank_sim.store import Store

    folder = home.party("bank")
    with closing(Store(_database(folder / "bank.db"), readonly=True)) as store:
        sql = "SELECT app_id, at_ms, path FROM access_log WHERE api_id = ? AND result = 'success'"
        return [*store.read(sql, (api_id,)), *archived_calls(store, folder / "archive", api_id)]


def _staff_journal(home: Home, name: Text) -> Verdict:
    """What the bank's own people did on its console: chained like the access log."""
    from bank_sim.staff import journal
    from bank_sim.store import Store

    with closing(Store(_database(home.party("bank") / "bank.db"), readonly=True)) as store:
        verdict = journal.verify(store)
    figures = {"records": verdict.count, "first_bad": verdict.first_bad_serial, "head": verdict.head}
    return _chain(name, verdict.count, verdict.first_bad_serial, figures)


def _journal(home: Home, name: Text) -> Verdict:
    """The wallet's own log: masked, and chained like the bank's."""
    from app_sim.journal import Journal

    with _readonly(home.party("app") / "wallet.db") as db:
        db.row_factory = sqlite3.Row
        verdict = Journal(_Rows(db), lambda: 0).verify()  # type: ignore[arg-type]
    figures = {"records": verdict.count, "first_bad": verdict.first_bad_seq}
    return _chain(name, verdict.count, verdict.first_bad_seq, figures)


access_log = _legible(_access_log, Text("access log", "访问日志"))
archives = _legible(_archives, Text("archives", "归档"))
books = _legible(_books, Text("books", "账务"))
executions = _legible(_executions, Text("executions", "转账与日志"))
staff_journal = _legible(_staff_journal, Text("staff journal", "员工操作日志"))
journal = _legible(_journal, Text("wallet journal", "钱包日志"))


def checkpoints(home: Home, shown: Sequence[str] = ()) -> Verdict:
    """Log and journal against what the other party has countersigned and keeps (JR/T 0185 12.3)."""
    return _legible(lambda home, name: _checkpoints(home, name, shown), Text("checkpoints", "会签检查点"))(home)


def _checkpoints(home: Home, name: Text, shown: Sequence[str]) -> Verdict:
    from scenarios.countersigned import held

    for party, file in (("bank", "bank.db"), ("app", "wallet.db")):
        _database(home.party(party) / file)
    found = held(home, shown)
    figures = {"checkpoints": found.compared, "log": found.log, "first_bad": found.first_bad, "forged": found.forged}
    if found.first_bad is not None:
        whose = Text("access log", "访问日志") if found.log == "access_log" else Text("wallet journal", "钱包日志")
        sentence = Text(
            f"record {found.first_bad} of the {whose.en} is not the one that the other party countersigned",
            f"{whose.zh}第{found.first_bad}条记录与对方会签的检查点不符",
        )
        return Verdict(name, False, sentence, figures)
    if found.forged:
        forged = Text(f"{found.forged} kept checkpoints bear no valid signature", f"{found.forged}个留存检查点签名无效")
        return Verdict(name, False, forged, figures)
    if not found.compared:
        return Verdict(
            name, True, Text("none yet: they are exchanged once a day", "尚无检查点：双方每日交换一次"), figures
        )
    whole = Text(
        f"both logs pass through all {found.compared} that were countersigned",
        f"两份日志与{found.compared}个会签检查点全部相符",
    )
    return Verdict(name, True, whole, figures)


def _chain(name: Text, count: int, first_bad: int | None, figures: dict[str, Any]) -> Verdict:
    if first_bad is None:
        return Verdict(name, True, Text(f"{count} records, the chain holds", f"{count}条记录，链完整"), figures)
    broken = Text(f"the chain breaks at record {first_bad}", f"链在第{first_bad}条记录处断裂")
    return Verdict(name, False, broken, figures)


def residue(home: Home, people: Iterable[Person], numbers: Iterable[str], balances: Iterable[str] = ()) -> Verdict:
    """No file of the application holds a value that was trusted to the bank: names, phones, numbers, passwords.

    ``balances``: as the application showed them to its user, and must not have kept (JR/T 0185 7.2.2).
    """
    from scenarios.canaries import search

    canaries = {f"{person.person_id} {name}": value for person in people for name, value in person.canaries().items()}
    canaries |= {f"account number {position}": number for position, number in enumerate(numbers, 1)}
    canaries |= {f"balance {position}": text for position, text in enumerate(balances, 1)}
    found = search([home.party("app")], canaries)
    return _residue_verdict(found, len(canaries))


def _residue_verdict(found: Search, canaries: int) -> Verdict:
    name, size_kib = Text("residue", "残留检查"), found.bytes // 1024
    figures = {"files": found.files, "bytes": found.bytes, "found": [str(each) for each in found.residues]}
    if found.files == 0:
        nothing = Text("the application has no files: nothing was searched", "应用方没有文件，未进行检查")
        return Verdict(name, False, nothing, figures)
    if found.residues:
        first = found.residues[0]
        return Verdict(name, False, Text(f"found {first}", f"发现残留：{first}"), figures)
    clean = Text(
        f"none of {canaries} values lies in the application's {found.files} files ({size_kib} KiB), in any encoding",
        f"{canaries}个敏感值以任何编码均未出现在应用方的{found.files}个文件（{size_kib} KiB）中",
    )
    return Verdict(name, True, clean, figures)


def account_numbers(home: Home) -> list[str]:
    """Every account and card number of the bank: what must not lie unmasked anywhere else."""
    with _readonly(home.party("bank") / "bank.db") as db:
        rows = db.execute("SELECT account_number FROM accounts UNION SELECT card_number FROM cards").fetchall()
    return [row[0] for row in rows]


def yuan(amount_fen: int) -> str:
    """Fen as a person reads money: ``123456789`` -> ``1,234,567.89``."""
    sign, amount_fen = ("-" if amount_fen < 0 else ""), abs(amount_fen)
    return f"{sign}{amount_fen // 100:,}.{amount_fen % 100:02}"


class _Rows:
    """As much of the wallet's store as its journal reads from."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def read(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        return self._db.execute(sql, parameters).fetchall()


def _database(path: Path) -> Path:
    if not path.is_file():
        raise BrokenSurroundings(f"There is nothing to verify: {path} is missing. Start a sandbox there first.")
    return path


@contextmanager
def _readonly(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{_database(path).absolute().as_uri()}?mode=ro", uri=True)) as db:
        yield db
