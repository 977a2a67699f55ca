"""Records grow old: a year in the bank's log, then in an archive that still proves them; nothing is forgotten early."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from scenarios.registry import scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Stage
from scenarios.texts import Text
from scenarios.verification import verify_home

DAY_S = 86_400


@scenario(
    "records-kept",
    kind="lifecycle",
    clauses=("11-4.1", "11-4.2", "12.3-1.1", "12.3-1.3", "12.3-2.2", "9.3.4-3.2", "7.3.3-1.2"),
    summary_en="A payment's records after half a year, fourteen months, and an attempt to destroy them early: all are"
    " there, found and verified, and only then does the wallet forget its own log.",
    summary_zh="一笔付款的记录：半年后仍在库，十四个月后移入归档，可检索、可校验；提前销毁被拒绝；钱包日志期满删除。",
)
def records_kept(stage: Stage) -> None:
    """1. A payment. 2. Half a year: everything is live. 3. Fourteen months: archived, found, verified. 4. Destroying it
    early is refused. 5. The wallet's log has had its time.
    """
    user = stage.linked_user()
    account, payee = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    user.pay(account[-4:], payee, stage.payee.name, "12.00")
    paid = [each for each in stage.bank.records_since(stage.start) if each["api_id"] == "transfers.execute"][-1]
    files = stage.world.home.party("bank") / "archive"
    archived, begins = set(files.glob("*")), stage.wallet.journal_begins()

    stage.advance(190 * DAY_S)
    live = Text("after half a year the record stands in the live log", "半年后记录仍在日志中")
    seen = at_work(stage, "auditor").see(f"/log?trace_id={paid['trace_id']}").text
    stage.require("transfers.execute" in seen and set(files.glob("*")) == archived, live, seen[:200])
    user.open_wallet(f"user-{stage.user.person_id}")
    kept = Text("the wallet's log of half a year ago is there, too", "钱包半年前的日志亦在")
    stage.require(stage.wallet.journal_begins() == begins, kept)

    stage.advance(240 * DAY_S)
    moved = Text("fourteen months later it has moved to an archive", "十四个月后，该记录已移入归档")
    archive = _archive_of(files, paid["serial"])
    stage.require(archive is not None and paid not in stage.bank.records_since(stage.start), moved)
    assert archive is not None
    _require_readable(stage, archive, paid["trace_id"])
    whole = Text("log, archives, books and journals verify as a whole", "日志、归档、账务与各链整体校验通过")
    wrong = [str(each.sentence) for each in verify_home(stage.world.home) if not each.holds]
    stage.require(wrong == [], whole, wrong)

    auditor, operator = at_work(stage, "auditor"), at_work(stage, "operator")
    found = auditor.see(f"/archives?chain=access_log&trace_id={paid['trace_id']}").text
    searched = Text("an auditor finds it by its trace", "审计员可按追踪号检索到该记录")
    stage.require(str(paid["serial"]) in found and "transfers.execute" in found, searched, found[:200])
    refused = operator.act("propose_destruction", archive.name, "drill: we need the space")
    early = Text("destroying it before ten years are over is refused", "未满十年申请销毁被拒绝：RETENTION_NOT_OVER")
    stage.require("RETENTION_NOT_OVER" in refused.text and archive.is_file(), early, refused.text[:200])

    user.open_wallet(f"user-{stage.user.person_id}")
    forgotten = Text("the wallet's log of that time has had its time and is gone", "钱包当时的日志期满已删除")
    stage.require(stage.wallet.journal_begins() > begins, forgotten)
    wrong = [str(each.sentence) for each in verify_home(stage.world.home) if not each.holds]
    stage.require(wrong == [], Text("and what is left still verifies", "其余日志仍可校验"), wrong)


def _archive_of(files: Path, serial: int) -> Path | None:
    for each in sorted(files.glob("access_log-*.sqlite")):
        first, last = (int(number) for number in each.stem.rsplit("-", 2)[1:])
        if first <= serial <= last:
            return each
    return None


def _require_readable(stage: Stage, archive: Path, trace_id: str) -> None:
    """With nothing but SQLite."""
    with closing(sqlite3.connect(f"{archive.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        rows = db.execute("SELECT api_id FROM readable WHERE trace_id = ?", (trace_id,)).fetchall()
        manifest = dict(db.execute("SELECT name, value FROM manifest"))
    claim = Text(
        "any SQLite tool reads the archive, and its manifest says what it is", "任何SQLite工具均可读取归档及其清单"
    )
    stage.require(("transfers.execute",) in rows and manifest["chain"] == "access_log", claim, rows)
