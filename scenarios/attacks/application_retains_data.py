"""An application under diagnosis writes down what its users typed; somebody takes a copy of its disk."""

from __future__ import annotations

from bank_sim.sdk import residue
from bank_sim.sdk.protocol.problems import RETENTION_FORBIDDEN
from scenarios.happy.transfer import AMOUNT, AMOUNT_FEN
from scenarios.operations_desk import at_the_wallet
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

_ALARM = "APP_RETENTION"
_TEXT_CHARS_MAX = 200


@scenario(
    "application-retains-data",
    kind="attack",
    clauses=("9.3.1-1.2", "9.3.3-2.1", "9.3.3-2.2.3", "7.2.2-3.3.3", "7.3.3-2.3"),
    summary_en="Diagnostics of the wallet would write a payee's account number into a file; the wallet judges each line"
    " before it is kept. Where it does not, a scan of its disk names file and byte, and the bank raises the alarm.",
    summary_zh="钱包诊断功能可能把收款账号写入文件；写入前逐行判断，不得留存的不写。若失守，残留扫描给出文件与字节位置，"
    "银行检查登记问题并告警。",
    defence=Defence("keeps_no_card_numbers", "ATK-DAT-04", 422, "RETENTION_FORBIDDEN", "data", witness="wallet"),
    ages=True,
)
def application_retains_data(stage: Stage) -> Attempt:
    """An operator looks for a fault, as operators do; a user pays meanwhile. The thief has the wallet's folder: its
    database, logs and temporary files, and no passphrase."""
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    desk = at_the_wallet(stage)
    desk.diagnose("on")
    stage.closing.callback(desk.diagnose, "off")
    stage.attack_begins()
    user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT)
    folder = stage.world.home.party("app")
    found = [each for each in residue.search(folder) if each.hit.kind == "account"]
    if not found:
        clean = Text("a scan of the wallet's folder finds no account number", "扫描钱包目录未发现任何账号")
        stage.require(not residue.search(folder), clean)
        return Attempt(RETENTION_FORBIDDEN.status, RETENTION_FORBIDDEN.code, entitled_fen=AMOUNT_FEN)
    lies = found[0]
    place = f"{lies.file.relative_to(folder)} at byte {lies.hit.offset}"
    _is_inspected(stage, f"residue search of the wallet's folder: {place}: {lies.hit.kind} {lies.hit.masked}")
    held = lies.file.read_bytes()[lies.hit.offset :].startswith(theirs.encode())
    return Attempt(200, read=f"a payee's account number in full: {place}" if held else None)


def _is_inspected(stage: Stage, report: str) -> None:
    """The bank's inspector scans the same folder, and records what was found."""
    wallet = stage.bank.wallet_app_id()
    operator = at_work(stage, "operator")
    page = operator.act("record_finding", wallet, report[:_TEXT_CHARS_MAX], severity="high", about="retention")
    recorded = Text("the inspection's finding names file and byte", "检查问题载明文件与字节位置")
    stage.require("at byte" in operator.see(f"/supervision/{wallet}").text, recorded, page.text[:200])
    raised = Text(f"the bank raised the alarm {_ALARM}", f"银行触发了告警{_ALARM}")
    stage.require((_ALARM, wallet) in stage.bank.alarms(), raised, stage.bank.alarms())
