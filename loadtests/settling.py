"""What a run left in the bank's files: books, chains, and whether each acknowledged payment was posted exactly once.

Read from the files alone, as ``bank-sandbox audit verify`` does. Whatever the load was, these must hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from loadtests.objectives import Verdict
from scenarios import verification
from scenarios.home import Home
from scenarios.observe import Bank, Mark
from scenarios.texts import Text


def settled(home: Home, mark: Mark, acknowledged: Sequence[str]) -> list[Verdict]:
    """One verdict on the payments that the crowd was told of, and those of ``whole``."""
    return [_once(home, mark, acknowledged), *whole(home)]


def whole(home: Home) -> list[Verdict]:
    """One verdict for each verification of the bank: log, archives, books, executions, the staff's journal."""
    return [_told(each) for each in verification.verify_party(home, "bank")]


def _once(home: Home, mark: Mark, acknowledged: Sequence[str]) -> Verdict:
    posted = Counter(each.serial for each in Bank(home).postings_since(mark))
    missing = [serial for serial in acknowledged if not posted[serial]]
    twice = [serial for serial, count in posted.items() if count > 1]
    repeated = len(acknowledged) - len(set(acknowledged))
    says = Text("acknowledged payments in the books once each", "已确认的付款均恰好入账一次")
    figures = len(acknowledged), len(missing), len(twice) + repeated
    asked = Text("0 missing, 0 twice", "缺失0笔，重复0笔")
    found = Text(
        "{} acknowledged, {} missing, {} twice".format(*figures), "已确认{}笔，缺失{}笔，重复{}笔".format(*figures)
    )
    return Verdict("posted_once", says, asked, found, not (missing or twice or repeated))


def _told(verified: verification.Verdict) -> Verdict:
    name = verified.name.en.replace(" ", "_")
    says = Text(f"{verified.name.en}, verified from the files", f"{verified.name.zh}（离线核验）")
    return Verdict(name, says, Text("whole", "完整"), verified.sentence, verified.holds)
